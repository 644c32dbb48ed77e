//! How a deletion runs: once begun it cannot be cancelled, and a deletion that stopped half-way is finished later.

use std::time::Duration;

use store::deletion::{Pass, Resumer};
use store::{Outage, State, StoreError, Stores, UserId, deletion};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use web::{Authenticator, Refusal};

/// How often unfinished deletions are looked for.
const RESUME_INTERVAL: Duration = Duration::from_secs(10);
/// How long a request waits for a deletion to finish, well within the timeout for a request.
const FINISH_TIMEOUT: Duration = Duration::from_secs(10);
/// Timeout for leaving unfinished deletions to others at the shutdown.
const RELEASE_TIMEOUT: Duration = Duration::from_secs(1);
/// How often the state of a deletion by another request is read.
const POLL_INTERVAL: Duration = Duration::from_millis(500);

/// How far a deletion came while its request waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deletion {
    /// It is complete: the messages are blank and the user name is free.
    Done,
    /// The account is closed for good. The messages and the user name follow, at the latest by [`resume_deletions`].
    Begun,
}

/// Deletes an account for good. The steps continue when the client disconnects.
///
/// # Errors
/// `not_found` when there is no such user, `unavailable` when the deletion has not begun or that is not known.
pub(super) async fn delete(
    stores: &Stores,
    authenticator: &Authenticator,
    id: UserId,
) -> Result<Deletion, Refusal> {
    let (report, begun) = oneshot::channel();
    let steps = tokio::spawn(run_steps(stores.clone(), authenticator.clone(), id, report));
    wait_for_steps(begun, steps).await
}

/// Waits for the end of a deletion that another request has begun, on this node or another one.
pub(super) async fn wait_for_end(stores: &Stores, id: UserId) -> Deletion {
    let ended = async {
        while !is_complete(stores, id).await {
            sleep(POLL_INTERVAL).await;
        }
    };
    if timeout(FINISH_TIMEOUT, ended).await.is_ok() { Deletion::Done } else { Deletion::Begun }
}

async fn is_complete(stores: &Stores, id: UserId) -> bool {
    matches!(stores.tokens.token_status(id).await, Ok(Some(status)) if status.state == State::Deleted)
}

async fn wait_for_steps(
    begun: oneshot::Receiver<Result<bool, Refusal>>,
    steps: JoinHandle<bool>,
) -> Result<Deletion, Refusal> {
    if !begun.await.map_err(|_| Refusal::internal())?? {
        return Err(Refusal::not_found("There is no such user."));
    }
    match timeout(FINISH_TIMEOUT, steps).await {
        Ok(Ok(true)) => Ok(Deletion::Done),
        _ => Ok(Deletion::Begun),
    }
}

/// Reports whether the deletion has begun as soon as that is known, and returns whether it was completed.
async fn run_steps(
    stores: Stores,
    authenticator: Authenticator,
    id: UserId,
    report: oneshot::Sender<Result<bool, Refusal>>,
) -> bool {
    let begun = begin(&stores, id).await;
    let has_begun = matches!(begun, Ok(true));
    // Fails when the client has disconnected.
    let _ = report.send(begun);
    if !has_begun {
        return false;
    }
    authenticator.refresh(id).await;
    match deletion::finish(&stores, id).await {
        Ok(true) => true,
        // The search for unfinished deletions was faster.
        Ok(false) => wait_for_end(&stores, id).await == Deletion::Done,
        Err(error) => {
            tracing::warn!(%error, "a deletion has begun and must be finished later");
            false
        }
    }
}

/// Begins a deletion. A failed write may have taken effect, so the state is read again after an error.
async fn begin(stores: &Stores, id: UserId) -> Result<bool, Refusal> {
    let error = match stores.accounts.begin_deletion(id).await {
        Ok(begun) => return Ok(begun),
        Err(error) => error,
    };
    match stores.tokens.token_status(id).await {
        Ok(Some(status)) if status.state != State::Active => Ok(true),
        // A majority may get the write later.
        _ => Err(unknown_outcome(error)),
    }
}

fn unknown_outcome(error: StoreError) -> Refusal {
    Refusal::from(error).with_detail(
        "It is not known whether the deletion has begun. If it has, you are signed out; if not, try again.",
    )
}

/// Finishes unfinished deletions until the shutdown: those that a crash or an outage stopped, and those that the store must
/// go through a second time. It looks for them every [`RESUME_INTERVAL`], and after each turn of those that it works at.
pub(crate) async fn resume_deletions(stores: Stores, shutdown: CancellationToken) {
    let (mut resumer, mut outage) = (Resumer::default(), Outage::default());
    while let Some(pass) = shutdown.run_until_cancelled(resumer.pass(&stores)).await {
        note(&pass, &mut outage);
        let delay = if pass.unfinished == 0 { RESUME_INTERVAL } else { Duration::ZERO };
        shutdown.run_until_cancelled(sleep(delay)).await;
    }
    // Otherwise the claims end by themselves.
    let _ = timeout(RELEASE_TIMEOUT, resumer.release(&stores)).await;
}

fn note(pass: &Pass, outage: &mut Outage) {
    if pass.finished > 0 {
        tracing::info!(users = pass.finished, "unfinished deletions were finished");
    }
    match &pass.error {
        None => drop(outage.note_success()),
        Some(error) if outage.note_failure() => tracing::warn!(%error, "unfinished deletions must wait"),
        Some(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_request_waits_for_the_end_for_a_bounded_time() {
        let begun = || {
            let (report, begun) = oneshot::channel();
            report.send(Ok(true)).expect("the receiver is held");
            begun
        };
        let endless = tokio::spawn(std::future::pending());
        assert_eq!(wait_for_steps(begun(), endless).await, Ok(Deletion::Begun));
        let panicking = tokio::spawn(async { panic!("a test of a failure after the beginning") });
        assert_eq!(wait_for_steps(begun(), panicking).await, Ok(Deletion::Begun));
        assert_eq!(wait_for_steps(begun(), tokio::spawn(async { true })).await, Ok(Deletion::Done));
    }

    #[tokio::test(start_paused = true)]
    async fn a_deletion_that_stopped_half_way_is_finished_while_the_service_runs() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let stores = store::sqlite::open(folder.path()).expect("the store opens");
        let shutdown = CancellationToken::new();
        let resuming = tokio::spawn(resume_deletions(stores.clone(), shutdown.clone()));
        for name in ["ada", "bob"] {
            let user = testkit::builders::sign_up(&stores, name).await;
            assert!(stores.accounts.begin_deletion(user.id).await.expect("the store is available"));
            while !is_complete(&stores, user.id).await {
                sleep(RESUME_INTERVAL / 4).await;
            }
        }
        shutdown.cancel();
        resuming.await.expect("it ends at the shutdown");
    }
}
