//! The one task that tells those who watch what changed: at once after a while in which nothing was told, else when a
//! second is over.

use std::sync::Arc;
use std::time::Instant;

use store::RoomId;
use tokio::time::sleep_until;
use tokio_util::sync::CancellationToken;

use super::Presence;
use crate::hub::Hub;

/// Announces until it is told to stop.
pub(crate) async fn announce(presence: Arc<Presence>, hub: Arc<Hub>, stop: CancellationToken) {
    loop {
        let now = Instant::now();
        let due = presence.roster().due(now);
        tokio::select! {
            () = stop.cancelled() => return,
            () = presence.sooner.notified() => {}
            () = sleep_until(due.unwrap_or(now).into()), if due.is_some() => {
                presence.tell(&hub).await;
            }
        }
    }
}

impl Presence {
    async fn tell(&self, hub: &Hub) {
        let _nobody_joins_meanwhile = self.between_announcements().await;
        let (changes, typing) = self.roster().announce(Instant::now());
        // Before anything is sent: who came and went by the clock alone is told to other nodes too.
        self.reportable.notify_one();
        let missed = match &changes {
            Some(changes) => !hub.notify_watchers(RoomId::LOBBY, "presence", changes).await,
            None => false,
        };
        let missed_typing = match &typing {
            Some(typing) => !hub.notify_watchers(RoomId::LOBBY, "typing", typing).await,
            None => false,
        };
        if missed || missed_typing {
            self.roster().not_heard(changes.filter(|_| missed), missed_typing);
        }
    }
}
