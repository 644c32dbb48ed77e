//! Where things lie in the checkout that this was started from.

use std::path::{Path, PathBuf};

/// The words for cargo that build the program of [`replica_set`].
pub(crate) const BUILD_REPLICA_SET: &str = "build --package testkit --features process --bin replica-set";

/// The checkout.
pub(crate) fn root() -> PathBuf {
    let own = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    own.ancestors().nth(2).expect("the task runner lies in crates/xtask").to_path_buf()
}

/// Where cargo builds.
pub(crate) fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |folder| root.join(folder))
}

/// The program that runs a replica set for as long as its input is open.
pub(crate) fn replica_set(root: &Path) -> PathBuf {
    target(root).join("debug/replica-set")
}

/// Where Firefox's driver is kept, once it is built.
pub(crate) fn geckodriver(root: &Path) -> PathBuf {
    target(root).join("geckodriver")
}

/// Where the server that was downloaded is kept, and the data of running ones.
pub(crate) fn mongod(root: &Path) -> PathBuf {
    target(root).join("mongod")
}
