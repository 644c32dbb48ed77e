//! Bounds the exports that run at once: each holds a connection, some pages and perhaps a cursor of the store.

use std::collections::HashMap;
use std::sync::Arc;

use axum::http::StatusCode;
use parking_lot::Mutex;
use store::UserId;
use web::Problem;

/// Maximum number of exports at once in this process.
const MAX_EXPORTS: usize = 16;
/// Maximum number per user; two, so that a retry can start before the first is found dead.
const MAX_EXPORTS_PER_USER: usize = 2;
/// `Retry-After` for a user who has too many.
const RETRY_AFTER_SECS: u64 = 10;

/// The permits of one process.
#[derive(Clone, Default)]
pub(crate) struct Permits {
    taken: Arc<Mutex<HashMap<UserId, usize>>>,
}

/// Permission for one export, returned when dropped.
pub(crate) struct Permit {
    permits: Permits,
    user: UserId,
}

impl Permits {
    /// A permit for one export.
    ///
    /// # Errors
    /// 429 when the user has [`MAX_EXPORTS_PER_USER`], 503 when all users together have [`MAX_EXPORTS`].
    pub(super) fn take(&self, user: UserId) -> Result<Permit, Problem> {
        let mut taken = self.taken.lock();
        let own = taken.get(&user).copied().unwrap_or(0);
        if own >= MAX_EXPORTS_PER_USER {
            return Err(too_many());
        }
        if taken.values().sum::<usize>() >= MAX_EXPORTS {
            return Err(Problem::overloaded());
        }
        taken.insert(user, own + 1);
        Ok(Permit { permits: self.clone(), user })
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut taken = self.permits.taken.lock();
        let left = taken.get(&self.user).map_or(0, |own| own - 1);
        if left == 0 {
            taken.remove(&self.user);
        } else {
            taken.insert(self.user, left);
        }
    }
}

fn too_many() -> Problem {
    let detail = "Two exports of yours are under way already. Wait until one of them is done.";
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_exports", detail).retry_after(RETRY_AFTER_SECS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_has_two_permits_and_all_together_have_sixteen() {
        let permits = Permits::default();
        let ada = UserId::new();
        let first = permits.take(ada).ok();
        let second = permits.take(ada).ok();
        assert!(first.is_some() && second.is_some());
        assert_eq!(permits.take(ada).err().map(|problem| problem.status().as_u16()), Some(429));
        let others: Vec<_> = (2..MAX_EXPORTS).map(|_| permits.take(UserId::new()).ok()).collect();
        assert!(others.iter().all(Option::is_some));
        assert_eq!(permits.take(UserId::new()).err().map(|problem| problem.status().as_u16()), Some(503));
        drop(first);
        assert!(permits.take(ada).is_ok());
        drop((second, others));
        assert!(permits.taken.lock().is_empty(), "users without an export are not kept");
    }
}
