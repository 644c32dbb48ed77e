//! Whether a page fits its screen, and which part of an element is visible.

use serde_json::json;

use crate::browser::Window;

/// Elements that make the page wider than its screen.
const TOO_WIDE: &str = "const root = document.documentElement;
    if (root.scrollWidth <= root.clientWidth) return [];
    return [...document.querySelectorAll('body *')]
        .filter(node => node.getBoundingClientRect().right > root.clientWidth + 1)
        .map(node => `${node.tagName}.${node.className} ends at ${node.getBoundingClientRect().right}`)";

/// The visible height of an element within another one and the viewport, in pixels.
const VISIBLE_HEIGHT: &str = "const [css, within] = arguments;
    const element = [...document.querySelectorAll(css)].at(-1).getBoundingClientRect();
    const frame = document.querySelector(within).getBoundingClientRect();
    return Math.min(element.bottom, frame.bottom, innerHeight) - Math.max(element.top, frame.top, 0)";

impl Window {
    /// Elements that make the page wider than its screen; none when it fits.
    ///
    /// # Panics
    /// When the browser is gone.
    pub async fn too_wide(&self) -> Vec<String> {
        self.list(TOO_WIDE).await
    }

    /// The visible height, in pixels, of the last element that matches `css`, within the viewport and the first element
    /// that matches `within`.
    ///
    /// # Panics
    /// When there is no such element.
    pub async fn visible_height(&self, css: &str, within: &str) -> f64 {
        self.run(VISIBLE_HEIGHT, vec![json!(css), json!(within)]).await.as_f64().expect("a number")
    }
}
