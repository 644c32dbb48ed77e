//! The drain: the last acknowledgements leave the process before every connection is closed.

use std::sync::Arc;
use std::time::Duration;

use super::engine_sessions::EngineSession;

/// Time without any output after which everything counts as written: the library does not tell when a socket's buffer is
/// empty.
const WEBSOCKET_IDLE_TIMEOUT: Duration = Duration::from_millis(250);
/// The same where a client polls and must come for its answers.
const POLLING_IDLE_TIMEOUT: Duration = Duration::from_secs(1);
/// Maximum time for it: a client that has not read its answers by then does not read.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(3);

/// Waits until nothing goes out to these sessions any more, or until they do not read.
pub(super) async fn drain(sessions: &[Arc<EngineSession>]) {
    let _ = tokio::time::timeout(DRAIN_TIMEOUT, written_out(sessions)).await;
}

async fn written_out(sessions: &[Arc<EngineSession>]) {
    let idle = if sessions.iter().any(|session| session.is_polling()) {
        POLLING_IDLE_TIMEOUT
    } else {
        WEBSOCKET_IDLE_TIMEOUT
    };
    let written = || sessions.iter().map(|session| session.written()).sum::<u64>();
    let mut before = written();
    loop {
        tokio::time::sleep(idle).await;
        let now = written();
        if now == before {
            return;
        }
        before = now;
    }
}
