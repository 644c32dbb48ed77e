//! Chrome's DevTools protocol, through the driver: for what WebDriver cannot do.

use serde_json::{Value, json};

use super::{Engine, Window};

impl Window {
    /// Runs a command of the [protocol](https://chromedevtools.github.io/devtools-protocol/) and returns its result.
    ///
    /// # Panics
    /// When the browser is not Chromium, or rejects the command.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        assert_eq!(self.engine, Engine::Chromium, "{command} needs Chromium");
        let url = format!("{}/goog/cdp/execute", self.session_url);
        let request = reqwest::Client::new().post(url).json(&json!({"cmd": command, "params": parameters}));
        let answer = request.send().await.expect("the driver answers");
        let (is_ok, body) = (answer.status().is_success(), answer.json::<Value>().await.expect("JSON"));
        assert!(is_ok, "{command}: {}", body["value"]["message"]);
        body["value"].clone()
    }

    /// Runs a script in every page from now on, before the page's own scripts.
    pub async fn begin_with(&self, script: &str) {
        self.devtools("Page.addScriptToEvaluateOnNewDocument", json!({"source": script})).await;
    }
}
