//! The authenticator: the tokens that it accepts, its answers without the store, and the changes that it sends.

use std::time::Instant;

use auth::Claims;
use store::{SessionEnd, Stores, Timestamp, UserId};
use tempfile::TempDir;
use testkit::builders;
use testkit::faulty::Faults;
use tokio_util::sync::{CancellationToken, DropGuard};
use web::{AuthError, Authenticator, Credential, Principal, Session, SessionStatus};

use crate::raw::{TIMEOUT, settings, stores};

/// An authenticator on a store with one user, who has a session.
struct Setting {
    authenticator: Authenticator,
    stores: Stores,
    faults: Faults,
    user: UserId,
    token: String,
    principal: Principal,
    _stop: DropGuard,
    _data: TempDir,
}

impl Setting {
    async fn new() -> Self {
        let (stores, data) = stores();
        let user = builders::sign_up(&stores, "ada").await;
        let faults = Faults::default();
        let authenticator = Authenticator::new(&settings(), faults.wrap(stores.clone()).tokens);
        let stop = CancellationToken::new();
        tokio::spawn(authenticator.clone().poll(stop.clone()));
        let (token, principal) = authenticator.open_session(user.id, &user.username, 1);
        Self {
            authenticator,
            stores,
            faults,
            user: user.id,
            token,
            principal,
            _stop: stop.drop_guard(),
            _data: data,
        }
    }

    fn session(&self) -> &Session {
        let Credential::Session(session) = self.principal.credential();
        session
    }

    /// Waits until the session has this status in the cache.
    async fn until(&self, status: SessionStatus) {
        let began = Instant::now();
        while self.authenticator.session_status(&self.principal) != status {
            assert!(began.elapsed() < TIMEOUT, "{status:?}");
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn a_verified_session_is_known_until_the_poll_stalls() {
    let setting = Setting::new().await;
    assert_eq!(setting.authenticator.authenticate(&setting.token).await.unwrap().user_id, setting.user);
    setting.until(SessionStatus::Active).await;
    setting.faults.set_poll_unavailable(true);
    setting.until(SessionStatus::Unknown).await;
    assert!(setting.authenticator.authenticate(&setting.token).await.is_ok(), "the store answers instead");
    setting.faults.set_users_unavailable(true);
    assert_eq!(setting.authenticator.authenticate(&setting.token).await.unwrap_err(), AuthError::Unavailable);
    assert_eq!(setting.authenticator.verify_session(&setting.principal).await, Err(AuthError::Unavailable));
    assert_eq!(
        setting.authenticator.authenticate("nonsense").await.unwrap_err(),
        AuthError::Invalid,
        "which needs no store"
    );
    setting.faults.set_users_unavailable(false);
    setting.faults.set_poll_unavailable(false);
    setting.until(SessionStatus::Active).await;
}

#[tokio::test]
async fn a_change_by_another_node_is_seen_and_sent_repeatedly() {
    let setting = Setting::new().await;
    setting.authenticator.authenticate(&setting.token).await.unwrap();
    setting.until(SessionStatus::Active).await;
    let mut changes = setting.authenticator.changes();
    let end = SessionEnd { sid: setting.session().id, until: Timestamp::now().plus_millis(60_000) };
    setting.stores.tokens.sign_out(setting.user, end).await.unwrap();
    setting.until(SessionStatus::Ended).await;
    for _ in 0..2 {
        let (user, token_status) = loop {
            let batch = changes.recv().await.unwrap();
            if let Some(change) = batch.iter().find(|(_, token_status)| !token_status.signed_out.is_empty()) {
                break change.clone();
            }
        };
        assert_eq!(user, setting.user);
        assert!(!setting.principal.is_allowed_by(&token_status));
    }
}

#[tokio::test]
async fn changes_by_this_process_are_seen_at_once() {
    let setting = Setting::new().await;
    setting.authenticator.authenticate(&setting.token).await.unwrap();
    setting.until(SessionStatus::Active).await;
    setting.faults.set_poll_unavailable(true);
    let mut changes = setting.authenticator.changes();
    setting.stores.tokens.sign_out_everywhere(setting.user).await.unwrap();
    setting.authenticator.refresh(setting.user).await;
    assert_eq!(changes.recv().await.unwrap()[0].0, setting.user);
    assert_ne!(setting.authenticator.session_status(&setting.principal), SessionStatus::Active);
    assert_eq!(setting.authenticator.authenticate(&setting.token).await.unwrap_err(), AuthError::Invalid);
}

#[tokio::test]
async fn an_expired_session_has_ended_whatever_the_cache_holds() {
    let setting = Setting::new().await;
    setting.authenticator.authenticate(&setting.token).await.unwrap();
    setting.until(SessionStatus::Active).await;
    let claims = settings().token_key.verify(&setting.token).unwrap();
    let expired = Principal::of_session(&Claims { exp: claims.iat - 6, ..claims });
    assert_eq!(setting.authenticator.session_status(&expired), SessionStatus::Ended);
    assert_eq!(setting.authenticator.verify_session(&expired).await, Err(AuthError::Invalid));
}

#[tokio::test]
async fn changes_during_an_outage_of_the_poll_are_seen_after_it() {
    let setting = Setting::new().await;
    setting.authenticator.authenticate(&setting.token).await.unwrap();
    setting.until(SessionStatus::Active).await;
    setting.faults.set_users_unavailable(true);
    setting.until(SessionStatus::Unknown).await;
    setting.stores.tokens.sign_out_everywhere(setting.user).await.unwrap();
    setting.faults.set_users_unavailable(false);
    let began = Instant::now();
    loop {
        match setting.authenticator.session_status(&setting.principal) {
            SessionStatus::Ended => break,
            SessionStatus::Active => panic!("a poll that has just recovered trusts an old status"),
            SessionStatus::Unknown => assert!(began.elapsed() < TIMEOUT),
        }
        tokio::task::yield_now().await;
    }
}

/// Otherwise a change early in a long outage would never be seen.
#[tokio::test]
async fn while_the_poll_fails_its_window_stays_where_it_was() {
    let setting = Setting::new().await;
    let asked = async |more: usize| {
        let (began, before) = (Instant::now(), setting.faults.polled_since().len());
        while setting.faults.polled_since().len() < before + more {
            assert!(began.elapsed() < TIMEOUT);
            tokio::task::yield_now().await;
        }
    };
    asked(2).await;
    setting.faults.set_poll_unavailable(true);
    asked(3).await;
    let since = setting.faults.polled_since();
    let [.., before, last] = since[..] else { panic!("it asked more than once") };
    assert_eq!(before, last);
    setting.faults.set_poll_unavailable(false);
    asked(2).await;
    assert!(setting.faults.polled_since().last() > Some(&last), "and it moves on afterwards");
}
