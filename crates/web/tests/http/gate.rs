//! The gate: whom it lets in, what it can say without the store, and what it tells of changes.

use std::time::Instant;

use auth::Claims;
use store::{Created, DisplayName, NewUser, SessionEnd, Stores, Timestamp, UserId, Username};
use tempfile::TempDir;
use tokio_util::sync::{CancellationToken, DropGuard};
use web::{Gate, Refusal, Verdict};

use crate::faulty::Fault;
use crate::raw::{PATIENCE, settings, stores};

/// A gate before a store with one user in it, who has a session.
struct Setting {
    gate: Gate,
    stores: Stores,
    fault: Fault,
    user: UserId,
    token: String,
    claims: Claims,
    _stop: DropGuard,
    _data: TempDir,
}

impl Setting {
    async fn new() -> Self {
        let (stores, data) = stores();
        let username = Username::parse("ada").unwrap();
        let new =
            NewUser { display_name: DisplayName::from(&username), username, password_hash: "none".into() };
        let Created::User(user) = stores.users.create(new).await.unwrap() else { panic!("the name is free") };
        let fault = Fault::default();
        let gate = Gate::new(&settings(), fault.before(stores.clone()).users);
        let stop = CancellationToken::new();
        tokio::spawn(gate.clone().poll(stop.clone()));
        let (token, claims) = gate.open_session(user.id, &user.username, 1);
        Self { gate, stores, fault, user: user.id, token, claims, _stop: stop.drop_guard(), _data: data }
    }

    /// Waits until the cache says this of the session.
    async fn until(&self, verdict: Verdict) {
        let began = Instant::now();
        while self.gate.judge_cached(&self.claims) != verdict {
            assert!(began.elapsed() < PATIENCE, "{verdict:?}");
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn who_was_judged_once_is_known_until_the_poll_stalls() {
    let setting = Setting::new().await;
    assert_eq!(setting.gate.judge(&setting.token).await.unwrap().user_id, setting.user);
    setting.until(Verdict::Good).await;
    setting.fault.poll(true);
    setting.until(Verdict::Unproven).await;
    assert!(setting.gate.judge(&setting.token).await.is_ok(), "the store is asked instead");
    setting.fault.everything(true);
    assert_eq!(setting.gate.judge(&setting.token).await.unwrap_err(), Refusal::Unavailable);
    assert_eq!(setting.gate.judge_claims(&setting.claims).await, Err(Refusal::Unavailable));
    assert_eq!(setting.gate.judge("nonsense").await.unwrap_err(), Refusal::Bad, "which takes no store");
    setting.fault.everything(false);
    setting.fault.poll(false);
    setting.until(Verdict::Good).await;
}

#[tokio::test]
async fn a_change_elsewhere_is_seen_told_and_told_again() {
    let setting = Setting::new().await;
    setting.gate.judge(&setting.token).await.unwrap();
    setting.until(Verdict::Good).await;
    let mut changes = setting.gate.changes();
    let end = SessionEnd { sid: setting.claims.sid, until: Timestamp::now().plus_millis(60_000) };
    setting.stores.users.sign_out(setting.user, end).await.unwrap();
    setting.until(Verdict::Bad).await;
    for _ in 0..2 {
        let (user, standing) = loop {
            let batch = changes.recv().await.unwrap();
            if let Some(change) = batch.iter().find(|(_, standing)| !standing.signed_out.is_empty()) {
                break change.clone();
            }
        };
        assert_eq!(user, setting.user);
        assert!(!standing.allows(setting.claims.ver, setting.claims.sid));
    }
}

#[tokio::test]
async fn ones_own_deeds_are_seen_at_once() {
    let setting = Setting::new().await;
    setting.gate.judge(&setting.token).await.unwrap();
    setting.until(Verdict::Good).await;
    setting.fault.poll(true);
    let mut changes = setting.gate.changes();
    setting.stores.users.sign_out_everywhere(setting.user).await.unwrap();
    setting.gate.refresh(setting.user).await;
    assert_eq!(changes.recv().await.unwrap()[0].0, setting.user);
    assert_ne!(setting.gate.judge_cached(&setting.claims), Verdict::Good);
    assert_eq!(setting.gate.judge(&setting.token).await.unwrap_err(), Refusal::Bad);
}

#[tokio::test]
async fn an_expired_session_is_over_whatever_the_cache_knows() {
    let setting = Setting::new().await;
    setting.gate.judge(&setting.token).await.unwrap();
    setting.until(Verdict::Good).await;
    let expired = Claims { exp: setting.claims.iat - 6, ..setting.claims.clone() };
    assert_eq!(setting.gate.judge_cached(&expired), Verdict::Bad);
    assert_eq!(setting.gate.judge_claims(&expired).await, Err(Refusal::Bad));
}

#[tokio::test]
async fn changes_during_an_outage_of_the_poll_are_seen_after_it() {
    let setting = Setting::new().await;
    setting.gate.judge(&setting.token).await.unwrap();
    setting.until(Verdict::Good).await;
    setting.fault.everything(true);
    setting.until(Verdict::Unproven).await;
    setting.stores.users.sign_out_everywhere(setting.user).await.unwrap();
    setting.fault.everything(false);
    let began = Instant::now();
    loop {
        match setting.gate.judge_cached(&setting.claims) {
            Verdict::Bad => break,
            Verdict::Good => panic!("a poll that has just recovered believes what it knew before"),
            Verdict::Unproven => assert!(began.elapsed() < PATIENCE),
        }
        tokio::task::yield_now().await;
    }
}

/// Or a change that was made early in a long outage would never be seen.
#[tokio::test]
async fn while_the_poll_fails_its_window_stays_where_it_was() {
    let setting = Setting::new().await;
    let asked = async |more: usize| {
        let (began, before) = (Instant::now(), setting.fault.polled_since().len());
        while setting.fault.polled_since().len() < before + more {
            assert!(began.elapsed() < PATIENCE);
            tokio::task::yield_now().await;
        }
    };
    asked(2).await;
    setting.fault.poll(true);
    asked(3).await;
    let since = setting.fault.polled_since();
    let [.., before, last] = since[..] else { panic!("it asked more than once") };
    assert_eq!(before, last);
    setting.fault.poll(false);
    asked(2).await;
    assert!(setting.fault.polled_since().last() > Some(&last), "and it moves on afterwards");
}
