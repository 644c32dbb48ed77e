//! Finds circles of imports between the modules of a crate.
//!
//! Sibling modules must not import each other, directly or through other siblings, at any level. Imports between a module and
//! its own submodules are allowed: they are one unit in several files.

mod circles;
mod resolve;
mod scan;

use std::collections::BTreeMap;

use super::TextFile;
use circles::{Graph, circles};
use resolve::Crate;
use scan::scan;

/// Returns a finding for each circle.
///
/// # Errors
/// When a source cannot be parsed.
pub(super) fn check(files: &[TextFile]) -> Result<Vec<String>, String> {
    let mut crates: BTreeMap<&str, Crate> = BTreeMap::new();
    for file in files {
        if let Some((name, module)) = module_of(&file.path) {
            let scanned = scan(file, &module)?;
            crates.entry(name).or_default().modules.extend(scanned);
        }
    }
    Ok(crates.iter().flat_map(|(name, source)| findings(name, source)).collect())
}

fn findings(name: &str, source: &Crate) -> Vec<String> {
    let graphs: BTreeMap<Vec<String>, Graph> = source.graphs();
    let each = graphs.iter().flat_map(|(parent, graph)| {
        let place = [&[name.to_owned()], &parent[..]].concat().join("::");
        circles(graph).into_iter().map(move |circle| format!("{place}: a circle of imports: {circle}"))
    });
    each.collect()
}

/// The crate of a source file and the path of its module; `None` for tests, programs and other files.
fn module_of(path: &str) -> Option<(&str, Vec<String>)> {
    let (name, rest) = path.strip_prefix("crates/")?.split_once("/src/")?;
    let mut module: Vec<String> = rest.strip_suffix(".rs")?.split('/').map(str::to_owned).collect();
    if module.first().is_some_and(|first| first == "bin") || module.iter().any(|part| part == "tests") {
        return None;
    }
    if module.last().is_some_and(|last| ["lib", "main", "mod"].contains(&last.as_str())) {
        module.pop();
    }
    Some((name, module))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(sources: &[(&str, &str)]) -> Vec<String> {
        let files: Vec<TextFile> = sources
            .iter()
            .map(|(path, text)| TextFile { path: format!("crates/a/src/{path}"), text: (*text).into() })
            .collect();
        check(&files).expect("it parses")
    }

    #[test]
    fn two_modules_that_import_each_other_are_reported_with_the_lines() {
        let found = found(&[
            ("lib.rs", "mod x; mod y;"),
            ("x.rs", "\nuse crate::y::Y;"),
            ("y.rs", "fn f() { crate::x::g() }"),
        ]);
        let circle = "a: a circle of imports: x -> y (crates/a/src/x.rs:2) -> x (crates/a/src/y.rs:1)";
        assert_eq!(found, [circle]);
    }

    #[test]
    fn circles_through_re_exports_super_and_submodules_are_found() {
        let found = found(&[
            ("lib.rs", "mod x; mod y; pub use y::Y;"),
            ("x/inner.rs", "use crate::Y;"),
            ("x.rs", "mod inner;"),
            ("y.rs", "use super::x;"),
        ]);
        assert_eq!(found.len(), 1, "{found:?}");
    }

    #[test]
    fn circles_between_submodules_are_found() {
        let found = found(&[
            ("lib.rs", "mod p;"),
            ("p.rs", "mod x; mod y;"),
            ("p/x.rs", "use super::y::Y;"),
            ("p/y.rs", "use crate::p::x::X;"),
        ]);
        assert!(found.len() == 1 && found[0].starts_with("a::p: "), "{found:?}");
    }

    #[test]
    fn imports_between_parents_and_submodules_and_in_tests_are_allowed() {
        let found = found(&[
            ("lib.rs", "mod x; mod y; pub struct Root;"),
            ("x.rs", "mod inner; use inner::I; use crate::Root; use std::fmt; use axum::Router;"),
            ("x/inner.rs", "use super::X; use crate::y::Y;"),
            ("y.rs", "#[cfg(test)] mod tests { use crate::x::X; }"),
            ("y/tests.rs", "use crate::x::X;"),
        ]);
        assert_eq!(found, Vec::<String>::new());
    }
}
