//! A system on its embedded store goes on on MongoDB after `natter move`, with everything and everybody.

use std::process::Stdio;

use reqwest::Method;
use serde_json::{Value, json};
use testkit::browser::long_log::{fill, text_of};
use testkit::http::{call, client};
use testkit::process::backend::{fresh_database, shared_uri};
use testkit::process::natter::{NO_RATES, Natter, Part, command, run_to_end};
use testkit::process::people::Person;
use testkit::socket_io::Client;
use tokio::io::{AsyncBufReadExt, BufReader};

/// Enough that a move is interrupted before its end.
const COUNT: u64 = 10_000;

/// Runs a move and kills it while it copies.
async fn kill_a_move(settings: &[(&str, &str)]) {
    let mut command = command();
    command.arg("move").envs(settings.iter().copied()).stdout(Stdio::piped()).kill_on_drop(true);
    let mut moving = command.spawn().unwrap();
    let mut lines = BufReader::new(moving.stdout.take().unwrap()).lines();
    while !lines.next_line().await.unwrap().expect("it prints how far it is").starts_with("Copied") {}
    moving.kill().await.unwrap();
}

async fn page(natter: &Natter, person: &Person, after: u64) -> Value {
    let url = format!("{}/messages?after={after}&limit=100", natter.chat_url);
    testkit::http::answer(client().get(url).bearer_auth(&person.token)).await.json()
}

#[tokio::test]
async fn a_move_that_was_killed_is_finished_and_sessions_and_numbers_stay() {
    let mut natter = Natter::start_with(&NO_RATES).await;
    let ann = Person::sign_up(&natter, "Ann").await;
    fill(&mut Client::connect(&natter.chat_url, &ann.token).await, 0, COUNT).await;
    let before = page(&natter, &ann, COUNT / 2).await;
    let (uri, data) = (fresh_database(&shared_uri()), natter.data_dir().to_str().unwrap().to_owned());
    let settings = [("DATA_DIR", data.as_str()), ("MONGODB_URI", uri.as_str())];
    let running = run_to_end(&["move"], &settings).await;
    assert!(String::from_utf8_lossy(&running.stderr).contains("another Natter process"), "{running:?}");
    natter.terminate();
    natter.ended().await;

    kill_a_move(&settings).await;
    let key = std::fs::read_to_string(natter.data_dir().join("secret")).unwrap();
    let refused = run_to_end(&[], &[("MONGODB_URI", &uri), ("ACCESS_TOKEN_SECRET", &key)]).await;
    assert!(String::from_utf8_lossy(&refused.stderr).contains("run `natter move` again"), "{refused:?}");
    let moved = run_to_end(&["move"], &settings).await;
    let printed = String::from_utf8_lossy(&moved.stdout);
    assert!(moved.status.success(), "{moved:?}");
    assert!(printed.contains(&format!("Moved 1 user and {COUNT} messages")), "{printed}");
    assert!(printed.lines().last().unwrap().contains("ACCESS_TOKEN_SECRET set to the text in"), "{printed}");
    assert!(!printed.contains(key.trim()), "the key is not shown");

    let on_mongodb = [("MONGODB_URI".to_owned(), uri.clone()), ("ACCESS_TOKEN_SECRET".to_owned(), key)];
    let on_mongodb = Natter::start_part(Part::Both, on_mongodb.to_vec()).await;
    assert_eq!(page(&on_mongodb, &ann, COUNT / 2).await, before, "by the same token");
    Person::log_in(&on_mongodb, "Ann").await;
    let body = json!({"text": text_of(COUNT + 1)});
    let next = call(Method::POST, &format!("{}/messages", on_mongodb.chat_url), &ann.token, &body).await;
    assert_eq!(next.json()["seq"], json!(COUNT + 1));

    let back = natter.restart().await;
    assert_eq!(page(&back, &ann, COUNT / 2).await, before, "the embedded store is as it was");
}
