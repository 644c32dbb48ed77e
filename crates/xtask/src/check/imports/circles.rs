//! Finds circles in a graph of modules.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// For each module, the modules that it imports, and the place of the import.
pub(super) type Graph = BTreeMap<String, BTreeMap<String, String>>;

/// The shortest circle through each module, each circle once, with the place of each import.
pub(super) fn circles(graph: &Graph) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for start in graph.keys() {
        let Some(circle) = shortest(graph, start) else { continue };
        let members: BTreeSet<String> = circle.iter().cloned().collect();
        if seen.insert(members) {
            found.push(shown(graph, &circle));
        }
    }
    found
}

/// The shortest path from a module back to itself.
fn shortest(graph: &Graph, start: &str) -> Option<Vec<String>> {
    let mut waiting = VecDeque::from([vec![start.to_owned()]]);
    let mut reached = BTreeSet::new();
    while let Some(way) = waiting.pop_front() {
        for next in way.last().and_then(|last| graph.get(last)).into_iter().flat_map(BTreeMap::keys) {
            if next == start {
                return Some(way);
            }
            if reached.insert(next) {
                waiting.push_back([&way[..], std::slice::from_ref(next)].concat());
            }
        }
    }
    None
}

fn shown(graph: &Graph, circle: &[String]) -> String {
    let mut shown = circle[0].clone();
    for (at, user) in circle.iter().enumerate() {
        let used = &circle[(at + 1) % circle.len()];
        shown.push_str(&format!(" -> {used} ({})", graph[user][used]));
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(edges: &[(&str, &str)]) -> Graph {
        let mut graph = Graph::new();
        for (user, used) in edges {
            graph.entry((*user).into()).or_default().insert((*used).into(), format!("{user}:1"));
        }
        graph
    }

    #[test]
    fn the_shortest_circle_is_found_once() {
        let graph = graph(&[("a", "b"), ("b", "c"), ("c", "a"), ("b", "a"), ("x", "a")]);
        let found = circles(&graph);
        assert!(found.contains(&"a -> b (a:1) -> a (b:1)".to_owned()), "{found:?}");
        assert!(!found.iter().any(|circle| circle.contains('x')), "{found:?}");
    }

    #[test]
    fn without_a_circle_nothing_is_found() {
        assert_eq!(circles(&graph(&[("a", "b"), ("a", "c"), ("b", "c")])), Vec::<String>::new());
    }
}
