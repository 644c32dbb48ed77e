//! What a window that nobody sees tells of what came: a number in its title, and by the desktop, if that was wished.

use e2e::browser::{Driver, Window};
use e2e::natter::Natter;
use e2e::people::Person;
use e2e::wait::until_equal;
use serde_json::{Value, json};

/// Takes down what the page asks of the desktop; the browser's own answers are given on.
const WATCH: &str = "globalThis.asked = [], globalThis.told = [];
    const { Notification: Own } = globalThis;
    globalThis.Notification = class extends Own {
        constructor(title, options) { super(title, options); told.push([title, options.body]); }
        static requestPermission() { asked.push(navigator.userActivation.isActive); return Own.requestPermission(); }
    };";

async fn hide(window: &Window) {
    window.client.minimize_window().await.unwrap();
    until_equal("it is hidden", json!(true), async || window.run("return document.hidden", vec![]).await)
        .await;
}

async fn show(window: &Window) {
    window.client.maximize_window().await.unwrap();
    until_equal("it is seen", json!(false), async || window.run("return document.hidden", vec![]).await)
        .await;
}

async fn has_title(window: &Window, title: &str) {
    until_equal("the title", title.to_owned(), async || window.client.title().await.unwrap()).await;
}

#[tokio::test]
async fn a_hidden_window_counts_what_others_wrote_in_its_title() {
    let natter = Natter::start().await;
    let ben = Person::sign_up(&natter, "Ben").await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    let title = window.client.title().await.unwrap();
    ben.post(&natter, "seen").await;
    window.shows_exactly(&["seen"]).await;
    has_title(&window, &title).await;
    hide(&window).await;
    ben.post(&natter, "one").await;
    ben.post(&natter, "two").await;
    has_title(&window, &format!("(2) {title}")).await;
    show(&window).await;
    has_title(&window, &title).await;
}

#[tokio::test]
async fn the_desktop_is_asked_only_by_a_click_and_told_only_while_the_window_is_hidden() {
    let natter = Natter::start().await;
    let ben = Person::sign_up(&natter, "Ben").await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.begin_with(WATCH).await;
    let permission = json!({"origin": natter.chat_url, "permissions": ["notifications"]});
    window.devtools("Browser.grantPermissions", permission).await;
    window.sign_up(&natter, "Ann").await;
    ben.post(&natter, "before").await;
    window.shows_exactly(&["before"]).await;
    assert_eq!(
        window.run("return [asked, told]", vec![]).await,
        json!([[], []]),
        "nothing is asked by itself"
    );
    window.click("#notify").await;
    window.sees("#notify[aria-pressed=true]").await;
    assert_eq!(window.run("return asked", vec![]).await, json!([true]), "asked once, by a click");
    ben.post(&natter, "seen").await;
    window.shows_exactly(&["before", "seen"]).await;
    assert_eq!(window.run("return told", vec![]).await, json!([]), "what is seen need not be told");
    hide(&window).await;
    ben.post(&natter, "<b>unseen</b>").await;
    let told = json!([["Ben", "<b>unseen</b>"]]);
    until_equal("the desktop is told", told.clone(), async || window.run("return told", vec![]).await).await;
    show(&window).await;
    window.reload().await;
    window.is_connected().await;
    window.sees("#notify[aria-pressed=true]").await;
    assert_eq!(window.run("return asked", vec![]).await, Value::Array(vec![]), "it is remembered");
    window.click("#notify").await;
    window.sees("#notify[aria-pressed=false]").await;
}
