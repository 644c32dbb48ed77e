//! Hashing on the blocking pool: one hash per core at once, and a bounded queue.
//!
//! The queue is counted by tokio's semaphores: callers wait for a core in order, which the permits of `web` cannot do.

mod argon2id;
mod memory;

use std::sync::Arc;
use std::thread::available_parallelism;

use tokio::sync::Semaphore;

use argon2id::{Argon2id, Blocks};
use memory::WorkMemory;

use crate::Password;
use crate::password::normalised;

/// Makes and checks password hashes. Clones share one queue.
#[derive(Clone)]
pub struct Hasher {
    shared: Arc<Shared>,
}

struct Shared {
    argon2id: Argon2id,
    memory: WorkMemory,
    /// A permit for each hash that is at work or waits.
    permits: Arc<Semaphore>,
    /// A permit for each hash that is at work.
    cores: Arc<Semaphore>,
    /// The hash with which the password of an unknown name is compared.
    dummy_hash: String,
}

/// The result of comparing a typed password with a hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    /// The wrong password.
    Wrong,
    /// The right password.
    Right,
    /// The right password, but its hash was made before passwords were normalised, so that only this spelling matches.
    /// `fresh` is the hash to store from now on.
    RightAsTyped {
        /// The hash of the normalised password, in PHC string form.
        fresh: String,
    },
}

impl Match {
    /// Whether it is the right password.
    pub fn is_right(&self) -> bool {
        *self != Self::Wrong
    }
}

/// The queue is full: another hash would wait too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are being checked at once")]
pub struct Busy;

impl Hasher {
    /// A hasher that lets `queue` hashes wait besides those at work.
    pub fn new(queue: usize) -> Self {
        let cores = available_parallelism().map_or(1, usize::from);
        let argon2id = Argon2id::new();
        let dummy_hash = argon2id.hash(uuid::Uuid::new_v4().to_string().as_bytes(), &mut Argon2id::memory());
        let permits = Arc::new(Semaphore::new(cores.saturating_add(queue).min(Semaphore::MAX_PERMITS)));
        let cores = Arc::new(Semaphore::new(cores));
        let memory = WorkMemory::default();
        Self { shared: Arc::new(Shared { argon2id, memory, permits, cores, dummy_hash }) }
    }

    /// Hashes a new password with a fresh salt, into PHC string form.
    ///
    /// # Errors
    /// [`Busy`] when the queue is full.
    pub async fn hash(&self, password: Password) -> Result<String, Busy> {
        self.work(move |shared, memory| shared.argon2id.hash(password.as_str().as_bytes(), memory)).await
    }

    /// Whether a password is the one of a hash. Without a hash (an unknown name) it does the same work as for a wrong
    /// password and returns `Wrong`.
    ///
    /// # Errors
    /// [`Busy`] when the queue is full.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<Match, Busy> {
        self.work(move |shared, memory| {
            let known = hash.is_some();
            let hash = hash.unwrap_or_else(|| shared.dummy_hash.clone());
            let found = shared.compare(&password, &hash, memory);
            if known { found } else { Match::Wrong }
        })
        .await
    }

    async fn work<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Shared, &mut Blocks) -> T + Send + 'static,
    ) -> Result<T, Busy> {
        let permit = Arc::clone(&self.shared.permits).try_acquire_owned().map_err(|_| Busy)?;
        let core = Arc::clone(&self.shared.cores).acquire_owned().await.map_err(|_| Busy)?;
        let shared = Arc::clone(&self.shared);
        // The job holds the permits: they are free when the hash is done, even if the caller has stopped waiting.
        let job = tokio::task::spawn_blocking(move || {
            let _held = (permit, core);
            let mut memory = shared.memory.take();
            let done = job(&shared, &mut memory);
            shared.memory.put_back(memory);
            done
        });
        job.await.map_err(|_| Busy)
    }
}

impl Shared {
    /// Which form is tried depends on the password alone, so the time reveals nothing about the hash.
    fn compare(&self, password: &str, hash: &str, memory: &mut Blocks) -> Match {
        let (argon2id, normal) = (&self.argon2id, normalised(password));
        if argon2id.verify(normal.as_bytes(), hash, memory) {
            Match::Right
        } else if normal != password && argon2id.verify(password.as_bytes(), hash, memory) {
            Match::RightAsTyped { fresh: argon2id.hash(normal.as_bytes(), memory) }
        } else {
            Match::Wrong
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password() -> Password {
        Password::parse("correct horse".into()).unwrap()
    }

    #[tokio::test]
    async fn only_the_right_password_is_verified() {
        let hasher = Hasher::new(8);
        let hash = hasher.hash(password()).await.unwrap();
        assert_eq!(hasher.verify("correct horse".into(), Some(hash.clone())).await, Ok(Match::Right));
        assert_eq!(hasher.verify("wrong horse".into(), Some(hash)).await, Ok(Match::Wrong));
        assert_eq!(hasher.verify("correct horse".into(), None).await, Ok(Match::Wrong));
        assert_eq!(hasher.verify("correct horse".into(), Some("not a hash".into())).await, Ok(Match::Wrong));
    }

    /// One password, as keyboards write it: composed, decomposed, and full width.
    const FORMS: [&str; 3] =
        ["crème brûlée 42", "cre\u{300}me bru\u{302}le\u{301}e 42", "ｃrème brûlée ４２"];

    #[tokio::test]
    async fn a_password_is_the_same_however_a_keyboard_writes_it() {
        let hasher = Hasher::new(8);
        for chosen in FORMS {
            let hash = hasher.hash(Password::parse(chosen.into()).unwrap()).await.unwrap();
            for typed in FORMS {
                let found = hasher.verify(typed.into(), Some(hash.clone())).await;
                assert_eq!(found, Ok(Match::Right), "{typed:?} for {chosen:?}");
            }
            assert_eq!(hasher.verify("creme brulee 42".into(), Some(hash)).await, Ok(Match::Wrong));
        }
    }

    #[tokio::test]
    async fn a_hash_of_a_password_as_typed_still_opens_and_is_replaced() {
        let hasher = Hasher::new(8);
        let old = Argon2id::new().hash(FORMS[1].as_bytes(), &mut Argon2id::memory());
        assert_eq!(hasher.verify(FORMS[0].into(), Some(old.clone())).await, Ok(Match::Wrong));
        assert_eq!(hasher.verify(FORMS[1].into(), None).await, Ok(Match::Wrong));
        let found = hasher.verify(FORMS[1].into(), Some(old)).await.unwrap();
        assert!(found.is_right());
        let Match::RightAsTyped { fresh } = found else { panic!("the form as typed opened it") };
        assert_eq!(hasher.verify(FORMS[0].into(), Some(fresh)).await, Ok(Match::Right));
    }

    #[tokio::test]
    async fn hashes_have_owasps_parameters_and_fresh_salts() {
        let hasher = Hasher::new(8);
        let (one, other) = (hasher.hash(password()).await.unwrap(), hasher.hash(password()).await.unwrap());
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, other);
    }

    #[tokio::test]
    async fn a_full_queue_refuses_instead_of_growing() {
        let hasher = Hasher::new(1);
        let permits = hasher.shared.permits.available_permits();
        let waiting: Vec<_> = (0..permits).map(|_| hasher.verify("x".into(), None)).collect();
        let all = futures_util::future::join_all(waiting);
        let one_more = async {
            tokio::task::yield_now().await;
            hasher.verify("x".into(), None).await
        };
        let (all, one_more) = tokio::join!(all, one_more);
        assert!(all.into_iter().all(|result| result == Ok(Match::Wrong)));
        assert_eq!(one_more, Err(Busy));
        assert_eq!(hasher.verify("x".into(), None).await, Ok(Match::Wrong), "and serves again afterwards");
    }
}
