//! The text files of the checkout that are written by hand.

use std::fs;
use std::path::{Path, PathBuf};

/// The folders to search, relative to the root.
const FOLDERS: [&str; 3] = ["crates", "static", "templates"];
const FILES: [&str; 6] =
    ["README.md", "Cargo.toml", ".clippy.toml", ".cargo/config.toml", ".env.example", "docker-compose.yml"];
const ENDINGS: [&str; 9] = [".rs", ".js", ".mjs", ".css", ".html", ".md", ".toml", ".yml", "Dockerfile"];
/// Folders with build output and packages.
const SKIPPED: [&str; 2] = ["node_modules", "target"];

/// A text file.
#[derive(Debug)]
pub(super) struct TextFile {
    /// The path relative to the root, with slashes.
    pub(super) path: String,
    pub(super) text: String,
}

/// Reads all of them, sorted by path.
///
/// # Errors
/// With the file or folder that cannot be read.
pub(super) fn read(root: &Path) -> Result<Vec<TextFile>, String> {
    let mut paths: Vec<PathBuf> = FILES.iter().map(PathBuf::from).collect();
    for folder in FOLDERS {
        collect(root, Path::new(folder), &mut paths)?;
    }
    paths.sort();
    paths.into_iter().map(|path| read_one(root, &path)).collect()
}

fn collect(root: &Path, folder: &Path, paths: &mut Vec<PathBuf>) -> Result<(), String> {
    let entries = fs::read_dir(root.join(folder)).map_err(|error| unreadable(folder, &error))?;
    for entry in entries {
        let entry = entry.map_err(|error| unreadable(folder, &error))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = folder.join(&name);
        if entry.path().is_dir() {
            if !SKIPPED.contains(&name.as_str()) {
                collect(root, &path, paths)?;
            }
        } else if ENDINGS.iter().any(|ending| name.ends_with(ending)) {
            paths.push(path);
        }
    }
    Ok(())
}

fn read_one(root: &Path, path: &Path) -> Result<TextFile, String> {
    let text = fs::read_to_string(root.join(path)).map_err(|error| unreadable(path, &error))?;
    Ok(TextFile { path: path.to_string_lossy().replace('\\', "/"), text })
}

fn unreadable(path: &Path, error: &std::io::Error) -> String {
    format!("{} cannot be read: {error}", path.display())
}
