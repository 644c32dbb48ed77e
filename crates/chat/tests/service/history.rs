//! `history`: the log in parts.

use serde_json::{Value, json};
use testkit::socket_io::Client;

use crate::app::{App, code};

async fn with_messages(app: &App, count: usize) -> Client {
    let ada = app.person("ada").await;
    for number in 1..=count {
        app.append_elsewhere(&ada, &format!("message {number}")).await;
    }
    app.socket(&ada).await
}

fn seqs(answer: &Value) -> Vec<u64> {
    assert_eq!(answer["ok"], json!(true), "{answer}");
    answer["messages"].as_array().unwrap().iter().map(|entry| entry["seq"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn without_options_the_newest_fifty_are_returned() {
    let app = App::start().await;
    let mut client = with_messages(&app, 60).await;
    let answer = client.emit_with_ack("history", &[json!({})]).await;
    assert_eq!(seqs(&answer), (11..=60).collect::<Vec<_>>());
    assert_eq!((&answer["covered_to"], &answer["last_seq"]), (&json!(11), &json!(60)));
    assert_eq!(client.emit_with_ack("history", &[]).await, answer, "also without options");
}

#[tokio::test]
async fn the_log_can_be_walked_in_both_directions() {
    let app = App::start().await;
    let mut client = with_messages(&app, 5).await;
    let forward = client.emit_with_ack("history", &[json!({"after": 1, "limit": 2, "room": "lobby"})]).await;
    assert_eq!((seqs(&forward), &forward["covered_to"]), (vec![2, 3], &json!(3)));
    let end = client.emit_with_ack("history", &[json!({"after": 3})]).await;
    assert_eq!((seqs(&end), &end["covered_to"], &end["last_seq"]), (vec![4, 5], &json!(5), &json!(5)));
    let backward = client.emit_with_ack("history", &[json!({"before": 3, "limit": 100})]).await;
    assert_eq!((seqs(&backward), &backward["covered_to"]), (vec![1, 2], &json!(1)));
}

#[tokio::test]
async fn wrong_options_are_refused() {
    let app = App::start().await;
    let mut client = with_messages(&app, 1).await;
    let wrong = [
        (json!({"after": 1, "before": 2}), "invalid"),
        (json!({"limit": 0}), "invalid"),
        (json!({"limit": 101}), "invalid"),
        (json!({"after": "1"}), "invalid"),
        (json!({"room": "attic"}), "unknown_room"),
        (json!({"since": 1}), "invalid"),
        (json!("lobby"), "invalid"),
    ];
    for (options, expected) in wrong {
        assert_eq!(
            code(&client.emit_with_ack("history", std::slice::from_ref(&options)).await),
            expected,
            "{options}"
        );
    }
}
