//! Node.js, npm, and the packages for the tests: the official Socket.IO client and axe-core.

use std::path::Path;
use std::process::Command;

use super::{on_path, succeed};

/// Checks that Node.js and npm are installed.
///
/// # Errors
/// With the name of the missing one and where to get it.
pub(crate) fn node() -> Result<(), String> {
    for program in ["node", "npm"] {
        match on_path(program) {
            Some(path) => println!("{program}: {}", path.display()),
            None => {
                return Err(format!(
                    "{program} is missing: install Node.js 20 or newer (https://nodejs.org)"
                ));
            }
        }
    }
    Ok(())
}

/// Installs the npm packages of `folder` from its lock file.
///
/// # Errors
/// With the command that failed.
pub(crate) fn npm_ci(folder: &Path) -> Result<(), String> {
    let installed = folder.join("node_modules/.package-lock.json");
    if is_newer(&installed, &folder.join("package-lock.json")) {
        println!("the npm packages are installed");
        return Ok(());
    }
    let mut command = Command::new("npm");
    command.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(folder);
    succeed(&mut command)
        .map_err(|error| format!("`npm ci --ignore-scripts` in {}: {error}", folder.display()))
}

fn is_newer(file: &Path, than: &Path) -> bool {
    let changed = |path: &Path| path.metadata().and_then(|found| found.modified()).ok();
    matches!((changed(file), changed(than)), (Some(file), Some(than)) if file >= than)
}
