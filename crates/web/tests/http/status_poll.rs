//! The poll of token statuses on a store that is far away, whose answers overtake each other, and whose clock goes back.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use store::{ChangedTokenStatuses, SessionEnd, State, StoreError, Timestamp, TokenStatus, Tokens, UserId};
use tokio::task::yield_now;
use tokio::time::{Instant, advance, sleep};
use tokio_util::sync::{CancellationToken, DropGuard};
use web::{Authenticator, Principal, SessionStatus};

use crate::raw::settings;

/// The promised time until a change is seen.
const REVOCATION_TIMEOUT: Duration = Duration::from_secs(1);
const STEP: Duration = Duration::from_millis(5);

/// Token statuses in memory. Each answer has what is stored half-way of its round trip, as a network does.
#[derive(Default)]
struct FarTokens {
    statuses: Mutex<Vec<(UserId, TokenStatus)>>,
    clock_millis: Mutex<i64>,
    /// The round trips of the next questions; the last one stays.
    round_trips: Mutex<Vec<Duration>>,
}

impl FarTokens {
    async fn half_a_round_trip(&self) -> impl Future<Output = ()> {
        let half = {
            let mut round_trips = self.round_trips.lock().unwrap();
            if round_trips.len() > 1 { round_trips.remove(0) / 2 } else { round_trips[0] / 2 }
        };
        sleep(half).await;
        sleep(half)
    }

    fn change(&self, change: impl FnOnce(TokenStatus, Timestamp) -> TokenStatus) {
        let now = Timestamp::from_millis(*self.clock_millis.lock().unwrap());
        let mut statuses = self.statuses.lock().unwrap();
        statuses[0].1 = change(statuses[0].1.clone(), now);
    }
}

#[async_trait]
impl Tokens for FarTokens {
    async fn token_statuses(&self, _: &[UserId]) -> Result<HashMap<UserId, TokenStatus>, StoreError> {
        let way_back = self.half_a_round_trip().await;
        let found = self.statuses.lock().unwrap().iter().cloned().collect();
        way_back.await;
        Ok(found)
    }

    async fn changed_since(&self, since: Timestamp) -> Result<ChangedTokenStatuses, StoreError> {
        let way_back = self.half_a_round_trip().await;
        let now = Timestamp::from_millis(*self.clock_millis.lock().unwrap());
        let mut statuses = self.statuses.lock().unwrap().clone();
        statuses.retain(|(_, status)| status.changed_at > since);
        way_back.await;
        Ok(ChangedTokenStatuses { statuses, now })
    }

    async fn sign_out(&self, _: UserId, _: SessionEnd) -> Result<(), StoreError> {
        unreachable!("the tests change what is stored")
    }

    async fn sign_out_everywhere(&self, _: UserId) -> Result<(), StoreError> {
        unreachable!("the tests change what is stored")
    }
}

/// Lets some time pass, and every task do what is due.
async fn step() {
    advance(STEP).await;
    for _ in 0..10 {
        yield_now().await;
    }
}

struct Setting {
    tokens: Arc<FarTokens>,
    authenticator: Authenticator,
    principal: Principal,
    _stop: DropGuard,
}

impl Setting {
    /// An authenticator that polls a store with one user, whose session it knows.
    async fn new(round_trip: Duration) -> Self {
        let (tokens, user, stop) = (Arc::<FarTokens>::default(), UserId::new(), CancellationToken::new());
        tokens.round_trips.lock().unwrap().push(round_trip);
        *tokens.clock_millis.lock().unwrap() = 1_000_000;
        let changed_at = Timestamp::from_millis(1);
        let status =
            TokenStatus { version: 1, signed_out: Vec::new(), state: State::Active, changes: 0, changed_at };
        tokens.statuses.lock().unwrap().push((user, status));
        let authenticator = Authenticator::new(&settings(), Arc::clone(&tokens) as _);
        tokio::spawn(authenticator.clone().poll(stop.clone()));
        let (_, principal) = authenticator.open_session(user, "ada", 1);
        authenticator.verify_session(&principal).await.unwrap();
        let setting = Self { tokens, authenticator, principal, _stop: stop.drop_guard() };
        setting.until(SessionStatus::Active, Duration::from_secs(5)).await;
        setting
    }

    fn status(&self) -> SessionStatus {
        self.authenticator.session_status(&self.principal)
    }

    /// Lets time pass until the session has this status in the cache, and checks that it has it in time.
    async fn until(&self, status: SessionStatus, limit: Duration) {
        let mut passed = Duration::ZERO;
        while self.status() != status {
            assert!(passed <= limit, "{status:?} after {passed:?}");
            step().await;
            passed += STEP;
        }
    }

    /// Lets time pass, and checks that the session has one status in the cache the whole time.
    async fn stays(&self, status: SessionStatus, time: Duration) {
        for number in 0..time.as_millis() / STEP.as_millis() {
            assert_eq!(self.status(), status, "in step {number}");
            step().await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_cache_is_trusted_all_the_time_up_to_a_round_trip_of_400_ms() {
    for millis in [0, 100, 200, 300, 400] {
        let setting = Setting::new(Duration::from_millis(millis)).await;
        // Until the interval suits the round trip.
        for _ in 0..400 {
            step().await;
        }
        setting.stays(SessionStatus::Active, Duration::from_secs(5)).await;
        setting.tokens.change(TokenStatus::next_version);
        setting.until(SessionStatus::Ended, REVOCATION_TIMEOUT).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_that_answers_too_late_is_not_trusted_and_its_changes_are_seen() {
    let setting = Setting::new(Duration::from_millis(100)).await;
    *setting.tokens.round_trips.lock().unwrap() = vec![Duration::from_millis(700)];
    setting.until(SessionStatus::Unknown, REVOCATION_TIMEOUT).await;
    let mut changes = setting.authenticator.changes();
    setting.tokens.change(TokenStatus::next_version);
    let began = Instant::now();
    assert_eq!(changes.recv().await.unwrap()[0].1.version, 2);
    assert!(began.elapsed() <= REVOCATION_TIMEOUT, "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn answers_that_overtake_each_other_lose_no_change() {
    let setting = Setting::new(Duration::from_millis(100)).await;
    for slow in 1..6 {
        let mut round_trips = vec![Duration::from_millis(480); slow];
        round_trips.push(Duration::from_millis(10));
        *setting.tokens.round_trips.lock().unwrap() = round_trips;
        for _ in 0..46 {
            step().await;
        }
    }
    setting.tokens.change(TokenStatus::next_version);
    setting.until(SessionStatus::Ended, REVOCATION_TIMEOUT).await;
    for _ in 0..1_000 {
        assert_ne!(setting.status(), SessionStatus::Active, "an overtaken answer arrived");
        step().await;
    }
}

/// A step-down to a member of the replica set whose clock is behind.
#[tokio::test(start_paused = true)]
async fn a_change_by_a_clock_that_is_behind_is_seen() {
    let setting = Setting::new(Duration::from_millis(20)).await;
    *setting.tokens.clock_millis.lock().unwrap() -= 300_000;
    setting.tokens.change(TokenStatus::next_version);
    setting.until(SessionStatus::Ended, REVOCATION_TIMEOUT).await;
}
