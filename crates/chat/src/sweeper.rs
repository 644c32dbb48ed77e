//! Ends subscriptions whose session is over or whose token expired, and gives the others new names.

use std::sync::Arc;
use std::time::Duration;

use store::{Sender, Timestamp, TokenStatus, UserId};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::chat::Chat;
use crate::hub::Subscription;

/// How often expired tokens are looked for.
const EXPIRY_INTERVAL: Duration = Duration::from_secs(1);

/// Runs until the shutdown.
pub(crate) async fn sweep(chat: Arc<Chat>, shutdown: CancellationToken) {
    let mut changes = chat.authenticator.changes();
    let mut tick = interval(EXPIRY_INTERVAL);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            changed = changes.recv() => match changed {
                Ok(changed) => apply(&chat, &changed).await,
                // The same changes come again.
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            },
            _ = tick.tick() => end_the_expired(&chat),
        }
    }
}

/// Ends the subscriptions of ended sessions, all of them before the first wait. The users of the others may have a new
/// name.
async fn apply(chat: &Chat, changed: &[(UserId, TokenStatus)]) {
    let mut stay = Vec::new();
    for (user, token_status) in changed {
        let (good, over): (Vec<_>, Vec<_>) =
            chat.hub.of(*user).into_iter().partition(|subscription| is_good(subscription, token_status));
        over.iter().for_each(|subscription| chat.hub.close_for_good(subscription));
        stay.push((*user, token_status.changed_at, good));
    }
    for (user, changed_at, subscriptions) in stay {
        let outdated = subscriptions.iter().filter(|subscription| subscription.is_outdated(changed_at));
        rename(chat, user, changed_at, &outdated.collect::<Vec<_>>()).await;
    }
}

/// A session with a later version than this token status was opened since.
fn is_good(subscription: &Subscription, token_status: &TokenStatus) -> bool {
    let principal = &subscription.principal;
    principal.is_newer_than(token_status) || principal.is_allowed_by(token_status)
}

async fn rename(chat: &Chat, user: UserId, as_of: Timestamp, subscriptions: &[&Arc<Subscription>]) {
    if subscriptions.is_empty() {
        return;
    }
    if let Ok(Some(user)) = chat.stores.accounts.by_id(user).await {
        let sender = Sender::from(&user);
        subscriptions.iter().for_each(|subscription| subscription.rename(sender.clone(), as_of));
        chat.presence.rename(&sender);
    }
}

fn end_the_expired(chat: &Chat) {
    let subscriptions = chat.hub.all();
    let expired = subscriptions.iter().filter(|subscription| subscription.principal.expires_in_secs() == 0);
    expired.for_each(|subscription| chat.hub.close_for_good(subscription));
}
