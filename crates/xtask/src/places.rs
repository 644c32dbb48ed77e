//! Paths in this checkout.

use std::path::{Path, PathBuf};

/// The arguments with which cargo builds the program of [`replica_set`].
pub(crate) const BUILD_REPLICA_SET: &str = "build --package testkit --features process --bin replica-set";

/// The root of the checkout.
pub(crate) fn root() -> PathBuf {
    let own = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    own.ancestors().nth(2).expect("the task runner is in crates/xtask").to_path_buf()
}

/// Cargo's target folder.
pub(crate) fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |folder| root.join(folder))
}

/// The program that runs a replica set until its input ends.
pub(crate) fn replica_set(root: &Path) -> PathBuf {
    target(root).join("debug/replica-set")
}

/// The folder for Firefox's driver.
pub(crate) fn geckodriver(root: &Path) -> PathBuf {
    target(root).join("geckodriver")
}

/// The folder for a downloaded MongoDB server and the data of running ones.
pub(crate) fn mongod(root: &Path) -> PathBuf {
    target(root).join("mongod")
}
