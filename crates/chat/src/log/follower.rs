//! Asks the fan-out to follow rooms.

use std::sync::Arc;

use store::RoomId;
use tokio::sync::{mpsc, oneshot};

use crate::hub::Hub;

/// Maximum requests that wait. Further subscribers wait then.
const MAX_WAITING_REQUESTS: usize = 64;

/// Lets rooms be followed. Clones share everything.
#[derive(Clone)]
pub(crate) struct Follower {
    hub: Arc<Hub>,
    requests: mpsc::Sender<FollowRequest>,
}

/// Asks the fan-out to follow rooms. Dropping it answers that they are not followed.
pub(super) struct FollowRequest {
    pub(super) rooms: Vec<RoomId>,
    followed: oneshot::Sender<()>,
}

impl Follower {
    /// What lets rooms be followed, and where its requests arrive.
    pub(super) fn new(hub: Arc<Hub>) -> (Self, mpsc::Receiver<FollowRequest>) {
        let (requests, asked) = mpsc::channel(MAX_WAITING_REQUESTS);
        (Self { hub, requests }, asked)
    }

    /// Waits until rooms with a subscription are followed, by one question for all of them. The subscription misses nothing
    /// that is appended afterwards. False when the logs cannot be read.
    pub(crate) async fn follow(&self, rooms: &[RoomId]) -> bool {
        let rooms = self.hub.not_followed(rooms);
        if rooms.is_empty() {
            return true;
        }
        let (followed, answer) = oneshot::channel();
        let asked = self.requests.send(FollowRequest { rooms, followed }).await;
        asked.is_ok() && answer.await.is_ok()
    }
}

impl FollowRequest {
    /// Whether the client is still there.
    pub(super) fn is_waiting(&self) -> bool {
        !self.followed.is_closed()
    }

    /// The rooms are followed.
    pub(super) fn answer(self) {
        // The client may have gone away.
        let _ = self.followed.send(());
    }
}
