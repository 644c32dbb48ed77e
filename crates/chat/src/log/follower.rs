//! Asks the fan-out to follow rooms.

use std::sync::Arc;

use store::RoomId;
use tokio::sync::{mpsc, oneshot};

use crate::hub::Hub;

/// Maximum rooms that wait to be followed. Their subscribers wait then.
const MAX_WAITING_ROOMS: usize = 64;

/// Lets rooms be followed. Clones share everything.
#[derive(Clone)]
pub(crate) struct Follower {
    hub: Arc<Hub>,
    requests: mpsc::Sender<FollowRequest>,
}

/// Asks the fan-out to follow a room. Dropping it answers that it is not followed.
pub(super) struct FollowRequest {
    pub(super) room: RoomId,
    followed: oneshot::Sender<()>,
}

impl Follower {
    /// What lets rooms be followed, and where its requests arrive.
    pub(super) fn new(hub: Arc<Hub>) -> (Self, mpsc::Receiver<FollowRequest>) {
        let (requests, asked) = mpsc::channel(MAX_WAITING_ROOMS);
        (Self { hub, requests }, asked)
    }

    /// Waits until a room with a subscription is followed. The subscription misses nothing that is appended afterwards.
    /// False when the log cannot be read.
    pub(crate) async fn follow(&self, room: RoomId) -> bool {
        if self.hub.is_followed(room) {
            return true;
        }
        let (followed, answer) = oneshot::channel();
        let asked = self.requests.send(FollowRequest { room, followed }).await;
        asked.is_ok() && answer.await.is_ok()
    }
}

impl FollowRequest {
    /// Whether the client is still there.
    pub(super) fn is_waiting(&self) -> bool {
        !self.followed.is_closed()
    }

    /// The room is followed.
    pub(super) fn answer(self) {
        // The client may have gone away.
        let _ = self.followed.send(());
    }
}
