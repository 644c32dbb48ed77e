//! How a page is to appear: on which screen, light or dark.

use serde_json::json;

use super::Window;

/// A screen and its colours. Motion is always reduced: what moves can be neither measured nor compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appearance {
    /// What it is called in file names and messages.
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
/// A screen of 1280 × 1024 at 400 %, as WCAG 1.4.10 has it.
pub const ZOOMED: Appearance = Appearance { name: "zoomed", width: 320, height: 256, is_dark: false };

impl Appearance {
    /// The same in dark colours.
    pub const fn dark(self) -> Self {
        Self { is_dark: true, ..self }
    }

    /// Its name with its colours.
    pub fn full_name(self) -> String {
        format!("{}-{}", self.name, if self.is_dark { "dark" } else { "light" })
    }
}

impl Window {
    /// Makes this page and those after it appear so.
    pub async fn appears(&self, appearance: Appearance) {
        let scheme = if appearance.is_dark { "dark" } else { "light" };
        let features = json!([
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]);
        self.devtools("Emulation.setEmulatedMedia", json!({"features": features})).await;
        self.appears_as_wide_as(appearance).await;
    }

    /// Gives the page the size of an appearance, and leaves its colours and its motion as they are.
    pub async fn appears_as_wide_as(&self, Appearance { width, height, .. }: Appearance) {
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
        // Two frames later the page has laid itself out and told whoever observes its size.
        self.evaluate(
            "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))",
        )
        .await;
    }
}
