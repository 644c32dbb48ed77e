//! Screens and colours for a page.

use serde_json::json;

use super::{Engine, Window};
use crate::wait;

/// A screen and its colours. Motion is always reduced, because moving elements cannot be measured or compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appearance {
    /// The name for file names and messages.
    pub name: &'static str,
    /// The width of the page in CSS pixels.
    pub width: u32,
    /// Its height.
    pub height: u32,
    /// Whether dark colours are preferred.
    pub is_dark: bool,
}

/// A desk's screen.
pub const DESK: Appearance = Appearance { name: "desk", width: 1280, height: 800, is_dark: false };
/// A phone's screen.
pub const PHONE: Appearance = Appearance { name: "phone", width: 390, height: 844, is_dark: false };
/// A screen of 1280 × 1024 at 400 % zoom (WCAG 1.4.10).
pub const ZOOMED: Appearance = Appearance { name: "zoomed", width: 320, height: 256, is_dark: false };

impl Appearance {
    /// The same screen with dark colours.
    pub const fn dark(self) -> Self {
        Self { is_dark: true, ..self }
    }

    /// The name with the colours.
    pub fn full_name(self) -> String {
        format!("{}-{}", self.name, if self.is_dark { "dark" } else { "light" })
    }
}

impl Window {
    /// Sets the screen and the colours for this page and later ones. Chromium only.
    ///
    /// # Panics
    /// When the browser is not Chromium.
    pub async fn set_appearance(&self, appearance: Appearance) {
        let scheme = if appearance.is_dark { "dark" } else { "light" };
        let features = json!([
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]);
        self.devtools("Emulation.setEmulatedMedia", json!({"features": features})).await;
        self.set_size(appearance).await;
    }

    /// Sets only the size of the page.
    ///
    /// # Panics
    /// When the page does not get that size.
    pub async fn set_size(&self, Appearance { width, height, .. }: Appearance) {
        if self.engine == Engine::Chromium {
            let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
            self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
        } else {
            self.resize(width, height).await;
        }
        self.wait_drawn().await;
    }

    /// Resizes the window so that the page itself has this size.
    async fn resize(&self, width: u32, height: u32) {
        let around = self.run("return [outerWidth - innerWidth, outerHeight - innerHeight]", vec![]).await;
        let around: [u32; 2] = serde_json::from_value(around).expect("two lengths");
        let resized = self.client.set_window_size(width + around[0], height + around[1]).await;
        resized.expect("the window can be resized");
        wait::until_equal("the page has this size", json!([width, height]), async || {
            self.run("return [innerWidth, innerHeight]", vec![]).await
        })
        .await;
    }

    /// Waits for two frames: then the page is laid out, and its resize observers ran. A hidden page has no frames.
    pub(super) async fn wait_drawn(&self) {
        let frames = "document.hidden ? null
            : new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))";
        self.evaluate(frames).await;
    }
}
