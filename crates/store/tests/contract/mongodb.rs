//! What the store on MongoDB promises beyond the contract.

mod append;
mod due_deletions;
mod majority;
mod many_rooms;
mod moving;
mod open;
mod pages;
mod proxy;
mod read;
mod retention;
mod turns;
mod upgrade;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use ::mongodb::bson::{Document, doc};
use store::{AppendOutcome, DisplayName, Entry, NewEntry, NodeId, Stores, User};
use testkit::builders::{new_entry, resume_deletions};
pub(crate) use upgrade::earlier_database;

use crate::fixture::Fixture;

fn batch(user: &User, name: &str, count: usize) -> Vec<NewEntry> {
    (0..count).map(|number| new_entry(user, &format!("{name}-{number}"), "hello")).collect()
}

/// Lets a store find that no other node is alive, as each node does now and then.
async fn find_no_others(stores: &Stores) {
    let (nodes, known) = (stores.nodes.as_ref().unwrap(), HashMap::new());
    assert_eq!(nodes.others(NodeId::new(), &known).await.unwrap(), []);
}

#[tokio::test]
async fn names_that_look_like_fields_or_operators_stay_names() {
    let fixture = Fixture::mongodb().await;
    let ada = fixture.user("ada").await;
    for name in ["$password_hash", "$$NOW", "{\"$ne\": 1}", "$"] {
        let display_name = DisplayName::parse(name).unwrap();
        let renamed = fixture.stores.accounts.rename(ada.id, &display_name).await.unwrap().unwrap();
        assert_eq!(renamed.display_name, name);
        let hash = fixture.stores.accounts.account_by_id(ada.id).await.unwrap().unwrap().password_hash;
        let changed =
            fixture.stores.accounts.change_password(ada.id, &hash, "$argon2id$v=19$x", Some(&display_name));
        let changed = changed.await.unwrap().unwrap();
        assert_eq!(
            (changed.user.display_name.as_str(), changed.password_hash.as_str()),
            (name, "$argon2id$v=19$x")
        );
    }
}

/// The database of a fixture, without the store.
async fn database(fixture: &Fixture) -> ::mongodb::Database {
    let client = ::mongodb::Client::with_uri_str(fixture.address()).await.unwrap();
    client.default_database().unwrap()
}

#[tokio::test]
async fn entries_stored_after_a_deletion_are_erased_too() {
    let fixture = Fixture::mongodb().await;
    let ada = fixture.user("ada").await;
    fixture.say(&ada, "a", "in time").await;
    let database = database(&fixture).await;
    let entries = database.collection::<Document>("entries");
    let mut late = entries.find_one(doc! {"seq": 1_i64}).await.unwrap().unwrap();
    store::deletion::delete_user(&fixture.stores, ada.id).await.unwrap();
    late.remove("_id");
    late.extend(doc! {"seq": 2_i64, "id": "b"});
    entries.insert_one(late).await.unwrap();
    assert_eq!(resume_deletions(&fixture.stores).await, 0, "not before every accepted append is stored");
    let due = doc! {"$set": {"erase_after": ::mongodb::bson::DateTime::now()}};
    database.collection::<Document>("users").update_many(doc! {}, due).await.unwrap();
    assert_eq!(resume_deletions(&fixture.stores).await, 1);
    assert!(fixture.whole_log().await.iter().all(Entry::is_erased));
    assert_eq!(resume_deletions(&fixture.stores).await, 0, "once is enough");
}

#[tokio::test]
async fn a_message_whose_sender_was_checked_before_the_deletion_ends_blank() {
    let fixture = Fixture::mongodb().await;
    let ada = fixture.user("ada").await;
    let checked = |id, at| NewEntry { sender_checked_at: at, ..new_entry(&ada, id, "late") };
    let just_now = Some(Instant::now());
    store::deletion::delete_user(&fixture.stores, ada.id).await.unwrap();
    let outcomes = fixture.append(&[checked("a", just_now)]).await;
    assert!(matches!(outcomes[..], [AppendOutcome::Stored(_)]), "nobody asked: {outcomes:?}");
    let long_ago = Instant::now().checked_sub(Duration::from_secs(1));
    for (id, at) in [("b", long_ago), ("c", None)] {
        assert_eq!(fixture.append(&[checked(id, at)]).await, [AppendOutcome::SenderGone], "{id}");
    }
    let due = doc! {"$set": {"erase_after": ::mongodb::bson::DateTime::now()}};
    database(&fixture).await.collection::<Document>("users").update_many(doc! {}, due).await.unwrap();
    assert_eq!(resume_deletions(&fixture.stores).await, 1);
    let log = fixture.whole_log().await;
    assert!(log.len() == 1 && log.iter().all(Entry::is_erased));
}

#[tokio::test]
async fn a_user_of_an_earlier_release_has_no_counted_change_yet() {
    let fixture = Fixture::mongodb().await;
    let ada = fixture.user("ada").await;
    let users = database(&fixture).await.collection::<Document>("users");
    users.update_many(doc! {}, doc! {"$unset": {"changes": ""}}).await.unwrap();
    let tokens = &fixture.stores.tokens;
    assert_eq!(tokens.token_status(ada.id).await.unwrap().unwrap().changes, 0);
    tokens.sign_out_everywhere(ada.id).await.unwrap();
    assert_eq!(tokens.token_status(ada.id).await.unwrap().unwrap().changes, 1);
}

#[tokio::test]
async fn the_servers_clock_stamps_a_new_user() {
    let fixture = Fixture::mongodb().await;
    let database = database(&fixture).await;
    let now = async || {
        let hello = database.run_command(doc! {"hello": 1}).await.unwrap();
        hello.get_datetime("localTime").unwrap().timestamp_millis()
    };
    let (before, ada, after) = (now().await, fixture.user("ada").await, now().await);
    let status = fixture.stores.tokens.token_status(ada.id).await.unwrap().unwrap();
    for time in [ada.created_at, ada.updated_at, status.changed_at] {
        assert!((before..=after).contains(&time.as_millis()), "{before} {time} {after}");
    }
}
