//! The key that signs tokens when none is configured: created once and kept in the data folder.
//!
//! Its file is readable by the owner only and written atomically. The key is never shown and never replaced.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::settings::Secret;

const FILE: &str = "secret";

/// The key kept in `folder`, created if there is none. The caller holds the folder's lock.
///
/// # Errors
/// When the file cannot be read or written, holds too short a key, or others may read it.
pub(crate) fn load_or_create(folder: &Path) -> Result<Secret, String> {
    if let Some(secret) = load(folder)? {
        return Ok(secret);
    }
    let text = format!("{:032x}{:032x}", rand::random::<u128>(), rand::random::<u128>());
    save(folder, &text)?;
    Ok(Secret::parse(&text).expect("it is long enough"))
}

/// The file in `folder` that holds the key.
pub(crate) fn path(folder: &Path) -> PathBuf {
    folder.join(FILE)
}

/// The key kept in `folder`, if there is one.
///
/// # Errors
/// When the file cannot be read, holds too short a key, or others may read it.
pub(crate) fn load(folder: &Path) -> Result<Option<Secret>, String> {
    let path = folder.join(FILE);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("cannot read {}: {error}", path.display())),
    };
    check_permissions(&path)?;
    let short = || format!("{} holds fewer than {} bytes", path.display(), Secret::MIN_BYTES);
    Secret::parse(web::without_bom(text.trim_end())).ok_or_else(short).map(Some)
}

/// Saves `text` in `folder` as its key. A different key that is there is kept, and an error.
///
/// # Errors
/// When the file cannot be written, or there is another key.
pub(crate) fn restore(folder: &Path, text: &str) -> Result<(), String> {
    match load(folder)? {
        Some(kept) if kept.as_bytes() == text.as_bytes() => Ok(()),
        Some(_) => Err(format!("{} holds another token key already", folder.join(FILE).display())),
        None => save(folder, text),
    }
}

fn save(folder: &Path, text: &str) -> Result<(), String> {
    let path = folder.join(FILE);
    write(folder, &path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))
}

fn write(folder: &Path, path: &Path, text: &str) -> io::Result<()> {
    let temporary: PathBuf = path.with_extension("new");
    match std::fs::remove_file(&temporary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temporary)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&temporary, path)?;
    File::open(folder)?.sync_all()
}

fn check_permissions(path: &Path) -> Result<(), String> {
    let shown = path.display();
    let mode = path
        .metadata()
        .map_err(|error| format!("cannot read the permissions of {shown}: {error}"))?
        .permissions()
        .mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(format!("{shown} may be read by others (mode {:o}): run `chmod 600 {shown}`", mode & 0o777))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_created_once_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let first = load_or_create(folder.path()).unwrap();
        let mode = folder.path().join(FILE).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(first.as_bytes().len(), 64);
        assert!(first == load_or_create(folder.path()).unwrap());
        assert!(first != load_or_create(tempfile::tempdir().unwrap().path()).unwrap());
    }

    #[test]
    fn a_file_that_others_may_read_or_that_is_too_short_is_refused_without_showing_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        load_or_create(folder.path()).unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
        assert!(load_or_create(folder.path()).unwrap_err().contains("chmod 600"));
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
        std::fs::write(&path, "hidden").unwrap();
        let error = load_or_create(folder.path()).unwrap_err();
        assert!(error.contains("32 bytes") && !error.contains("hidden"), "{error}");
    }

    #[test]
    fn an_editors_byte_order_mark_and_line_end_are_no_part_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let key = load_or_create(folder.path()).unwrap();
        std::fs::write(folder.path().join(FILE), format!("\u{feff}{}\r\n", key.as_str())).unwrap();
        assert!(load_or_create(folder.path()).unwrap() == key);
    }

    #[test]
    fn a_temporary_file_left_by_a_crash_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("secret.new"), "half").unwrap();
        assert_eq!(load_or_create(folder.path()).unwrap().as_bytes().len(), 64);
    }
}
