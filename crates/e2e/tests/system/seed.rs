//! The seed's client code, unchanged: programs for the original server work with this one.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::browser::Driver;
use testkit::http::{answer, call, client};
use testkit::process::backend::Backend;
use testkit::process::natter::Natter;
use testkit::process::node::Program;
use testkit::process::people::{PASSWORD, Person};
use testkit::wait::until_equal;

on_both_stores! {
    the_official_client_with_the_token_in_the_address_talks_over_either_transport
    the_page_with_a_good_token_opens_and_without_one_says_that_it_did_not_match
    users_can_be_addressed_by_the_seeds_names
}

async fn the_official_client_with_the_token_in_the_address_talks_over_either_transport(backend: Backend) {
    let natter = Natter::start_on(backend).await;
    let (ann, ben) = (Person::sign_up(&natter, "Ann").await, Person::sign_up(&natter, "Ben").await);
    for transport in ["websocket", "polling"] {
        let mut first = Program::run("talk.mjs", &[&natter.chat_url, &ann.token, transport]);
        let mut second = Program::run("talk.mjs", &[&natter.chat_url, &ben.token, transport]);
        assert_eq!(first.next("connected").await, json!(transport));
        assert_eq!(second.next("connected").await, json!(transport));
        first.write_line("hello over there").await;
        assert_eq!(second.next("received").await, json!("Ann : hello over there"));
        second.write_line("and back").await;
        // A message of one's own would arrive first.
        assert_eq!(first.next("received").await, json!("Ben : and back"));
    }
    let texts: Vec<Value> = ann.whole_log(&natter).await.iter().map(|entry| entry["text"].clone()).collect();
    assert_eq!(texts, ["hello over there", "and back", "hello over there", "and back"]);
}

#[tokio::test]
async fn the_official_client_upgrades_by_itself_and_receives_from_a_second_window_of_the_same_user() {
    let natter = Natter::start().await;
    let ann = Person::sign_up(&natter, "Ann").await;
    let mut first = Program::run("talk.mjs", &[&natter.chat_url, &ann.token]);
    let mut second = Program::run("talk.mjs", &[&natter.chat_url, &ann.token]);
    first.next("connected").await;
    second.next("connected").await;
    first.write_line("to myself").await;
    assert_eq!(second.next("received").await, json!("Ann : to myself"));
}

#[tokio::test]
async fn the_official_client_gets_the_seeds_error_for_an_invalid_token() {
    let natter = Natter::start().await;
    for transport in ["websocket", "polling"] {
        let mut client = Program::run("talk.mjs", &[&natter.chat_url, "not-a-token", transport]);
        assert_eq!(client.next("refused").await, json!("Token didn't match"));
    }
}

#[tokio::test]
async fn in_a_browser_plain_io_on_the_chats_own_page_is_signed_in() {
    let natter = Natter::start().await;
    let (driver, ben) = (Driver::start().await, Person::sign_up(&natter, "Ben").await);
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    // The seed's code, on the chat's origin. The page has another socket of its own.
    let script = "const socket = io(); window.seed = { received: [], ready: false };
        socket.on('connect', () => { window.seed.ready = true; });
        socket.on('chat message', (message) => window.seed.received.push(message));
        window.seed.say = (message) => socket.emit('chat message', message);";
    window.run(script, vec![]).await;
    until_equal("io() is connected", json!(true), async || window.run("return seed.ready", vec![]).await)
        .await;
    ben.post(&natter, "hello Ann").await;
    let received = async || window.run("return seed.received", vec![]).await;
    until_equal("the line is received", json!(["Ben : hello Ann"]), received).await;
    window.run("seed.say('hello Ben')", vec![]).await;
    // The page's socket receives what the other one sends: they are two sockets of one user.
    window.shows_exactly(&["hello Ann", "hello Ben"]).await;
    assert_eq!(ben.whole_log(&natter).await[1]["sender"]["username"], "Ann");
}

#[tokio::test]
async fn the_official_bundle_is_served_at_its_path() {
    let natter = Natter::start().await;
    let script = answer(client().get(format!("{}/socket.io/socket.io.js", natter.chat_url))).await;
    assert_eq!(script.status, 200);
    assert!(script.header("content-type").contains("javascript"), "{}", script.header("content-type"));
    assert!(script.text.contains("Socket.IO v4"), "{}", &script.text[..200.min(script.text.len())]);
}

async fn the_page_with_a_good_token_opens_and_without_one_says_that_it_did_not_match(backend: Backend) {
    let natter = Natter::start_on(backend).await;
    let ann = Person::sign_up(&natter, "Ann").await;
    let page = answer(client().get(format!("{}/?jwt={}", natter.chat_url, ann.token))).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("Ann") && page.text.contains("/socket.io/socket.io.js"), "{}", page.text);
    for query in ["", "?jwt=", "?jwt=nonsense"] {
        let refused = answer(client().get(format!("{}/{query}", natter.chat_url))).await;
        assert_eq!(refused.problem(401, "signed_out")["message"], "Token didn't match");
    }
}

async fn users_can_be_addressed_by_the_seeds_names(backend: Backend) {
    let natter = Natter::start_on(backend).await;
    for (name, alias) in [("Ann", "userID"), ("Ben", "userName")] {
        let body = json!({alias: name, "password": PASSWORD});
        let made = call(Method::POST, &format!("{}/users", natter.users_url), "", &body).await;
        assert_eq!((made.status.as_u16(), &made.json()["username"]), (201, &json!(name)), "{}", made.text);
        let logged_in = call(Method::POST, &format!("{}/login", natter.users_url), "", &body).await;
        assert_eq!(logged_in.status, 200, "{}", logged_in.text);
    }
    let both = json!({"username": "Cid", "userID": "Cid", "password": PASSWORD});
    let refused = call(Method::POST, &format!("{}/users", natter.users_url), "", &both).await;
    assert!(refused.problem(422, "invalid")["errors"]["username"].is_string(), "{}", refused.text);
}
