//! The directory of an embedded store: its lock, and files that only their owner can read, since they hold password
//! hashes and messages.

use std::fs::{DirBuilder, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::errors::OpenError;

/// Creates the directory if it is missing, and locks it until the file is dropped, so that a second process stops instead
/// of sharing the store.
pub(super) fn lock(dir: &Path) -> Result<File, OpenError> {
    let failed = |cause| OpenError::Directory { path: dir.to_owned(), cause };
    create(dir).map_err(failed)?;
    let file = private_file(&dir.join("lock")).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse(dir.to_owned())),
        Err(TryLockError::Error(cause)) => Err(failed(cause)),
    }
}

/// Creates the directory and those above it that are missing, and syncs their names: a directory whose name is not on disk
/// is gone after a power cut, with everything in it (`man 2 fsync`).
fn create(dir: &Path) -> io::Result<()> {
    let (exists, parents) = (dir.exists(), parents_to_sync(dir));
    owner_only(DirBuilder::new().recursive(true)).create(dir)?;
    let synced = parents.iter().try_for_each(|parent| sync_folder(parent));
    // The process that created it may have been killed before it synced its name. But it may also be a mount point or
    // another's, in a folder that cannot be read or synced.
    if exists { Ok(()) } else { synced }
}

/// The folder of the directory, and that of each missing folder above it.
fn parents_to_sync(dir: &Path) -> Vec<PathBuf> {
    let above = dir.ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty());
    let missing = above.take_while(|folder| !folder.exists());
    std::iter::once(dir).chain(missing).map(|folder| folder_of(folder).to_owned()).collect()
}

/// The folder that a path is in.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Writes the names in a folder to the disk.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Opens a file for writing, and creates it with mode 0600 if it is missing.
pub(super) fn private_file(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn owner_only(builder: &mut DirBuilder) -> &mut DirBuilder {
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(builder, 0o700);
    builder
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_every_new_folder_is_synced_and_that_of_the_directory_always() {
        let root = tempfile::tempdir().unwrap();
        let (root, deep) = (root.path().to_owned(), root.path().join("a/b/data"));
        assert_eq!(parents_to_sync(&deep), [root.join("a/b"), root.join("a"), root.clone()]);
        create(&deep).unwrap();
        assert_eq!(parents_to_sync(&deep), [root.join("a/b")]);
        create(&deep).unwrap();
        assert_eq!(parents_to_sync(Path::new("data")), [Path::new(".")]);
        assert_eq!(parents_to_sync(Path::new("./data")), [Path::new(".")]);
    }
}
