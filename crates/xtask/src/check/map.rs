//! Checks that every path in crates/README.md exists.

use std::path::Path;

use super::TextFile;

/// The document with the paths.
const MAP: &str = "crates/README.md";

/// Returns a finding for each path in backticks that does not exist.
pub(super) fn check(root: &Path, files: &[TextFile]) -> Vec<String> {
    let map = files.iter().filter(|file| file.path == MAP);
    map.flat_map(|file| missing(&file.text, |path| root.join(path).exists())).collect()
}

fn missing(text: &str, exists: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for (line, content) in text.lines().enumerate() {
        let named = content.split('`').skip(1).step_by(2).filter(|name| is_path(name));
        found.extend(
            named
                .filter(|path| !exists(path))
                .map(|path| format!("{MAP}:{}: {path} does not exist", line + 1)),
        );
    }
    found
}

/// Whether a text in backticks is a path from the root.
fn is_path(name: &str) -> bool {
    let folders = ["crates/", "static/", "templates/"];
    folders.iter().any(|folder| name.starts_with(folder)) && !name.contains(['*', '{', ' '])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_path_is_found_with_its_line() {
        let text = "`crates/web/src/lib.rs` exists.\nSo does `static/js`, but not `crates/gone.rs`.";
        let found = missing(text, |path| path != "crates/gone.rs");
        assert_eq!(found, ["crates/README.md:2: crates/gone.rs does not exist"]);
    }

    #[test]
    fn other_texts_in_backticks_are_ignored() {
        let text = "`cargo test`, `/users`, `web/src`, `static/js/*.js` and `crates/{a,b}`";
        assert_eq!(missing(text, |_| false), Vec::<String>::new());
    }
}
