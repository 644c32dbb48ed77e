//! A server that only relays, with nothing between it and epoll. Arguments: `small` or `large`. Environment: `CHAT_ADDR`.

use std::process::ExitCode;

fn main() -> ExitCode {
    bench::relay_with_epoll()
}
