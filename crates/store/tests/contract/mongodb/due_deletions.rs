//! Which deletions are due, and who works at them.

use ::mongodb::bson::{DateTime, Document, doc};
use store::{ClaimId, State};
use testkit::builders::resume_deletions;

use super::database;
use crate::fixture::Fixture;

#[tokio::test]
async fn due_deletions_are_found_without_looking_at_other_users() {
    let fixture = Fixture::mongodb().await;
    for number in 0..50 {
        fixture.user(&format!("user{number}")).await;
    }
    let (begun, again) = (fixture.user("begun").await, fixture.user("again").await);
    store::deletion::delete_user(&fixture.stores, again.id).await.unwrap();
    fixture.stores.accounts.begin_deletion(begun.id).await.unwrap();
    let database = database(&fixture).await;
    database.run_command(doc! {"profile": 2}).await.unwrap();
    assert_eq!(fixture.stores.accounts.due_deletions().await.unwrap(), [begun.id]);
    database.run_command(doc! {"profile": 0}).await.unwrap();
    let finds = doc! {"ns": format!("{}.users", database.name()), "command.find": "users"};
    let found = database.collection::<Document>("system.profile").find_one(finds).await.unwrap().unwrap();
    let plan = found.get_str("planSummary").unwrap();
    assert!(plan.contains("IXSCAN") && !plan.contains("COLLSCAN"), "{plan}");
    assert!(found.get_i32("docsExamined").unwrap() <= 3, "{found}");
}

#[tokio::test]
async fn deletions_of_an_earlier_release_are_found() {
    let fixture = Fixture::mongodb().await;
    let (ada, grace) = (fixture.user("ada").await, fixture.user("grace").await);
    let users = database(&fixture).await.collection::<Document>("users");
    fixture.stores.accounts.begin_deletion(ada.id).await.unwrap();
    users.update_many(doc! {"state": "deleting"}, doc! {"$unset": {"erase_after": ""}}).await.unwrap();
    store::deletion::delete_user(&fixture.stores, grace.id).await.unwrap();
    let long_ago = doc! {"$set": {"erase_after": DateTime::from_millis(0)}};
    users.update_many(doc! {"state": "deleted"}, long_ago).await.unwrap();
    assert_eq!(resume_deletions(&fixture.stores).await, 2);
    let state = fixture.stores.tokens.token_status(ada.id).await.unwrap().unwrap().state;
    assert_eq!(state, State::Deleted);
}

#[tokio::test]
async fn a_claim_whose_holder_died_ends() {
    let fixture = Fixture::mongodb().await;
    let ada = fixture.user("ada").await;
    let (accounts, dead, alive) = (&fixture.stores.accounts, ClaimId::generate(), ClaimId::generate());
    accounts.begin_deletion(ada.id).await.unwrap();
    assert!(accounts.claim_deletion(ada.id, dead).await.unwrap());
    assert!(!accounts.claim_deletion(ada.id, alive).await.unwrap());
    let users = database(&fixture).await.collection::<Document>("users");
    let past = doc! {"$set": {"claim.until": DateTime::now()}};
    users.update_many(doc! {"claim": {"$exists": true}}, past).await.unwrap();
    assert_eq!(accounts.due_deletions().await.unwrap(), [ada.id]);
    assert!(accounts.claim_deletion(ada.id, alive).await.unwrap());
    assert!(!accounts.claim_deletion(ada.id, dead).await.unwrap(), "it has lost its claim");
}
