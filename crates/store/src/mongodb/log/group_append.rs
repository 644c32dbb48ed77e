//! The first attempt to append to many rooms' logs: one ordered insert for several of them, since each insert waits for a
//! majority and its journal. What it leaves open is for the rooms' own appends ([`RoomAppend::run`]).
//!
//! The ends of the logs are locked and trusted as there. They are locked in the order of the rooms' ids, so that two appends of
//! this process never wait for each other.

use mongodb::bson::RawDocumentBuf;
use tokio::sync::OwnedMutexGuard;
use tokio::time::Instant;

use super::super::Mongo;
use super::super::client::before;
use super::super::errors;
use super::room_append::RoomAppend;

/// A room whose log ends where this process knows, until the insert is answered.
struct Member<'a, 'b> {
    append: &'b mut RoomAppend<'a>,
    end: OwnedMutexGuard<Option<u64>>,
    last: u64,
}

/// Appends to several rooms, until the deadline has passed.
pub(super) async fn append_together(mongo: &Mongo, appends: &mut [RoomAppend<'_>], deadline: Instant) {
    before(deadline, append(mongo, appends)).await;
    let uncertain = appends.iter().filter(|append| append.uncertain);
    let messages: usize = uncertain.map(|append| append.open.len()).sum();
    if messages > 0 {
        tracing::error!(messages, "the answer to an insert for several rooms was lost");
    }
}

async fn append(mongo: &Mongo, appends: &mut [RoomAppend<'_>]) {
    if *mongo.has_other_nodes.borrow() {
        mongo.turns.look_beside();
    }
    appends.sort_unstable_by_key(|append| append.room);
    let mut members = Vec::with_capacity(appends.len());
    for append in appends {
        let mut end = mongo.log_ends.of(append.room).lock_owned().await;
        if !mongo.turns.are_awaited(append.room)
            && let Some(last) = end.take()
        {
            members.push(Member { append, end, last });
        }
    }
    if !members.is_empty() {
        insert(mongo, &mut members).await;
    }
}

async fn insert(mongo: &Mongo, members: &mut [Member<'_, '_>]) {
    let documents: Vec<_> = members.iter().flat_map(|member| member.append.documents(member.last)).collect();
    members.iter_mut().for_each(|member| member.append.uncertain = true);
    let entries = mongo.entries.clone_with_type::<RawDocumentBuf>();
    let failed = entries.insert_many(&documents).ordered(true).await.err();
    let failed = failed.map(|error| errors::insert_error(&error));
    if let Some(inserted) = failed.map_or(Some(documents.len()), |failed| failed.inserted()) {
        note_inserted(members, inserted);
    }
}

/// Notes the documents that are stored, and where the logs end now.
fn note_inserted(members: &mut [Member<'_, '_>], inserted: usize) {
    let (mut left, mut is_stopped) = (inserted, false);
    for Member { append, end, last } in members {
        let stored = append.open.len().min(left);
        let is_whole = stored == append.open.len();
        left -= stored;
        append.uncertain = false;
        append.note_stored(*last, stored);
        // Of the room where the insert stopped another node may know a later end.
        **end = (is_whole || is_stopped).then_some(*last + stored as u64);
        is_stopped |= !is_whole;
    }
}
