//! The chat page in every state, on a phone and a desk, light and dark, zoomed and spaced out.

use fantoccini::key::Key;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::browser::long_log;
use testkit::browser::{Driver, PHONE, Window, ZOOMED};
use testkit::http::call;
use testkit::network::proxy::{NO_WEBSOCKET, REFUSED};
use testkit::process::natter::{NO_RATES, Natter};
use testkit::process::people::Person;
use testkit::socket_io::Client;
use testkit::wait::{until, until_equal};

/// Messages of many kinds from several users. One of them deletes the account afterwards.
async fn fill(natter: &Natter) -> Person {
    let ben = Person::sign_up(natter, "Ben").await;
    let mira = Person::sign_up(natter, "mira.k").await;
    let gone = Person::sign_up(natter, "Gone").await;
    ben.post(natter, "Good morning! Does this run on one binary now?").await;
    mira.post(natter, "It does: see https://example.org/natter?page=2 and\n\n  - sign up\n  - say something")
        .await;
    mira.post(natter, &"averyveryverylongwordwithoutanyspace".repeat(8)).await;
    mira.post(natter, "שלום לכולם").await;
    gone.post(natter, "Nobody will read this.").await;
    let url = format!("{}/users/me", natter.users_url);
    assert_eq!(call(Method::DELETE, &url, &gone.token, &Value::Null).await.status, 204);
    ben.post(natter, "So be it.").await;
    ben
}

#[tokio::test]
async fn a_chat_that_works_is_fine_in_every_state() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    window.assert_accessible("chat-empty").await;
    let ben = fill(&natter).await;
    // Live pages receive no event when texts are erased.
    window.reload().await;
    window.wait_connected().await;
    window.wait_for(".message[data-erased]").await;
    window.send_message("I write to you from a browser.").await;
    until("all is stored", async || {
        let shown = window.messages().await;
        (shown.len() == 7 && shown.iter().all(|message| message.state == "stored")).then_some(())
    })
    .await;
    window.assert_accessible("chat-messages").await;
    window.insert(&"x".repeat(3_960)).await;
    window.assert_accessible("chat-counter").await;
    window.insert(&"x".repeat(41)).await;
    window.press_key(Key::Enter).await;
    until("the reason is shown", async || {
        (!window.texts(".composer-error").await[0].is_empty()).then_some(())
    })
    .await;
    window.assert_accessible("chat-too-long").await;
    company_is_fine(&natter, &window, &ben).await;
}

/// Checks the list of people: beside the log, open on a phone, and with one user typing.
async fn company_is_fine(natter: &Natter, window: &Window, ben: &Person) {
    let mut socket = Client::connect(&natter.chat_url, &ben.token).await;
    socket.emit_with_ack("watch", &[json!({"away": false})]).await;
    let long = Person::sign_up(natter, "longest.name.that.may.be.had____").await;
    let mut away = Client::connect(&natter.chat_url, &long.token).await;
    away.emit_with_ack("watch", &[json!({"away": true})]).await;
    window.wait_for(".people-here .person:nth-child(2)").await;
    window.wait_for(".people-away .person").await;
    window.run("document.querySelector('.message-input').select()", vec![]).await;
    window.press_key(Key::Delete).await;
    socket.emit_with_ack("typing", &[json!({})]).await;
    until_equal("somebody types", vec!["Ben is typing…".to_owned()], async || {
        window.texts(".typing").await
    })
    .await;
    window.assert_accessible("chat-company").await;
    window.set_appearance(PHONE).await;
    window.click(".people-button").await;
    window.wait_for("#members:popover-open").await;
    window.assert_accessible_at(&[PHONE, PHONE.dark(), ZOOMED], "chat-members-open").await;
}

#[tokio::test]
async fn a_chat_that_is_read_further_up_is_fine() {
    let natter = Natter::start_with(&NO_RATES).await;
    let ben = Person::sign_up(&natter, "Ben").await;
    let mut socket = Client::connect(&natter.chat_url, &ben.token).await;
    long_log::fill(&mut socket, 0, 60).await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    window.scroll_to(-400, 30, false).await;
    long_log::fill(&mut socket, 60, 75).await;
    until("the button counts", async || {
        window
            .texts(".jump-to-latest:not([hidden])")
            .await
            .first()
            .filter(|words| words.contains("15"))
            .map(drop)
    })
    .await;
    window.assert_accessible("chat-further-up").await;
    window.click(".jump-to-latest").await;
    window.wait_for(".unread").await;
    window.assert_accessible("chat-unread-line").await;
}

#[tokio::test]
async fn a_chat_that_does_not_work_is_fine_in_every_state() {
    let (natter, proxy) = Natter::start_behind_proxy().await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    proxy.rewrite(&[NO_WEBSOCKET, REFUSED]);
    window.sign_up(&natter, "Ann").await;
    window.send_message("This one goes out.").await;
    window.send_message("REFUSE this one").await;
    window.wait_for(".message[data-state=failed]").await;
    window.assert_accessible("chat-failed").await;
    proxy.stop_forwarding();
    window.send_message("Is anybody there?").await;
    window.wait_for(".message[data-state=pending]").await;
    window.assert_accessible("chat-pending").await;
    proxy.cut();
    window.wait_disconnected().await;
    window.assert_accessible("chat-lost").await;
    window.click("#logout button").await;
    window.wait_for("#leave[open]").await;
    window.assert_accessible("chat-log-out-asks").await;
    window.click("#leave-go").await;
    until("it says that it failed", async || {
        (!window.texts("#leave-error").await[0].is_empty()).then_some(())
    })
    .await;
    window.assert_accessible("chat-log-out-fails").await;
    window.click("#leave-stay").await;
    proxy.resume();
    window.wait_connected().await;
    until_equal("nothing waits", 0, async || window.texts(".message[data-state=pending]").await.len()).await;
    let ann = Person { id: "me".to_owned(), username: "Ann".to_owned(), token: window.token().await };
    ann.sign_out_everywhere(&natter).await;
    window.wait_signed_out().await;
    window.assert_accessible("chat-session-over").await;
}

#[tokio::test]
async fn a_chat_whose_client_does_not_load_is_fine() {
    let (natter, proxy) = Natter::start_behind_proxy().await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    proxy.rewrite(&[("/socket.io/socket.io.js", "/socket.io/socket.io.no")]);
    let ann = Person::sign_up(&natter, "Ann").await;
    ann.post(&natter, "Before all this.").await;
    window.load(&format!("{}/?jwt={}", natter.chat_url, ann.token)).await;
    window.wait_for("#banner[data-state=broken]").await;
    window.assert_accessible("chat-broken").await;
}
