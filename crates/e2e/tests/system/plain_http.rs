//! Plain http with a name of the local network is no secure context: there are no Web Locks and no notifications. The page
//! shows that, and keeps drafts and messages anyway.

use serde_json::json;
use testkit::browser::{Driver, Window};
use testkit::process::natter::{Natter, ON_LAN};
use testkit::process::people::Person;
use testkit::wait::{until, until_equal};

const DRAFT: &str = "return document.querySelector('.message-input').value";

async fn comes_in(window: &Window, natter: &Natter, person: &Person) {
    window.load(&format!("{}/?jwt={}", natter.chat_url, person.token)).await;
    window.wait_connected().await;
    window.wait_for(".send:not([disabled])").await;
}

#[tokio::test]
async fn a_second_tab_does_not_take_the_draft_of_the_first_one_until_that_is_closed() {
    let (natter, _proxy) = Natter::start_on_lan().await;
    let ann = Person::sign_up(&natter, "Ann").await;
    let driver = Driver::start().await;
    let window = driver.window_with(&[ON_LAN]).await;
    comes_in(&window, &natter, &ann).await;
    let context = "return [isSecureContext, navigator.locks === undefined]";
    assert_eq!(window.run(context, vec![]).await, json!([false, true]), "as on a local network");
    window.write(".message-input", "half a thou").await;
    let first = window.new_tab().await;
    comes_in(&window, &natter, &ann).await;
    assert_eq!(window.run(DRAFT, vec![]).await, "");
    let second = window.client.window().await.unwrap();
    window.switch_to(first).await;
    window.reload().await;
    window.wait_connected().await;
    until_equal("it is still there", "half a thou".into(), async || window.run(DRAFT, vec![]).await).await;
    window.client.close_window().await.unwrap();
    window.switch_to(second).await;
    until("the tab that is left finds it", async || {
        window.reload().await;
        window.wait_for(".send:not([disabled])").await;
        (window.run(DRAFT, vec![]).await == "half a thou").then_some(())
    })
    .await;
}

#[tokio::test]
async fn it_says_why_there_are_no_notifications_and_the_console_is_silent() {
    let (natter, _proxy) = Natter::start_on_lan().await;
    let ann = Person::sign_up(&natter, "Ann").await;
    let driver = Driver::start().await;
    let window = driver.window_with(&[ON_LAN]).await;
    comes_in(&window, &natter, &ann).await;
    window.wait_for("#notify[disabled]").await;
    let note = window.texts("#notify-note").await;
    assert!(note[0].contains("https") && !note[0].contains("settings"), "{note:?}");
    assert_eq!(window.console_errors().await, Vec::<String>::new());
}
