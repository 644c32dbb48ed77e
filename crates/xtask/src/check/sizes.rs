//! Checks the length of source files.

use super::TextFile;

const MAX_LINES: usize = 250;
const SOURCES: [&str; 3] = [".rs", ".js", ".mjs"];

/// Returns a finding for each source file that is too long.
pub(super) fn check(files: &[TextFile]) -> Vec<String> {
    let sources = files.iter().filter(|file| SOURCES.iter().any(|ending| file.path.ends_with(ending)));
    let lengths = sources.map(|file| (&file.path, file.text.lines().count()));
    let long = lengths.filter(|(_, lines)| *lines > MAX_LINES);
    long.map(|(path, lines)| format!("{path}: {lines} lines; split it (maximum: {MAX_LINES})")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, lines: usize) -> TextFile {
        TextFile { path: path.into(), text: "x\n".repeat(lines) }
    }

    #[test]
    fn only_a_source_file_over_the_limit_is_found() {
        let files = [file("a.rs", 250), file("b.js", 251), file("c.md", 900), file("d.mjs", 300)];
        let found = check(&files);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("b.js: 251 lines") && found[1].starts_with("d.mjs: 300"), "{found:?}");
    }
}
