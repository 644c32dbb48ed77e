//! Entries as they come into a log, by a change stream on the collection: from the acknowledgement on one node to another
//! node in about a millisecond.

use std::time::Duration;

use futures_util::{FutureExt, StreamExt};
use mongodb::bson::doc;
use mongodb::change_stream::event::ChangeStreamEvent;
use mongodb::error::{Error, ErrorKind};
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::documents::EntryDocument;
use super::{Mongo, failure};
use crate::{Entry, RoomId};

/// A stream that broke is opened anew after so long. Meanwhile the poll goes on.
const PAUSE: Duration = Duration::from_millis(250);
/// Entries handed over in one go.
const BATCH: usize = 500;
/// The server's codes for "only on replica sets" (`Location40573`, `CommandNotSupported`).
const NO_CHANGE_STREAMS: [i32; 2] = [40_573, 115];

impl Mongo {
    /// Follows a log until nobody listens any more, or for good where there are no change streams.
    pub(super) async fn follow_room(&self, room: RoomId, arrived: mpsc::Sender<Vec<Entry>>) {
        let mut broken = false;
        while !arrived.is_closed() {
            let error = match self.follow_once(room, &arrived, &mut broken).await {
                Ok(()) => continue,
                Err(error) => error,
            };
            if has_no_change_streams(&error) {
                tracing::warn!(
                    "this MongoDB has no change streams (it is no replica set): what other nodes store is seen by \
                     the poll, up to 250 ms later, and each node asks four times a second"
                );
                return arrived.closed().await;
            }
            if !broken {
                tracing::warn!(
                    error = failure::describe(&error),
                    "the change stream broke; the poll goes on"
                );
            }
            broken = true;
            sleep(PAUSE).await;
        }
    }

    /// Opens a stream, without a token of an earlier one: what came meanwhile is read from the log. Ends when nobody
    /// listens any more, or when the collection went.
    async fn follow_once(
        &self,
        room: RoomId,
        arrived: &mpsc::Sender<Vec<Entry>>,
        broken: &mut bool,
    ) -> Result<(), Error> {
        let inserts = doc! {"$match": {"operationType": "insert", "fullDocument.room": room.to_string()}};
        let mut stream = self.entries.watch().pipeline([inserts]).await?;
        if std::mem::take(broken) {
            tracing::info!("the change stream is open again");
        }
        if arrived.send(Vec::new()).await.is_err() {
            return Ok(());
        }
        loop {
            let first = tokio::select! {
                () = arrived.closed() => return Ok(()),
                event = stream.next() => event,
            };
            let Some(first) = first else { return Ok(()) };
            let mut entries: Vec<Entry> = entry(first?).into_iter().collect();
            // Whatever came with it goes with it.
            while entries.len() < BATCH
                && let Some(Some(event)) = stream.next().now_or_never()
            {
                entries.extend(entry(event?));
            }
            if arrived.send(entries).await.is_err() {
                return Ok(());
            }
        }
    }
}

/// What cannot be read is left to whoever reads the log.
fn entry(event: ChangeStreamEvent<EntryDocument>) -> Option<Entry> {
    event.full_document.and_then(|document| Entry::try_from(document).ok())
}

fn has_no_change_streams(error: &Error) -> bool {
    matches!(error.kind.as_ref(), ErrorKind::Command(command) if NO_CHANGE_STREAMS.contains(&command.code))
}
