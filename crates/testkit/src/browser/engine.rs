//! The engines, and what differs between their drivers as seen from outside.

use serde_json::Value;
use tempfile::TempDir;

use super::service::Service;
use super::{chromium, firefox, webkit};

/// A browser engine, by the browser that the tests have of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Blink, in Chromium.
    Chromium,
    /// Gecko, in Firefox's extended support release.
    Firefox,
    /// WebKit, in the small browser that comes with WebKitGTK.
    WebKit,
}

/// What a window is to be like.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wish<'a> {
    /// Flags of Chromium alone.
    pub(super) flags: &'a [&'a str],
    /// Preferences of Chromium's profile.
    pub(super) preferences: &'a Value,
    /// What is waited for when a page is loaded, as WebDriver names it.
    pub(super) page_load_strategy: &'a str,
    /// The port of a SOCKS proxy through which everything goes.
    pub(super) proxy: Option<u16>,
}

impl Engine {
    /// Whether the browser tells what its console shows.
    pub fn tells_its_console(self) -> bool {
        self != Self::WebKit
    }

    /// Whether one driver opens many windows; others open one each.
    pub(super) fn shares_its_driver(self) -> bool {
        self == Self::Chromium
    }

    /// Starts the driver.
    pub(super) async fn start(self) -> Service {
        match self {
            Self::Chromium => chromium::start().await,
            Self::Firefox => firefox::start().await,
            Self::WebKit => webkit::start().await,
        }
    }

    /// What the driver is asked for: a browser with this profile, which gets what the engine needs in it.
    pub(super) fn capabilities(self, profile: &TempDir, wish: &Wish<'_>) -> Value {
        match self {
            Self::Chromium => chromium::capabilities(profile.path(), wish),
            Self::Firefox => firefox::capabilities(profile.path(), wish),
            Self::WebKit => webkit::capabilities(wish),
        }
    }
}
