//! New entries of all rooms that other processes stored, by one change stream on the collection. An entry reaches the other
//! nodes about a millisecond after its acknowledgement.
//!
//! A stream costs the server time for each entry. So while this node is alone it has one on the nodes' reports instead, which
//! shows a node that starts. (On a set of one member any stream has one more effect: there mongod acknowledges a write
//! sooner while somebody follows its oplog. Members of a larger set follow each other.)

use std::time::Duration;

use futures_util::{FutureExt, StreamExt};
use mongodb::bson::{Document, doc};
use mongodb::change_stream::event::ChangeStreamEvent;
use mongodb::error::{Error, ErrorKind};
use tokio::sync::{mpsc, watch};
use tokio::time::sleep;

use super::super::documents::EntryDocument;
use super::super::{Mongo, errors};
use crate::{Entry, Outage};

/// Delay before a broken stream is opened again. The poll continues.
const REOPEN_DELAY: Duration = Duration::from_millis(250);
/// Maximum number of entries sent at once.
const MAX_BATCH: usize = 500;
/// The server's codes for "only on replica sets" (`Location40573`, `CommandNotSupported`).
const NO_CHANGE_STREAMS: [i32; 2] = [40_573, 115];

impl Mongo {
    /// Follows the logs until the receiver is dropped. Where MongoDB has no change streams it only waits for that.
    pub(super) async fn follow_entries(&self, arrived: mpsc::Sender<Vec<Entry>>) {
        let (mut outage, mut has_others) = (Outage::default(), self.has_other_nodes.subscribe());
        while !arrived.is_closed() {
            tokio::select! {
                () = arrived.closed() => return,
                () = self.until_not_alone(&mut has_others) => {}
            }
            let error = match self.follow_once(&arrived, &mut has_others, &mut outage).await {
                Ok(()) => continue,
                Err(error) => error,
            };
            if has_no_change_streams(&error) {
                tracing::warn!(
                    "this MongoDB has no change streams, since it is not a replica set; each node polls every 250 ms \
                     for what other nodes store"
                );
                return arrived.closed().await;
            }
            if outage.note_failure() {
                tracing::warn!(
                    error = errors::describe(&error),
                    "the change stream broke; the poll continues"
                );
            }
            sleep(REOPEN_DELAY).await;
        }
    }

    /// Waits until another node is alive: until the reports are read that show it, or until it reports for the first time.
    async fn until_not_alone(&self, has_others: &mut watch::Receiver<bool>) {
        tokio::select! {
            () = becomes(has_others, true) => {}
            () = self.until_first_report() => drop(self.has_other_nodes.send_replace(true)),
        }
    }

    /// Waits for the first report of any node. Without change streams it waits for ever.
    async fn until_first_report(&self) {
        loop {
            match self.next_first_report().await {
                Ok(true) => return,
                Err(error) if has_no_change_streams(&error) => return std::future::pending().await,
                // An outage is reported by the reads that it breaks.
                Ok(false) | Err(_) => sleep(REOPEN_DELAY).await,
            }
        }
    }

    /// Follows the reports until a node reports for the first time. False when the stream ends before that.
    async fn next_first_report(&self) -> Result<bool, Error> {
        let first_reports = doc! {"$match": {"operationType": "insert"}};
        let only_token = doc! {"$project": {"_id": 1}};
        let reports = self.nodes.watch().pipeline([first_reports, only_token]).await?;
        let first = reports.with_type::<Document>().next().await;
        first.transpose().map(|first| first.is_some())
    }

    /// Opens a stream. It does not resume an earlier one: the receiver reads from the logs what came in between. Ends when
    /// the receiver is dropped, when the collection is, or when no other node is alive.
    async fn follow_once(
        &self,
        arrived: &mpsc::Sender<Vec<Entry>>,
        has_others: &mut watch::Receiver<bool>,
        outage: &mut Outage,
    ) -> Result<(), Error> {
        // The server leaves out what this process inserted: the journal has it already.
        let inserts =
            doc! {"$match": {"operationType": "insert", "documentKey._id": self.entry_keys.of_others()}};
        let mut stream = self.entries.watch().pipeline([inserts]).await?;
        if outage.note_success() {
            tracing::info!("the change stream is open again");
        }
        if arrived.send(Vec::new()).await.is_err() {
            return Ok(());
        }
        loop {
            let first = tokio::select! {
                () = arrived.closed() => return Ok(()),
                () = becomes(has_others, false) => return Ok(()),
                event = stream.next() => event,
            };
            let Some(first) = first else { return Ok(()) };
            let mut entries: Vec<Entry> = entry(first?).into_iter().collect();
            // Events that have already arrived join the batch.
            while entries.len() < MAX_BATCH
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

async fn becomes(value: &mut watch::Receiver<bool>, wanted: bool) {
    // The sender lives as long as the store.
    let _ = value.wait_for(|&value| value == wanted).await;
}

/// `None` for an entry that cannot be read: the reader of the log reports it.
fn entry(event: ChangeStreamEvent<EntryDocument>) -> Option<Entry> {
    event.full_document.and_then(|document| Entry::try_from(document).ok())
}

fn has_no_change_streams(error: &Error) -> bool {
    matches!(error.kind.as_ref(), ErrorKind::Command(command) if NO_CHANGE_STREAMS.contains(&command.code))
}
