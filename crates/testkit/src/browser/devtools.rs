//! What only Chromium's own tools can do or tell: Chrome's DevTools protocol, through the driver.

use serde_json::{Value, json};

use super::{Engine, Window};

impl Window {
    /// Gives a command of the [protocol](https://chromedevtools.github.io/devtools-protocol/) and returns its result.
    ///
    /// # Panics
    /// When the browser is none of Chromium's or refuses it.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        assert_eq!(self.engine, Engine::Chromium, "{command} is a command of Chromium's tools");
        let url = format!("{}/goog/cdp/execute", self.session_url);
        let request = reqwest::Client::new().post(url).json(&json!({"cmd": command, "params": parameters}));
        let answer = request.send().await.expect("the driver answers");
        let (is_ok, body) = (answer.status().is_success(), answer.json::<Value>().await.expect("JSON"));
        assert!(is_ok, "{command}: {}", body["value"]["message"]);
        body["value"].clone()
    }

    /// Has a script run in every page from now on, before any script of the page.
    pub async fn begin_with(&self, script: &str) {
        self.devtools("Page.addScriptToEvaluateOnNewDocument", json!({"source": script})).await;
    }
}
