//! A device that slept, and a server without room: the page shows the state and recovers by itself.

use serde_json::json;
use testkit::browser::{Driver, Window};
use testkit::process::natter::Natter;
use testkit::wait::until;

/// Simulates a sleep: the page's clock jumps, but by less than Engine.IO's own timeout.
const SLEEP: &str = "const { now } = Date; Date.now = () => now() + 18_000";

/// The network stopped forwarding during the sleep, and nothing was closed. Engine.IO would detect it after 45 s.
async fn sleep_without_network(window: &Window, signs: &str) {
    window.run(&format!("{SLEEP}; {signs}"), vec![]).await;
    window.wait_disconnected().await;
}

#[tokio::test]
async fn a_connection_that_broke_during_a_sleep_is_detected_when_the_page_is_visible_again() {
    for signs in
        ["dispatchEvent(new Event('focus'))", "document.dispatchEvent(new Event('visibilitychange'))", ""]
    {
        let (natter, proxy) = Natter::start_behind_proxy().await;
        let driver = Driver::start().await;
        let window = driver.window().await;
        window.sign_up(&natter, "Ann").await;
        proxy.stop_forwarding();
        sleep_without_network(&window, signs).await;
        proxy.resume();
        window.wait_connected().await;
        window.send_message("awake").await;
        window.shows_exactly(&["awake"]).await;
    }
}

#[tokio::test]
async fn a_connection_that_outlived_a_sleep_is_kept() {
    let (natter, _proxy) = Natter::start_behind_proxy().await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    let watch = "globalThis.states = [];
        const banner = document.querySelector('#banner');
        new MutationObserver(() => states.push(banner.dataset.state)).observe(banner, { attributes: true });";
    window.run(&format!("{watch} {SLEEP}; dispatchEvent(new Event('focus'))"), vec![]).await;
    window.send_message("still here").await;
    window.shows_exactly(&["still here"]).await;
    assert_eq!(window.run("return states", vec![]).await, json!([]));
}

#[tokio::test]
async fn one_tab_too_many_shows_it_and_connects_when_another_is_closed() {
    let natter = Natter::start_with(&[("MAX_SOCKETS_PER_USER", "1")]).await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    let first = window.new_tab().await;
    window.load(&natter.chat_url).await;
    until("it says why", async || {
        window.texts("#banner-words").await[0].contains("too many tabs").then_some(())
    })
    .await;
    let second = window.client.window().await.unwrap();
    window.switch_to(first).await;
    window.client.close_window().await.unwrap();
    window.switch_to(second).await;
    until("there is room again", async || {
        window.run("document.querySelector('#banner-retry').click()", vec![]).await;
        (window.run("return document.querySelector('#banner').dataset.state", vec![]).await == "connected")
            .then_some(())
    })
    .await;
    assert_eq!(window.texts("#banner-words").await, [""]);
}

#[tokio::test]
async fn a_full_server_is_shown() {
    let natter = Natter::start_with(&[("MAX_SOCKETS", "1")]).await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    window.new_tab().await;
    window.load(&natter.chat_url).await;
    until("it says why", async || {
        window.texts("#banner-words").await[0].contains("too many connections").then_some(())
    })
    .await;
}
