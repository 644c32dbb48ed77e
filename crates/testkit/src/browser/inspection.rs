//! What holds for every page in every state: axe-core finds nothing, nothing moves where motion is reduced, it fits a
//! screen of 320 × 256, and wider spaced text is not cut off. Where a folder is named for them, pictures are left.

use std::path::Path;

use crate::browser::{Appearance, DESK, PHONE, Window, ZOOMED};

/// The screens on which every state is looked at.
const EVERYWHERE: [Appearance; 4] = [DESK, DESK.dark(), PHONE, PHONE.dark()];

/// What still runs or repeats. A caret does not count, as it is the browser's.
const MOVING: &str = "return document.getAnimations().filter(each => each.playState === 'running')
    .map(({ effect, animationName }) => `${animationName} at ${effect.target?.className}`)";

/// The spacing of WCAG 1.4.12, by a style sheet that the policy lets through: one made by the browser.
const SPACE_OUT: &str = "const sheet = new CSSStyleSheet();
    sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
        word-spacing: .16em !important } p { margin-bottom: 2em !important }`);
    document.adoptedStyleSheets = [sheet]";

const SPACE_AS_EVER: &str = "document.adoptedStyleSheets = []";

/// Elements with words of their own that do not fit into them and cannot be scrolled to. Left out is what is there for
/// screen readers alone, and a name that ends in an ellipsis, which stands whole elsewhere.
const CUT_OFF: &str = "return [...document.querySelectorAll('body *')].filter(node => {
    const style = getComputedStyle(node);
    const hasWords = [...node.childNodes].some(child => child.nodeType === 3 && child.data.trim() !== '');
    if (!hasWords || node.offsetWidth <= 1 || style.clipPath !== 'none' || style.textOverflow === 'ellipsis') return false;
    const wide = node.scrollWidth > node.clientWidth + 1 && ['hidden', 'clip'].includes(style.overflowX);
    const high = node.scrollHeight > node.clientHeight + 1 && ['hidden', 'clip'].includes(style.overflowY);
    return wide || high;
}).map(node => `${node.tagName}.${node.className}: ${node.textContent.trim().slice(0, 60)}`)";

impl Window {
    /// Inspects the page as it is now on all screens, then leaves it on that of a desk. `name` is that of the page and
    /// its state.
    ///
    /// # Panics
    /// When anything is wrong, with all that is.
    pub async fn is_fine(&self, name: &str) {
        let mut faults = Vec::new();
        for appearance in EVERYWHERE {
            faults.extend(self.faults_at(appearance, name).await);
        }
        faults.extend(self.faults_when_zoomed(name).await);
        self.appears(DESK).await;
        assert!(faults.is_empty(), "{name}:\n{}", faults.join("\n"));
    }

    /// As [`Window::is_fine`], for a state that is only on these screens; leaves the page on the last of them.
    ///
    /// # Panics
    /// When anything is wrong, with all that is.
    pub async fn is_fine_at(&self, appearances: &[Appearance], name: &str) {
        let mut faults = Vec::new();
        for appearance in appearances {
            faults.extend(self.faults_at(*appearance, name).await);
        }
        assert!(faults.is_empty(), "{name}:\n{}", faults.join("\n"));
    }

    async fn faults_at(&self, appearance: Appearance, name: &str) -> Vec<String> {
        self.appears(appearance).await;
        let screen = appearance.full_name();
        self.leave_picture(&format!("{name}-{screen}")).await;
        let mut faults = said_of(&format!("{screen}: axe-core:"), self.violations().await);
        faults.extend(said_of(&format!("{screen}: it moves:"), self.list(MOVING).await));
        faults.extend(said_of(&format!("{screen}: too wide:"), self.too_wide().await));
        faults
    }

    async fn faults_when_zoomed(&self, name: &str) -> Vec<String> {
        self.appears(ZOOMED).await;
        self.leave_picture(&format!("{name}-{}", ZOOMED.name)).await;
        let mut faults = said_of("zoomed: too wide:", self.too_wide().await);
        self.run(SPACE_OUT, vec![]).await;
        for (screen, appearance) in [("zoomed", ZOOMED), ("phone", PHONE), ("desk", DESK)] {
            self.appears(appearance).await;
            self.leave_picture(&format!("{name}-{screen}-spaced")).await;
            faults.extend(said_of(&format!("{screen}, spaced out: too wide:"), self.too_wide().await));
            faults.extend(said_of(&format!("{screen}, spaced out: cut off:"), self.list(CUT_OFF).await));
        }
        self.run(SPACE_AS_EVER, vec![]).await;
        faults
    }

    /// The strings that a script gives.
    pub(crate) async fn list(&self, script: &str) -> Vec<String> {
        serde_json::from_value(self.run(script, vec![]).await).expect("the script gives strings")
    }

    /// Leaves a picture in the folder that `NATTER_SCREENSHOTS` names, if it names one, for a person to look at.
    pub async fn leave_picture(&self, name: &str) {
        let Some(folder) = std::env::var_os("NATTER_SCREENSHOTS").filter(|folder| !folder.is_empty()) else {
            return;
        };
        std::fs::create_dir_all(&folder).expect("the folder can be made");
        let path = Path::new(&folder).join(format!("{name}.png"));
        std::fs::write(path, self.picture().await).expect("the picture can be written");
    }
}

fn said_of(where_and_what: &str, faults: Vec<String>) -> Vec<String> {
    faults.into_iter().map(|fault| format!("  {where_and_what} {fault}")).collect()
}
