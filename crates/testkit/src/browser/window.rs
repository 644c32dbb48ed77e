//! One browser as a person uses it: pages, fields, buttons, tabs.
//!
//! Each action waits for its element. Nothing here depends on a page of Natter.

use std::sync::Arc;

use fantoccini::elements::Element;
use fantoccini::wd::WindowHandle;
use fantoccini::{Client, Locator};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::console::Console;
use super::driver_process::DriverProcess;
use super::engine::Engine;
use crate::wait;

/// One browser with its own profile and one or more tabs.
#[derive(Debug)]
pub struct Window {
    /// The WebDriver client, for what has no method here.
    pub client: Client,
    /// The engine of the browser.
    pub engine: Engine,
    pub(super) session_url: String,
    pub(super) console: Console,
    pub(super) _driver: Arc<DriverProcess>,
    pub(super) _profile: TempDir,
}

impl Window {
    /// Loads a page.
    ///
    /// # Panics
    /// When the driver reports an error.
    pub async fn load(&self, url: &str) {
        self.client.goto(url).await.expect("the page loads");
        // WebKit applies `autofocus` with the first frame, which on a busy machine would interrupt typing.
        if self.engine == Engine::WebKit {
            self.wait_drawn().await;
        }
    }

    /// Reloads the page.
    ///
    /// # Panics
    /// When the driver reports an error.
    pub async fn reload(&self) {
        self.client.refresh().await.expect("the page reloads");
    }

    /// The address in the address bar.
    ///
    /// # Panics
    /// When the browser is gone.
    pub async fn address(&self) -> String {
        self.client.current_url().await.expect("the browser has an address").to_string()
    }

    /// Waits for an element and types into it.
    ///
    /// # Panics
    /// When there is no such element, or it accepts no text.
    pub async fn write(&self, css: &str, text: &str) {
        let element = self.element(css).await;
        element.send_keys(text).await.unwrap_or_else(|error| panic!("{css} accepts no text: {error}"));
    }

    /// Waits for a field and clears it.
    ///
    /// # Panics
    /// When there is no such field, or it cannot be cleared.
    pub async fn clear(&self, css: &str) {
        let element = self.element(css).await;
        element.clear().await.unwrap_or_else(|error| panic!("{css} cannot be cleared: {error}"));
    }

    /// Waits for an element and clicks it.
    ///
    /// # Panics
    /// When there is no such element, or it cannot be clicked.
    pub async fn click(&self, css: &str) {
        let element = self.element(css).await;
        element.click().await.unwrap_or_else(|error| panic!("{css} cannot be clicked: {error}"));
    }

    /// Runs the body of a JavaScript function in the page and returns its result.
    ///
    /// # Panics
    /// When it throws.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        let result = self.client.execute(script, arguments).await;
        result.unwrap_or_else(|error| panic!("{error} in {script}"))
    }

    /// The text of every element that matches `css`, in document order.
    ///
    /// # Panics
    /// When the browser is gone.
    pub async fn texts(&self, css: &str) -> Vec<String> {
        let script = "return [...document.querySelectorAll(arguments[0])].map(e => e.textContent.trim())";
        let found = self.run(script, vec![json!(css)]).await;
        serde_json::from_value(found).expect("the script returns strings")
    }

    /// Waits for an element that matches `css`.
    ///
    /// # Panics
    /// On a timeout, with the source of the page.
    pub async fn wait_for(&self, css: &str) {
        self.element(css).await;
    }

    /// Waits for an element. While one page gives way to another, a driver answers a search with other errors too, so each
    /// counts as not found yet.
    async fn element(&self, css: &str) -> Element {
        let look = async || self.client.find(Locator::Css(css)).await.ok();
        if let Some(element) = wait::poll(wait::TIMEOUT, look).await {
            return element;
        }
        let page = self.client.source().await.unwrap_or_default();
        panic!("there is no {css} at {} in\n{page}", self.address().await);
    }

    /// Opens another tab of the same profile and switches to it. Returns the previous tab.
    ///
    /// # Panics
    /// When the browser is gone.
    pub async fn new_tab(&self) -> WindowHandle {
        let previous = self.client.window().await.expect("there is a tab");
        let tab = self.client.new_window(true).await.expect("a tab opens").handle;
        self.client.switch_to_window(tab).await.expect("the tab is open");
        previous
    }

    /// Switches to another tab.
    ///
    /// # Panics
    /// When the tab is closed.
    pub async fn switch_to(&self, tab: WindowHandle) {
        self.client.switch_to_window(tab).await.expect("the tab is open");
    }

    /// A screenshot of the viewport, as PNG.
    ///
    /// # Panics
    /// When the browser is gone.
    pub async fn screenshot(&self) -> Vec<u8> {
        self.client.screenshot().await.expect("the browser takes a screenshot")
    }
}
