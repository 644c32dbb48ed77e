//! Prepares a source for the search: without comment markers, and with names split into words.

/// The words of a source. Line numbers stay the same.
pub(super) fn plain(source: &str) -> String {
    let lines: Vec<String> = source.lines().map(|line| split_names(without_marker(line))).collect();
    lines.join("\n")
}

/// The line without comment markers.
fn without_marker(line: &str) -> &str {
    line.trim_start().trim_start_matches(['/', '!', '*', '#', '<', '-']).trim_start()
}

/// `is_told` and `isTold` become `is told` and `is Told`.
fn split_names(line: &str) -> String {
    let mut apart = String::with_capacity(line.len() + 8);
    let mut before = ' ';
    for letter in line.chars() {
        if before.is_lowercase() && letter.is_uppercase() {
            apart.push(' ');
        }
        apart.push(if letter == '_' { ' ' } else { letter });
        before = letter;
    }
    apart
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comment_markers_are_removed_and_lines_stay() {
        assert_eq!(plain("    /// one\n//! two\n * three\n\n# four"), "one\ntwo\nthree\n\nfour");
    }

    #[test]
    fn names_are_split() {
        assert_eq!(plain("who_is_told(isTold, TOLD)"), "who is told(is Told, TOLD)");
    }
}
