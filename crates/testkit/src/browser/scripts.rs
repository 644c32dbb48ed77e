//! Scripts of a person at the browser's console, whatever the page's policy.

use serde_json::{Value, json};

use super::{Engine, Window};

/// So many pages may lead on to another one before there is one that stays.
const PAGES_ON_THE_WAY: usize = 3;

impl Window {
    /// Evaluates an expression; waits for a promise and gives what it resolves to.
    ///
    /// # Panics
    /// When it throws or rejects.
    pub async fn evaluate(&self, expression: &str) -> Value {
        match self.engine {
            Engine::Chromium => self.evaluate_by_devtools(expression).await,
            Engine::Firefox | Engine::WebKit => self.evaluate_by_driver(expression).await,
        }
    }

    /// Runs the source of a library, which then is there for later scripts in this page.
    ///
    /// # Panics
    /// When it throws.
    pub async fn bring_in(&self, source: &str) {
        match self.engine {
            // Evaluated, it must not give itself back: it cannot be told in JSON.
            Engine::Chromium => self.evaluate_by_devtools(&format!("{source};undefined")).await,
            Engine::Firefox | Engine::WebKit => self.run(source, vec![]).await,
        };
    }

    async fn evaluate_by_devtools(&self, expression: &str) -> Value {
        let parameters = json!({"expression": expression, "awaitPromise": true, "returnByValue": true});
        let result = self.devtools("Runtime.evaluate", parameters).await;
        assert_eq!(result["exceptionDetails"], Value::Null, "in {:.200}", expression);
        result["result"]["value"].clone()
    }

    async fn evaluate_by_driver(&self, expression: &str) -> Value {
        let script = format!(
            "const done = arguments[arguments.length - 1];
             Promise.resolve({expression}).then(value => done({{ value }}), error => done({{ error: String(error) }}))"
        );
        let mut result = self.client.execute_async(&script, vec![]).await;
        // A page that leads on by itself may be left while it is asked; then the next one is.
        for _ in 0..PAGES_ON_THE_WAY {
            if !result.as_ref().is_err_and(|error| error.to_string().contains("unload event")) {
                break;
            }
            result = self.client.execute_async(&script, vec![]).await;
        }
        let result = result.unwrap_or_else(|error| panic!("{error} in {expression:.200}"));
        assert_eq!(result["error"], Value::Null, "in {expression:.200}");
        result["value"].clone()
    }
}
