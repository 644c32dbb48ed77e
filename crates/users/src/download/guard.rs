//! Guards an export: it continues only while the session is valid and the reader takes what is sent.
//!
//! The body of an answer is not polled while its reader stalls, so it cannot check anything itself. A task checks, and
//! shuts the connection.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use tokio::time::{sleep, timeout};
use tokio_util::task::AbortOnDropHandle;
use web::{Authenticator, Connection, Principal};

use super::transfer::TransferState;
use crate::ops::{Export, ReadError};

/// How often the session and the reader are checked: an ended session must have no effect after a second.
const CHECK_INTERVAL: Duration = Duration::from_millis(250);
/// Timeout for checking the session; a timeout counts as not valid.
const SESSION_CHECK_TIMEOUT: Duration = Duration::from_secs(2);

/// The pieces of an export, with the task that guards it, which ends when this is dropped.
pub(super) struct GuardedStream {
    export: Export,
    transfer: Arc<TransferState>,
    _guard: AbortOnDropHandle<()>,
}

impl GuardedStream {
    /// `session` must stay valid: the principal and who can verify it.
    pub(super) fn new(export: Export, session: (Authenticator, Principal), connection: Connection) -> Self {
        let transfer = Arc::<TransferState>::default();
        let guarding = guard(session, Arc::clone(&transfer), connection);
        let guard = AbortOnDropHandle::new(tokio::spawn(guarding));
        Self { export, transfer, _guard: guard }
    }
}

impl Stream for GuardedStream {
    type Item = Result<Bytes, ReadError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let piece = self.export.pieces.as_mut().poll_next(cx);
        match &piece {
            Poll::Ready(Some(Ok(_))) => self.transfer.begin_sending(),
            Poll::Ready(_) => self.transfer.finish(),
            Poll::Pending => self.transfer.begin_reading(),
        }
        piece
    }
}

impl Drop for GuardedStream {
    fn drop(&mut self) {
        if let Some(reason) = self.transfer.abort_reason() {
            tracing::info!(reason, "an export was dropped before its end");
        }
    }
}

/// Shuts the connection at the first check that fails. The reader is checked first, since that needs no store.
async fn guard(
    (authenticator, principal): (Authenticator, Principal),
    transfer: Arc<TransferState>,
    connection: Connection,
) {
    let reason = loop {
        sleep(CHECK_INTERVAL).await;
        if transfer.is_stalled() {
            break "the reader was too slow";
        }
        match timeout(SESSION_CHECK_TIMEOUT, authenticator.verify_session(&principal)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => break "the session ended, or could not be verified",
            Err(_) => break "the session could not be verified in time",
        }
    };
    transfer.cut(reason);
    connection.shut();
}
