//! Scripts run as from the browser's console: the page's content security policy does not apply.

use serde_json::{Value, json};

use super::{Engine, Window};

/// Maximum number of pages that navigate away before one stays.
const MAX_REDIRECTING_PAGES: usize = 3;

impl Window {
    /// Evaluates an expression. Waits for a promise and returns what it resolves to.
    ///
    /// # Panics
    /// When it throws or rejects.
    pub async fn evaluate(&self, expression: &str) -> Value {
        match self.engine {
            Engine::Chromium => self.evaluate_by_devtools(expression).await,
            Engine::Firefox | Engine::WebKit => self.evaluate_by_driver(expression).await,
        }
    }

    /// Runs the source of a library, for later scripts in this page.
    ///
    /// # Panics
    /// When it throws.
    pub async fn load_library(&self, source: &str) {
        match self.engine {
            // The result must not be the library itself, which has no JSON form.
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
        // A page may navigate away while the script runs; then the script runs in the next page.
        for _ in 0..MAX_REDIRECTING_PAGES {
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
