//! The files that `build.rs` made, embedded in the binary. A debug build reads them from disk; once a file under `static/`
//! is edited after the build, it reads the sources, so that an edit shows at once.

use std::hash::{DefaultHasher, Hasher};
use std::sync::LazyLock;

use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "$OUT_DIR/static"]
struct Built;

/// A hash of all embedded files.
static BUILT_VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut hasher = DefaultHasher::new();
    for path in Built::iter() {
        hasher.write(path.as_bytes());
        Built::get(&path).into_iter().for_each(|file| hasher.write(&file.metadata.sha256_hash()));
    }
    format!("{:016x}", hasher.finish())
});

/// A file by its path under `static/`.
pub(super) fn get(path: &str) -> Option<EmbeddedFile> {
    if sources::are_edited() { sources::get(path) } else { Built::get(path) }
}

/// The version of all files together; `None` once a source is edited, since files may then differ between two answers.
pub(super) fn version() -> Option<&'static str> {
    (!sources::are_edited()).then_some(&**BUILT_VERSION)
}

#[cfg(not(debug_assertions))]
mod sources {
    use rust_embed::EmbeddedFile;

    pub(super) fn are_edited() -> bool {
        false
    }

    pub(super) fn get(_: &str) -> Option<EmbeddedFile> {
        None
    }
}

#[cfg(debug_assertions)]
mod sources {
    use std::path::Path;
    use std::time::SystemTime;

    use rust_embed::{EmbeddedFile, RustEmbed};

    const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../static");
    /// Written by `build.rs` when it copied the sources.
    const COPIED: &str = concat!(env!("OUT_DIR"), "/copied");

    #[derive(RustEmbed)]
    #[folder = "$CARGO_MANIFEST_DIR/../../static"]
    struct Source;

    /// Whether a source is newer than the copy of them, by modification time as cargo compares it.
    pub(super) fn are_edited() -> bool {
        let copied = changed_at(Path::new(COPIED));
        Source::iter().any(|path| changed_at(&Path::new(FOLDER).join(&*path)) > copied)
    }

    pub(super) fn get(path: &str) -> Option<EmbeddedFile> {
        Source::get(path)
    }

    fn changed_at(path: &Path) -> Option<SystemTime> {
        path.metadata().and_then(|found| found.modified()).ok()
    }
}
