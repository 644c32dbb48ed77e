//! axe-core in a page: violations of WCAG 2.2 AA and of best practice.
//!
//! The driver loads its source, because the pages' content security policy allows no foreign script.

use std::path::Path;

use crate::browser::Window;

/// The rules. `target-size` is off in axe-core by default.
const RUN: &str = "axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    rules: { 'target-size': { enabled: true } },
    resultTypes: ['violations'],
    preload: false,
}).then(({ violations }) => violations.flatMap(({ id, help, nodes }) => nodes.map(({ html, target, any, all, none }) => {
    const why = [...any, ...all, ...none].map(({ message }) => message).join(' ');
    return `${id} (${help}) at ${target.join(' ')}: ${html.slice(0, 200)} ${why}`;
})))";

impl Window {
    /// Every violation in the page as it is now: the rule, the node and the reason.
    ///
    /// # Panics
    /// When axe-core is missing, with the command that gets it.
    pub async fn violations(&self) -> Vec<String> {
        if self.evaluate("typeof axe").await != "object" {
            self.load_library(&source()).await;
        }
        serde_json::from_value(self.evaluate(RUN).await).expect("the script returns strings")
    }
}

fn source() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients");
    let source = std::fs::read_to_string(folder.join("node_modules/axe-core/axe.min.js"));
    let shown = folder.display();
    source.unwrap_or_else(|_| panic!("axe-core is missing: run `npm ci --ignore-scripts` in {shown}"))
}
