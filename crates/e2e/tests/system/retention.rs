//! Messages that are older than `RETENTION_DAYS` are gone from the page and the API; the others keep their numbers.

use std::fs::File;
use std::path::Path;

use serde_json::json;
use store::{NewEntry, Timestamp};
use testkit::browser::Driver;
use testkit::browser::long_log::text_of;
use testkit::builders::{new_entry, stored, username};
use testkit::http::{answer, client};
use testkit::process::natter::Natter;
use testkit::process::people::Person;
use testkit::wait::{until, until_equal};

const OLD: u64 = 260;
const KEPT: u64 = 90;
const WEEK_MS: i64 = 7 * 24 * 60 * 60 * 1_000;

/// Fills the log of a Natter that has ended: no client can send a message with a time of last week.
async fn fill(data_dir: &Path, name: &str) {
    let stores = store::sqlite::open(data_dir).unwrap();
    let sender = stores.accounts.by_username(&username(name)).await.unwrap().unwrap();
    let (now, last_week) = (Timestamp::now(), Timestamp::now().plus_millis(-WEEK_MS));
    let message = |number: u64| NewEntry {
        sent_at: if number <= OLD { last_week } else { now },
        ..new_entry(&sender, &format!("m{number}"), &text_of(number))
    };
    let batch: Vec<_> = (1..=OLD + KEPT).map(message).collect();
    stores.log.append(&batch).await.into_iter().for_each(|outcome| drop(stored(outcome)));
    drop(stores);
    let lock = File::open(data_dir.join("lock")).unwrap();
    until("the store is closed", async || lock.try_lock().ok()).await;
}

#[tokio::test]
async fn the_page_begins_with_the_first_message_that_is_kept() {
    let mut natter = Natter::start_with(&[("RETENTION_DAYS", "2")]).await;
    let ben = Person::sign_up(&natter, "Ben").await;
    natter.terminate();
    natter.ended().await;
    fill(natter.data_dir(), "Ben").await;
    let natter = natter.restart().await;
    let oldest = format!("{}/messages?after=0&limit=1", natter.chat_url);
    until_equal("the old ones are dropped", json!(OLD + 1), async || {
        answer(client().get(&oldest).bearer_auth(&ben.token)).await.json()["messages"][0]["seq"].take()
    })
    .await;

    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    let up = window.scroll_to(-400, OLD + 1, false).await;
    assert_eq!(up.seen, (OLD + 1..=OLD + KEPT).collect::<Vec<_>>());
    until("the page says that nothing is older", async || {
        (window.texts(".backfill").await == ["This is the beginning of the room."]).then_some(())
    })
    .await;
    window.send_message("the next one").await;
    until_equal("it has the next number", Some(OLD + KEPT + 1), async || {
        window.messages().await.last().map(|message| message.seq)
    })
    .await;
}
