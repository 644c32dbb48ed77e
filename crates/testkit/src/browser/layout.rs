//! Whether a page fits its screen, and what of it is seen.

use serde_json::json;

use crate::browser::Window;

/// What makes the page wider than its screen.
const TOO_WIDE: &str = "const root = document.documentElement;
    if (root.scrollWidth <= root.clientWidth) return [];
    return [...document.querySelectorAll('body *')]
        .filter(node => node.getBoundingClientRect().right > root.clientWidth + 1)
        .map(node => `${node.tagName}.${node.className} ends at ${node.getBoundingClientRect().right}`)";

/// How much of an element is seen within another one and the screen, in pixels from top to bottom.
const SEEN: &str = "const [css, within] = arguments;
    const element = [...document.querySelectorAll(css)].at(-1).getBoundingClientRect();
    const frame = document.querySelector(within).getBoundingClientRect();
    return Math.min(element.bottom, frame.bottom, innerHeight) - Math.max(element.top, frame.top, 0)";

impl Window {
    /// What makes the page wider than its screen; nothing when it fits.
    ///
    /// # Panics
    /// When the browser is gone.
    pub async fn too_wide(&self) -> Vec<String> {
        self.list(TOO_WIDE).await
    }

    /// How many pixels, from top to bottom, are seen of the last element that `css` finds, on the screen and within
    /// the first one that `within` finds.
    ///
    /// # Panics
    /// When there is no such element.
    pub async fn seen(&self, css: &str, within: &str) -> f64 {
        self.run(SEEN, vec![json!(css), json!(within)]).await.as_f64().expect("a number")
    }
}
