//! What is promised of accounts.

use store::{Created, DisplayName, SessionEnd, Timestamp, UserId};
use uuid::Uuid;

use crate::fixture::{Fixture, name, new_user};

fn session() -> SessionEnd {
    SessionEnd { sid: Uuid::new_v4(), until: Timestamp::now().plus_millis(60_000) }
}

pub(crate) async fn a_new_user_is_found_by_id_and_by_name(fixture: Fixture) {
    let users = &fixture.stores.users;
    let ada = fixture.user("Ada").await;
    assert_eq!((ada.username.as_str(), ada.display_name.as_str()), ("Ada", "Ada"));
    assert_eq!(users.by_id(ada.id).await.unwrap().as_ref(), Some(&ada));
    assert_eq!(users.by_username(&name("aDA")).await.unwrap().as_ref(), Some(&ada));
    assert_eq!(users.by_id(UserId::new()).await.unwrap(), None);
    assert_eq!(users.by_username(&name("grace")).await.unwrap(), None);
    let account = users.account_by_username(&name("ada")).await.unwrap().unwrap();
    assert_eq!((account.user, account.password_hash.as_str(), account.token_status.ver), (ada, "hash", 1));
}

pub(crate) async fn a_name_in_other_letter_case_is_taken(fixture: Fixture) {
    fixture.user("Straße").await;
    assert_eq!(fixture.stores.users.create(new_user("STRASSE")).await.unwrap(), Created::Taken);
}

pub(crate) async fn of_two_racing_for_a_name_one_gets_it(fixture: Fixture) {
    let sign_ups = (0..8).map(|_| fixture.stores.users.create(new_user("ada")));
    let results = futures_util::future::join_all(sign_ups).await;
    let taken = results.iter().filter(|result| matches!(result, Ok(Created::Taken))).count();
    assert_eq!((results.len(), taken), (8, 7));
}

pub(crate) async fn users_are_paged_by_id_without_gap_or_repeat(fixture: Fixture) {
    let mut expected = Vec::new();
    for number in 0..7 {
        expected.push(fixture.user(&format!("user{number}")).await);
    }
    expected.sort_by_key(|user| user.id);
    let mut seen = Vec::new();
    loop {
        let page = fixture.stores.users.page(seen.last().map(|user: &store::User| user.id), 3).await.unwrap();
        let full = page.len() == 3;
        seen.extend(page);
        if !full {
            break;
        }
    }
    assert_eq!(seen, expected);
}

pub(crate) async fn a_new_display_name_is_shown_and_the_user_name_stays(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    let before = fixture.stores.users.token_status(ada.id).await.unwrap().unwrap();
    let renamed =
        fixture.stores.users.rename(ada.id, &DisplayName::parse("Countess").unwrap()).await.unwrap().unwrap();
    assert_eq!((renamed.username.as_str(), renamed.display_name.as_str()), ("ada", "Countess"));
    assert!(renamed.updated_at >= ada.updated_at);
    let seen = fixture.stores.users.token_status(ada.id).await.unwrap().unwrap();
    assert!(
        seen.changed_at >= before.changed_at && seen.ver == 1,
        "a change for the poll, and no new version"
    );
    assert_eq!(fixture.stores.users.by_id(ada.id).await.unwrap(), Some(renamed));
    let nobody = fixture.stores.users.rename(UserId::new(), &DisplayName::parse("x").unwrap()).await.unwrap();
    assert_eq!(nobody, None);
}

pub(crate) async fn a_new_password_ends_every_session(fixture: Fixture) {
    let users = &fixture.stores.users;
    let ada = fixture.user("ada").await;
    let display_name = DisplayName::parse("Countess").unwrap();
    let account = users.change_password(ada.id, "hash", "other", Some(&display_name)).await.unwrap().unwrap();
    assert_eq!((account.password_hash.as_str(), account.token_status.ver), ("other", 2));
    assert_eq!(account.user.display_name, "Countess");
    let token_status = users.token_status(ada.id).await.unwrap().unwrap();
    assert!(!token_status.allows(1, Uuid::new_v4()));
    assert!(token_status.allows(2, Uuid::new_v4()));
}

pub(crate) async fn a_new_password_needs_the_present_hash(fixture: Fixture) {
    let users = &fixture.stores.users;
    let ada = fixture.user("ada").await;
    assert!(users.change_password(ada.id, "stale", "other", None).await.unwrap().is_none());
    let account = users.account_by_id(ada.id).await.unwrap().unwrap();
    assert_eq!((account.password_hash.as_str(), account.token_status.ver), ("hash", 1));
}

pub(crate) async fn only_a_new_password_changes_the_user_and_the_standing_in_one_moment(fixture: Fixture) {
    let users = &fixture.stores.users;
    let ada = fixture.user("ada").await;
    let account = users.change_password(ada.id, "hash", "other", None).await.unwrap().unwrap();
    assert_eq!(account.user.updated_at, account.token_status.changed_at);
    while Timestamp::now() <= account.token_status.changed_at {
        tokio::task::yield_now().await;
    }
    users.sign_out_everywhere(ada.id).await.unwrap();
    let after = users.account_by_id(ada.id).await.unwrap().unwrap();
    assert_eq!(after.user.updated_at, account.user.updated_at);
    assert!(after.token_status.changed_at > account.token_status.changed_at);
}

pub(crate) async fn another_hash_of_the_same_password_ends_no_session(fixture: Fixture) {
    let users = &fixture.stores.users;
    let ada = fixture.user("ada").await;
    users.replace_hash(ada.id, "stale", "$other").await.unwrap();
    let account = users.account_by_id(ada.id).await.unwrap().unwrap();
    assert_eq!(account.password_hash, "hash", "the present one is not that");
    users.replace_hash(ada.id, "hash", "$other").await.unwrap();
    let replaced = users.account_by_id(ada.id).await.unwrap().unwrap();
    assert_eq!(replaced.password_hash, "$other");
    assert_eq!((replaced.user, replaced.token_status), (account.user, account.token_status));
}

pub(crate) async fn an_ended_session_is_remembered_and_others_go_on(fixture: Fixture) {
    let users = &fixture.stores.users;
    let ada = fixture.user("ada").await;
    let ended = session();
    users.sign_out(ada.id, ended).await.unwrap();
    let token_status = users.token_status(ada.id).await.unwrap().unwrap();
    assert!(!token_status.allows(1, ended.sid));
    assert!(token_status.allows(1, session().sid));
    users.sign_out_everywhere(ada.id).await.unwrap();
    assert!(!users.token_status(ada.id).await.unwrap().unwrap().allows(1, session().sid));
}

pub(crate) async fn the_thirty_third_ended_session_ends_all(fixture: Fixture) {
    let users = &fixture.stores.users;
    let ada = fixture.user("ada").await;
    for _ in 0..33 {
        users.sign_out(ada.id, session()).await.unwrap();
    }
    let token_status = users.token_status(ada.id).await.unwrap().unwrap();
    assert_eq!((token_status.ver, token_status.signed_out.len()), (2, 0));
}

pub(crate) async fn a_standing_that_changed_is_seen_by_the_poll(fixture: Fixture) {
    let users = &fixture.stores.users;
    let (ada, grace) = (fixture.user("ada").await, fixture.user("grace").await);
    let before = users.changed_since(Timestamp::from_millis(0)).await.unwrap();
    assert_eq!(before.statuses.len(), 2, "a new user's token_status is a change");
    users.sign_out_everywhere(grace.id).await.unwrap();
    let seen = users.changed_since(before.now.plus_millis(-10_000)).await.unwrap();
    let version =
        |id| seen.statuses.iter().find(|(user, _)| *user == id).map(|(_, token_status)| token_status.ver);
    assert_eq!((version(ada.id), version(grace.id)), (Some(1), Some(2)));
    assert!(seen.now >= before.now);
}

pub(crate) async fn the_poll_sees_nothing_that_changed_long_ago(fixture: Fixture) {
    fixture.user("ada").await;
    let now = fixture.stores.users.changed_since(Timestamp::from_millis(0)).await.unwrap().now;
    let later = fixture.stores.users.changed_since(now.plus_millis(1)).await.unwrap();
    assert_eq!(later.statuses.len(), 0);
}
