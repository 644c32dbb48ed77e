//! What the store promises of token statuses.

use store::{DisplayName, SessionEnd, State, Timestamp, TokenStatus, UserId};
use testkit::builders::resume_deletions;
use uuid::Uuid;

use crate::fixture::Fixture;

fn session() -> SessionEnd {
    SessionEnd { sid: Uuid::new_v4(), until: Timestamp::now().plus_millis(60_000) }
}

pub(crate) async fn an_ended_session_is_remembered_and_others_continue(fixture: Fixture) {
    let tokens = &fixture.stores.tokens;
    let ada = fixture.user("ada").await;
    let ended = session();
    tokens.sign_out(ada.id, ended).await.unwrap();
    let token_status = tokens.token_status(ada.id).await.unwrap().unwrap();
    assert!(!token_status.allows(1, ended.sid));
    assert!(token_status.allows(1, session().sid));
    tokens.sign_out_everywhere(ada.id).await.unwrap();
    assert!(!tokens.token_status(ada.id).await.unwrap().unwrap().allows(1, session().sid));
}

pub(crate) async fn the_thirty_third_ended_session_ends_all(fixture: Fixture) {
    let tokens = &fixture.stores.tokens;
    let ada = fixture.user("ada").await;
    for _ in 0..33 {
        tokens.sign_out(ada.id, session()).await.unwrap();
    }
    let token_status = tokens.token_status(ada.id).await.unwrap().unwrap();
    assert_eq!((token_status.version, token_status.signed_out.len()), (2, 0));
}

pub(crate) async fn a_changed_token_status_is_seen_by_the_poll(fixture: Fixture) {
    let tokens = &fixture.stores.tokens;
    let (ada, grace) = (fixture.user("ada").await, fixture.user("grace").await);
    let before = tokens.changed_since(Timestamp::from_millis(0)).await.unwrap();
    assert_eq!(before.statuses.len(), 2, "a new user's token status is a change");
    tokens.sign_out_everywhere(grace.id).await.unwrap();
    let seen = tokens.changed_since(before.now.plus_millis(-10_000)).await.unwrap();
    let version =
        |id| seen.statuses.iter().find(|(user, _)| *user == id).map(|(_, token_status)| token_status.version);
    assert_eq!((version(ada.id), version(grace.id)), (Some(1), Some(2)));
    assert!(seen.now >= before.now);
}

pub(crate) async fn the_poll_sees_nothing_that_changed_long_ago(fixture: Fixture) {
    fixture.user("ada").await;
    let now = fixture.stores.tokens.changed_since(Timestamp::from_millis(0)).await.unwrap().now;
    // MongoDB tells the time in whole seconds.
    let later = fixture.stores.tokens.changed_since(now.plus_millis(1_000)).await.unwrap();
    assert_eq!(later.statuses.len(), 0);
}

pub(crate) async fn each_change_counts_one_more(fixture: Fixture) {
    let (accounts, tokens) = (&fixture.stores.accounts, &fixture.stores.tokens);
    let ada = fixture.user("ada").await;
    let mut before = status(&fixture, ada.id).await;
    let mut is_later = async |what: &str| {
        let after = status(&fixture, ada.id).await;
        assert!(after.is_later_than(&before), "{what}: {before:?}, {after:?}");
        let counted = after.changes - before.changes;
        before = after;
        counted
    };
    let name = DisplayName::parse("Countess").unwrap();
    accounts.rename(ada.id, &name).await.unwrap();
    assert_eq!(is_later("a rename").await, 1);
    accounts.change_password(ada.id, "hash", "other", Some(&name)).await.unwrap();
    assert_eq!(is_later("a new password").await, 1);
    tokens.sign_out_everywhere(ada.id).await.unwrap();
    assert_eq!(is_later("a sign-out everywhere").await, 1);
    for _ in 0..33 {
        tokens.sign_out(ada.id, session()).await.unwrap();
        assert_eq!(is_later("a sign-out").await, 1);
    }
    accounts.begin_deletion(ada.id).await.unwrap();
    assert_eq!(is_later("the beginning of a deletion").await, 1);
    let changed_at = status(&fixture, ada.id).await.changed_at;
    resume_deletions(&fixture.stores).await;
    assert_eq!(is_later("the end of a deletion").await, 1);
    let deleted = status(&fixture, ada.id).await;
    assert!(deleted.state == State::Deleted && deleted.changed_at >= changed_at);
}

async fn status(fixture: &Fixture, user: UserId) -> TokenStatus {
    fixture.stores.tokens.token_status(user).await.unwrap().unwrap()
}

pub(crate) async fn the_statuses_of_many_users_are_read_together(fixture: Fixture) {
    let (ada, grace, nobody) = (fixture.user("ada").await, fixture.user("grace").await, UserId::new());
    fixture.stores.tokens.sign_out_everywhere(grace.id).await.unwrap();
    let found = fixture.stores.tokens.token_statuses(&[ada.id, nobody, grace.id]).await.unwrap();
    assert_eq!(found.len(), 2);
    for user in [ada.id, grace.id] {
        assert_eq!(found[&user], status(&fixture, user).await);
    }
    assert_eq!((found[&ada.id].version, found[&grace.id].version), (1, 2));
    assert!(fixture.stores.tokens.token_statuses(&[]).await.unwrap().is_empty());
}
