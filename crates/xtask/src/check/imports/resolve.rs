//! Resolves written paths to modules.

use std::collections::{BTreeMap, BTreeSet};

use super::circles::Graph;
use super::scan::Module;

/// Maximum depth of re-exports.
const MAX_RE_EXPORTS: usize = 8;

/// The modules of a crate by path. The path of the root is empty.
#[derive(Debug, Default)]
pub(super) struct Crate {
    pub(super) modules: BTreeMap<Vec<String>, Module>,
}

impl Crate {
    /// For each module, the imports between its submodules.
    pub(super) fn graphs(&self) -> BTreeMap<Vec<String>, Graph> {
        let mut graphs: BTreeMap<Vec<String>, Graph> = BTreeMap::new();
        for (from, module) in &self.modules {
            for written in &module.paths {
                let Some(to) = self.target(from, &written.segments) else { continue };
                let common = from.iter().zip(&to).take_while(|(from, to)| from == to).count();
                if let (Some(user), Some(used)) = (from.get(common), to.get(common)) {
                    let graph = graphs.entry(from[..common].to_vec()).or_default();
                    let places = graph.entry(user.clone()).or_default();
                    places.entry(used.clone()).or_insert_with(|| written.place.clone());
                }
            }
        }
        graphs
    }

    /// The module of the item that a path in the module `from` names; `None` for other crates.
    fn target(&self, from: &[String], segments: &[String]) -> Option<Vec<String>> {
        let mut path = self.absolute(from, segments)?;
        for _ in 0..MAX_RE_EXPORTS {
            let (module, rest) = self.split(&path);
            let import = rest.first().and_then(|name| self.modules.get(module)?.imports.get(name));
            let followed = import.and_then(|import| self.absolute(module, import));
            match followed {
                Some(followed) if followed != path => path = [&followed[..], &rest[1..]].concat(),
                _ => return Some(module.to_vec()),
            }
        }
        Some(self.split(&path).0.to_vec())
    }

    /// Splits a path after its longest prefix that is a module.
    fn split<'a>(&self, path: &'a [String]) -> (&'a [String], &'a [String]) {
        let length = (0..=path.len()).rev().find(|length| self.modules.contains_key(&path[..*length]));
        path.split_at(length.unwrap_or(0))
    }

    /// The absolute form of a written path.
    fn absolute(&self, from: &[String], segments: &[String]) -> Option<Vec<String>> {
        let (first, rest) = segments.split_first()?;
        match first.as_str() {
            "crate" => Some(rest.to_vec()),
            "self" => Some([from, rest].concat()),
            "super" => {
                let parent = &from[..from.len().checked_sub(1)?];
                let goes_on = rest.first().is_some_and(|next| next == "super");
                if goes_on { self.absolute(parent, rest) } else { Some([parent, rest].concat()) }
            }
            _ => self.children(from).contains(first).then(|| [from, segments].concat()),
        }
    }

    fn children(&self, module: &[String]) -> BTreeSet<&String> {
        let below = self.modules.keys().filter(|path| path.len() == module.len() + 1);
        below.filter(|path| path.starts_with(module)).filter_map(|path| path.last()).collect()
    }
}
