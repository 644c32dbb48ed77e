//! Use with the keyboard only: every control is reached in document order, the focus is visible, and it is never lost.

use fantoccini::key::Key;
use testkit::browser::{Driver, PHONE, Window};
use testkit::network::proxy::{NO_WEBSOCKET, REFUSED};
use testkit::process::natter::{NO_RATES, Natter};
use testkit::process::people::{PASSWORD, Person};
use testkit::wait::until_equal;

/// Checks that Tab reaches every control in order, each with a visible focus and in view.
async fn assert_all_is_reached(window: &Window, page: &str) {
    let controls = window.controls().await;
    let stops = window.tab_through().await;
    let reached: Vec<_> = stops.iter().map(|stop| stop.what.clone()).collect();
    assert_eq!(reached, controls, "{page}: all controls, in the page's order");
    for stop in stops {
        assert!(stop.is_marked && stop.is_in_view, "{page}: the focus is seen: {stop:?}");
    }
}

#[tokio::test]
async fn a_user_signs_up_writes_and_reaches_every_control_by_keyboard() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.load(&format!("{}/signup", natter.users_url)).await;
    assert_all_is_reached(&window, "sign-up").await;
    window.reload().await;
    assert_eq!(window.focus().await, "#username");
    window.press("Ann").await;
    window.press_key(Key::Tab).await;
    window.press("Ann Green").await;
    window.press_key(Key::Tab).await;
    window.press(&format!("{PASSWORD}{}", char::from(Key::Enter))).await;
    window.wait_connected().await;
    assert_eq!(window.focus().await, ".message-input");
    window.press(&format!("Hello, see https://example.org{}", char::from(Key::Enter))).await;
    window.shows_exactly(&["Hello, see https://example.org"]).await;
    assert_eq!(window.focus().await, ".message-input", "after sending");
    assert_all_is_reached(&window, "chat").await;
    window.load(&format!("{}/account", natter.users_url)).await;
    assert_all_is_reached(&window, "account").await;
    window.load(&format!("{}/login", natter.users_url)).await;
    assert_all_is_reached(&window, "log-in").await;
    window.load(&format!("{}/docs", natter.users_url)).await;
    assert_all_is_reached(&window, "api").await;
}

#[tokio::test]
async fn on_a_phone_the_members_are_opened_and_closed_by_keyboard() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    window.set_appearance(PHONE).await;
    assert_all_is_reached(&window, "chat on a phone").await;
    window.run("document.querySelector('.people-button').focus()", vec![]).await;
    let button = window.focus().await;
    window.press_key(Key::Enter).await;
    window.wait_for("#members:popover-open").await;
    window.press_key(Key::Tab).await;
    let is_inside = "return document.querySelector('#members').contains(document.activeElement)";
    assert_eq!(window.run(is_inside, vec![]).await, true, "the focus goes in");
    window.press_key(Key::Escape).await;
    window.wait_for("#members:not(:popover-open)").await;
    assert_eq!(window.focus().await, button, "and comes back");
}

#[tokio::test]
async fn the_focus_is_never_lost_when_what_was_pressed_goes_away() {
    let (natter, proxy) = Natter::start_behind_proxy().await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    proxy.rewrite(&[NO_WEBSOCKET, REFUSED]);
    window.sign_up(&natter, "Ann").await;
    for text in ["REFUSE one", "REFUSE two", "REFUSE three"] {
        window.send_message(text).await;
    }
    until_equal("all fail", 3, async || window.texts(".message[data-state=failed]").await.len()).await;
    assert_all_is_reached(&window, "chat with failed messages").await;
    window.run("document.querySelector('#logout button').focus()", vec![]).await;
    window.press_key(Key::Enter).await;
    window.wait_for("#leave[open]").await;
    assert_eq!(window.focus().await, "#leave-stay", "the question has the focus, at the safe answer");
    window.press_key(Key::Escape).await;
    window.wait_for("#leave:not([open])").await;
    assert_eq!(window.focus().await, "button.link Log out", "it comes back");
    for (button, left) in [(".discard", 2), (".edit", 1), (".resend", 1)] {
        window.run("document.querySelector(arguments[0]).focus()", vec![button.into()]).await;
        window.press_key(Key::Enter).await;
        until_equal(&format!("the focus is kept after {button}"), ".message-input".to_owned(), async || {
            window.focus().await
        })
        .await;
        until_equal("the number of failed messages", left, async || {
            window.texts(".message[data-state=failed]").await.len()
        })
        .await;
    }
    proxy.cut();
    window.wait_disconnected().await;
    window.wait_for("#banner-retry:not([hidden])").await;
    window.run("document.querySelector('#banner-retry').focus()", vec![]).await;
    proxy.resume();
    window.press_key(Key::Enter).await;
    window.wait_connected().await;
    assert!(!window.focus().await.starts_with("body"), "after trying again");
}

#[tokio::test]
async fn what_is_typed_after_a_click_on_a_message_goes_to_the_field_and_keys_that_scroll_do_not() {
    let natter = Natter::start_with(&NO_RATES).await;
    let ben = Person::sign_up(&natter, "Ben").await;
    for number in 1..=40 {
        ben.post(&natter, &format!("message {number}")).await;
    }
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    let field = "return document.querySelector('.message-input').value";
    let scrolled = "return document.querySelector('.log').scrollTop";
    window.click(".message:last-child .text").await;
    assert_eq!(window.focus().await, ".log");
    window.press_key(Key::PageUp).await;
    until_equal("it scrolls", true, async || window.run(scrolled, vec![]).await.as_f64() < Some(-100.0))
        .await;
    window.press(" ").await;
    until_equal("and back", true, async || window.run(scrolled, vec![]).await.as_f64() > Some(-100.0)).await;
    assert_eq!((window.focus().await.as_str(), window.run(field, vec![]).await), (".log", "".into()));
    window.press("Hi").await;
    assert_eq!(
        (window.focus().await.as_str(), window.run(field, vec![]).await),
        (".message-input", "Hi".into())
    );
    window.click(".message:last-child .text").await;
    window.press_key(Key::Home).await;
    ben.post(&natter, "one more").await;
    window.click(".jump-to-latest[data-unread]").await;
    window.press(&format!("!{}", char::from(Key::Enter))).await;
    until_equal("the whole text is sent", Some("Hi!".into()), async || window.message_texts().await.pop())
        .await;
}

#[tokio::test]
async fn the_focus_stays_in_the_log_while_older_messages_come() {
    let natter = Natter::start_with(&NO_RATES).await;
    let ann = Person::sign_up(&natter, "Ann").await;
    for number in 1..=120 {
        ann.post(&natter, &format!("message {number}, see https://example.org/{number}")).await;
    }
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ben").await;
    window.run("document.querySelector('.log').focus()", vec![]).await;
    until_equal("the first one is there", true, async || {
        window.press_key(Key::Home).await;
        assert_eq!(window.focus().await, ".log");
        window.message_texts().await.first().is_some_and(|text| text.starts_with("message 1,"))
    })
    .await;
    window.run("document.querySelector('.message[data-seq=\"3\"] a').focus()", vec![]).await;
    window.press_key(Key::Tab).await;
    assert_eq!(window.focus().await, "a. https://example.org/4");
}
