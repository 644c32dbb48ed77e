//! The lines of an export: the account, the user's rooms, then the user's entries as the API returns them, then their
//! number.
//!
//! A task of its own reads the log. The body of an answer is not polled while its reader stalls, so a store query made
//! by the body would hold its resources (a reader of SQLite, a connection of the pool) until the reader continues. The
//! task finishes its query, and only then waits for the reader.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use serde::Serialize;
use store::{EntriesBySender, Entry, StoreError, User};
use tokio::sync::mpsc;
use tokio::task::JoinError;
use tokio_util::task::AbortOnDropHandle;
use web::resources;

/// Size of a piece of the body. A reader must take each piece within a time limit ([`crate::download`]).
const PIECE_BYTES: usize = 16 * 1024;

/// The log could not be read to its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    #[error("an export broke off: {0}")]
    Store(#[from] StoreError),
    #[error("an export broke off: {0}")]
    Task(#[from] JoinError),
}

/// The first line. Its `kind` differs from the kinds of entries.
#[derive(Serialize)]
struct AccountLine<'a> {
    kind: &'static str,
    #[serde(flatten)]
    user: resources::User<'a>,
}

/// The last line. A broken export lacks it: some proxies end a broken answer as if it were complete.
#[derive(Serialize)]
struct EndLine {
    kind: &'static str,
    messages: u64,
}

/// All lines, in pieces; `rooms` are those about rooms. Reads at most two pages ahead of the consumer, and stops when the
/// stream is dropped.
pub(super) fn stream(
    entries: Arc<dyn EntriesBySender>,
    user: &User,
    rooms: Bytes,
) -> impl Stream<Item = Result<Bytes, ReadError>> + Send + use<> {
    let account = Bytes::from(line(&AccountLine { kind: "account", user: resources::User::from(user) }));
    let (out, mut pages) = mpsc::channel(1);
    let sender = user.id;
    let reading = AbortOnDropHandle::new(tokio::spawn(async move { entries.read_all(sender, out).await }));
    let pages = stream::poll_fn(move |cx| pages.poll_recv(cx));
    let sent = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&sent);
    let lines = pages.flat_map(move |page| {
        counter.fetch_add(page.len() as u64, Ordering::Relaxed);
        stream::iter(pieces(&page)).map(Ok)
    });
    // The channel closes when the reading task ends, also when that task failed.
    let end = stream::once(reading).map(move |result| {
        check(result)?;
        Ok(Bytes::from(line(&EndLine { kind: "end", messages: sent.load(Ordering::Relaxed) })))
    });
    let first = stream::iter([sliced(account), sliced(rooms)].concat()).map(Ok);
    first.chain(lines).chain(end)
}

fn check(result: Result<Result<(), StoreError>, JoinError>) -> Result<(), ReadError> {
    let done = result.map_err(ReadError::from).and_then(|read| read.map_err(ReadError::from));
    done.inspect_err(|error| tracing::warn!(%error, "an export was not completed"))
}

fn pieces(page: &[Entry]) -> Vec<Bytes> {
    sliced(page.iter().flat_map(|entry| line(&resources::Entry::from(entry))).collect::<Vec<u8>>().into())
}

fn sliced(all: Bytes) -> Vec<Bytes> {
    let starts = (0..all.len()).step_by(PIECE_BYTES);
    starts.map(|start| all.slice(start..all.len().min(start + PIECE_BYTES))).collect()
}

/// A value as a line.
pub(super) fn line(value: &impl Serialize) -> Vec<u8> {
    let mut line = serde_json::to_vec(value).expect("texts and numbers can be written as JSON");
    line.push(b'\n');
    line
}
