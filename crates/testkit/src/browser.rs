//! Browsers, their drivers, and what tests do with a page. Each window has its own profile, and so its own cookies.

pub mod accessibility;
mod appearance;
mod axe;
pub mod chat_page;
mod chromium;
mod console;
mod console_errors;
mod devtools;
mod driver_process;
mod engine;
mod firefox;
mod inspection;
pub mod keyboard;
mod layout;
pub mod long_log;
pub mod long_texts;
mod options;
pub mod rooms_page;
mod scripts;
pub mod stage;
mod webkit;
mod window;

use std::sync::Arc;

use fantoccini::wd::TimeoutConfiguration;
use serde_json::{Value, json};
use tempfile::TempDir;

pub use appearance::{Appearance, DESK, PHONE, ZOOMED};
pub use engine::Engine;
pub use window::Window;

use crate::wait;
use console::Console;
use driver_process::DriverProcess;
use options::WindowOptions;

/// Opens windows of one engine. A browser ends when its window and this are dropped.
#[derive(Debug)]
pub struct Driver {
    engine: Engine,
    proxy: Option<u16>,
    shared: Option<Arc<DriverProcess>>,
}

impl Driver {
    /// Starts a driver for Chromium.
    ///
    /// # Panics
    /// When a program is not installed, with the command that installs it.
    pub async fn start() -> Self {
        Self::of(Engine::Chromium, None).await
    }

    /// Starts a driver for an engine. With a port, the browsers use the SOCKS proxy on it for every request.
    ///
    /// # Panics
    /// When a program is not installed, with the command that installs it.
    pub async fn of(engine: Engine, proxy: Option<u16>) -> Self {
        let shared = if engine.shares_its_driver() { Some(Arc::new(engine.start().await)) } else { None };
        Self { engine, proxy, shared }
    }

    /// Opens a window with a new profile.
    ///
    /// # Panics
    /// When the browser does not start.
    pub async fn window(&self) -> Window {
        self.window_with(&[]).await
    }

    /// Opens a window with a new profile and additional flags for Chromium.
    ///
    /// # Panics
    /// When the browser does not start.
    pub async fn window_with(&self, flags: &[&str]) -> Window {
        self.open(flags, &json!({}), "normal").await
    }

    /// Opens a window that does not wait for pages to load (WebDriver's page load strategy `none`).
    ///
    /// # Panics
    /// When the browser does not start.
    pub async fn impatient_window(&self) -> Window {
        self.open(&[], &json!({}), "none").await
    }

    /// Opens a window that blocks all cookies, and with them every kind of storage.
    ///
    /// # Panics
    /// When the browser does not start.
    pub async fn window_without_cookies(&self) -> Window {
        const BLOCK: u8 = 2;
        self.open(&[], &json!({"profile.default_content_setting_values.cookies": BLOCK}), "normal").await
    }

    async fn open(&self, flags: &[&str], preferences: &Value, page_load_strategy: &str) -> Window {
        assert!(flags.is_empty() || self.engine == Engine::Chromium, "only Chromium takes {flags:?}");
        let profile = TempDir::with_prefix("natter-e2e-profile-").expect("a temporary folder can be made");
        let driver = match &self.shared {
            Some(driver) => Arc::clone(driver),
            None => Arc::new(self.engine.start().await),
        };
        let options = WindowOptions { flags, preferences, page_load_strategy, proxy: self.proxy };
        let (client, session_url) = driver.open(&self.engine.capabilities(&profile, &options)).await;
        let timeouts = TimeoutConfiguration::new(None, Some(wait::TIMEOUT), None);
        client.update_timeouts(timeouts).await.expect("the driver takes its settings");
        let console = Console::of(self.engine, &driver.printed);
        Window { engine: self.engine, client, session_url, console, _driver: driver, _profile: profile }
    }
}
