//! Old messages are dropped while the service runs, and who reads or sends notices nothing else of it.

use reqwest::Client;
use serde_json::{Value, json};
use store::{NewEntry, Timestamp};
use testkit::builders::{new_entry, stored, whole_log};
use testkit::captured_log::CapturedLog;
use testkit::faulty::Faults;
use testkit::wait;

use crate::app::{App, Person, message};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// How many messages are old: more than one write drops.
const OLD: u64 = 1_200;

/// A store with old messages, and then a young one, and their sender.
async fn with_old_messages() -> (App, Person) {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let sent_at = Timestamp::now().plus_millis(-3 * DAY_MS);
    let old =
        |seq| NewEntry { sent_at, ..new_entry(&ada.user, &format!("m{seq}"), &format!("message {seq}")) };
    let mut batch: Vec<_> = (1..=OLD).map(old).collect();
    batch.push(new_entry(&ada.user, "young", "young"));
    app.stores.log.append(&batch).await.into_iter().for_each(|outcome| drop(stored(outcome)));
    (app, ada)
}

async fn first_seq(app: &App) -> u64 {
    whole_log(&app.stores).await[0].seq
}

async fn is_dropped(app: &App) {
    wait::until_equal("the old ones are dropped", OLD + 1, async || first_seq(app).await).await;
}

async fn listed(app: &App, reader: &Person, query: &str) -> Value {
    let call = Client::new().get(format!("{}/messages{query}", app.url)).bearer_auth(&reader.token);
    call.send().await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn old_messages_are_dropped_at_the_start_and_every_reader_begins_with_what_is_left() {
    let log = CapturedLog::start();
    let (app, ada) = with_old_messages().await;
    let mut socket = app.socket(&ada).await;
    let known = socket.emit_with_ack("history", &[json!({"limit": 50})]).await;
    assert_eq!((&known["covered_to"], &known["last_seq"]), (&json!(OLD - 48), &json!(OLD + 1)));
    let node = app.another_node_with(|config| config.retention_days = 2, |stores| stores).await;
    is_dropped(&app).await;
    wait::until("the run is logged", async || log.line(&["old entries were dropped", "entries=1200"])).await;
    for reader in [&app, &node] {
        for query in ["", "?after=0", "?after=600", "?limit=100", "?before=1202"] {
            let page = listed(reader, &ada, query).await;
            let seqs: Vec<_> =
                page["messages"].as_array().unwrap().iter().map(|entry| &entry["seq"]).collect();
            assert_eq!(seqs, [OLD + 1], "{query}");
            assert_eq!(
                (&page["covered_to"], &page["last_seq"]),
                (&json!(OLD + 1), &json!(OLD + 1)),
                "{query}"
            );
        }
        let older = listed(reader, &ada, "?before=600").await;
        assert_eq!((&older["messages"], &older["covered_to"]), (&json!([]), &json!(OLD + 1)));
        let page = Client::new().get(format!("{}/?jwt={}", reader.url, ada.token)).send().await.unwrap();
        let page = page.text().await.unwrap();
        assert!(page.contains("young") && !page.contains("message 1200"));
        let metrics = Client::new().get(format!("{}/metrics", reader.url)).send().await.unwrap();
        assert!(metrics.text().await.unwrap().contains("natter_entries_dropped_total"));
    }
    let caught_up = socket.emit_with_ack("history", &[json!({"after": 7})]).await;
    assert_eq!(
        (&caught_up["messages"][0]["seq"], &caught_up["covered_to"]),
        (&json!(OLD + 1), &json!(OLD + 1))
    );
}

#[tokio::test]
async fn messages_are_stored_and_delivered_while_old_ones_are_dropped() {
    let faults = Faults::default();
    let (app, ada) = with_old_messages().await;
    let held = faults.hold_drops().await;
    let node = app.another_node_with(|config| config.retention_days = 2, |stores| faults.wrap(stores)).await;
    let (mut sending, mut hearing) = (node.socket(&ada).await, node.socket(&ada).await);
    wait::until("a write that drops has begun", async || (faults.drops() > 0).then_some(())).await;
    for (number, released) in [(1, false), (2, true)] {
        let answer = sending.emit_with_ack("chat message", &message("hello", &format!("n{number}"))).await;
        assert_eq!(answer["message"]["seq"], json!(OLD + 1 + number), "{released}");
        assert_eq!(hearing.next_message().await.1["seq"], json!(OLD + 1 + number));
        if !released {
            assert_eq!(first_seq(&app).await, 1, "the control: they are held");
        }
    }
    drop(held);
    is_dropped(&app).await;
    assert!(faults.drops() >= 3, "in pieces: {}", faults.drops());
    let resent = sending.emit_with_ack("chat message", &message("message 1", "m1")).await;
    assert_eq!(resent["message"]["seq"], json!(OLD + 4), "an id is unique among what is kept: {resent}");
}

#[tokio::test]
async fn the_stop_does_not_wait_for_a_write_that_drops() {
    let faults = Faults::default();
    let (app, _) = with_old_messages().await;
    let _held = faults.hold_drops().await;
    let set = |config: &mut chat::Config| config.retention_days = 2;
    let mut node = app.another_node_with(set, |stores| faults.wrap(stores)).await;
    wait::until("a write that drops has begun", async || (faults.drops() > 0).then_some(())).await;
    node.begin_stop();
    node.stopped().await;
    assert_eq!(first_seq(&app).await, 1);
}
