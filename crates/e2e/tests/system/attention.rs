//! How a hidden window announces new messages: a number in its title, a desktop notification if enabled, and a divider
//! after the last message that was read.

use serde_json::{Value, json};
use testkit::browser::{Driver, Window};
use testkit::process::natter::Natter;
use testkit::process::people::Person;
use testkit::wait::until_equal;

/// Records permission requests and notifications; both are passed on to the browser.
const RECORD_NOTIFICATIONS: &str = "globalThis.asked = [], globalThis.shown = [];
    const { Notification: Own } = globalThis;
    globalThis.Notification = class extends Own {
        constructor(title, options) { super(title, options); shown.push([title, options.body]); }
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

/// The driver focuses every window. This lets a test put a page behind another one.
const BEHIND: &str = "globalThis.isBehind = false; Document.prototype.hasFocus = () => !isBehind";

async fn set_behind(window: &Window, is_behind: bool) {
    let script = "isBehind = arguments[0]; dispatchEvent(new Event(isBehind ? 'blur' : 'focus'))";
    window.run(script, vec![json!(is_behind)]).await;
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
async fn a_window_behind_another_one_counts_notifies_and_marks_the_last_message_that_was_read() {
    let natter = Natter::start().await;
    let ben = Person::sign_up(&natter, "Ben").await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.begin_with(&format!("{RECORD_NOTIFICATIONS} {BEHIND}")).await;
    let permission = json!({"origin": natter.chat_url, "permissions": ["notifications"]});
    window.devtools("Browser.grantPermissions", permission).await;
    window.sign_up(&natter, "Ann").await;
    window.click("#notify").await;
    window.wait_for("#notify[aria-pressed=true]").await;
    let title = window.client.title().await.unwrap();
    ben.post(&natter, "in front").await;
    window.shows_exactly(&["in front"]).await;
    set_behind(&window, true).await;
    ben.post(&natter, "behind").await;
    has_title(&window, &format!("(1) {title}")).await;
    let expected = json!([["Ben", "behind"]]);
    until_equal("a notification is shown", expected, async || window.run("return shown", vec![]).await).await;
    assert_eq!(lines(&window).await, ["in front", "New", "behind"]);
    set_behind(&window, false).await;
    has_title(&window, &title).await;
}

/// The texts of the messages and of the divider before new ones, in document order.
async fn lines(window: &Window) -> Vec<String> {
    window.texts(".messages .unread, .messages .text").await
}

#[tokio::test]
async fn after_a_reload_the_divider_is_after_the_last_message_that_was_read_in_any_tab() {
    let natter = Natter::start().await;
    let ben = Person::sign_up(&natter, "Ben").await;
    ben.post(&natter, "before").await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.begin_with(BEHIND).await;
    window.sign_up(&natter, "Ann").await;
    let token = window.token().await;
    assert_eq!(lines(&window).await, ["before"], "for a new user nothing is marked as new");
    window.load(&format!("{}/login", natter.users_url)).await;
    ben.post(&natter, "while away").await;
    ben.post(&natter, "and more").await;
    window.load(&natter.chat_url).await;
    let expected: Vec<_> = ["before", "New", "while away", "and more"].map(str::to_owned).into();
    until_equal("the line", expected, async || lines(&window).await).await;
    window.reload().await;
    window.wait_connected().await;
    let expected: Vec<_> = ["before", "New", "while away", "and more"].map(str::to_owned).into();
    until_equal("the line, until the room is left", expected, async || lines(&window).await).await;
    set_behind(&window, true).await;
    let first = window.new_tab().await;
    window.begin_with(BEHIND).await;
    window.load(&format!("{}/?jwt={token}", natter.chat_url)).await;
    window.wait_connected().await;
    ben.post(&natter, "seen in the second tab").await;
    window.shows_exactly(&["before", "while away", "and more", "seen in the second tab"]).await;
    window.switch_to(first).await;
    window.reload().await;
    window.wait_connected().await;
    assert!(!lines(&window).await.contains(&"New".to_owned()), "what one tab showed is read in the other");
}

#[tokio::test]
async fn notifications_are_requested_only_by_a_click_and_shown_only_while_the_window_is_hidden() {
    let natter = Natter::start().await;
    let ben = Person::sign_up(&natter, "Ben").await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.begin_with(RECORD_NOTIFICATIONS).await;
    let permission = json!({"origin": natter.chat_url, "permissions": ["notifications"]});
    window.devtools("Browser.grantPermissions", permission).await;
    window.sign_up(&natter, "Ann").await;
    ben.post(&natter, "before").await;
    window.shows_exactly(&["before"]).await;
    assert_eq!(
        window.run("return [asked, shown]", vec![]).await,
        json!([[], []]),
        "no permission is requested without a click"
    );
    window.click("#notify").await;
    window.wait_for("#notify[aria-pressed=true]").await;
    assert_eq!(window.run("return asked", vec![]).await, json!([true]), "asked once, by a click");
    ben.post(&natter, "seen").await;
    window.shows_exactly(&["before", "seen"]).await;
    assert_eq!(window.run("return shown", vec![]).await, json!([]), "a visible message is not notified");
    hide(&window).await;
    ben.post(&natter, "<b>unseen</b>").await;
    let expected = json!([["Ben", "<b>unseen</b>"]]);
    until_equal("a notification is shown", expected, async || window.run("return shown", vec![]).await).await;
    show(&window).await;
    window.reload().await;
    window.wait_connected().await;
    window.wait_for("#notify[aria-pressed=true]").await;
    assert_eq!(window.run("return asked", vec![]).await, Value::Array(vec![]), "the choice is remembered");
    window.click("#notify").await;
    window.wait_for("#notify[aria-pressed=false]").await;
}
