//! How many exports may be under way at once: each holds a connection, some pages and perhaps a cursor of the store.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::StatusCode;
use store::UserId;
use web::Problem;

/// In this process.
const IN_ALL: usize = 16;
/// Of one user: the second for whoever begins anew before the first is known to be given up.
const OF_ONE: usize = 2;
/// After which to try again.
const PAUSE_SECS: u64 = 10;

/// The places of one process.
#[derive(Clone, Default)]
pub(super) struct Places {
    taken: Arc<Mutex<HashMap<UserId, usize>>>,
}

/// A place, free again when dropped.
pub(super) struct Place {
    places: Places,
    user: UserId,
}

impl Places {
    /// A place for an export: 429 when the user has two under way, 503 when everybody together has too many.
    pub(super) fn take(&self, user: UserId) -> Result<Place, Problem> {
        let mut taken = self.taken();
        let own = taken.get(&user).copied().unwrap_or(0);
        if own >= OF_ONE {
            return Err(too_many());
        }
        if taken.values().sum::<usize>() >= IN_ALL {
            return Err(Problem::overloaded());
        }
        taken.insert(user, own + 1);
        Ok(Place { places: self.clone(), user })
    }

    /// The counts are whole between two statements, so a panic elsewhere does not spoil them.
    fn taken(&self) -> MutexGuard<'_, HashMap<UserId, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
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
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_exports", detail).retry_after(PAUSE_SECS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_has_two_places_and_all_together_have_sixteen() {
        let places = Places::default();
        let ada = UserId::new();
        let first = places.take(ada).ok();
        let second = places.take(ada).ok();
        assert!(first.is_some() && second.is_some());
        assert_eq!(places.take(ada).err().map(|problem| problem.status().as_u16()), Some(429));
        let others: Vec<_> = (2..IN_ALL).map(|_| places.take(UserId::new()).ok()).collect();
        assert!(others.iter().all(Option::is_some));
        assert_eq!(places.take(UserId::new()).err().map(|problem| problem.status().as_u16()), Some(503));
        drop(first);
        assert!(places.take(ada).is_ok());
        drop((second, others));
        assert!(places.taken().is_empty(), "nothing is kept of who is done");
    }
}
