//! The engines, and what differs between their drivers.

use serde_json::Value;
use tempfile::TempDir;

use super::driver_process::DriverProcess;
use super::options::WindowOptions;
use super::{chromium, firefox, webkit};

/// A browser engine, and the browser that the tests use for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Blink, in Chromium.
    Chromium,
    /// Gecko, in Firefox's extended support release.
    Firefox,
    /// WebKit, in the small browser that comes with WebKitGTK.
    WebKit,
}

impl Engine {
    /// Whether [`super::Window::console_errors`] works.
    pub fn has_readable_console(self) -> bool {
        self != Self::WebKit
    }

    /// Whether one driver opens many windows. The others open one window each.
    pub(super) fn shares_its_driver(self) -> bool {
        self == Self::Chromium
    }

    /// Starts the driver.
    pub(super) async fn start(self) -> DriverProcess {
        match self {
            Self::Chromium => chromium::start().await,
            Self::Firefox => firefox::start().await,
            Self::WebKit => webkit::start().await,
        }
    }

    /// The capabilities to request from the driver. Writes what the engine needs into the profile.
    pub(super) fn capabilities(self, profile: &TempDir, options: &WindowOptions<'_>) -> Value {
        match self {
            Self::Chromium => chromium::capabilities(profile.path(), options),
            Self::Firefox => firefox::capabilities(profile.path(), options),
            Self::WebKit => webkit::capabilities(options),
        }
    }
}
