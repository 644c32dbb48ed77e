//! Reads that may cost much: how many are made at once, and how many bytes of their answers wait for clients.
//!
//! A node makes a fixed number of reads at once, and others wait in turn. A user, or a client network, may fill a share of
//! those that wait. A network whose answers are not taken gets no more of them.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::response::{IntoResponse, Response};
use parking_lot::Mutex;
use store::UserId;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::limits::Permits;
use crate::shares::{Share, shares_of};
use crate::{ClientNetwork, Code, Refusal};

/// Maximum reads that are made at once.
const MAX_CONCURRENT: usize = 16;
/// Maximum reads that wait for their turn.
const MAX_WAITING: usize = 512;
/// Maximum bytes of answers that wait for the clients of one network. The last answer may exceed it.
const MAX_UNREAD_BYTES: usize = 64 * 1024 * 1024;
/// Smaller answers are not counted: as many as a network has connections are not much.
const MIN_COUNTED_BYTES: u64 = 8 * 1024;

/// When to try again.
const RETRY_DELAY: Duration = Duration::from_secs(1);

/// The reads of a service. Clones share everything.
#[derive(Clone)]
pub struct Reads(Arc<Shared>);

struct Shared {
    permits: Semaphore,
    waiting: Permits<()>,
    shares: Permits<Share>,
    unread: Mutex<HashMap<ClientNetwork, usize>>,
}

/// A permit to read, until dropped.
pub struct ReadPermit<'a> {
    _permit: SemaphorePermit<'a>,
}

/// Bytes of an answer that wait for a client of a network, until dropped.
struct Unread {
    reads: Reads,
    network: ClientNetwork,
    size: usize,
}

/// The body of an answer. The server drops it once it is written.
struct Counted {
    bytes: Bytes,
    _unread: Unread,
}

impl Default for Reads {
    fn default() -> Self {
        Self::new(MAX_CONCURRENT, MAX_WAITING)
    }
}

impl Reads {
    fn new(concurrent: usize, waiting: usize) -> Self {
        Self(Arc::new(Shared {
            permits: Semaphore::new(concurrent),
            waiting: Permits::new(waiting, None),
            shares: shares_of(waiting),
            unread: Mutex::default(),
        }))
    }

    /// Waits for a permit to read for a user in a network.
    ///
    /// # Errors
    /// `rate_limited` when the user or the network does not take its answers, and, after a delay, when it has its share of
    /// those that wait; `overloaded` when too many wait.
    pub async fn permit(&self, user: UserId, network: ClientNetwork) -> Result<ReadPermit<'_>, Refusal> {
        self.check_unread(network)?;
        let shared = &self.0;
        if let Ok(permit) = shared.permits.try_acquire() {
            return Ok(ReadPermit { _permit: permit });
        }
        let shares = [Share::User(user), Share::Network(network)].map(|share| shared.shares.take(share));
        if shares.iter().any(Result::is_err) {
            drop(shares);
            // A client that asks again at once, over each of its connections, is slowed down by this.
            tokio::time::sleep(RETRY_DELAY).await;
            return Err(too_many());
        }
        let _waiting = shared.waiting.take(()).map_err(|_| Refusal::overloaded())?;
        let permit = shared.permits.acquire().await.map_err(|_| Refusal::unavailable())?;
        // What was read in the meantime counts too.
        self.check_unread(network)?;
        Ok(ReadPermit { _permit: permit })
    }

    /// Checks that the clients of a network take their answers.
    ///
    /// # Errors
    /// `rate_limited`.
    pub fn check_unread(&self, network: ClientNetwork) -> Result<(), Refusal> {
        let unread = self.0.unread.lock().get(&network).copied().unwrap_or_default();
        if unread < MAX_UNREAD_BYTES { Ok(()) } else { Err(too_many()) }
    }

    /// Counts an answer until its client has taken it, or never will.
    pub async fn count(&self, network: ClientNetwork, answer: Response) -> Response {
        let Some(size) = answer.body().size_hint().exact().filter(|&size| size >= MIN_COUNTED_BYTES) else {
            return answer;
        };
        let unread = Unread::begin(self, network, usize::try_from(size).unwrap_or(usize::MAX));
        let (parts, body) = answer.into_parts();
        // What has a known size is at hand.
        match to_bytes(body, usize::MAX).await {
            Ok(bytes) => {
                Response::from_parts(parts, Body::from(Bytes::from_owner(Counted { bytes, _unread: unread })))
            }
            Err(_) => Refusal::internal().into_response(),
        }
    }
}

impl Unread {
    fn begin(reads: &Reads, network: ClientNetwork, size: usize) -> Self {
        *reads.0.unread.lock().entry(network).or_default() += size;
        Self { reads: reads.clone(), network, size }
    }
}

impl Drop for Unread {
    fn drop(&mut self) {
        let mut unread = self.reads.0.unread.lock();
        if let Some(bytes) = unread.get_mut(&self.network) {
            *bytes -= self.size;
            if *bytes == 0 {
                unread.remove(&self.network);
            }
        }
    }
}

impl AsRef<[u8]> for Counted {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// The user or the network has its share.
fn too_many() -> Refusal {
    let detail = "Too many of your requests wait, or their answers do. Try again in a moment.";
    Refusal::new(Code::RateLimited, detail).retry_after(RETRY_DELAY)
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use axum::http::StatusCode;
    use futures_util::FutureExt;

    use super::*;

    fn network(last: u8) -> ClientNetwork {
        ClientNetwork::of(IpAddr::V4(Ipv4Addr::new(192, 0, 2, last)))
    }

    fn code<T>(outcome: Result<T, Refusal>) -> Option<Code> {
        outcome.err().map(|refusal| {
            assert!(refusal.delay().is_some());
            refusal.code()
        })
    }

    #[tokio::test(start_paused = true)]
    async fn others_wait_in_turn_and_one_user_fills_only_a_share() {
        let (reads, [ada, bob]) = (Reads::new(1, 16), [(); 2].map(|()| UserId::new()));
        let permit = reads.permit(ada, network(1)).await.unwrap();
        let mut waiting: Vec<_> = (0..2).map(|_| Box::pin(reads.permit(ada, network(1)))).collect();
        waiting.iter_mut().for_each(|permit| assert!(permit.now_or_never().is_none(), "it waits"));
        let refused = async |user, network| {
            let permit = tokio::time::timeout(Duration::from_secs(60), reads.permit(user, network)).await;
            code(permit.expect("it does not wait"))
        };
        assert_eq!(refused(ada, network(2)).await, Some(Code::RateLimited), "by the user");
        assert_eq!(refused(bob, network(1)).await, Some(Code::RateLimited), "by the network");
        let mut other = Box::pin(reads.permit(bob, network(2)));
        assert!((&mut other).now_or_never().is_none(), "another one waits too");
        drop(permit);
        for permit in waiting {
            assert!(permit.await.is_ok());
        }
        assert!(other.await.is_ok());
    }

    #[tokio::test]
    async fn too_many_that_wait_are_an_overload() {
        let reads = Reads::new(1, 8);
        let _permit = reads.permit(UserId::new(), network(0)).await.unwrap();
        let mut waiting: Vec<_> =
            (1..=8).map(|last| Box::pin(reads.permit(UserId::new(), network(last)))).collect();
        waiting.iter_mut().for_each(|permit| assert!(permit.now_or_never().is_none(), "it waits"));
        assert_eq!(code(reads.permit(UserId::new(), network(9)).await), Some(Code::Overloaded));
        drop(waiting);
        assert!(
            reads.permit(UserId::new(), network(9)).now_or_never().is_none(),
            "who has gone away leaves room"
        );
    }

    #[tokio::test]
    async fn a_network_that_does_not_take_its_answers_gets_no_more() {
        let (reads, ada) = (Reads::default(), UserId::new());
        let body = Bytes::from(vec![0; MAX_UNREAD_BYTES / 2]);
        let mut answers = Vec::new();
        for _ in 0..2 {
            assert!(reads.permit(ada, network(1)).await.is_ok());
            let answer = reads.count(network(1), Response::new(Body::from(body.clone()))).await;
            assert_eq!(
                answer.body().size_hint().exact(),
                Some(body.len() as u64),
                "its length is still known"
            );
            // As the server holds it until it is written.
            answers.push(to_bytes(answer.into_body(), usize::MAX).await.unwrap());
        }
        assert_eq!(code(reads.permit(ada, network(1)).await), Some(Code::RateLimited));
        assert!(reads.permit(ada, network(2)).await.is_ok(), "another network reads");
        answers.pop();
        assert!(reads.permit(ada, network(1)).await.is_ok(), "one was taken");
        let small = reads.count(network(1), StatusCode::OK.into_response()).await;
        drop((small, answers));
        assert!(reads.0.unread.lock().is_empty(), "nothing is remembered of who took everything");
    }
}
