//! Firefox and its driver.

use std::path::Path;

use serde_json::{Map, Value, json};
use tokio::process::Command;

use super::driver_process::{DriverProcess, program};
use super::options::WindowOptions;

const MISSING: &str = "run `apt-get install -y firefox-esr` and `cargo install geckodriver --locked`, or `cargo xtask \
                       test`, or set FIREFOX and GECKODRIVER";

/// Makes the browser print what the consoles of pages show.
const PAGE_MESSAGES: (&str, &str) = ("MOZ_LOG", "PageMessages:5");

/// Hides the toolbars; with them the window cannot be as narrow as a phone.
const NO_BARS: &str = ":root { min-width: 0 !important; min-height: 0 !important }
    #navigator-toolbox { display: none !important }";

/// Disables the browser's own requests and animations.
fn settings() -> Value {
    json!({
        "app.normandy.enabled": false,
        "app.update.enabled": false,
        "browser.region.network.url": "",
        "browser.safebrowsing.malware.enabled": false,
        "browser.safebrowsing.phishing.enabled": false,
        "browser.search.update": false,
        "datareporting.policy.dataSubmissionEnabled": false,
        "dom.push.connection.enabled": false,
        "extensions.systemAddon.update.enabled": false,
        "network.captive-portal-service.enabled": false,
        "network.connectivity-service.enabled": false,
        "nimbus.rollouts.enabled": false,
        "services.settings.server": "data:,#no-remote-settings",
        "toolkit.legacyUserProfileCustomizations.stylesheets": true,
        "toolkit.telemetry.enabled": false,
        "ui.prefersReducedMotion": 1,
    })
}

/// Sends every request through the SOCKS proxy on this port, which also resolves names.
fn through(port: u16) -> Value {
    json!({
        "network.proxy.type": 1,
        "network.proxy.socks": "127.0.0.1",
        "network.proxy.socks_port": port,
        "network.proxy.socks_version": 5,
        "network.proxy.socks_remote_dns": true,
        "network.proxy.allow_hijacking_localhost": true,
    })
}

pub(super) async fn start() -> DriverProcess {
    let driver = program("GECKODRIVER", &["geckodriver"], MISSING);
    let command = || {
        let mut command = Command::new(&driver);
        command.arg("--port=0").env(PAGE_MESSAGES.0, PAGE_MESSAGES.1);
        command
    };
    let port = |line: &str| line.split_once("Listening on 127.0.0.1:")?.1.parse().ok();
    DriverProcess::start(command, |_, printed| printed.find(port)).await
}

pub(super) fn capabilities(profile: &Path, options: &WindowOptions<'_>) -> Value {
    let folder = profile.join("chrome");
    std::fs::create_dir(&folder).expect("the profile is new");
    std::fs::write(folder.join("userChrome.css"), NO_BARS).expect("the profile can be written");
    let mut settings = object(settings());
    settings.extend(options.proxy.map(through).map(object).unwrap_or_default());
    let binary = program("FIREFOX", &["firefox-esr", "firefox"], MISSING);
    json!({
        "moz:firefoxOptions": {
            "binary": binary,
            "args": ["-headless", "-profile", profile],
            "prefs": settings,
        },
        "pageLoadStrategy": options.page_load_strategy,
    })
}

fn object(value: Value) -> Map<String, Value> {
    value.as_object().expect("the value is an object").clone()
}
