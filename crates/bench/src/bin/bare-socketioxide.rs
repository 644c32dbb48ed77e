//! A server that only relays, with socketioxide. Arguments: `small` or `large`. Environment: `CHAT_ADDR`.

use std::process::ExitCode;

/// Natter's allocator.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    bench::relay_with_socketioxide()
}
