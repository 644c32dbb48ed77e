//! The key that signs tokens when none is set: made once and kept in the data folder.
//!
//! It is readable by its owner alone, written whole or not at all, and never shown or replaced.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::settings::Secret;

const FILE: &str = "secret";

/// The key kept in `folder`, made now if there is none. The caller holds the folder's lock.
///
/// # Errors
/// When the file cannot be read or written, holds too short a key, or others may read it.
pub(crate) fn kept_in(folder: &Path) -> Result<Secret, String> {
    if let Some(secret) = find_in(folder)? {
        return Ok(secret);
    }
    let text = format!("{:032x}{:032x}", rand::random::<u128>(), rand::random::<u128>());
    keep(folder, &text)?;
    Ok(Secret::parse(&text).expect("it is long enough"))
}

/// The key kept in `folder`, if there is one.
///
/// # Errors
/// When the file cannot be read, holds too short a key, or others may read it.
pub(crate) fn find_in(folder: &Path) -> Result<Option<Secret>, String> {
    let path = folder.join(FILE);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("cannot read {}: {error}", path.display())),
    };
    guard(&path)?;
    let short = || format!("{} holds less than {} bytes", path.display(), Secret::MIN_BYTES);
    Secret::parse(web::without_bom(text.trim_end())).ok_or_else(short).map(Some)
}

/// Keeps `text` in `folder` as its key; another one that is there is left as it is, and an error.
///
/// # Errors
/// When the file cannot be written, or there is another key.
pub(crate) fn restore_in(folder: &Path, text: &str) -> Result<(), String> {
    match find_in(folder)? {
        Some(there) if there.as_bytes() == text.as_bytes() => Ok(()),
        Some(_) => Err(format!("{} holds another token key already", folder.join(FILE).display())),
        None => keep(folder, text),
    }
}

fn keep(folder: &Path, text: &str) -> Result<(), String> {
    let path = folder.join(FILE);
    write(folder, &path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))
}

fn write(folder: &Path, path: &Path, text: &str) -> io::Result<()> {
    let draft: PathBuf = path.with_extension("new");
    match std::fs::remove_file(&draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&draft, path)?;
    File::open(folder)?.sync_all()
}

fn guard(path: &Path) -> Result<(), String> {
    let shown = path.display();
    let mode =
        path.metadata().map_err(|error| format!("cannot look at {shown}: {error}"))?.permissions().mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(format!("{shown} may be read by others (mode {:o}): run `chmod 600 {shown}`", mode & 0o777))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_made_once_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let first = kept_in(folder.path()).unwrap();
        let mode = folder.path().join(FILE).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(first.as_bytes().len(), 64);
        assert!(first == kept_in(folder.path()).unwrap());
        assert!(first != kept_in(tempfile::tempdir().unwrap().path()).unwrap());
    }

    #[test]
    fn a_file_that_others_may_read_or_that_is_too_short_is_refused_without_showing_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        kept_in(folder.path()).unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
        assert!(kept_in(folder.path()).unwrap_err().contains("chmod 600"));
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
        std::fs::write(&path, "hidden").unwrap();
        let told = kept_in(folder.path()).unwrap_err();
        assert!(told.contains("32 bytes") && !told.contains("hidden"), "{told}");
    }

    #[test]
    fn an_editors_byte_order_mark_and_line_end_are_no_part_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let key = kept_in(folder.path()).unwrap();
        std::fs::write(folder.path().join(FILE), format!("\u{feff}{}\r\n", key.as_str())).unwrap();
        assert!(kept_in(folder.path()).unwrap() == key);
    }

    #[test]
    fn a_draft_left_by_a_crash_is_no_obstacle() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("secret.new"), "half").unwrap();
        assert_eq!(kept_in(folder.path()).unwrap().as_bytes().len(), 64);
    }
}
