//! Raises the limit of open files, since each connection needs a file descriptor.
//!
//! Shells give a process 1,024. The start takes as many as the system allows, and never fails because of this.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Descriptors for the store's files, the listeners and similar.
const OTHER_FILES: u64 = 64;

/// Raises the limit as far as `max_connections` connections need it and the system allows.
pub(crate) fn raise_for(max_connections: u32) {
    let wanted = u64::from(max_connections) * 2 + OTHER_FILES;
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_none_or(|current| current >= wanted) {
        return;
    }
    let allowed = limit.maximum.map_or(wanted, |maximum| maximum.min(wanted));
    let raised = Rlimit { current: Some(allowed), maximum: limit.maximum };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!(%error, "the limit of open files cannot be raised");
    } else if allowed < wanted {
        tracing::info!(
            open_files = allowed,
            wanted,
            "the system allows fewer open files than MAX_CONNECTIONS needs"
        );
    }
}
