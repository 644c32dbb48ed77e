//! `cargo xtask check`: the rules of the house that no other tool knows.
//!
//! Words and retired names, the size of files, circles of imports, and whether what crates/README.md names is there. It
//! reads sources only; every finding names its file and line.

mod files;
mod imports;
mod map;
mod sizes;
mod words;

use std::path::Path;

use files::TextFile;

/// Applies all rules to the checkout.
///
/// # Errors
/// Every finding, one a line.
pub(crate) fn run(root: &Path) -> Result<(), String> {
    let files = files::read(root)?;
    let mut findings = words::check(&files);
    findings.extend(sizes::check(&files));
    findings.extend(imports::check(&files)?);
    findings.extend(map::check(root, &files));
    if findings.is_empty() {
        println!("{} files keep the rules of the house", files.len());
        return Ok(());
    }
    Err(format!("{} findings:\n{}", findings.len(), findings.join("\n")))
}
