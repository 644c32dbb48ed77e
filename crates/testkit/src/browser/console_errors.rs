//! The warnings and errors in a window's console.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::Window;
use super::console::Console;
use crate::process::PrintedLines;
use crate::wait;

impl Window {
    /// The warnings and errors since the last call: blocked content, scripts that threw, requests that failed.
    ///
    /// # Panics
    /// When the browser is gone, or its console cannot be read; see [`super::Engine::has_readable_console`].
    pub async fn console_errors(&self) -> Vec<String> {
        match &self.console {
            Console::Driver => self.console_errors_from_driver().await,
            Console::Printed(printed, read) => self.console_errors_from_output(printed, read).await,
            Console::Unavailable => panic!("the console of {:?} cannot be read", self.engine),
        }
    }

    async fn console_errors_from_driver(&self) -> Vec<String> {
        let request = reqwest::Client::new()
            .post(format!("{}/se/log", self.session_url))
            .json(&json!({"type": "browser"}));
        let answer: Value = request.send().await.expect("the driver answers").json().await.expect("JSON");
        let lines = answer["value"].as_array().expect("a list of lines").iter();
        let bad = lines.filter(|line| line["level"] == "SEVERE" || line["level"] == "WARNING");
        bad.map(|line| line["message"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// The page's process prints in the order of events. An error made here marks the end: all lines before it are there.
    async fn console_errors_from_output(&self, printed: &PrintedLines, read: &AtomicUsize) -> Vec<String> {
        let first = read.load(Ordering::Relaxed);
        let last = format!("the console is read from line {first}");
        let complain = "const [last] = arguments; window.setTimeout(() => { throw new Error(last) })";
        self.run(complain, vec![json!(last)]).await;
        let lines = wait::until("the console shows the error made as a mark", async || {
            let lines = printed.lines_from(first);
            lines.iter().any(|line| is_of_a_page(line) && line.contains(&last)).then_some(lines)
        })
        .await;
        read.store(first + lines.len(), Ordering::Relaxed);
        lines.into_iter().filter(|line| is_of_a_page(line) && !line.contains(&last)).collect()
    }
}

/// Whether a line is a warning or an error of a page, rather than of the browser itself.
fn is_of_a_page(line: &str) -> bool {
    line.contains("/PageMessages [JavaScript ") && line.contains("{file: \"http")
}
