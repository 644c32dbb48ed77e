//! What the fan-out asks the store, and the answers. At most one question of each kind is open.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use store::{Log, LogPage, RoomId, StoreError};
use tokio::time::timeout;

use super::follower::FollowRequest;

/// Maximum entries of one read of the log: with the longest texts less than 2 MB.
const MAX_PAGE: u32 = 100;
/// Timeout for reading where the rooms end that are to be followed. Their clients wait for it.
const FOLLOW_TIMEOUT: Duration = Duration::from_secs(2);

/// The open questions.
pub(super) struct Questions {
    log: Arc<dyn Log>,
    open: FuturesUnordered<BoxFuture<'static, Answer>>,
    is_following: bool,
    is_looking: bool,
    is_reading: bool,
}

/// Where logs end.
type Ends = Result<HashMap<RoomId, u64>, StoreError>;

/// The store's answer.
pub(super) enum Answer {
    /// Where the logs end that are to be followed, and who asked for it.
    EndsToFollow(Ends, Vec<FollowRequest>),
    /// Where the followed logs end.
    Ends(Ends),
    /// A page of a room's log.
    Page(RoomId, Result<LogPage, StoreError>),
}

impl Questions {
    pub(super) fn new(log: Arc<dyn Log>) -> Self {
        let open = FuturesUnordered::new();
        Self { log, open, is_following: false, is_looking: false, is_reading: false }
    }

    /// The next answer. None while no question is open.
    pub(super) async fn next(&mut self) -> Option<Answer> {
        let answer = self.open.next().await?;
        match answer {
            Answer::EndsToFollow(..) => self.is_following = false,
            Answer::Ends(_) => self.is_looking = false,
            Answer::Page(..) => self.is_reading = false,
        }
        Some(answer)
    }

    pub(super) fn is_following(&self) -> bool {
        self.is_following
    }

    pub(super) fn is_looking(&self) -> bool {
        self.is_looking
    }

    pub(super) fn is_reading(&self) -> bool {
        self.is_reading
    }

    /// Asks where logs end that are to be followed.
    pub(super) fn ask_ends_to_follow(&mut self, rooms: Vec<RoomId>, requests: Vec<FollowRequest>) {
        self.is_following = true;
        let log = Arc::clone(&self.log);
        self.open.push(Box::pin(async move {
            let ends = timeout(FOLLOW_TIMEOUT, log.last_seqs(&rooms)).await;
            Answer::EndsToFollow(ends.unwrap_or_else(|_| Err(late())), requests)
        }));
    }

    /// Asks where the followed logs end.
    pub(super) fn ask_ends(&mut self, rooms: Vec<RoomId>) {
        self.is_looking = true;
        let log = Arc::clone(&self.log);
        self.open.push(Box::pin(async move { Answer::Ends(log.last_seqs(&rooms).await) }));
    }

    /// Asks for the page of a room's log after a number.
    pub(super) fn ask_page(&mut self, room: RoomId, after: u64) {
        self.is_reading = true;
        let log = Arc::clone(&self.log);
        self.open.push(Box::pin(async move {
            Answer::Page(room, log.page_to_deliver(room, after, MAX_PAGE).await)
        }));
    }
}

fn late() -> StoreError {
    StoreError::Unavailable(format!("the ends of logs were not read within {FOLLOW_TIMEOUT:?}"))
}
