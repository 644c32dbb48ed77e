//! Socket.IO with a raw client, which implements the protocol only.

use serde_json::{Value, json};
use testkit::process::backend::Backend;
use testkit::process::natter::{NO_RATES, Natter};
use testkit::process::people::Person;
use testkit::socket_io::Polling;
use testkit::socket_io::{Client, Received};

on_both_stores! {
    a_send_is_acknowledged_with_its_entry_and_received_by_all_others_as_line_and_entry
    a_message_sent_by_http_is_received_on_sockets_of_either_transport
    a_resend_is_answered_with_the_first_entry_and_delivered_once
    many_sends_of_one_socket_are_stored_in_the_order_of_sending
    history_is_the_same_log_as_by_http
    a_client_that_asked_for_batches_receives_every_entry_in_order
    clients_that_asked_for_tips_learn_where_the_log_ends
}

async fn a_send_is_acknowledged_with_its_entry_and_received_by_all_others_as_line_and_entry(
    backend: Backend,
) {
    let natter = Natter::start_on(backend).await;
    let (ann, ben) = (Person::sign_up(&natter, "Ann").await, Person::sign_up(&natter, "Ben").await);
    let mut anns = Client::connect(&natter.chat_url, &ann.token).await;
    let mut anns_other = Client::connect(&natter.chat_url, &ann.token).await;
    let mut bens = Client::connect(&natter.chat_url, &ben.token).await;
    let entry = anns.send("hello").await;
    assert_eq!((&entry["seq"], &entry["text"]), (&json!(1), &json!("hello")));
    for socket in [&mut anns_other, &mut bens] {
        assert_eq!(socket.next_message().await, ("Ann : hello".to_owned(), entry.clone()));
    }
    let second = bens.send("hi").await;
    // The sending socket does not receive its own message: the next one is the other user's.
    assert_eq!(anns.next_message().await, ("Ben : hi".to_owned(), second));
}

async fn a_message_sent_by_http_is_received_on_sockets_of_either_transport(backend: Backend) {
    let natter = Natter::start_on(backend).await;
    let ann = Person::sign_up(&natter, "Ann").await;
    let mut socket = Client::connect(&natter.chat_url, &ann.token).await;
    let mut polling = Polling::connect(&natter.chat_url, &ann.token).await;
    let entry = ann.post(&natter, "from curl").await;
    assert_eq!(socket.next_message().await, ("Ann : from curl".to_owned(), entry.clone()));
    let expected = Received::Event("chat message".into(), vec![json!("Ann : from curl"), entry]);
    assert_eq!(polling.receive().await, expected);
    let number = polling.emit("chat message", &json!("by polling")).await;
    let Received::Ack(answered, answer) = polling.receive().await else { panic!("no ack") };
    assert_eq!((answered, &answer["ok"], &answer["message"]["seq"]), (number, &json!(true), &json!(2)));
    assert_eq!(socket.next_message().await.0, "Ann : by polling");
}

async fn a_resend_is_answered_with_the_first_entry_and_delivered_once(backend: Backend) {
    let natter = Natter::start_on(backend).await;
    let (ann, ben) = (Person::sign_up(&natter, "Ann").await, Person::sign_up(&natter, "Ben").await);
    let mut anns = Client::connect(&natter.chat_url, &ann.token).await;
    let mut bens = Client::connect(&natter.chat_url, &ben.token).await;
    let first = anns.emit_with_ack("chat message", &[json!("once"), json!({"id": "a1"})]).await;
    let again = anns.emit_with_ack("chat message", &[json!("once"), json!({"id": "a1"})]).await;
    assert_eq!(first, again);
    let reused = anns.emit_with_ack("chat message", &[json!("twice"), json!({"id": "a1"})]).await;
    assert_eq!((&reused["ok"], &reused["code"]), (&json!(false), &json!("id_reused")), "{reused}");
    assert!(reused.get("retry_after_ms").is_none(), "{reused}");
    anns.send("next").await;
    assert_eq!(bens.next_message().await.0, "Ann : once");
    assert_eq!(bens.next_message().await.0, "Ann : next");
}

async fn many_sends_of_one_socket_are_stored_in_the_order_of_sending(backend: Backend) {
    let natter = Natter::start_on(backend).await;
    let ann = Person::sign_up(&natter, "Ann").await;
    let mut socket = Client::connect(&natter.chat_url, &ann.token).await;
    let mut receiver = Client::connect(&natter.chat_url, &ann.token).await;
    for number in 0..500 {
        socket.emit("chat message", &[json!(format!("{number}"))]).await;
    }
    for number in 0..500 {
        let Received::Ack(answered, answer) = socket.receive().await else { panic!("no ack") };
        assert_eq!((answered, &answer["message"]["seq"]), (number + 1, &json!(number + 1)), "{answer}");
        assert_eq!(receiver.next_message().await.1["text"], json!(format!("{number}")));
    }
}

#[tokio::test]
async fn each_wrong_payload_gets_a_negative_answer_and_changes_nothing() {
    let natter = Natter::start().await;
    let ann = Person::sign_up(&natter, "Ann").await;
    let mut socket = Client::connect(&natter.chat_url, &ann.token).await;
    let long = "x".repeat(4_001);
    let wrong: &[(&str, Vec<Value>, &str)] = &[
        ("chat message", vec![], "invalid"),
        ("chat message", vec![json!(7)], "invalid"),
        ("chat message", vec![Value::Null], "invalid"),
        ("chat message", vec![json!({"text": "x"})], "invalid"),
        ("chat message", vec![json!(["x"])], "invalid"),
        ("chat message", vec![json!("")], "invalid"),
        ("chat message", vec![json!(" \n ")], "invalid"),
        ("chat message", vec![json!("bell\u{7}")], "invalid"),
        ("chat message", vec![json!(long)], "too_long"),
        ("chat message", vec![json!("x"), json!("id")], "invalid"),
        ("chat message", vec![json!("x"), json!({"id": ""})], "invalid"),
        ("chat message", vec![json!("x"), json!({"id": "a b"})], "invalid"),
        ("chat message", vec![json!("x"), json!({"id": 7})], "invalid"),
        ("chat message", vec![json!("x"), json!({"room": "elsewhere"})], "unknown_room"),
        ("chat message", vec![json!("x"), json!({"room": 7})], "invalid"),
        ("history", vec![json!("all")], "invalid"),
        ("history", vec![json!({"after": 1, "before": 9})], "invalid"),
        ("history", vec![json!({"limit": 0})], "invalid"),
        ("history", vec![json!({"limit": 101})], "invalid"),
        ("history", vec![json!({"after": "1"})], "invalid"),
        ("history", vec![json!({"room": "elsewhere"})], "unknown_room"),
        ("watch", vec![json!({"away": "yes"})], "invalid"),
        ("watch", vec![json!({"room": "elsewhere"})], "unknown_room"),
        ("typing", vec![json!({"text": "x"})], "invalid"),
        ("presence", vec![json!({})], "invalid"),
    ];
    for (event, arguments, code) in wrong {
        let answer = socket.emit_with_ack(event, arguments).await;
        let shown = Value::from(arguments.clone()).to_string();
        assert_eq!(
            (&answer["ok"], &answer["code"]),
            (&json!(false), &json!(code)),
            "{event} {shown:.80}: {answer}"
        );
        assert!(answer["detail"].is_string() && answer.get("retry_after_ms").is_none(), "{answer}");
    }
    assert_eq!(ann.whole_log(&natter).await, Vec::<Value>::new());
    assert_eq!(socket.send("still connected").await["seq"], 1);
}

async fn history_is_the_same_log_as_by_http(backend: Backend) {
    let natter = Natter::start_on(backend).await;
    let ann = Person::sign_up(&natter, "Ann").await;
    let mut socket = Client::connect(&natter.chat_url, &ann.token).await;
    for number in 1..=7 {
        socket.send(&format!("message {number}")).await;
    }
    let mut page = async |query: Value| {
        let answer = socket.emit_with_ack("history", &[query]).await;
        assert_eq!(answer["ok"], json!(true), "{answer}");
        let seqs = answer["messages"].as_array().unwrap().iter().map(|entry| entry["seq"].as_u64().unwrap());
        (seqs.collect::<Vec<_>>(), answer["covered_to"].clone(), answer["last_seq"].clone())
    };
    assert_eq!(page(json!({})).await, ((1..=7).collect(), json!(1), json!(7)));
    assert_eq!(page(json!({"after": 5, "room": "lobby"})).await, (vec![6, 7], json!(7), json!(7)));
    assert_eq!(page(json!({"after": 0, "limit": 2})).await, (vec![1, 2], json!(2), json!(7)));
    assert_eq!(page(json!({"before": 3})).await, (vec![1, 2], json!(1), json!(7)));
    let answer = socket.emit_with_ack("history", &[]).await;
    assert_eq!(
        (&answer["ok"], &answer["last_seq"]),
        (&json!(true), &json!(7)),
        "without any argument: {answer}"
    );
}

async fn a_client_that_asked_for_batches_receives_every_entry_in_order(backend: Backend) {
    let natter = Natter::start_on(backend).await;
    let ann = Person::sign_up(&natter, "Ann").await;
    let auth = json!({"token": ann.token, "batch": true, "tip": true});
    let mut receiver = Client::connect_with(&natter.chat_url, auth).await;
    let mut sender = Client::connect(&natter.chat_url, &ann.token).await;
    for number in 0..300 {
        sender.emit("chat message", &[json!(format!("{number}"))]).await;
    }
    let mut next = 1;
    while next <= 300 {
        let Received::Event(name, arguments) = receiver.receive().await else {
            panic!("the connection ended")
        };
        let entries = match name.as_str() {
            "chat message" => vec![arguments[1].clone()],
            "chat messages" => arguments[0].as_array().unwrap().clone(),
            _ => continue,
        };
        for entry in entries {
            assert_eq!(entry["seq"], json!(next));
            next += 1;
        }
    }
}

async fn clients_that_asked_for_tips_learn_where_the_log_ends(backend: Backend) {
    let natter = Natter::start_on_with(backend, &NO_RATES).await;
    let ann = Person::sign_up(&natter, "Ann").await;
    let auth = json!({"token": ann.token, "tip": true});
    let mut receiver = Client::connect_with(&natter.chat_url, auth).await;
    let mut sender = Client::connect(&natter.chat_url, &ann.token).await;
    for number in 0..1_000 {
        sender.emit("chat message", &[json!(format!("{number}"))]).await;
    }
    loop {
        if let Received::Event(name, arguments) = receiver.receive().await
            && name == "tip"
            && arguments == [json!({"room": "lobby", "last_seq": 1_000})]
        {
            return;
        }
    }
}

#[tokio::test]
async fn the_sockets_of_a_user_are_capped() {
    let natter = Natter::start_with(&[("MAX_SOCKETS_PER_USER", "2")]).await;
    let (ann, ben) = (Person::sign_up(&natter, "Ann").await, Person::sign_up(&natter, "Ben").await);
    let mut kept = vec![
        Client::connect(&natter.chat_url, &ann.token).await,
        Client::connect(&natter.chat_url, &ann.token).await,
    ];
    let mut third = Client::open(&natter.chat_url, "", &[]).await.unwrap();
    third.send_packet(&format!("40{}", json!({"token": ann.token}))).await;
    assert_ne!(third.receive().await, Received::Connected);
    Client::connect(&natter.chat_url, &ben.token).await;
    kept.pop();
    testkit::wait::until("the permit is free again", async || {
        let mut again = Client::open(&natter.chat_url, "", &[]).await.unwrap();
        again.send_packet(&format!("40{}", json!({"token": ann.token}))).await;
        (again.receive().await == Received::Connected).then_some(())
    })
    .await;
}
