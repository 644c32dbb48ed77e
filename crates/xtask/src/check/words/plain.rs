//! A text as its words: without the marks of comments, and with names taken apart.

/// The words of a source, with as many lines as it has.
pub(super) fn plain(source: &str) -> String {
    let lines: Vec<String> = source.lines().map(|line| names_apart(without_mark(line))).collect();
    lines.join("\n")
}

/// The line without what begins a line of a comment.
fn without_mark(line: &str) -> &str {
    line.trim_start().trim_start_matches(['/', '!', '*', '#', '<', '-']).trim_start()
}

/// `is_told` and `isTold` become `is told` and `is Told`.
fn names_apart(line: &str) -> String {
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
    fn marks_of_comments_go_and_lines_stay() {
        assert_eq!(plain("    /// one\n//! two\n * three\n\n# four"), "one\ntwo\nthree\n\nfour");
    }

    #[test]
    fn names_are_taken_apart() {
        assert_eq!(plain("who_is_told(isTold, TOLD)"), "who is told(is Told, TOLD)");
    }
}
