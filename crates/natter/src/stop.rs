//! How the process is told to end: SIGTERM or Ctrl-C, once politely, twice at once.
//!
//! It decides when, never how: the services drain themselves when the token is cancelled.

use std::io;
use std::process;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// How long a drain may take before the process ends regardless.
const PATIENCE: Duration = Duration::from_secs(10);

/// The status when the drain was not waited for.
const IMPATIENT: i32 = 1;

/// Cancels `shutdown` at the first signal. Ends the process at the next one, or when the drain takes too long,
/// whoever began it.
///
/// # Errors
/// When the system does not let signals be caught.
pub(crate) fn on_signals(shutdown: CancellationToken) -> io::Result<()> {
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
            () = next() => tracing::info!("stopping: what was accepted is still stored and acknowledged"),
            () = shutdown.cancelled() => {}
        }
        shutdown.cancel();
        tokio::select! {
            () = next() => tracing::warn!("a second signal came; ending at once"),
            () = tokio::time::sleep(PATIENCE) => tracing::error!("draining took too long; ending at once"),
        }
        process::exit(IMPATIENT);
    });
    Ok(())
}
