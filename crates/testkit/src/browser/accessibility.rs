//! The accessibility tree of a page: what a screen reader is given, by the browser's own account.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::browser::Window;

/// One thing that a screen reader can stand on. What the browser keeps from it is left out, its children taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    /// The role, as ARIA names it, or one of the browser's own, such as `StaticText`.
    pub role: String,
    /// What it is called.
    pub name: String,
    /// How its changes are read out: `polite` or `assertive`; empty when they are not, or inside of such a region.
    pub live: String,
    /// What is in it, in order.
    pub children: Vec<Spoken>,
}

impl Spoken {
    /// Everything of this role within, outermost first, in order.
    pub fn all(&self, role: &str) -> Vec<&Spoken> {
        let own = (self.role == role).then_some(self);
        own.into_iter().chain(self.children.iter().flat_map(|child| child.all(role))).collect()
    }

    /// Everything whose changes are read out by themselves.
    pub fn live_regions(&self) -> Vec<&Spoken> {
        let own = (!self.live.is_empty()).then_some(self);
        own.into_iter().chain(self.children.iter().flat_map(Spoken::live_regions)).collect()
    }

    /// All words within, in the order of reading, a space between.
    pub fn words(&self) -> String {
        let texts = self.all("StaticText").into_iter().map(|text| text.name.trim());
        texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// The tree as lines, for a message.
    pub fn drawn(&self) -> String {
        let below: Vec<String> = self.children.iter().map(Spoken::drawn).collect();
        let live = if self.live.is_empty() { String::new() } else { format!(" live={}", self.live) };
        format!("{} {:?}{live}\n{}", self.role, self.name, below.concat())
            .lines()
            .map(|line| format!("  {line}\n"))
            .collect()
    }
}

impl Window {
    /// What a screen reader is given of this page.
    ///
    /// # Panics
    /// When the browser does not tell.
    pub async fn spoken(&self) -> Spoken {
        self.devtools("Accessibility.enable", json!({})).await;
        let tree = self.devtools("Accessibility.getFullAXTree", json!({})).await;
        let nodes = tree["nodes"].as_array().expect("a list of nodes");
        let by_id: HashMap<&str, &Value> = nodes.iter().map(|node| (id(&node["nodeId"]), node)).collect();
        let root = read(id(&nodes[0]["nodeId"]), &by_id).pop().expect("the page itself is not kept back");
        self.devtools("Accessibility.disable", json!({})).await;
        root
    }
}

fn id(value: &Value) -> &str {
    value.as_str().expect("an id is a string")
}

/// The node, or what is in it where it is kept back itself.
fn read(node: &str, by_id: &HashMap<&str, &Value>) -> Vec<Spoken> {
    let Some(node) = by_id.get(node) else { return Vec::new() };
    let text = |value: &Value| value["value"].as_str().unwrap_or_default().to_owned();
    let role = text(&node["role"]);
    let inner = node["childIds"].as_array().into_iter().flatten().filter(|_| role != "StaticText");
    let children: Vec<Spoken> = inner.flat_map(|child| read(id(child), by_id)).collect();
    if node["ignored"] == true || role == "generic" || role == "none" {
        return children;
    }
    let property = |name: &str| {
        let all = node["properties"].as_array().into_iter().flatten();
        all.filter(|one| one["name"] == name).map(|one| text(&one["value"])).next().unwrap_or_default()
    };
    // Chromium says `off` where nothing is read out, and `root` of what lies within a region that is.
    let live = Some(property("live")).filter(|live| live != "off" && property("root").is_empty());
    vec![Spoken { role, name: text(&node["name"]), live: live.unwrap_or_default(), children }]
}
