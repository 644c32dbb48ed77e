//! The accessibility tree of a page, as the browser exposes it to screen readers.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::browser::Window;

/// One node of the tree. Nodes that the browser ignores are left out; their children take their place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessibleNode {
    /// The ARIA role, or one of the browser's own, such as `StaticText`.
    pub role: String,
    /// The accessible name.
    pub name: String,
    /// `polite` or `assertive` for the root of a live region, else empty.
    pub live: String,
    /// The children, in order.
    pub children: Vec<AccessibleNode>,
}

impl AccessibleNode {
    /// This node and its descendants with this role, in document order.
    pub fn all(&self, role: &str) -> Vec<&AccessibleNode> {
        let own = (self.role == role).then_some(self);
        own.into_iter().chain(self.children.iter().flat_map(|child| child.all(role))).collect()
    }

    /// The live regions, in document order.
    pub fn live_regions(&self) -> Vec<&AccessibleNode> {
        let own = (!self.live.is_empty()).then_some(self);
        own.into_iter().chain(self.children.iter().flat_map(AccessibleNode::live_regions)).collect()
    }

    /// The text of this node and its descendants, joined with spaces.
    pub fn text(&self) -> String {
        let texts = self.all("StaticText").into_iter().map(|text| text.name.trim());
        texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// The tree as indented lines, for failure messages.
    pub fn to_lines(&self) -> String {
        let below: Vec<String> = self.children.iter().map(AccessibleNode::to_lines).collect();
        let live = if self.live.is_empty() { String::new() } else { format!(" live={}", self.live) };
        format!("{} {:?}{live}\n{}", self.role, self.name, below.concat())
            .lines()
            .map(|line| format!("  {line}\n"))
            .collect()
    }
}

impl Window {
    /// The accessibility tree of this page. Chromium only.
    ///
    /// # Panics
    /// When the browser is not Chromium.
    pub async fn accessibility_tree(&self) -> AccessibleNode {
        self.devtools("Accessibility.enable", json!({})).await;
        let tree = self.devtools("Accessibility.getFullAXTree", json!({})).await;
        let nodes = tree["nodes"].as_array().expect("a list of nodes");
        let by_id: HashMap<&str, &Value> = nodes.iter().map(|node| (id(&node["nodeId"]), node)).collect();
        let root = read(id(&nodes[0]["nodeId"]), &by_id).pop().expect("the root is not ignored");
        self.devtools("Accessibility.disable", json!({})).await;
        root
    }
}

fn id(value: &Value) -> &str {
    value.as_str().expect("an id is a string")
}

/// The node, or its children where the node itself is ignored.
fn read(node: &str, by_id: &HashMap<&str, &Value>) -> Vec<AccessibleNode> {
    let Some(node) = by_id.get(node) else { return Vec::new() };
    let text = |value: &Value| value["value"].as_str().unwrap_or_default().to_owned();
    let role = text(&node["role"]);
    let inner = node["childIds"].as_array().into_iter().flatten().filter(|_| role != "StaticText");
    let children: Vec<AccessibleNode> = inner.flat_map(|child| read(id(child), by_id)).collect();
    if node["ignored"] == true || role == "generic" || role == "none" {
        return children;
    }
    let property = |name: &str| {
        let all = node["properties"].as_array().into_iter().flatten();
        all.filter(|one| one["name"] == name).map(|one| text(&one["value"])).next().unwrap_or_default()
    };
    // Chromium sets `off` outside of live regions, and `root` on descendants of one.
    let live = Some(property("live")).filter(|live| live != "off" && property("root").is_empty());
    vec![AccessibleNode { role, name: text(&node["name"]), live: live.unwrap_or_default(), children }]
}
