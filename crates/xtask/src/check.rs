//! `cargo xtask check`: the house rules that no other tool checks.
//!
//! They are about words and retired names, file sizes, circles of imports, and the paths in crates/README.md. Only sources
//! are read. Every finding has its file and line.

mod files;
mod imports;
mod map;
mod sizes;
mod words;

use std::path::Path;

use files::TextFile;

/// Checks all rules.
///
/// # Errors
/// With every finding, one on each line.
pub(crate) fn run(root: &Path) -> Result<(), String> {
    let files = files::read(root)?;
    let mut findings = words::check(&files);
    findings.extend(sizes::check(&files));
    findings.extend(imports::check(&files)?);
    findings.extend(map::check(root, &files));
    if findings.is_empty() {
        println!("{} files follow the house rules", files.len());
        return Ok(());
    }
    Err(format!("{} findings:\n{}", findings.len(), findings.join("\n")))
}
