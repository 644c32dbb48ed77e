//! Options for a new window, for each driver to translate.

use serde_json::Value;

/// Options for a new window.
#[derive(Clone, Copy, Debug)]
pub(super) struct WindowOptions<'a> {
    /// Flags for Chromium.
    pub(super) flags: &'a [&'a str],
    /// Preferences in Chromium's profile.
    pub(super) preferences: &'a Value,
    /// WebDriver's page load strategy.
    pub(super) page_load_strategy: &'a str,
    /// The port of the SOCKS proxy for all requests.
    pub(super) proxy: Option<u16>,
}
