//! Stacked combining marks stay in their own row, in texts, names and avatars: the rows above and below look the same with
//! and without them.

use fantoccini::Locator;
use reqwest::Method;
use serde_json::json;
use testkit::browser::{Driver, Window};
use testkit::http::call;
use testkit::process::natter::Natter;
use testkit::process::people::Person;
use testkit::socket_io::Client;
use testkit::wait::until;

/// A letter with many marks above it, and one with many marks below it.
fn stacked(height: usize) -> String {
    format!("Z{}g{}", "\u{301}".repeat(height), "\u{323}".repeat(height))
}

/// Sets an id on the element, for a screenshot of it.
const SET_ID: &str = "for (const node of document.querySelectorAll('#pictured')) node.removeAttribute('id');
    [...document.querySelectorAll(arguments[0])].at(arguments[1]).id = 'pictured'";

const HIDE: &str = "for (const node of document.querySelectorAll(arguments[0]))
    if (/\\p{M}{3}/u.test(node.textContent)) node.style.visibility = arguments[1]";

/// Removes the clipping, to check that the marks would reach the other rows.
const REMOVE_CLIPPING: &str =
    "for (const node of document.querySelectorAll('.message .content, .head, .avatar'))
    node.style.clipPath = 'none'";

async fn picture(window: &Window, css: &str, at: i64) -> Vec<u8> {
    window.run(SET_ID, vec![json!(css), json!(at)]).await;
    let element = window.client.find(Locator::Css("#pictured")).await.unwrap();
    element.screenshot().await.unwrap()
}

/// Whether the row at `at` looks the same with and without the marks in `piled`.
async fn is_untouched(window: &Window, row: &str, at: i64, piled: &str) -> bool {
    let with = picture(window, row, at).await;
    window.run(HIDE, vec![json!(piled), json!("hidden")]).await;
    let without = picture(window, row, at).await;
    window.run(HIDE, vec![json!(piled), json!("visible")]).await;
    with == without
}

#[tokio::test]
async fn piled_up_marks_do_not_reach_the_messages_above_and_below() {
    let natter = Natter::start().await;
    let eve = Person::sign_up(&natter, "Eve").await;
    for text in ["above above above", &stacked(60).repeat(9), "below below below"] {
        eve.post(&natter, text).await;
    }
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    for at in [0, 2] {
        assert!(is_untouched(&window, ".message", at, ".text").await, "message {at}");
    }
    window.run(REMOVE_CLIPPING, vec![]).await;
    assert!(
        !is_untouched(&window, ".message", 0, ".text").await,
        "the marks are high enough to be seen there"
    );
}

#[tokio::test]
async fn a_name_of_piled_up_marks_stays_in_its_row() {
    let natter = Natter::start().await;
    let (eve, ben) = (Person::sign_up(&natter, "Eve").await, Person::sign_up(&natter, "Zed").await);
    let url = format!("{}/users/me", natter.users_url);
    for (person, name) in [(&eve, &stacked(30)), (&ben, &"Zz".to_owned())] {
        let renamed = call(Method::PATCH, &url, &person.token, &json!({"display_name": name})).await;
        assert_eq!(renamed.status, 200, "{}", renamed.text);
    }
    ben.post(&natter, "above above above").await;
    eve.post(&natter, "words").await;
    let mut sockets = Vec::new();
    for person in [&eve, &ben] {
        let mut socket = Client::connect(&natter.chat_url, &person.token).await;
        socket.emit_with_ack("watch", &[json!({"away": false})]).await;
        sockets.push(socket);
    }
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    until("all are listed", async || (window.texts(".people-here .person").await.len() == 3).then_some(()))
        .await;
    let names = ".who, .person-name, .avatar";
    for (row, at) in [(".message", 0), (".people-here .person", 0), (".people-here .person", 2)] {
        assert!(is_untouched(&window, row, at, names).await, "{row} {at}");
    }
    assert!(is_untouched(&window, ".message .text", 1, names).await, "the words under the name");
    window.run(REMOVE_CLIPPING, vec![]).await;
    assert!(!is_untouched(&window, ".message", 0, names).await, "the marks are high enough to be seen there");
}
