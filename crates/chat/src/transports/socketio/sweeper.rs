//! Ends what is over: sessions that were revoked, tokens that expired, transports that joined nothing.

use std::sync::Arc;
use std::time::Duration;

use socketioxide::SocketIo;
use store::{Timestamp, TokenStatus, UserId};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::sockets::{Member, sender};
use crate::chat::Chat;

/// Expired tokens and idle transports are looked for so often.
const EVERY: Duration = Duration::from_secs(1);

/// Works until the shutdown.
pub(crate) async fn sweep(chat: Arc<Chat>, io: SocketIo, shutdown: CancellationToken) {
    let mut changes = chat.authenticator.changes();
    let mut tick = interval(EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            changed = changes.recv() => match changed {
                Ok(changed) => take_notice(&chat, &io, &changed).await,
                // The same changes come again.
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            },
            _ = tick.tick() => end_the_overdue(&chat, &io),
        }
    }
}

/// Kicks the sockets of ended sessions, all of them before anything that waits. The other sockets of those users may
/// have a new name.
async fn take_notice(chat: &Chat, io: &SocketIo, changed: &[(UserId, TokenStatus)]) {
    let mut stay = Vec::new();
    for (user, token_status) in changed {
        let (good, over): (Vec<_>, Vec<_>) =
            chat.members.of(*user).into_iter().partition(|member| is_good(member, token_status));
        over.iter().for_each(|member| chat.members.kick(io, member));
        stay.push((*user, token_status.changed_at, good));
    }
    for (user, changed_at, sockets) in stay {
        let outdated = sockets.iter().filter(|member| member.is_outdated(changed_at));
        rename(chat, user, changed_at, &outdated.collect::<Vec<_>>()).await;
    }
}

/// A session of a later version than this token status's was opened since.
fn is_good(member: &Member, token_status: &TokenStatus) -> bool {
    member.principal.is_newer_than(token_status) || member.principal.is_allowed_by(token_status)
}

async fn rename(chat: &Chat, user: UserId, as_of: Timestamp, sockets: &[&Arc<Member>]) {
    if sockets.is_empty() {
        return;
    }
    if let Ok(Some(user)) = chat.stores.users.by_id(user).await {
        sockets.iter().for_each(|member| member.rename(user.clone(), as_of));
        chat.presence.rename(&sender(user));
    }
}

fn end_the_overdue(chat: &Chat, io: &SocketIo) {
    for member in chat.members.all().iter().filter(|member| member.principal.expires_in_secs() == 0) {
        chat.members.kick(io, member);
    }
    for session in chat.sessions.all().iter().filter(|session| session.is_idle()) {
        session.shut();
    }
}
