//! Two people with browsers: chatting, losing the connection, reloading.

use testkit::browser::Driver;
use testkit::network::proxy::Proxy;
use testkit::process::backend::Backend;
use testkit::process::natter::Natter;
use testkit::process::people::Person;
use testkit::wait::{until, until_equal};

on_both_stores! {
    two_people_sign_up_chat_reload_lose_and_regain_the_connection_and_miss_nothing
    a_newcomer_sees_the_last_fifty_messages_and_finds_the_older_ones_above
}

async fn two_people_sign_up_chat_reload_lose_and_regain_the_connection_and_miss_nothing(backend: Backend) {
    let proxy = Proxy::start().await;
    let natter = Natter::start_on_with(backend, &[("CHAT_URL", &proxy.url())]).await;
    proxy.forward_to(natter.chat_port);
    let driver = Driver::start().await;
    let (ann, ben) = (driver.window().await, driver.window().await);
    ann.sign_up(&natter, "Ann").await;
    ben.sign_up(&natter, "Ben").await;

    ann.send_message("Hello, is anybody here?").await;
    ben.shows_exactly(&["Hello, is anybody here?"]).await;
    ben.send_message("I am.").await;
    ann.shows_exactly(&["Hello, is anybody here?", "I am."]).await;
    let who: Vec<_> = ann.messages().await.into_iter().map(|message| message.who).collect();
    assert_eq!(who, ["You", "Ben"]);

    ann.reload().await;
    ann.wait_connected().await;
    ann.shows_exactly(&["Hello, is anybody here?", "I am."]).await;

    proxy.cut();
    ann.wait_disconnected().await;
    ben.wait_disconnected().await;
    ann.send_message("Written while it was gone.").await;
    let cid = Person::sign_up(&natter, "Cid").await;
    cid.post_at(natter.chat_port, "Missed by both.").await;
    until_equal("it waits", "pending".to_owned(), async || ann.messages().await[2].state.clone()).await;
    proxy.resume();
    let all = ["Hello, is anybody here?", "I am.", "Missed by both.", "Written while it was gone."];
    ann.shows_exactly(&all).await;
    ben.shows_exactly(&all).await;
    for window in [&ann, &ben] {
        let console_errors = window.console_errors().await;
        let own: Vec<_> = console_errors.iter().filter(|line| !line.contains("/socket.io/")).collect();
        assert!(own.is_empty(), "the console is silent but for the lost connection: {own:?}");
    }
}

#[tokio::test]
async fn the_pages_log_no_errors_and_the_token_leaves_the_address_bar() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    until_equal("the token is gone", format!("{}/", natter.chat_url), async || window.address().await).await;
    window.send_message("hello").await;
    window.shows_exactly(&["hello"]).await;
    window.load(&format!("{}/account", natter.users_url)).await;
    window.wait_for("#display_name").await;
    window.load(&format!("{}/login", natter.users_url)).await;
    window.wait_for("#password").await;
    window.load(&format!("{}/docs", natter.users_url)).await;
    window.wait_for("h1").await;
    assert_eq!(window.console_errors().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_server_that_comes_back_after_a_crash_is_found_again_without_a_reload() {
    let proxy = Proxy::start().await;
    let natter = Natter::start_with(&[("CHAT_URL", &proxy.url())]).await;
    proxy.forward_to(natter.chat_port);
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    window.send_message("before").await;
    window.shows_exactly(&["before"]).await;
    let natter = natter.kill_and_restart().await;
    window.wait_disconnected().await;
    window.send_message("while it was away").await;
    proxy.forward_to(natter.chat_port);
    window.shows_exactly(&["before", "while it was away"]).await;
}

#[tokio::test]
async fn a_network_that_stops_forwarding_is_detected_and_messages_arrive_once() {
    let proxy = Proxy::start().await;
    let natter = Natter::start_with(&[("CHAT_URL", &proxy.url())]).await;
    proxy.forward_to(natter.chat_port);
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    proxy.stop_forwarding();
    window.send_message("into the void").await;
    until_equal("it is not stored", "pending".to_owned(), async || window.messages().await[0].state.clone())
        .await;
    proxy.resume();
    window.shows_exactly(&["into the void"]).await;
}

async fn a_newcomer_sees_the_last_fifty_messages_and_finds_the_older_ones_above(backend: Backend) {
    let natter = Natter::start_on(backend).await;
    let ann = Person::sign_up(&natter, "Ann").await;
    let texts: Vec<String> = (1..=70).map(|number| format!("message {number}")).collect();
    for text in &texts {
        ann.post(&natter, text).await;
    }
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ben").await;
    assert_eq!(window.message_texts().await[..], texts[20..]);
    let scroll = "document.querySelector('.messages').firstElementChild.scrollIntoView()";
    until("the older ones come", async || {
        window.run(scroll, vec![]).await;
        (window.message_texts().await == texts).then_some(())
    })
    .await;
    let texts: Vec<_> = texts.iter().map(String::as_str).collect();
    window.shows_exactly(&texts).await;
}

#[tokio::test]
async fn shift_enter_breaks_the_line_and_a_text_that_is_too_long_stays_in_the_field() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    let shift_enter = "\u{e008}\u{e007}\u{e008}";
    window.send_message(&format!("two{shift_enter}lines")).await;
    window.shows_exactly(&["two\nlines"]).await;
    let fill = "document.querySelector('.message-input').value = 'x'.repeat(4001)";
    window.run(fill, vec![]).await;
    window.send_message("").await;
    until("the reason is shown", async || {
        window.texts(".composer-error").await[0].contains("4,001").then_some(())
    })
    .await;
    assert_eq!(window.message_texts().await, ["two\nlines"]);
}
