//! The chat page in every state, on a phone and a desk, light and dark, zoomed and spaced out.

use fantoccini::key::Key;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::browser::long_log;
use testkit::browser::{Driver, PHONE, Window, ZOOMED};
use testkit::http::call;
use testkit::network::proxy::{NO_WEBSOCKET, REFUSED};
use testkit::process::natter::Natter;
use testkit::process::people::Person;
use testkit::socket_io::Client;
use testkit::wait::{until, until_equal};

/// Words of many kinds from several people, one of whom is gone since.
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
    window.is_fine("chat-empty").await;
    let ben = fill(&natter).await;
    // Nobody is told live that words were erased.
    window.reload().await;
    window.is_connected().await;
    window.sees(".message[data-erased]").await;
    window.say("I write to you from a browser.").await;
    until("all is stored", async || {
        let shown = window.shown().await;
        (shown.len() == 7 && shown.iter().all(|message| message.state == "stored")).then_some(())
    })
    .await;
    window.is_fine("chat-messages").await;
    window.insert(&"x".repeat(3_960)).await;
    window.is_fine("chat-counter").await;
    window.insert(&"x".repeat(41)).await;
    window.press_key(Key::Enter).await;
    until("the reason is shown", async || {
        (!window.texts(".composer-error").await[0].is_empty()).then_some(())
    })
    .await;
    window.is_fine("chat-too-long").await;
    company_is_fine(&natter, &window, &ben).await;
}

/// Goes on with the people: in the side, on a phone with the side open, and one of them typing.
async fn company_is_fine(natter: &Natter, window: &Window, ben: &Person) {
    let mut socket = Client::connect(&natter.chat_url, &ben.token).await;
    socket.emit_with_ack("watch", &[json!({"away": false})]).await;
    let long = Person::sign_up(natter, "longest.name.that.may.be.had____").await;
    let mut away = Client::connect(&natter.chat_url, &long.token).await;
    away.emit_with_ack("watch", &[json!({"away": true})]).await;
    window.sees(".people-here .person:nth-child(2)").await;
    window.sees(".people-away .person").await;
    window.run("document.querySelector('.message-input').select()", vec![]).await;
    window.press_key(Key::Delete).await;
    socket.emit_with_ack("typing", &[json!({})]).await;
    until_equal("somebody types", vec!["Ben is typing…".to_owned()], async || {
        window.texts(".typing").await
    })
    .await;
    window.is_fine("chat-company").await;
    window.appears(PHONE).await;
    window.click(".people-button").await;
    window.sees("#sidebar:popover-open").await;
    window.is_fine_at(&[PHONE, PHONE.dark(), ZOOMED], "chat-side-open").await;
}

#[tokio::test]
async fn a_chat_that_is_read_further_up_is_fine() {
    let natter = Natter::start_with(&[("SEND_RATE", "0"), ("SEND_RATE_PER_ADDRESS", "0")]).await;
    let ben = Person::sign_up(&natter, "Ben").await;
    let mut socket = Client::connect(&natter.chat_url, &ben.token).await;
    long_log::fill(&mut socket, 0, 60).await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    window.travels(-400, 30, false).await;
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
    window.is_fine("chat-further-up").await;
    window.click(".jump-to-latest").await;
    window.sees(".unread").await;
    window.is_fine("chat-unread-line").await;
}

#[tokio::test]
async fn a_chat_that_does_not_work_is_fine_in_every_state() {
    let (natter, proxy) = Natter::start_behind_proxy().await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    proxy.rewrite(&[NO_WEBSOCKET, REFUSED]);
    window.sign_up(&natter, "Ann").await;
    window.say("This one goes out.").await;
    window.say("REFUSE this one").await;
    window.sees(".message[data-state=failed]").await;
    window.is_fine("chat-failed").await;
    proxy.fall_silent();
    window.say("Is anybody there?").await;
    window.sees(".message[data-state=pending]").await;
    window.is_fine("chat-pending").await;
    proxy.cut();
    window.has_lost_connection().await;
    window.is_fine("chat-lost").await;
    window.click("#logout button").await;
    window.sees("#leave[open]").await;
    window.is_fine("chat-log-out-asks").await;
    window.click("#leave-go").await;
    until("it says that it failed", async || {
        (!window.texts("#leave-error").await[0].is_empty()).then_some(())
    })
    .await;
    window.is_fine("chat-log-out-fails").await;
    window.click("#leave-stay").await;
    proxy.resume();
    window.is_connected().await;
    until_equal("nothing waits", 0, async || window.texts(".message[data-state=pending]").await.len()).await;
    let ann = Person { id: "me".to_owned(), username: "Ann".to_owned(), token: window.token().await };
    ann.sign_out_everywhere(&natter).await;
    window.is_signed_out().await;
    window.is_fine("chat-session-over").await;
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
    window.sees("#banner[data-state=broken]").await;
    window.is_fine("chat-broken").await;
}
