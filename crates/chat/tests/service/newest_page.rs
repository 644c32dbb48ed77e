//! The newest messages, as the page, `GET /messages` and `history` have them: made once and kept, and never older than
//! what was answered before.

use std::io::Read;

use flate2::read::GzDecoder;
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use store::deletion::delete_user;

use crate::app::{App, Person};

fn page_of(app: &App, reader: &Person) -> RequestBuilder {
    Client::new().get(format!("{}/?jwt={}", app.url, reader.token))
}

async fn text(request: RequestBuilder) -> String {
    request.send().await.unwrap().error_for_status().unwrap().text().await.unwrap()
}

/// The messages in a page, each from its `<li` on.
fn messages(page: &str) -> Vec<&str> {
    let (_, list) = page.split_once(r#"<ol class="messages">"#).unwrap();
    let (list, _) = list.split_once("</ol>").unwrap();
    list.split("<li ").skip(1).collect()
}

async fn listed(app: &App, reader: &Person, query: &str) -> Value {
    let call = Client::new().get(format!("{}/messages{query}", app.url)).bearer_auth(&reader.token);
    call.send().await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn a_message_that_one_node_stored_is_in_the_next_page_of_each() {
    let app = App::start().await;
    let other = app.another_node().await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    let mut socket = other.socket(&grace).await;
    for number in 1..=5 {
        let sent = Client::new().post(format!("{}/messages", app.url)).bearer_auth(&ada.token);
        let sent = sent.json(&json!({"text": format!("message {number}")})).send().await.unwrap();
        assert_eq!(sent.status(), 201);
        for node in [&app, &other] {
            let page = text(page_of(node, &grace)).await;
            assert_eq!(messages(&page).len(), number);
            assert!(messages(&page)[number - 1].contains(&format!("message {number}<")));
            assert!(page.contains(&format!(r#""last_seq":{number}"#)));
            assert_eq!(listed(node, &grace, "").await["last_seq"], json!(number));
        }
        let history = socket.emit_with_ack("history", &[]).await;
        assert_eq!(history["messages"].as_array().unwrap().len(), number);
    }
}

#[tokio::test]
async fn a_page_marks_the_readers_own_messages_and_no_others() {
    let app = App::start().await;
    let people = [app.person("ada").await, app.person("ben").await, app.person("cleo").await];
    app.append_elsewhere(&people[0], "of ada").await;
    app.append_elsewhere(&people[1], "of ben").await;
    for _ in 0..2 {
        for (reader, own) in people.iter().zip([Some(0), Some(1), None]) {
            let page = text(page_of(&app, reader)).await;
            let messages = messages(&page);
            assert_eq!(messages.len(), 2);
            for (number, message) in messages.iter().enumerate() {
                assert_eq!(message.contains("data-mine"), own == Some(number), "{message}");
                assert_eq!(message.contains(">You<"), own == Some(number), "{message}");
            }
        }
    }
}

#[tokio::test]
async fn an_erased_message_is_in_no_answer_after_the_deletion() {
    let app = App::start().await;
    let other = app.another_node().await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    app.append_elsewhere(&ada, "words of ada").await;
    app.append_elsewhere(&grace, "kept").await;
    let mut socket = other.socket(&grace).await;
    for node in [&app, &other] {
        assert!(text(page_of(node, &grace)).await.contains("words of ada"));
        assert_eq!(listed(node, &grace, "").await["messages"][0]["text"], json!("words of ada"));
    }
    delete_user(&app.stores, ada.user.id).await.unwrap();
    for node in [&app, &other] {
        let page = text(page_of(node, &grace)).await;
        assert!(!page.contains("words of ada") && page.contains("kept"));
        assert!(messages(&page)[0].contains("Message deleted"));
        assert_eq!(listed(node, &grace, "").await["messages"][0]["erased"], json!(true));
    }
    let history = socket.emit_with_ack("history", &[]).await;
    assert_eq!(
        (&history["messages"][0]["text"], &history["messages"][1]["text"]),
        (&Value::Null, &json!("kept"))
    );
}

#[tokio::test]
async fn a_limit_returns_the_last_ones_of_the_newest() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    for number in 1..=60 {
        app.append_elsewhere(&ada, &format!("message {number}")).await;
    }
    for (limit, first) in [(1, 60), (7, 54), (49, 12), (50, 11), (51, 10), (100, 1)] {
        let answer = listed(&app, &ada, &format!("?limit={limit}")).await;
        let before_the_end = listed(&app, &ada, &format!("?limit={limit}&before=61")).await;
        assert_eq!(answer, before_the_end, "{limit}");
        assert_eq!(answer["messages"][0]["seq"], json!(first));
        assert_eq!(answer["covered_to"], json!(first));
    }
}

#[tokio::test]
async fn a_compressed_answer_has_what_the_plain_one_has() {
    let app = App::start().await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    for number in 1..=60 {
        let who = if number % 3 == 0 { &grace } else { &ada };
        app.append_elsewhere(who, &format!("<b>message {number}</b> – ünïcødé \u{1f600}")).await;
    }
    let calls = Client::new().get(format!("{}/messages", app.url)).bearer_auth(&grace.token);
    let requests = [page_of(&app, &ada), page_of(&app, &grace), calls];
    for request in requests {
        let request = || request.try_clone().unwrap();
        let plain = text(request()).await;
        for _ in 0..2 {
            let zipped = request().header("accept-encoding", "gzip, deflate, br, zstd").send().await.unwrap();
            assert_eq!(zipped.headers()["content-encoding"], "gzip");
            assert_eq!(zipped.headers()["vary"], "accept-encoding");
            let zipped = zipped.bytes().await.unwrap();
            assert!(zipped.len() < plain.len() / 4, "{} of {}", zipped.len(), plain.len());
            let mut unzipped = String::new();
            GzDecoder::new(&zipped[..]).read_to_string(&mut unzipped).unwrap();
            // The head of a page has a token that is masked anew each time.
            match plain.starts_with('{') {
                true => assert_eq!(unzipped, plain),
                false => assert_eq!(messages(&unzipped), messages(&plain)),
            }
            assert_eq!(unzipped.len(), plain.len());
        }
    }
    for other in ["br", "zstd", "deflate"] {
        let answer = page_of(&app, &ada).header("accept-encoding", other).send().await.unwrap();
        assert_eq!(answer.headers()["content-encoding"], other);
    }
}
