//! Every path that crates/README.md names is there.

use std::path::Path;

use super::TextFile;

/// The document that names them.
const MAP: &str = "crates/README.md";

/// A finding for each path in backticks that leads nowhere.
pub(super) fn check(root: &Path, files: &[TextFile]) -> Vec<String> {
    let map = files.iter().filter(|file| file.path == MAP);
    map.flat_map(|file| missing(&file.text, |path| root.join(path).exists())).collect()
}

fn missing(text: &str, exists: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for (line, content) in text.lines().enumerate() {
        let named = content.split('`').skip(1).step_by(2).filter(|name| is_path(name));
        found.extend(
            named.filter(|path| !exists(path)).map(|path| format!("{MAP}:{}: there is no {path}", line + 1)),
        );
    }
    found
}

/// Whether a name in backticks is meant as a path from the root.
fn is_path(name: &str) -> bool {
    let folders = ["crates/", "static/", "templates/"];
    folders.iter().any(|folder| name.starts_with(folder)) && !name.contains(['*', '{', ' '])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_leads_nowhere_is_found_with_its_line() {
        let text = "`crates/web/src/lib.rs` is there.\nSo is `static/js`, but not `crates/gone.rs`.";
        let found = missing(text, |path| path != "crates/gone.rs");
        assert_eq!(found, ["crates/README.md:2: there is no crates/gone.rs"]);
    }

    #[test]
    fn what_is_no_path_is_not_looked_for() {
        let text = "`cargo test`, `/users`, `web/src`, `static/js/*.js` and `crates/{a,b}`";
        assert_eq!(missing(text, |_| false), Vec::<String>::new());
    }
}
