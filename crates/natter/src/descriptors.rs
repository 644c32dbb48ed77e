//! Lets the process hold as many connections as it is set to: each needs a file descriptor.
//!
//! Shells give a process 1,024; what the system allows beyond is taken at start. It never fails the start.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Descriptors for the store's files, the listeners and the like.
const OTHERS: u64 = 64;

/// Raises the limit as far as `max_connections` need it and the system allows.
pub(crate) fn make_room_for(max_connections: u32) {
    let wanted = u64::from(max_connections) * 2 + OTHERS;
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
