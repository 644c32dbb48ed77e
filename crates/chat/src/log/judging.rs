//! Judges the senders of a batch whose sessions were not found valid just now, by one question to the store for all of
//! them. After it, the append asks nothing about senders.

use std::collections::{HashMap, HashSet};
use std::time::Instant;

use store::{TokenStatus, Tokens, UserId};
use web::Refusal;

use super::journal::QueuedMessage;
use super::refusals::not_stored;

/// Why each message is not stored; `None` for those that may be, whose senders count as checked now.
pub(super) async fn judge(tokens: &dyn Tokens, batch: &mut [QueuedMessage]) -> Vec<Option<Refusal>> {
    let unchecked: Vec<bool> = batch.iter().map(|queued| !queued.entry.has_checked_sender()).collect();
    let of_unchecked = batch.iter().zip(&unchecked).filter(|(_, is_unchecked)| **is_unchecked);
    let users: HashSet<UserId> = of_unchecked.map(|(queued, _)| queued.entry.sender.id).collect();
    if users.is_empty() {
        return vec![None; batch.len()];
    }
    let statuses = tokens.token_statuses(&Vec::from_iter(users)).await.ok();
    let now = Instant::now();
    let judged = batch.iter_mut().zip(unchecked).map(|(queued, is_unchecked)| {
        let refusal = is_unchecked.then(|| refusal(queued, statuses.as_ref())).flatten();
        if is_unchecked && refusal.is_none() {
            queued.entry.sender_checked_at = Some(now);
        }
        refusal
    });
    judged.collect()
}

/// Why a message is not stored, by what the store answered.
fn refusal(queued: &QueuedMessage, statuses: Option<&HashMap<UserId, TokenStatus>>) -> Option<Refusal> {
    let Some(statuses) = statuses else { return Some(not_stored()) };
    let status = statuses.get(&queued.entry.sender.id);
    let is_good = status.is_some_and(|status| queued.principal.is_allowed_by(status));
    (!is_good).then(Refusal::signed_out)
}
