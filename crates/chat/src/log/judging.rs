//! Judges the messages of a batch whose senders were not checked just now: whether the sessions are still valid, and whether
//! the senders may send in the rooms. All of them cost one question for sessions and one for rooms, side by side. After it,
//! the append asks nothing about senders.

use std::collections::{HashMap, HashSet};
use std::time::Instant;

use store::{RoomId, StoreError, TokenStatus, Tokens, UserId};
use web::Refusal;

use super::journal::QueuedMessage;
use super::refusals::not_stored;
use crate::access::{Access, Rule, Standing, unknown_room};

/// What the store answered about the senders.
struct Answers {
    statuses: HashMap<UserId, TokenStatus>,
    /// For rooms other than the lobby, where everybody may send.
    standings: HashMap<(RoomId, UserId), Standing>,
}

/// Why each message is not stored; `None` for those that may be, whose senders count as checked now.
pub(super) async fn judge(
    tokens: &dyn Tokens,
    access: &Access,
    batch: &mut [QueuedMessage],
) -> Vec<Option<Refusal>> {
    let unchecked: Vec<bool> = batch.iter().map(|queued| !queued.entry.has_checked_sender()).collect();
    if !unchecked.contains(&true) {
        return vec![None; batch.len()];
    }
    let of_unchecked = batch.iter().zip(&unchecked).filter(|(_, is_unchecked)| **is_unchecked);
    let answers = ask(tokens, access, of_unchecked.map(|(queued, _)| queued)).await.ok();
    let now = Instant::now();
    let judged = batch.iter_mut().zip(unchecked).map(|(queued, is_unchecked)| {
        let refusal = is_unchecked.then(|| refusal(queued, answers.as_ref())).flatten();
        if is_unchecked && refusal.is_none() {
            queued.entry.sender_checked_at = Some(now);
        }
        refusal
    });
    judged.collect()
}

async fn ask(
    tokens: &dyn Tokens,
    access: &Access,
    messages: impl Iterator<Item = &QueuedMessage>,
) -> Result<Answers, StoreError> {
    let pairs: HashSet<(RoomId, UserId)> =
        messages.map(|queued| (queued.entry.room, queued.entry.sender.id)).collect();
    let users: HashSet<UserId> = pairs.iter().map(|(_, user)| *user).collect();
    let pairs: Vec<_> = pairs.into_iter().filter(|(room, _)| *room != RoomId::LOBBY).collect();
    let users = Vec::from_iter(users);
    let standings = async {
        match pairs.is_empty() {
            true => Ok(HashMap::new()),
            false => access.ask_all(&pairs).await,
        }
    };
    let (statuses, standings) = tokio::try_join!(tokens.token_statuses(&users), standings)?;
    Ok(Answers { statuses, standings })
}

/// Why a message is not stored, by what the store answered.
fn refusal(queued: &QueuedMessage, answers: Option<&Answers>) -> Option<Refusal> {
    let Some(Answers { statuses, standings }) = answers else { return Some(not_stored()) };
    let (room, sender) = (queued.entry.room, queued.entry.sender.id);
    let is_good = statuses.get(&sender).is_some_and(|status| queued.principal.is_allowed_by(status));
    if !is_good {
        return Some(Refusal::signed_out());
    }
    if room == RoomId::LOBBY {
        return None;
    }
    let judged = standings.get(&(room, sender)).map(|standing| Rule::TAKE_PART.judge(standing));
    judged.unwrap_or_else(|| Err(unknown_room())).err()
}
