//! The binary under test as a command.

use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Duration;

use tokio::process::Command;

use crate::wait;

/// Runs Natter with flags and settings until it ends by itself.
pub async fn run_to_end(flags: &[&str], settings: &[(&str, &str)]) -> Output {
    let mut command = command();
    command.args(flags).envs(settings.iter().copied()).kill_on_drop(true);
    wait::within(Duration::from_secs(10), "Natter ends by itself", command.output())
        .await
        .expect("Natter can be started")
}

/// The binary under test, without the environment of this process.
pub fn command() -> Command {
    let mut command = Command::new(binary());
    command.env_clear().current_dir(std::env::temp_dir());
    command
}

/// The path of the binary under test: `NATTER_BIN`, or the release build.
///
/// # Panics
/// When it is not built, with the command that builds it.
pub fn binary() -> PathBuf {
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/release/natter");
    let binary = std::env::var_os("NATTER_BIN").map_or(built, PathBuf::from);
    assert!(
        binary.is_file(),
        "{} is not built: run `cargo build --release`, or `cargo xtask test`",
        binary.display()
    );
    binary
}
