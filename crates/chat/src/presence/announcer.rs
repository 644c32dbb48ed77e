//! The task that announces changes, for all rooms: in each room at once after a quiet second, otherwise when a second
//! has passed since the last announcement.

use std::sync::Arc;
use std::time::Instant;

use tokio::time::sleep_until;
use tokio_util::sync::CancellationToken;

use super::Presence;
use crate::hub::Hub;

/// Announces changes until `stop`.
pub(crate) async fn announce(presence: Arc<Presence>, hub: Arc<Hub>, stop: CancellationToken) {
    loop {
        let due = presence.rosters().due();
        tokio::select! {
            () = stop.cancelled() => return,
            () = presence.due_earlier.notified() => {}
            () = sleep_until(due.unwrap_or_else(Instant::now).into()), if due.is_some() => {
                presence.announce_next(&hub).await;
            }
        }
    }
}

impl Presence {
    /// Announces the changes of one room, if any is due.
    async fn announce_next(&self, hub: &Hub) {
        let _no_watcher_subscribes = self.between_announcements().await;
        let Some((room, announcements)) = self.change(|rosters, now| rosters.announce_next(now)) else {
            return;
        };
        for announcement in announcements {
            if !hub.notify_watchers(room, announcement.event(), &announcement).await {
                self.change(|rosters, now| rosters.missed(announcement, now));
            }
        }
    }
}
