//! A person with a keyboard alone.

use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::browser::Window;

/// Where the focus is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// The element: by its id, else by a class that no other element has, else by its tag, classes and words.
    pub what: String,
    /// Whether it can be seen that the focus is here.
    pub is_marked: bool,
    /// Whether the element is on the screen, all of it that fits.
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

/// All that the Tab key should come to, in the order of the page.
const CONTROLS: &str = "return [...document.querySelectorAll('a[href], button, input, select, summary, textarea, [tabindex]')]
    .filter(node => node.tabIndex >= 0 && !node.disabled && node.type !== 'hidden' && node.checkVisibility({ visibilityProperty: true }))
    .map(name)";

/// No page here has more stops than this before the focus is back at the first.
const MOST_STOPS: usize = 80;

impl Window {
    /// Presses keys where the focus is.
    ///
    /// # Panics
    /// When the browser takes none.
    pub async fn press(&self, keys: &str) {
        let focused = self.client.active_element().await.expect("something has the focus");
        focused.send_keys(keys).await.unwrap_or_else(|error| panic!("no keys are taken: {error}"));
    }

    /// Presses one key that is no letter.
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

    /// The name of what has the focus; see [`Stop::what`].
    ///
    /// # Panics
    /// When the browser is gone.
    pub async fn focus(&self) -> String {
        self.focused().await.what
    }

    /// Every control of the page that can be seen, in its order.
    ///
    /// # Panics
    /// When the browser is gone.
    pub async fn controls(&self) -> Vec<String> {
        let names = self.run(&format!("{NAME} {CONTROLS}"), vec![]).await;
        serde_json::from_value(names).expect("the script gives strings")
    }

    /// Goes once round the page with the Tab key, from its first control on; gives each stop.
    ///
    /// # Panics
    /// When the focus never comes back to where it began.
    pub async fn round_by_tab(&self) -> Vec<Stop> {
        let first = "const first = document.createElement('span'); first.tabIndex = -1;
            document.body.prepend(first); first.focus(); first.remove()";
        self.run(first, vec![]).await;
        let mut stops: Vec<Stop> = Vec::new();
        for _ in 0..MOST_STOPS {
            self.press_key(Key::Tab).await;
            let stop = self.focused().await;
            let is_round =
                stop.what.starts_with("body") || stops.first().is_some_and(|first| first.what == stop.what);
            if is_round {
                return stops;
            }
            stops.push(stop);
        }
        panic!("the Tab key does not come round: {stops:?}");
    }

    /// Puts a text into the field that has the focus at once, as pasting does.
    pub async fn insert(&self, text: &str) {
        self.devtools("Input.insertText", json!({"text": text})).await;
    }
}
