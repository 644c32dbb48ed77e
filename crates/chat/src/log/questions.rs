//! What the fan-out asks the store, and the answers. At most one question of each kind is open.
//!
//! Which logs went on is one question, whatever the number of rooms. Rooms are asked for by their ids where it does not
//! tell: those whose following has just begun, those whose log was not read as far as it goes, and all of them after an error.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use store::{EndsWatch, Log, LogPage, NewEnds, RoomId, StoreError};
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::follower::FollowRequest;

/// Maximum entries of one read of the log: with the longest texts less than 2 MB.
const MAX_PAGE: u32 = 100;
/// Timeout for reading where the rooms end that are to be followed. Their clients wait for it.
const FOLLOW_TIMEOUT: Duration = Duration::from_secs(2);

/// The open questions.
pub(super) struct Questions {
    log: Arc<dyn Log>,
    ends: Arc<Mutex<Box<dyn EndsWatch>>>,
    /// Rooms whose ends are asked for with the next look.
    uncertain: HashSet<RoomId>,
    /// Whether the next look asks for the ends of all rooms.
    all_uncertain: bool,
    open: FuturesUnordered<BoxFuture<'static, Found>>,
    is_following: bool,
    is_looking: bool,
    is_reading: bool,
}

/// Where logs end.
type Ends = Result<HashMap<RoomId, u64>, StoreError>;

/// What a question found.
enum Found {
    Answer(Answer),
    /// Any log may have gone on.
    AnyEnd,
}

/// The store's answer.
pub(super) enum Answer {
    /// Where the logs end that are to be followed, and who asked for it.
    EndsToFollow(Ends, Vec<FollowRequest>),
    /// Where logs end that went on, followed ones and others.
    Ends(Ends),
    /// A page of a room's log.
    Page(RoomId, Result<LogPage, StoreError>),
}

impl Questions {
    pub(super) fn new(log: Arc<dyn Log>) -> Self {
        Self {
            ends: Arc::new(Mutex::new(log.watch_ends())),
            log,
            uncertain: HashSet::new(),
            all_uncertain: false,
            open: FuturesUnordered::new(),
            is_following: false,
            is_looking: false,
            is_reading: false,
        }
    }

    /// The next answer. None while no question is open.
    pub(super) async fn next(&mut self) -> Option<Answer> {
        loop {
            match self.open.next().await? {
                Found::AnyEnd => (self.is_looking, self.all_uncertain) = (false, true),
                Found::Answer(answer) => {
                    self.note(&answer);
                    return Some(answer);
                }
            }
        }
    }

    fn note(&mut self, answer: &Answer) {
        match answer {
            Answer::EndsToFollow(ends, _) => {
                self.is_following = false;
                // What was appended between the question and now was reported before the room was followed.
                self.uncertain.extend(ends.iter().flatten().map(|(room, _)| *room));
            }
            Answer::Ends(ends) => {
                self.is_looking = false;
                self.all_uncertain |= ends.is_err();
            }
            Answer::Page(..) => self.is_reading = false,
        }
    }

    pub(super) fn is_following(&self) -> bool {
        self.is_following
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
            Found::Answer(Answer::EndsToFollow(ends.unwrap_or_else(|_| Err(late())), requests))
        }));
    }

    /// Asks which logs went on, unless that is being asked. `followed` are the rooms whose ends count.
    pub(super) fn look(&mut self, followed: impl FnOnce() -> Vec<RoomId>) {
        if self.is_looking {
            return;
        }
        self.is_looking = true;
        let log = Arc::clone(&self.log);
        let uncertain: Vec<RoomId> = self.uncertain.drain().collect();
        if std::mem::take(&mut self.all_uncertain) {
            let rooms = followed();
            return self
                .open
                .push(Box::pin(async move { Found::Answer(Answer::Ends(log.last_seqs(&rooms).await)) }));
        }
        let ends = Arc::clone(&self.ends);
        self.open.push(Box::pin(async move {
            let asked = new_ends(&mut **ends.lock().await, &*log, &uncertain).await;
            asked.unwrap_or_else(|error| Found::Answer(Answer::Ends(Err(error))))
        }));
    }

    /// Asks for the end of a room's log with the next look.
    pub(super) fn look_again(&mut self, room: RoomId) {
        self.uncertain.insert(room);
    }

    /// Asks for the page of a room's log after a number.
    pub(super) fn ask_page(&mut self, room: RoomId, after: u64) {
        self.is_reading = true;
        let log = Arc::clone(&self.log);
        self.open.push(Box::pin(async move {
            Found::Answer(Answer::Page(room, log.page_to_deliver(room, after, MAX_PAGE).await))
        }));
    }
}

/// The logs that went on, and the ends of some more.
async fn new_ends(
    ends: &mut dyn EndsWatch,
    log: &dyn Log,
    uncertain: &[RoomId],
) -> Result<Found, StoreError> {
    let NewEnds::Of(mut found) = ends.next().await? else { return Ok(Found::AnyEnd) };
    if !uncertain.is_empty() {
        found.extend(log.last_seqs(uncertain).await?);
    }
    Ok(Found::Answer(Answer::Ends(Ok(found))))
}

fn late() -> StoreError {
    StoreError::Unavailable(format!("the ends of logs were not read within {FOLLOW_TIMEOUT:?}"))
}
