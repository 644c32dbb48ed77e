//! What a browser's console shows, as far as its engine tells.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::{Engine, Window};
use crate::process::PrintedLines;
use crate::wait;

/// Where a browser tells it.
#[derive(Debug)]
pub(super) enum Console {
    /// The driver is asked.
    Asked,
    /// The browser prints it; so many lines were read.
    Prints(PrintedLines, AtomicUsize),
    /// Nowhere.
    Silent,
}

impl Console {
    pub(super) fn of(engine: Engine, printed: &PrintedLines) -> Self {
        match engine {
            Engine::Chromium => Self::Asked,
            Engine::Firefox => Self::Prints(printed.clone(), AtomicUsize::new(0)),
            Engine::WebKit => Self::Silent,
        }
    }
}

impl Window {
    /// What the console showed as warning or error since the last look: blocked content, scripts that threw,
    /// requests that failed.
    ///
    /// # Panics
    /// When the browser is gone, or of an engine that does not tell; see [`Engine::tells_its_console`].
    pub async fn complaints(&self) -> Vec<String> {
        match &self.console {
            Console::Asked => self.complaints_by_driver().await,
            Console::Prints(printed, read) => self.complaints_as_printed(printed, read).await,
            Console::Silent => panic!("{:?} does not tell what its console shows", self.engine),
        }
    }

    async fn complaints_by_driver(&self) -> Vec<String> {
        let request = reqwest::Client::new()
            .post(format!("{}/se/log", self.session_url))
            .json(&json!({"type": "browser"}));
        let answer: Value = request.send().await.expect("the driver answers").json().await.expect("JSON");
        let lines = answer["value"].as_array().expect("a list of lines").iter();
        let bad = lines.filter(|line| line["level"] == "SEVERE" || line["level"] == "WARNING");
        bad.map(|line| line["message"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// The page's process prints in the order of what happens; a last complaint, made here, tells that all before it
    /// is there.
    async fn complaints_as_printed(&self, printed: &PrintedLines, read: &AtomicUsize) -> Vec<String> {
        let first = read.load(Ordering::Relaxed);
        let last = format!("the console is read from line {first}");
        let complain = "const [last] = arguments; window.setTimeout(() => { throw new Error(last) })";
        self.run(complain, vec![json!(last)]).await;
        let lines = wait::until("the console shows a complaint made for it", async || {
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
