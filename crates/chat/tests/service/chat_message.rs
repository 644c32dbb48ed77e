//! `chat message`: acknowledgements, recipients and order.

use serde_json::{Value, json};
use testkit::faulty::Faults;
use testkit::socket_io::{Client, Received};

use crate::app::{App, code};

async fn next_batch(client: &mut Client) -> Vec<Value> {
    loop {
        match client.receive().await {
            Received::Event(name, mut arguments) if name == "chat messages" => {
                return arguments.remove(0).as_array().unwrap().clone();
            }
            Received::Event(name, _) if name == "chat message" => panic!("it asked for batches"),
            Received::Closed => panic!("the connection closed"),
            _ => {}
        }
    }
}

#[tokio::test]
async fn a_message_is_acknowledged_with_its_entry_and_delivered_to_the_others() {
    let app = App::start().await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    let (mut sending, mut receiving) = (app.socket(&ada).await, app.socket(&grace).await);
    let mut second_window = app.socket(&ada).await;
    let entry = sending.send("  hello\r\nthere \n").await;
    assert_eq!((&entry["seq"], &entry["text"]), (&json!(1), &json!("  hello\nthere")));
    assert_eq!(
        entry["sender"],
        json!({"id": ada.user.id.to_string(), "username": "ada", "display_name": "ADA"})
    );
    assert_eq!((&entry["room"], &entry["kind"]), (&json!("lobby"), &json!("message")));
    assert!(!entry["id"].as_str().unwrap().is_empty(), "the server makes an id where the client did not");
    for client in [&mut receiving, &mut second_window] {
        assert_eq!(client.next_message().await, ("ada :   hello\nthere".to_owned(), entry.clone()));
    }
    assert_eq!(sending.try_receive().await, None, "the sending socket is left out");
}

#[tokio::test]
async fn who_wants_no_acknowledgement_gets_what_others_sent_at_the_same_time() {
    let faults = Faults::default();
    let app = App::start_with(|_| {}, |stores| faults.wrap(stores)).await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    let (mut sending, mut other) = (app.socket(&ada).await, app.socket(&grace).await);
    let held = faults.hold_appends().await;
    for seq in 1..=3 {
        let client = if seq == 2 { &mut sending } else { &mut other };
        client.send_packet(r#"42["chat message","hello"]"#).await;
        // Events are answered in their order, so the message waits for the journal now.
        client.emit_with_ack("no such event", &[]).await;
    }
    drop(held);
    for seq in [1, 3] {
        assert_eq!(sending.next_message().await.1["seq"], json!(seq));
    }
    assert_eq!(other.next_message().await.1["seq"], json!(2));
}

#[tokio::test]
async fn messages_of_one_socket_keep_their_order() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let mut sending = app.socket(&ada).await;
    for number in 0..1_000 {
        sending.emit("chat message", &[json!(number.to_string())]).await;
    }
    let mut acknowledged = 0;
    while acknowledged < 1_000 {
        if let Received::Ack(_, answer) = sending.receive().await {
            acknowledged += 1;
            assert_eq!(answer["message"]["seq"], json!(acknowledged), "acknowledged in order too");
        }
    }
    assert_eq!(app.texts().await, (0..1_000).map(|number| number.to_string()).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_resend_is_answered_with_the_first_entry_and_delivered_once() {
    let app = App::start().await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    let (mut sending, mut receiving) = (app.socket(&ada).await, app.socket(&grace).await);
    let message = [json!("hello"), json!({"id": "a-1"})];
    let first = sending.emit_with_ack("chat message", &message).await;
    assert_eq!(first["message"]["id"], json!("a-1"));
    assert_eq!(sending.emit_with_ack("chat message", &message).await, first);
    let reused = sending.emit_with_ack("chat message", &[json!("other"), json!({"id": "a-1"})]).await;
    assert_eq!(code(&reused), "id_reused");
    assert_eq!(reused.get("retry_after_ms"), None);
    sending.send("end").await;
    assert_eq!(receiving.next_message().await.0, "ada : hello");
    assert_eq!(receiving.next_message().await.0, "ada : end");
}

#[tokio::test]
async fn a_plain_emit_without_an_acknowledgement_is_delivered() {
    let app = App::start().await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    let (mut sending, mut receiving) = (app.socket(&ada).await, app.socket(&grace).await);
    sending.send_packet(r#"42["chat message","hello"]"#).await;
    assert_eq!(receiving.next_message().await.0, "ada : hello");
}

#[tokio::test]
async fn wrong_payloads_are_refused_and_change_nothing() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let mut client = app.socket(&ada).await;
    let wrong = [
        (vec![], "invalid"),
        (vec![json!(7)], "invalid"),
        (vec![json!({"text": "x"})], "invalid"),
        (vec![json!(" \n ")], "invalid"),
        (vec![json!("x".repeat(4_001))], "too_long"),
        (vec![json!("x"), json!({"id": "no spaces"})], "invalid"),
        (vec![json!("x"), json!({"room": "attic"})], "unknown_room"),
        (vec![json!("x"), json!([])], "invalid"),
        (vec![json!("x"), json!({}), json!({}), json!(1), json!(2)], "invalid"),
    ];
    for (arguments, expected) in wrong {
        let answer = client.emit_with_ack("chat message", &arguments).await;
        assert_eq!(code(&answer), expected, "{arguments:?}");
    }
    for unknown in ["presence", "chat messages", "nonsense"] {
        assert_eq!(code(&client.emit_with_ack(unknown, &[json!({})]).await), "invalid");
    }
    assert_eq!(app.texts().await, Vec::<String>::new());
    client.send(&"🙂".repeat(4_000)).await;
}

#[tokio::test]
async fn batches_contain_everything_but_own_messages() {
    let app = App::start().await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    let (mut sending, mut receiving) = (app.batch_socket(&ada).await, app.batch_socket(&grace).await);
    for number in 1..=50 {
        sending.emit("chat message", &[json!(number.to_string())]).await;
    }
    let mut seqs = Vec::new();
    while seqs.len() < 50 {
        seqs.extend(next_batch(&mut receiving).await.iter().map(|entry| entry["seq"].as_u64().unwrap()));
    }
    assert_eq!(seqs, (1..=50).collect::<Vec<_>>());
    receiving.send("from grace").await;
    let batch = next_batch(&mut sending).await;
    assert_eq!(batch.iter().map(|entry| &entry["text"]).collect::<Vec<_>>(), [&json!("from grace")]);
}

#[tokio::test]
async fn messages_of_another_node_are_delivered() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let (mut single, mut batch) = (app.socket(&ada).await, app.batch_socket(&ada).await);
    app.append_elsewhere(&ada, "from afar").await;
    assert_eq!(single.next_message().await.0, "ada : from afar");
    assert_eq!(next_batch(&mut batch).await[0]["text"], json!("from afar"));
    assert_eq!(single.send("here").await["seq"], json!(2));
}

#[tokio::test]
async fn new_messages_of_an_open_socket_have_the_new_display_name() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let mut client = app.socket(&ada).await;
    let name = store::DisplayName::parse("Countess").unwrap();
    app.stores.accounts.rename(ada.user.id, &name).await.unwrap();
    testkit::wait::until("the socket has the new name", async || {
        (client.send("hello").await["sender"]["display_name"] == json!("Countess")).then_some(())
    })
    .await;
}
