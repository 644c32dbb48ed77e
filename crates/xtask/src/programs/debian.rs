//! Installs packages on Debian and Ubuntu, if this process may.

use std::process::Command;

use super::{on_path, output_of, succeed};

/// The command that installs `packages`.
pub(super) fn command(packages: &str) -> String {
    format!("apt-get update && apt-get install -y {packages}")
}

/// Installs `packages`, which are separated by spaces.
///
/// # Errors
/// With `by_hand`, when the machine has no such packages or this process may not install them, and with the reason of a
/// failure.
pub(super) fn install(packages: &str, by_hand: &str) -> Result<(), String> {
    let Some(mut shell) = privileged_shell().filter(|_| on_path("apt-get").is_some()) else {
        return Err(by_hand.to_owned());
    };
    println!("Installing {packages} from the distribution's packages.");
    shell.args(["-c", &command(packages)]).env("DEBIAN_FRONTEND", "noninteractive");
    succeed(&mut shell).map_err(|error| format!("installing {packages} failed ({error}); {by_hand}"))
}

fn privileged_shell() -> Option<Command> {
    let is_root = |output: Option<String>| output.as_deref() == Some("0");
    if is_root(output_of("id", &["-u"])) {
        return Some(Command::new("sh"));
    }
    is_root(output_of("sudo", &["-n", "id", "-u"])).then(|| {
        let mut sudo = Command::new("sudo");
        sudo.args(["-n", "sh"]);
        sudo
    })
}
