//! A store with two users and three messages, and a place for its backup.

use std::path::{Path, PathBuf};

use store::sqlite::{CopyError, backup, open, restore};
use store::{NewEntry, Stores, User};
use tempfile::TempDir;
use testkit::builders::{new_entry, sign_up};

pub(crate) const KEY: &str = "the key that signs tokens";

/// The store, its directory `data`, and the directory around it.
pub(crate) struct Scene {
    pub(crate) folder: TempDir,
    pub(crate) stores: Stores,
    pub(crate) ada: User,
    pub(crate) bob: User,
}

impl Scene {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let stores = open(&folder.path().join("data")).unwrap();
        let (ada, bob) = (sign_up(&stores, "ada").await, sign_up(&stores, "bob").await);
        let batch: Vec<_> = (0..3).map(|number| entry(&ada, number, "hello")).collect();
        stores.log.append(&batch).await;
        Self { folder, stores, ada, bob }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn back_up(&self) -> PathBuf {
        let file = self.path("backup");
        backup(&self.path("data"), &file, Some(KEY)).unwrap();
        file
    }

    /// A restore that must fail, before it passes the key on.
    pub(crate) fn fail_to_restore(&self, file: &Path, dir: &str) -> CopyError {
        restore(file, &self.path(dir), |_| panic!("it fails before")).unwrap_err()
    }
}

pub(crate) fn entry(user: &User, number: u64, text: &str) -> NewEntry {
    new_entry(user, &format!("m{number}"), text)
}

pub(crate) fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().unwrap().permissions().mode() & 0o777
}

/// The names of a directory's files, sorted.
pub(crate) fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        dir.read_dir().unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
