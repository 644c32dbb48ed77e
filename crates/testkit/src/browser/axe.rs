//! axe-core in a page: what it finds against WCAG 2.2 AA and good practice.
//!
//! Its source comes in through the driver, since the pages' policy lets no foreign script run.

use std::path::Path;

use crate::browser::Window;

/// All that is asked of a page. `target-size` is off in axe-core unless it is asked for by name.
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
    /// Everything that axe-core finds wrong with the page as it is now: the rule, the node and the reason.
    ///
    /// # Panics
    /// When axe-core is missing, with the command that gets it.
    pub async fn violations(&self) -> Vec<String> {
        if self.evaluate("typeof axe").await != "object" {
            self.bring_in(&source()).await;
        }
        serde_json::from_value(self.evaluate(RUN).await).expect("the script gives strings")
    }
}

fn source() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients");
    let source = std::fs::read_to_string(folder.join("node_modules/axe-core/axe.min.js"));
    let shown = folder.display();
    source.unwrap_or_else(|_| panic!("axe-core is missing: run `npm ci --ignore-scripts` in {shown}"))
}
