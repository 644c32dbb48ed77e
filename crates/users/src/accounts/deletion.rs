//! How an account is deleted: once begun it cannot be taken back, and whatever stops it half-way it is finished later.

use std::time::Duration;

use store::{State, StoreError, Stores, UserId, deletion};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use web::{Authenticator, Problem};

/// Deletions that are not at their end are looked for so often.
const EVERY: Duration = Duration::from_secs(10);
/// How long somebody waits for the end of what is begun: well within the time that a request has.
const END: Duration = Duration::from_secs(10);
/// Whether another request's deletion is at its end is looked up so often.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// How far a deletion came while somebody waited for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deletion {
    /// To its end: the words are blank and the name is free.
    Done,
    /// The account is closed for good; the words and the name follow, by [`finish_all`] at the latest.
    Begun,
}

/// Deletes an account for good. The steps go on when the client hangs up. An error says that it was not begun, or
/// that nobody knows.
pub(super) async fn delete(
    stores: &Stores,
    authenticator: &Authenticator,
    id: UserId,
) -> Result<Deletion, Problem> {
    let (tell, told) = oneshot::channel();
    let steps = tokio::spawn(steps(stores.clone(), authenticator.clone(), id, tell));
    come_to_an_end(told, steps).await
}

/// Waits for the end of a deletion that another request has begun, here or on another node.
pub(super) async fn end_of(stores: &Stores, id: UserId) -> Deletion {
    let ended = async {
        while !is_ended(stores, id).await {
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    };
    if timeout(END, ended).await.is_ok() { Deletion::Done } else { Deletion::Begun }
}

async fn is_ended(stores: &Stores, id: UserId) -> bool {
    matches!(stores.users.token_status(id).await, Ok(Some(token_status)) if token_status.state == State::Deleted)
}

async fn come_to_an_end(
    told: oneshot::Receiver<Result<bool, Problem>>,
    steps: JoinHandle<bool>,
) -> Result<Deletion, Problem> {
    if !told.await.map_err(|_| Problem::internal())?? {
        return Err(Problem::not_found("There is no such user."));
    }
    match timeout(END, steps).await {
        Ok(Ok(true)) => Ok(Deletion::Done),
        _ => Ok(Deletion::Begun),
    }
}

/// Tells whether it is begun, as soon as that is known, and returns whether it came to its end.
async fn steps(
    stores: Stores,
    authenticator: Authenticator,
    id: UserId,
    tell: oneshot::Sender<Result<bool, Problem>>,
) -> bool {
    let begun = begin(&stores, id).await;
    let is_begun = matches!(begun, Ok(true));
    // Whoever asked may be gone.
    let _ = tell.send(begun);
    if !is_begun {
        return false;
    }
    authenticator.refresh(id).await;
    let finished = deletion::finish(&stores, id).await;
    if let Err(error) = &finished {
        tracing::warn!(%error, "a deletion was begun and must be finished later");
    }
    finished.is_ok()
}

/// A store that failed may have done it all the same, so it is asked.
async fn begin(stores: &Stores, id: UserId) -> Result<bool, Problem> {
    let error = match stores.users.begin_deletion(id).await {
        Ok(begun) => return Ok(begun),
        Err(error) => error,
    };
    match stores.users.token_status(id).await {
        Ok(Some(token_status)) if token_status.state != State::Active => Ok(true),
        Ok(_) => Err(error.into()),
        Err(_) => Err(unknown(error)),
    }
}

fn unknown(error: StoreError) -> Problem {
    let problem = Problem::from(error);
    let detail =
        "It is not known whether the deletion has begun. If it has, you are signed out; if not, try again.";
    let retry_after = problem.retry_after_secs().unwrap_or_default();
    Problem::new(problem.status(), problem.code(), detail).retry_after(retry_after)
}

/// Finishes deletions that are not at their end, now and again until the shutdown: those that a crash or an outage
/// left half-done, and those that the store asks to be gone through once more.
pub(crate) async fn finish_all(stores: Stores, shutdown: CancellationToken) {
    let mut away = false;
    while let Some(finished) = shutdown.run_until_cancelled(deletion::resume(&stores)).await {
        match &finished {
            Ok(0) => {}
            Ok(users) => tracing::info!(users, "went through deletions that were not at their end"),
            Err(error) if !away => tracing::warn!(%error, "deletions that are not at their end must wait"),
            Err(_) => {}
        }
        away = finished.is_err();
        shutdown.run_until_cancelled(tokio::time::sleep(EVERY)).await;
    }
}

#[cfg(test)]
mod tests {
    use store::{Created, DisplayName, NewUser, Username};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_for_the_end_for_long() {
        let begun = || {
            let (tell, told) = oneshot::channel();
            tell.send(Ok(true)).expect("it is waited for");
            told
        };
        let endless = tokio::spawn(std::future::pending());
        assert_eq!(come_to_an_end(begun(), endless).await, Ok(Deletion::Begun));
        let panicking = tokio::spawn(async { panic!("a test of what goes wrong after the beginning") });
        assert_eq!(come_to_an_end(begun(), panicking).await, Ok(Deletion::Begun));
        assert_eq!(come_to_an_end(begun(), tokio::spawn(async { true })).await, Ok(Deletion::Done));
    }

    #[tokio::test(start_paused = true)]
    async fn a_deletion_that_stops_half_way_is_finished_while_the_service_runs() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let stores = store::sqlite::open(folder.path()).expect("the store opens");
        let shutdown = CancellationToken::new();
        let finishing = tokio::spawn(finish_all(stores.clone(), shutdown.clone()));
        for name in ["ada", "bob"] {
            let username = Username::parse(name).expect("a good name");
            let display_name = DisplayName::from(&username);
            let new = NewUser { username, display_name, password_hash: "hash".into() };
            let Ok(Created::User(user)) = stores.users.create(new).await else { panic!("{name} is new") };
            assert!(stores.users.begin_deletion(user.id).await.expect("the store is there"));
            let state = async || {
                let token_status = stores.users.token_status(user.id).await.expect("the store is there");
                token_status.expect("it is kept").state
            };
            while state().await != State::Deleted {
                tokio::time::sleep(EVERY / 4).await;
            }
        }
        shutdown.cancel();
        finishing.await.expect("it ends at the shutdown");
    }
}
