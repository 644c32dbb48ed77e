//! WebKitGTK's small browser and its driver, on a virtual screen of their own.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;

use super::driver_process::{DriverProcess, program};
use super::options::WindowOptions;
use crate::process::PrintedLines;
use crate::process::ProcessGroup;
use crate::wait;

const MISSING: &str =
    "run `apt-get install -y webkit2gtk-driver xvfb`, or `cargo xtask test`, or set WEBKIT_WEBDRIVER";

/// Large enough for any window.
const SCREEN: &str = "1600x1200x24";

/// Removes the space around the page; with it the window cannot be as narrow as a phone.
const NO_BARS: &str = "* { padding: 0; margin: 0; border: 0; min-width: 0; min-height: 0 }";

/// Disables animations; pages see `prefers-reduced-motion`.
const STILL: &str = "[Settings]\ngtk-enable-animations=0\n";

pub(super) async fn start() -> DriverProcess {
    let (screen, number) = screen().await;
    let folder = TempDir::with_prefix("natter-e2e-webkit-").expect("a temporary folder can be made");
    let gtk = folder.path().join("gtk-3.0");
    std::fs::create_dir(&gtk).expect("the folder is new");
    std::fs::write(gtk.join("gtk.css"), NO_BARS).expect("the folder can be written");
    std::fs::write(gtk.join("settings.ini"), STILL).expect("the folder can be written");
    let driver = program("WEBKIT_WEBDRIVER", &["WebKitWebDriver"], MISSING);
    let command = || {
        let mut command = Command::new(&driver);
        command.arg("--port=0").env("DISPLAY", format!(":{number}")).env("GDK_BACKEND", "x11");
        for variable in ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"] {
            command.env(variable, folder.path());
        }
        command
    };
    let started = DriverProcess::start(command, |process, _| listening_port(process.id())).await;
    started.with(screen, folder)
}

/// The proxy is a flag of the browser.
pub(super) fn capabilities(options: &WindowOptions<'_>) -> Value {
    let mut flags = vec!["--automation".to_owned()];
    flags.extend(options.proxy.map(|port| format!("--proxy=socks5://127.0.0.1:{port}")));
    json!({"webkitgtk:browserOptions": {"args": flags}, "pageLoadStrategy": options.page_load_strategy})
}

/// Starts a screen in memory, which chooses its number and prints it.
async fn screen() -> (ProcessGroup, u32) {
    let mut command = Command::new(program("XVFB", &["Xvfb"], MISSING));
    command.args(["-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp"]).stdin(Stdio::null());
    let mut process = ProcessGroup::start(&mut command);
    let printed = PrintedLines::by(&mut process.child);
    let number = wait::until("the screen prints its number", async || printed.find(|line| line.parse().ok()));
    (process, number.await)
}

/// The port on which a process listens on 127.0.0.1. The driver does not print the port that it chose.
fn listening_port(id: i32) -> Option<u16> {
    let process = Path::new("/proc").join(id.to_string());
    let files = std::fs::read_dir(process.join("fd")).ok()?.flatten();
    let own: Vec<PathBuf> = files.filter_map(|file| std::fs::read_link(file.path()).ok()).collect();
    let table = std::fs::read_to_string(process.join("net/tcp")).ok()?;
    table.lines().find_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let (address, state, inode) = (fields.get(1)?, *fields.get(3)?, fields.get(9)?);
        let is_own = own.contains(&PathBuf::from(format!("socket:[{inode}]")));
        let port = address.split_once(':')?.1;
        u16::from_str_radix(port, 16).ok().filter(|_| is_own && state == LISTENING)
    })
}

/// The state of a listening socket in `/proc/net/tcp`.
const LISTENING: &str = "0A";
