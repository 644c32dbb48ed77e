//! Chromium and its driver.

use std::path::PathBuf;

use super::{debian, named, on_path};

/// The browser and its driver.
pub(crate) struct Browser {
    pub(crate) chromium: PathBuf,
    pub(crate) driver: PathBuf,
}

const PACKAGES: &str = "chromium chromium-driver";

/// The browser that is there, or the one that is installed now.
///
/// # Errors
/// Says which command installs it when this machine does not let the task do so.
pub(crate) fn browser() -> Result<Browser, String> {
    if let Some(found) = find() {
        return Ok(found);
    }
    println!("Chromium or its driver is missing.");
    debian::install(PACKAGES, &by_hand())?;
    find().ok_or_else(|| format!("the packages were installed, but {}", by_hand()))
}

fn find() -> Option<Browser> {
    let chromium = named("CHROMIUM").or_else(|| on_path("chromium")).or_else(|| on_path("google-chrome"))?;
    let driver = named("CHROMEDRIVER").or_else(|| on_path("chromedriver"))?;
    println!("chromium: {}\nchromedriver: {}", chromium.display(), driver.display());
    Some(Browser { chromium, driver })
}

fn by_hand() -> String {
    format!(
        "Chromium and chromedriver are needed. On Debian or Ubuntu run, as root:\n\n    {}\n\n\
         elsewhere install them and set CHROMIUM and CHROMEDRIVER to their paths",
        debian::command(PACKAGES)
    )
}
