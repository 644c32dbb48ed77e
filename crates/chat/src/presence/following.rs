//! Follows who comes into rooms and who goes out: for the rosters, and for the watches of those who went out.

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use store::{Membership, RoomId, Rooms, StoreError};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::Presence;
use crate::access::Access;
use crate::hub::Hub;

/// When the store is asked again after it did not answer.
const RETRY_INTERVAL: Duration = Duration::from_secs(1);

/// Follows the members of all rooms until `stop`.
pub(crate) async fn follow_members(
    presence: Arc<Presence>,
    hub: Arc<Hub>,
    access: Arc<Access>,
    rooms: Arc<dyn Rooms>,
    stop: CancellationToken,
) {
    let mut changes = access.changes();
    while let Some(changed) = stop.run_until_cancelled(changes.recv()).await {
        match changed {
            Ok(changed) => {
                changed.memberships.iter().for_each(|membership| presence.follow(&hub, membership));
            }
            Err(RecvError::Lagged(_)) => {
                stop.run_until_cancelled(presence.catch_up(&hub, &access, &*rooms)).await;
            }
            Err(RecvError::Closed) => return,
        }
    }
}

impl Presence {
    /// How many times somebody went out of a room. Who becomes a watcher while this number stays the same is as much a member
    /// as before; otherwise the end of the membership may have come before the watch that it should have ended.
    pub(crate) fn departures(&self) -> u64 {
        self.departures.load(Ordering::SeqCst)
    }

    fn follow(&self, hub: &Hub, &Membership { room, user, is_in, .. }: &Membership) {
        // Everybody is in the lobby, whatever is kept about it.
        if room == RoomId::LOBBY {
            return;
        }
        if !is_in {
            self.departures.fetch_add(1, Ordering::SeqCst);
            hub.of(user).iter().for_each(|subscription| hub.unwatch(subscription, room));
        }
        self.change(|rosters, now| rosters.change_member(room, user, is_in, now));
    }

    /// Some changes were missed, so everything is compared with the store.
    async fn catch_up(&self, hub: &Hub, access: &Access, rooms: &dyn Rooms) {
        self.departures.fetch_add(1, Ordering::SeqCst);
        while let Err(error) = self.compare(hub, access, rooms).await {
            tracing::debug!(%error, "the members of the watched rooms cannot be read");
            sleep(RETRY_INTERVAL).await;
        }
    }

    async fn compare(&self, hub: &Hub, access: &Access, rooms: &dyn Rooms) -> Result<(), StoreError> {
        for subscription in hub.all() {
            for room in subscription.watched() {
                if access.ask(subscription.user(), room).await?.role().is_none() {
                    hub.unwatch(&subscription, room);
                }
            }
        }
        self.read_all_members(rooms).await
    }
}
