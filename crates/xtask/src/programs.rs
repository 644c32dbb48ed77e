//! Finds the programs that the tests need and gets those that it can.
//!
//! Only the distribution's own packages and the committed npm lock are used. What cannot be got stops the
//! task with the command that a person has to run.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The browser and its driver.
pub(crate) struct Browser {
    pub(crate) chromium: PathBuf,
    pub(crate) driver: PathBuf,
}

const INSTALL: &str = "apt-get update && apt-get install -y chromium chromium-driver";

/// The browser that is there, or the one that is installed now.
///
/// # Errors
/// Says which command installs it when this machine does not let the task do so.
pub(crate) fn browser() -> Result<Browser, String> {
    if let Some(found) = find_browser() {
        return Ok(found);
    }
    println!("Chromium or its driver is missing.");
    install_browser()?;
    find_browser().ok_or_else(|| format!("the packages were installed, but {}", by_hand()))
}

/// Checks that Node.js and npm are there.
///
/// # Errors
/// Names the one that is missing and where to get it.
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

/// Installs the official client for the scripts in `folder`, from its committed lock file.
///
/// # Errors
/// When npm fails, with the command that was run.
pub(crate) fn npm_ci(folder: &Path) -> Result<(), String> {
    let installed = folder.join("node_modules/.package-lock.json");
    if is_newer(&installed, &folder.join("package-lock.json")) {
        println!("the Node clients' packages are in place");
        return Ok(());
    }
    let mut command = Command::new("npm");
    command.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(folder);
    succeed(&mut command)
        .map_err(|error| format!("`npm ci --ignore-scripts` in {}: {error}", folder.display()))
}

fn find_browser() -> Option<Browser> {
    let chromium = named("CHROMIUM").or_else(|| on_path("chromium")).or_else(|| on_path("google-chrome"))?;
    let driver = named("CHROMEDRIVER").or_else(|| on_path("chromedriver"))?;
    println!("chromium: {}\nchromedriver: {}", chromium.display(), driver.display());
    Some(Browser { chromium, driver })
}

fn install_browser() -> Result<(), String> {
    if on_path("apt-get").is_none() {
        return Err(by_hand());
    }
    let root = output_of("id", &["-u"]).as_deref() == Some("0");
    let mut command = if root {
        Command::new("sh")
    } else if output_of("sudo", &["-n", "id", "-u"]).as_deref() == Some("0") {
        let mut sudo = Command::new("sudo");
        sudo.args(["-n", "sh"]);
        sudo
    } else {
        return Err(by_hand());
    };
    println!("Installing both from the distribution's packages: {INSTALL}");
    command.args(["-c", INSTALL]).env("DEBIAN_FRONTEND", "noninteractive");
    succeed(&mut command).map_err(|error| format!("installing them failed ({error}); {}", by_hand()))
}

fn by_hand() -> String {
    format!(
        "Chromium and chromedriver are needed. On Debian or Ubuntu run, as root:\n\n    {INSTALL}\n\n\
         elsewhere install them and set CHROMIUM and CHROMEDRIVER to their paths"
    )
}

fn named(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from)
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

fn is_newer(file: &Path, than: &Path) -> bool {
    let changed = |path: &Path| path.metadata().and_then(|found| found.modified()).ok();
    matches!((changed(file), changed(than)), (Some(file), Some(than)) if file >= than)
}

fn output_of(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn succeed(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|error| error.to_string())?;
    if status.success() { Ok(()) } else { Err(status.to_string()) }
}
