//! What is above a room: its title, its topic with the number of members, and the buttons.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::browser::{DESK, Driver, PHONE, Window};
use testkit::http::call;
use testkit::process::natter::Natter;
use testkit::process::people::{PASSWORD, Person};
use testkit::socket_io::Client;
use testkit::wait::until_equal;

async fn expanded(window: &Window) -> Value {
    let script =
        "return document.querySelector('.room:not([hidden]) .people-button').getAttribute('aria-expanded')";
    window.run(script, vec![]).await
}

#[tokio::test]
async fn the_topic_and_the_number_of_members_stay_when_somebody_comes() {
    let natter = Natter::start().await;
    let (ann, ben) = (Person::sign_up(&natter, "Ann").await, Person::sign_up(&natter, "Ben").await);
    let mut anns = Client::connect(&natter.chat_url, &ann.token).await;
    let about = json!({"name": "Compilers", "kind": "public", "topic": "What was understood."});
    let made = anns.emit_with_ack("create room", &[about]).await;
    let room = made["room"]["id"].as_str().unwrap();
    let join = format!("{}/rooms/{room}/members/me", natter.chat_url);
    assert_eq!(call(Method::PUT, &join, &ben.token, &json!({})).await.status, 201);
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.load(&format!("{}/login", natter.users_url)).await;
    window.submit("form[action='/login']", &[("username", "Ann"), ("password", PASSWORD)]).await;
    window.wait_connected().await;
    window.open_room("Compilers").await;
    let header = |of: &'static str| format!(".room:not([hidden]) {of}");
    let shows = async |of: &'static str, words: &str| {
        until_equal(of, vec![words.to_owned()], async || window.texts(&header(of)).await).await;
    };
    shows(".here-count", "1 here").await;
    let _bens = Client::connect(&natter.chat_url, &ben.token).await;
    shows(".here-count", "2 here").await;
    shows(".room-about", "What was understood. 2 members").await;
    window.open_room("Lobby").await;
    shows(".here-count", "2 here").await;
    shows(".room-about", "Everyone").await;
}

#[tokio::test]
async fn the_button_for_the_people_says_whether_they_are_visible() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.set_size(DESK).await;
    window.sign_up(&natter, "Ann").await;
    assert_eq!(expanded(&window).await, json!("true"), "the column is open");
    window.click(".people-button").await;
    assert_eq!(expanded(&window).await, json!("false"), "the column is closed");
    window.create_room("Compilers", "public").await;
    assert_eq!(expanded(&window).await, json!("false"), "also for a room that is opened later");
    window.set_size(PHONE).await;
    window.click(".room:not([hidden]) .people-button").await;
    until_equal("the popover is open", json!("true"), async || expanded(&window).await).await;
    window.press("\u{e00c}").await;
    until_equal("the popover is closed", json!("false"), async || expanded(&window).await).await;
    window.click(".room:not([hidden]) .room-settings").await;
    window.wait_for("#settings[open]").await;
}
