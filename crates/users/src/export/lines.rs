//! The lines of an export: the account, then the entries as the API gives them.

use std::sync::Arc;

use axum::body::Bytes;
use futures_util::{Stream, StreamExt, future, stream};
use serde::Serialize;
use store::{Entry, Log, StoreError, User};
use tokio::sync::mpsc;

/// Bytes that are handed out at once: what a slow reader must take in time ([`super::watch`]).
const PIECE_BYTES: usize = 16 * 1024;

/// The log could not be read to its end.
#[derive(Debug, thiserror::Error)]
#[error("an export broke off: {0}")]
pub(super) struct Broken(#[from] StoreError);

/// The first line. Its `kind` tells it from the entries.
#[derive(Serialize)]
struct Account<'a> {
    kind: &'static str,
    #[serde(flatten)]
    user: &'a User,
}

/// All lines, in pieces. Nothing is read ahead of whoever polls, but for a page or two.
pub(super) fn of(log: Arc<dyn Log>, user: &User) -> impl Stream<Item = Result<Bytes, Broken>> + Send + use<> {
    let account = Bytes::from(line(&Account { kind: "account", user }));
    let (out, mut pages) = mpsc::channel(1);
    let sender = user.id;
    let reading = async move { log.sent_by(sender, out).await };
    let failure =
        stream::once(reading).filter_map(|ended| future::ready(ended.err().map(|e| Err(broken(e)))));
    let pages = stream::poll_fn(move |cx| pages.poll_recv(cx));
    let entries = pages.flat_map(|page| stream::iter(pieces(&page)).map(Ok));
    stream::once(future::ready(Ok(account))).chain(stream::select(entries, failure))
}

fn broken(error: StoreError) -> Broken {
    let broken = Broken(error);
    tracing::warn!(error = %broken, "an export was not finished");
    broken
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
