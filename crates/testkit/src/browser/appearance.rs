//! How a page is to appear: on which screen, light or dark.

use serde_json::json;

use super::{Engine, Window};
use crate::wait;

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
    /// Makes this page and those after it appear so. Only Chromium can be asked for colours.
    ///
    /// # Panics
    /// When the browser is another one.
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
    ///
    /// # Panics
    /// When it does not get that size.
    pub async fn appears_as_wide_as(&self, Appearance { width, height, .. }: Appearance) {
        if self.engine == Engine::Chromium {
            let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
            self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
        } else {
            self.resize(width, height).await;
        }
        self.is_drawn().await;
    }

    /// Makes the window so big that its page has this size, whatever stands around it.
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

    /// Waits for two frames, after which the page has laid itself out and told whoever observes its size. A page that
    /// nobody sees has no frames to wait for.
    pub(super) async fn is_drawn(&self) {
        let frames = "document.hidden ? null
            : new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))";
        self.evaluate(frames).await;
    }
}
