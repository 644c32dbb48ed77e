//! What holds for every page in every state: axe-core finds nothing, nothing moves where motion is reduced, the page fits
//! a screen of 320 × 256, and text with wider spacing is not cut off. Screenshots are saved on request.

use std::path::Path;

use crate::browser::{Appearance, DESK, PHONE, Window, ZOOMED};

/// The screens for every state.
const SCREENS: [Appearance; 4] = [DESK, DESK.dark(), PHONE, PHONE.dark()];

/// Animations that run.
const MOVING: &str = "return document.getAnimations().filter(each => each.playState === 'running')
    .map(({ effect, animationName }) => `${animationName} at ${effect.target?.className}`)";

/// The text spacing of WCAG 1.4.12, as a constructed style sheet, which the content security policy allows.
const WIDEN_SPACING: &str = "const sheet = new CSSStyleSheet();
    sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
        word-spacing: .16em !important } p { margin-bottom: 2em !important }`);
    document.adoptedStyleSheets = [sheet]";

const RESTORE_SPACING: &str = "document.adoptedStyleSheets = []";

/// Elements with text of their own that is cut off and cannot be scrolled into view. Elements for screen readers only are
/// left out, and so are names with an ellipsis, which are shown in full elsewhere.
const CUT_OFF: &str = "return [...document.querySelectorAll('body *')].filter(node => {
    const style = getComputedStyle(node);
    const hasWords = [...node.childNodes].some(child => child.nodeType === 3 && child.data.trim() !== '');
    if (!hasWords || node.offsetWidth <= 1 || style.clipPath !== 'none' || style.textOverflow === 'ellipsis') return false;
    const wide = node.scrollWidth > node.clientWidth + 1 && ['hidden', 'clip'].includes(style.overflowX);
    const high = node.scrollHeight > node.clientHeight + 1 && ['hidden', 'clip'].includes(style.overflowY);
    return wide || high;
}).map(node => `${node.tagName}.${node.className}: ${node.textContent.trim().slice(0, 60)}`)";

impl Window {
    /// Checks the page as it is now on all screens, then restores the desk's screen. `name` stands for the page and its
    /// state.
    ///
    /// # Panics
    /// With all faults, when there is any.
    pub async fn assert_accessible(&self, name: &str) {
        let mut faults = Vec::new();
        for appearance in SCREENS {
            faults.extend(self.faults_at(appearance, name).await);
        }
        faults.extend(self.faults_when_zoomed(name).await);
        self.set_appearance(DESK).await;
        assert!(faults.is_empty(), "{name}:\n{}", faults.join("\n"));
    }

    /// As [`Window::assert_accessible`], for a state that exists on these screens only. The last one stays.
    ///
    /// # Panics
    /// With all faults, when there is any.
    pub async fn assert_accessible_at(&self, appearances: &[Appearance], name: &str) {
        let mut faults = Vec::new();
        for appearance in appearances {
            faults.extend(self.faults_at(*appearance, name).await);
        }
        assert!(faults.is_empty(), "{name}:\n{}", faults.join("\n"));
    }

    async fn faults_at(&self, appearance: Appearance, name: &str) -> Vec<String> {
        self.set_appearance(appearance).await;
        let screen = appearance.full_name();
        self.save_screenshot(&format!("{name}-{screen}")).await;
        let mut faults = prefixed(&format!("{screen}: axe-core:"), self.violations().await);
        faults.extend(prefixed(&format!("{screen}: it moves:"), self.list(MOVING).await));
        faults.extend(prefixed(&format!("{screen}: too wide:"), self.too_wide().await));
        faults
    }

    async fn faults_when_zoomed(&self, name: &str) -> Vec<String> {
        self.set_appearance(ZOOMED).await;
        self.save_screenshot(&format!("{name}-{}", ZOOMED.name)).await;
        let mut faults = prefixed("zoomed: too wide:", self.too_wide().await);
        self.run(WIDEN_SPACING, vec![]).await;
        for (screen, appearance) in [("zoomed", ZOOMED), ("phone", PHONE), ("desk", DESK)] {
            self.set_appearance(appearance).await;
            self.save_screenshot(&format!("{name}-{screen}-spaced")).await;
            faults.extend(prefixed(&format!("{screen}, spaced out: too wide:"), self.too_wide().await));
            faults.extend(prefixed(&format!("{screen}, spaced out: cut off:"), self.list(CUT_OFF).await));
        }
        self.run(RESTORE_SPACING, vec![]).await;
        faults
    }

    /// The strings that a script returns.
    pub(crate) async fn list(&self, script: &str) -> Vec<String> {
        serde_json::from_value(self.run(script, vec![]).await).expect("the script returns strings")
    }

    /// Saves a screenshot into the folder named by `NATTER_SCREENSHOTS`, if that is set.
    pub async fn save_screenshot(&self, name: &str) {
        let Some(folder) = std::env::var_os("NATTER_SCREENSHOTS").filter(|folder| !folder.is_empty()) else {
            return;
        };
        std::fs::create_dir_all(&folder).expect("the folder can be created");
        let path = Path::new(&folder).join(format!("{name}.png"));
        std::fs::write(path, self.screenshot().await).expect("the screenshot can be written");
    }
}

fn prefixed(prefix: &str, faults: Vec<String>) -> Vec<String> {
    faults.into_iter().map(|fault| format!("  {prefix} {fault}")).collect()
}
