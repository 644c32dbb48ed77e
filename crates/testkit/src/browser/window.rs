//! One browser as a person uses it: pages, fields, buttons, tabs.
//!
//! It waits for what it is to press or read; it knows no page of Natter.

use std::sync::Arc;

use fantoccini::wd::WindowHandle;
use fantoccini::{Client, Locator};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::console::Console;
use super::engine::Engine;
use super::service::Service;
use crate::wait;

/// One browser with a profile of its own; it may have several tabs.
#[derive(Debug)]
pub struct Window {
    /// The driver's view of it, for what is not wrapped here.
    pub client: Client,
    /// Whose window it is.
    pub engine: Engine,
    pub(super) session_url: String,
    pub(super) console: Console,
    pub(super) _service: Arc<Service>,
    pub(super) _profile: TempDir,
}

impl Window {
    /// Loads a page.
    ///
    /// # Panics
    /// When the driver says that it did not.
    pub async fn load(&self, url: &str) {
        self.client.goto(url).await.expect("the page loads");
        // WebKit heeds `autofocus` when it first draws, which on a busy machine is in the middle of what a driver types.
        if self.engine == Engine::WebKit {
            self.is_drawn().await;
        }
    }

    /// Loads the page anew.
    ///
    /// # Panics
    /// When the driver says that it did not.
    pub async fn reload(&self) {
        self.client.refresh().await.expect("the page loads again");
    }

    /// The address in the address bar.
    ///
    /// # Panics
    /// When the browser is gone.
    pub async fn address(&self) -> String {
        self.client.current_url().await.expect("the browser tells its address").to_string()
    }

    /// Waits for an element and types into it.
    ///
    /// # Panics
    /// When there is none, or it takes no text.
    pub async fn write(&self, css: &str, text: &str) {
        let element = self.client.wait().at_most(wait::TIMEOUT).for_element(Locator::Css(css)).await;
        let element = element.unwrap_or_else(|error| panic!("there is no {css}: {error}"));
        element.send_keys(text).await.unwrap_or_else(|error| panic!("{css} takes no text: {error}"));
    }

    /// Waits for a field and takes out what stands in it.
    ///
    /// # Panics
    /// When there is none, or it cannot be emptied.
    pub async fn empty(&self, css: &str) {
        let element = self.client.wait().at_most(wait::TIMEOUT).for_element(Locator::Css(css)).await;
        let element = element.unwrap_or_else(|error| panic!("there is no {css}: {error}"));
        element.clear().await.unwrap_or_else(|error| panic!("{css} cannot be emptied: {error}"));
    }

    /// Waits for an element and clicks it.
    ///
    /// # Panics
    /// When there is none, or it cannot be clicked.
    pub async fn click(&self, css: &str) {
        let element = self.client.wait().at_most(wait::TIMEOUT).for_element(Locator::Css(css)).await;
        let element = element.unwrap_or_else(|error| panic!("there is no {css}: {error}"));
        element.click().await.unwrap_or_else(|error| panic!("{css} cannot be clicked: {error}"));
    }

    /// Runs the body of a JavaScript function in the page and gives what it returns.
    ///
    /// # Panics
    /// When it throws.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        let result = self.client.execute(script, arguments).await;
        result.unwrap_or_else(|error| panic!("{error} in {script}"))
    }

    /// The text of every element that `css` finds, in the page's order.
    ///
    /// # Panics
    /// When the browser is gone.
    pub async fn texts(&self, css: &str) -> Vec<String> {
        let script = "return [...document.querySelectorAll(arguments[0])].map(e => e.textContent.trim())";
        let found = self.run(script, vec![json!(css)]).await;
        serde_json::from_value(found).expect("the script gives strings")
    }

    /// Waits until `css` finds an element.
    ///
    /// # Panics
    /// When it does not in time, with what the page shows instead.
    pub async fn sees(&self, css: &str) {
        let found = self.client.wait().at_most(wait::TIMEOUT).for_element(Locator::Css(css)).await;
        if found.is_err() {
            let page = self.client.source().await.unwrap_or_default();
            panic!("there is no {css} at {} in\n{page}", self.address().await);
        }
    }

    /// Opens a further tab of the same profile and turns to it; gives the former one.
    ///
    /// # Panics
    /// When the browser does not.
    pub async fn new_tab(&self) -> WindowHandle {
        let former = self.client.window().await.expect("there is a tab");
        let tab = self.client.new_window(true).await.expect("a tab opens").handle;
        self.client.switch_to_window(tab).await.expect("it can be turned to");
        former
    }

    /// Turns to another tab.
    ///
    /// # Panics
    /// When it is closed.
    pub async fn turn_to(&self, tab: WindowHandle) {
        self.client.switch_to_window(tab).await.expect("the tab is open");
    }

    /// A picture of what is seen, as PNG.
    ///
    /// # Panics
    /// When the browser takes none.
    pub async fn picture(&self) -> Vec<u8> {
        self.client.screenshot().await.expect("the browser takes a picture")
    }
}
