//! The directory of an embedded store: its lock, and files that only their owner can read, since they hold password
//! hashes and messages.

use std::fs::{DirBuilder, File, TryLockError};
use std::path::Path;

use super::errors::OpenError;

/// Creates the directory if it is missing, and locks it until the file is dropped, so that a second process stops instead
/// of sharing the store.
pub(super) fn lock(dir: &Path) -> Result<File, OpenError> {
    let failed = |cause| OpenError::Directory { path: dir.to_owned(), cause };
    owner_only(DirBuilder::new().recursive(true)).create(dir).map_err(failed)?;
    let file = private_file(&dir.join("lock")).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse(dir.to_owned())),
        Err(TryLockError::Error(cause)) => Err(failed(cause)),
    }
}

/// Opens a file for writing, and creates it with mode 0600 if it is missing.
pub(super) fn private_file(path: &Path) -> std::io::Result<File> {
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
