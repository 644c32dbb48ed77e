//! The lines of an export: the account, then the entries as the API gives them, then how many those were.
//!
//! The log is read by a task of its own. The body of an answer is not polled while its reader stalls, so whatever a
//! question to the store holds (a place among its readers, a connection of its pool, time) would be held until then;
//! the task goes on and then waits for its taker alone, where the store holds nothing for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::Bytes;
use futures_util::{Stream, StreamExt, future, stream};
use serde::Serialize;
use store::{Entry, Log, StoreError, User};
use tokio::sync::mpsc;
use tokio::task::JoinError;
use tokio_util::task::AbortOnDropHandle;

/// Bytes that are handed out at once: what a slow reader must take in time ([`super::watch`]).
const PIECE_BYTES: usize = 16 * 1024;

/// The log could not be read to its end.
#[derive(Debug, thiserror::Error)]
pub(super) enum Broken {
    #[error("an export broke off: {0}")]
    Store(#[from] StoreError),
    #[error("an export broke off: {0}")]
    Task(#[from] JoinError),
}

/// The first line. Its `kind` tells it from the entries.
#[derive(Serialize)]
struct Account<'a> {
    kind: &'static str,
    #[serde(flatten)]
    user: &'a User,
}

/// The last line, which a broken export lacks: behind a proxy its connection may end as that of a whole one does.
#[derive(Serialize)]
struct End {
    kind: &'static str,
    messages: u64,
}

/// All lines, in pieces. Nothing is read ahead of whoever polls, but for a page or two; the reading ends when this is
/// dropped.
pub(super) fn of(log: Arc<dyn Log>, user: &User) -> impl Stream<Item = Result<Bytes, Broken>> + Send + use<> {
    let account = Bytes::from(line(&Account { kind: "account", user }));
    let (out, mut pages) = mpsc::channel(1);
    let sender = user.id;
    let reading = AbortOnDropHandle::new(tokio::spawn(async move { log.sent_by(sender, out).await }));
    let pages = stream::poll_fn(move |cx| pages.poll_recv(cx));
    let handed_out = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&handed_out);
    let entries = pages.flat_map(move |page| {
        counted.fetch_add(page.len() as u64, Ordering::Relaxed);
        stream::iter(pieces(&page)).map(Ok)
    });
    // The pages are over when the reading is, whether it came to its end or not.
    let end = stream::once(reading).map(move |read| {
        finished(read)?;
        Ok(Bytes::from(line(&End { kind: "end", messages: handed_out.load(Ordering::Relaxed) })))
    });
    stream::once(future::ready(Ok(account))).chain(entries).chain(end)
}

fn finished(read: Result<Result<(), StoreError>, JoinError>) -> Result<(), Broken> {
    let done = read.map_err(Broken::from).and_then(|read| read.map_err(Broken::from));
    done.inspect_err(|broken| tracing::warn!(error = %broken, "an export was not finished"))
}

fn pieces(page: &[Entry]) -> Vec<Bytes> {
    let all = Bytes::from(page.iter().flat_map(line).collect::<Vec<u8>>());
    let starts = (0..all.len()).step_by(PIECE_BYTES);
    starts.map(|start| all.slice(start..all.len().min(start + PIECE_BYTES))).collect()
}

fn line(value: &impl Serialize) -> Vec<u8> {
    let mut line = serde_json::to_vec(value).expect("texts and numbers can be written as JSON");
    line.push(b'\n');
    line
}
