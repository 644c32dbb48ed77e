//! Actions with the keyboard only.

use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::browser::Window;

/// Where the focus is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// The element: by its id, else by a class that no other element has, else by its tag, classes and words.
    pub what: String,
    /// Whether the focus is visible.
    pub is_marked: bool,
    /// Whether the element is within the viewport.
    pub is_in_view: bool,
}

const NAME: &str = "const isUnique = word => document.getElementsByClassName(word).length === 1;
    const name = node => {
        const word = [...node.classList].find(isUnique);
        if (node.id) return `#${node.id}`;
        return word ? `.${word}` : `${node.localName}.${node.className} ${node.textContent.trim().slice(0, 24)}`.trim();
    };";

const FOCUSED: &str = "const node = document.activeElement, style = getComputedStyle(node);
    const { top, bottom, left, right } = node.getBoundingClientRect();
    const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    return { what: name(node), isMarked: outlined || style.boxShadow !== 'none',
        isInView: bottom > 0 && right > 0 && top < innerHeight && left < innerWidth }";

/// Everything that the Tab key must reach, in document order.
const CONTROLS: &str = "return [...document.querySelectorAll('a[href], button, input, select, summary, textarea, [tabindex]')]
    .filter(node => node.tabIndex >= 0 && !node.disabled && node.type !== 'hidden' && node.checkVisibility({ visibilityProperty: true }))
    .map(name)";

/// Maximum number of stops on a page before the focus is back at the first one.
const MAX_STOPS: usize = 80;

impl Window {
    /// Sends keys to the focused element.
    ///
    /// # Panics
    /// When it accepts none.
    pub async fn press(&self, keys: &str) {
        let focused = self.client.active_element().await.expect("something has the focus");
        focused.send_keys(keys).await.unwrap_or_else(|error| panic!("no keys are accepted: {error}"));
    }

    /// Presses one special key.
    ///
    /// # Panics
    /// As [`Window::press`].
    pub async fn press_key(&self, key: Key) {
        self.press(&char::from(key).to_string()).await;
    }

    /// Where the focus is now.
    ///
    /// # Panics
    /// When the browser is gone.
    pub async fn focused(&self) -> Stop {
        let stop = self.run(&format!("{NAME} {FOCUSED}"), vec![]).await;
        let is = |value: &Value| value.as_bool().expect("a truth value");
        let what = stop["what"].as_str().expect("a string").to_owned();
        Stop { what, is_marked: is(&stop["isMarked"]), is_in_view: is(&stop["isInView"]) }
    }

    /// The name of the focused element; see [`Stop::what`].
    ///
    /// # Panics
    /// When the browser is gone.
    pub async fn focus(&self) -> String {
        self.focused().await.what
    }

    /// Every visible control of the page, in document order.
    ///
    /// # Panics
    /// When the browser is gone.
    pub async fn controls(&self) -> Vec<String> {
        let names = self.run(&format!("{NAME} {CONTROLS}"), vec![]).await;
        serde_json::from_value(names).expect("the script returns strings")
    }

    /// Presses Tab from the first control on until the focus is back. Returns each stop.
    ///
    /// # Panics
    /// When the focus does not return to the first stop.
    pub async fn tab_through(&self) -> Vec<Stop> {
        let first = "const first = document.createElement('span'); first.tabIndex = -1;
            document.body.prepend(first); first.focus(); first.remove()";
        self.run(first, vec![]).await;
        let mut stops: Vec<Stop> = Vec::new();
        for _ in 0..MAX_STOPS {
            self.press_key(Key::Tab).await;
            let stop = self.focused().await;
            let has_returned =
                stop.what.starts_with("body") || stops.first().is_some_and(|first| first.what == stop.what);
            if has_returned {
                return stops;
            }
            stops.push(stop);
        }
        panic!("the focus does not return to the first stop: {stops:?}");
    }

    /// Inserts a text into the focused field in one step, as a paste does.
    pub async fn insert(&self, text: &str) {
        self.devtools("Input.insertText", json!({"text": text})).await;
    }
}
