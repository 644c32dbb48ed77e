//! What the store promises of accounts.

use store::{Created, DisplayName, Timestamp, User, UserId};
use testkit::builders::{new_user, username};
use uuid::Uuid;

use crate::fixture::Fixture;

pub(crate) async fn a_new_user_is_found_by_id_and_by_name(fixture: Fixture) {
    let accounts = &fixture.stores.accounts;
    let ada = fixture.user("Ada").await;
    assert_eq!((ada.username.as_str(), ada.display_name.as_str()), ("Ada", "Ada"));
    assert_eq!(accounts.by_id(ada.id).await.unwrap().as_ref(), Some(&ada));
    assert_eq!(accounts.by_username(&username("aDA")).await.unwrap().as_ref(), Some(&ada));
    assert_eq!(accounts.by_id(UserId::new()).await.unwrap(), None);
    assert_eq!(accounts.by_username(&username("grace")).await.unwrap(), None);
    let account = accounts.account_by_username(&username("ada")).await.unwrap().unwrap();
    assert_eq!(
        (account.user, account.password_hash.as_str(), account.token_status.version),
        (ada, "hash", 1)
    );
}

pub(crate) async fn a_name_in_other_letter_case_is_taken(fixture: Fixture) {
    fixture.user("Straße").await;
    assert_eq!(fixture.stores.accounts.create(new_user("STRASSE")).await.unwrap(), Created::Taken);
}

pub(crate) async fn of_two_racing_for_a_name_one_gets_it(fixture: Fixture) {
    let sign_ups = (0..8).map(|_| fixture.stores.accounts.create(new_user("ada")));
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
        let page = fixture.stores.accounts.page(seen.last().map(|user: &User| user.id), 3).await.unwrap();
        assert!(page.users.len() == 3 || !page.has_more);
        seen.extend(page.users.iter().cloned());
        if !page.has_more {
            break;
        }
    }
    assert_eq!(seen, expected);
    for (limit, has_more) in [(6, true), (7, false), (8, false)] {
        assert_eq!(fixture.stores.accounts.page(None, limit).await.unwrap().has_more, has_more, "{limit}");
    }
}

pub(crate) async fn a_new_display_name_is_shown_and_the_user_name_stays(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    let before = fixture.stores.tokens.token_status(ada.id).await.unwrap().unwrap();
    let renamed = fixture
        .stores
        .accounts
        .rename(ada.id, &DisplayName::parse("Countess").unwrap())
        .await
        .unwrap()
        .unwrap();
    assert_eq!((renamed.username.as_str(), renamed.display_name.as_str()), ("ada", "Countess"));
    assert!(renamed.updated_at >= ada.updated_at);
    let seen = fixture.stores.tokens.token_status(ada.id).await.unwrap().unwrap();
    assert!(
        seen.changed_at >= before.changed_at && seen.version == 1,
        "a change for the poll, and no new version"
    );
    assert_eq!(fixture.stores.accounts.by_id(ada.id).await.unwrap(), Some(renamed));
    let nobody =
        fixture.stores.accounts.rename(UserId::new(), &DisplayName::parse("x").unwrap()).await.unwrap();
    assert_eq!(nobody, None);
}

pub(crate) async fn a_new_password_ends_every_session(fixture: Fixture) {
    let accounts = &fixture.stores.accounts;
    let ada = fixture.user("ada").await;
    let display_name = DisplayName::parse("Countess").unwrap();
    let account =
        accounts.change_password(ada.id, "hash", "other", Some(&display_name)).await.unwrap().unwrap();
    assert_eq!((account.password_hash.as_str(), account.token_status.version), ("other", 2));
    assert_eq!(account.user.display_name, "Countess");
    let token_status = fixture.stores.tokens.token_status(ada.id).await.unwrap().unwrap();
    assert!(!token_status.allows(1, Uuid::new_v4()));
    assert!(token_status.allows(2, Uuid::new_v4()));
}

pub(crate) async fn a_new_password_needs_the_stored_hash(fixture: Fixture) {
    let accounts = &fixture.stores.accounts;
    let ada = fixture.user("ada").await;
    assert!(accounts.change_password(ada.id, "stale", "other", None).await.unwrap().is_none());
    let account = accounts.account_by_id(ada.id).await.unwrap().unwrap();
    assert_eq!((account.password_hash.as_str(), account.token_status.version), ("hash", 1));
}

pub(crate) async fn only_a_new_password_gives_user_and_token_status_the_same_time(fixture: Fixture) {
    let accounts = &fixture.stores.accounts;
    let ada = fixture.user("ada").await;
    let account = accounts.change_password(ada.id, "hash", "other", None).await.unwrap().unwrap();
    assert_eq!(account.user.updated_at, account.token_status.changed_at);
    while Timestamp::now() <= account.token_status.changed_at {
        tokio::task::yield_now().await;
    }
    fixture.stores.tokens.sign_out_everywhere(ada.id).await.unwrap();
    let after = accounts.account_by_id(ada.id).await.unwrap().unwrap();
    assert_eq!(after.user.updated_at, account.user.updated_at);
    assert!(after.token_status.changed_at > account.token_status.changed_at);
}

pub(crate) async fn another_hash_of_the_same_password_ends_no_session(fixture: Fixture) {
    let accounts = &fixture.stores.accounts;
    let ada = fixture.user("ada").await;
    accounts.replace_hash(ada.id, "stale", "$other").await.unwrap();
    let account = accounts.account_by_id(ada.id).await.unwrap().unwrap();
    assert_eq!(account.password_hash, "hash", "the stored hash is another one");
    accounts.replace_hash(ada.id, "hash", "$other").await.unwrap();
    let replaced = accounts.account_by_id(ada.id).await.unwrap().unwrap();
    assert_eq!(replaced.password_hash, "$other");
    assert_eq!((replaced.user, replaced.token_status), (account.user, account.token_status));
}
