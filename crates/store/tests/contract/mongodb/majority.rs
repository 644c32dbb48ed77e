//! The poll of token statuses while a majority lags behind the primary.

use std::time::{Duration, Instant};

use ::mongodb::bson::{Document, doc};
use ::mongodb::options::{ReadConcern, SelectionCriteria};
use store::{Timestamp, UserId};
use testkit::builders::sign_up;
use testkit::process::backend::fresh_database;
use testkit::process::mongod::MongodSet;

/// The time for which the secondaries are held while answers are checked.
const LAG: Duration = Duration::from_millis(1_500);

/// The time of a user's last change, as the primary has it.
async fn changed_on_primary(uri: &str, version: i64) -> Timestamp {
    let client = ::mongodb::Client::with_uri_str(uri).await.unwrap();
    let users = client.default_database().unwrap().collection::<Document>("users");
    loop {
        let find = users.find_one(doc! {"ver": version}).read_concern(ReadConcern::local());
        let primary = SelectionCriteria::ReadPreference(::mongodb::options::ReadPreference::Primary);
        if let Some(user) = find.selection_criteria(primary).await.unwrap() {
            return Timestamp::from_millis(user.get_datetime("changed_at").unwrap().timestamp_millis());
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn no_answer_of_the_poll_is_later_than_a_change_that_it_lacks() {
    let set = MongodSet::start(2).await;
    let uri = fresh_database(&set.uri());
    let stores = store::mongodb::open(&uri).await.unwrap();
    let ada = sign_up(&stores, "ada").await;
    let version = async |since: Timestamp| {
        let polled = stores.tokens.changed_since(since).await.unwrap();
        let of_ada = |(user, _): &&(UserId, _)| *user == ada.id;
        (polled.statuses.iter().find(of_ada).map(|(_, status)| status.version), polled.now)
    };
    assert_eq!(version(Timestamp::from_millis(0)).await.0, Some(1));
    set.hold_secondaries().await;
    let tokens = std::sync::Arc::clone(&stores.tokens);
    let changing = tokio::spawn(async move { tokens.sign_out_everywhere(ada.id).await });
    let changed_at = changed_on_primary(&uri, 2).await;
    let began = Instant::now();
    let mut last = version(Timestamp::from_millis(0)).await.1;
    while began.elapsed() < LAG {
        let (seen, now) = version(last.plus_millis(-10_000)).await;
        assert_eq!(seen, Some(1), "a majority does not have it");
        assert!(now < changed_at, "{now} would leave out what changed at {changed_at}");
        last = now;
    }
    set.release_secondaries().await;
    changing.await.unwrap().unwrap();
    assert_eq!(version(last).await.0, Some(2));
}
