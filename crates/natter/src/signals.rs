//! Ends the process at SIGTERM or Ctrl-C: after a drain at the first signal, at once at the second.
//!
//! It only cancels a token; the services drain themselves.

use std::io;
use std::process;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Timeout for the drain.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);

/// The exit status when the drain did not finish.
const DRAIN_ABORTED: i32 = 1;

/// Cancels `shutdown` at the first signal. Ends the process at the next one, or when the drain takes too long, also if
/// a failed service cancelled the token.
///
/// # Errors
/// When the system refuses to deliver signals.
pub(crate) fn cancel_on_signal(shutdown: CancellationToken) -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        let mut next = async || {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        };
        tokio::select! {
            () = next() => tracing::info!("stopping; accepted messages are still stored and acknowledged"),
            () = shutdown.cancelled() => {}
        }
        shutdown.cancel();
        tokio::select! {
            () = next() => tracing::warn!("a second signal came; ending at once"),
            () = tokio::time::sleep(DRAIN_TIMEOUT) => tracing::error!("draining took too long; ending at once"),
        }
        process::exit(DRAIN_ABORTED);
    });
    Ok(())
}
