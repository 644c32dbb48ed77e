//! Ends subscriptions whose session is over or whose token expired, and gives the others new names.

use std::sync::Arc;
use std::time::Duration;

use store::{Sender, TokenStatus, UserId};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::chat::Chat;
use crate::hub::Subscription;

/// How often expired tokens are looked for.
const EXPIRY_INTERVAL: Duration = Duration::from_secs(1);

/// Ends subscriptions until the shutdown. Nothing here waits for the store.
pub(crate) async fn end_subscriptions(chat: Arc<Chat>, shutdown: CancellationToken) {
    let mut changes = chat.authenticator.changes();
    let mut tick = interval(EXPIRY_INTERVAL);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            changed = changes.recv() => match changed {
                Ok(changed) => end_the_revoked(&chat, &changed),
                // The same changes come again.
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            },
            _ = tick.tick() => end_the_expired(&chat),
        }
    }
}

/// Gives subscriptions the new names of their users until the shutdown. It waits for the store, so it has a task of its own.
pub(crate) async fn rename_subscriptions(chat: Arc<Chat>, shutdown: CancellationToken) {
    let mut changes = chat.authenticator.changes();
    loop {
        let changed = tokio::select! {
            () = shutdown.cancelled() => return,
            changed = changes.recv() => changed,
        };
        match changed {
            Ok(changed) => {
                for (user, token_status) in changed.iter() {
                    rename(&chat, *user, token_status.changes).await;
                }
            }
            // The same changes come again.
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}

fn end_the_revoked(chat: &Chat, changed: &[(UserId, TokenStatus)]) {
    for (user, token_status) in changed {
        let subscriptions = chat.hub.of(*user);
        let over = subscriptions.iter().filter(|subscription| !is_good(subscription, token_status));
        over.for_each(|subscription| chat.hub.close_for_good(subscription));
    }
}

/// A session with a later version than this token status was opened since.
fn is_good(subscription: &Subscription, token_status: &TokenStatus) -> bool {
    let principal = &subscription.principal;
    principal.is_newer_than(token_status) || principal.is_allowed_by(token_status)
}

async fn rename(chat: &Chat, user: UserId, changes: u64) {
    let mut outdated = chat.hub.of(user);
    outdated.retain(|subscription| subscription.is_outdated(changes));
    if outdated.is_empty() {
        return;
    }
    if let Ok(Some(user)) = chat.stores.accounts.by_id(user).await {
        let sender = Sender::from(&user);
        outdated.iter().for_each(|subscription| subscription.rename(sender.clone(), changes));
        chat.presence.rename(&sender);
    }
}

fn end_the_expired(chat: &Chat) {
    let subscriptions = chat.hub.all();
    let expired = subscriptions.iter().filter(|subscription| subscription.principal.expires_in_secs() == 0);
    expired.for_each(|subscription| chat.hub.close_for_good(subscription));
}
