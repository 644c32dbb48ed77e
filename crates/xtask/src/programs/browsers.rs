//! The browsers of three engines and their drivers.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{debian, geckodriver, named, on_path};

/// The path of each program, by the environment variable that the tests read.
pub(crate) struct Browsers(Vec<(&'static str, PathBuf)>);

impl Browsers {
    /// Sets the variables for a command.
    pub(crate) fn set_env(&self, command: &mut Command) {
        command.envs(self.0.iter().map(|(variable, path)| (variable, path)));
    }
}

/// A program from a Debian package.
struct Program {
    variable: &'static str,
    names: &'static [&'static str],
    package: &'static str,
}

const PROGRAMS: [Program; 5] = [
    Program { variable: "CHROMIUM", names: &["chromium", "google-chrome"], package: "chromium" },
    Program { variable: "CHROMEDRIVER", names: &["chromedriver"], package: "chromium-driver" },
    Program { variable: "FIREFOX", names: &["firefox-esr", "firefox"], package: "firefox-esr" },
    Program { variable: "WEBKIT_WEBDRIVER", names: &["WebKitWebDriver"], package: "webkit2gtk-driver" },
    // WebKitGTK's browser needs a screen; this one is virtual.
    Program { variable: "XVFB", names: &["Xvfb"], package: "xvfb" },
];

impl Program {
    fn find(&self) -> Option<PathBuf> {
        named(self.variable).or_else(|| self.names.iter().find_map(|name| on_path(name)))
    }
}

/// The browsers on this machine, after installing missing ones. Firefox's driver is kept in `folder`.
///
/// # Errors
/// With the command to run by hand, where the task may not install packages.
pub(crate) fn browsers(folder: &Path) -> Result<Browsers, String> {
    let missing: Vec<_> = PROGRAMS.iter().filter(|program| program.find().is_none()).collect();
    if !missing.is_empty() {
        println!("Missing: {}.", list(&missing, |program| program.names[0], ", "));
        let packages = list(&missing, |program| program.package, " ");
        debian::install(&packages, &by_hand(&missing))?;
    }
    let mut found = Vec::new();
    for program in &PROGRAMS {
        let path = program.find();
        let path = path.ok_or_else(|| format!("the packages were installed, but {}", by_hand(&[program])))?;
        println!("{}: {}", program.names[0], path.display());
        found.push((program.variable, path));
    }
    found.push(("GECKODRIVER", geckodriver::geckodriver(folder)?));
    Ok(Browsers(found))
}

fn by_hand(missing: &[&Program]) -> String {
    format!(
        "{} are needed. On Debian or Ubuntu run, as root:\n\n    {}\n\nelsewhere install them and set {} to their paths",
        list(missing, |program| program.names[0], ", "),
        debian::command(&list(missing, |program| program.package, " ")),
        list(missing, |program| program.variable, ", ")
    )
}

fn list(programs: &[&Program], what: impl Fn(&Program) -> &'static str, between: &str) -> String {
    programs.iter().map(|program| what(program)).collect::<Vec<_>>().join(between)
}
