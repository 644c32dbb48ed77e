//! What a window that nobody looks at tells of what came: a number in its title, by the desktop, if that was wished, and
//! a line where one had read to.

use serde_json::{Value, json};
use testkit::browser::{Driver, Window};
use testkit::process::natter::Natter;
use testkit::process::people::Person;
use testkit::wait::until_equal;

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

/// The driver gives every window the focus; by this a page may be behind another one.
const BEHIND: &str = "globalThis.isBehind = false; Document.prototype.hasFocus = () => !isBehind";

async fn turn(window: &Window, is_behind: bool) {
    let turn = "isBehind = arguments[0]; dispatchEvent(new Event(isBehind ? 'blur' : 'focus'))";
    window.run(turn, vec![json!(is_behind)]).await;
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
async fn a_window_behind_another_one_counts_and_tells_and_marks_where_one_had_read_to() {
    let natter = Natter::start().await;
    let ben = Person::sign_up(&natter, "Ben").await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.begin_with(&format!("{WATCH} {BEHIND}")).await;
    let permission = json!({"origin": natter.chat_url, "permissions": ["notifications"]});
    window.devtools("Browser.grantPermissions", permission).await;
    window.sign_up(&natter, "Ann").await;
    window.click("#notify").await;
    window.wait_for("#notify[aria-pressed=true]").await;
    let title = window.client.title().await.unwrap();
    ben.post(&natter, "in front").await;
    window.shows_exactly(&["in front"]).await;
    turn(&window, true).await;
    ben.post(&natter, "behind").await;
    has_title(&window, &format!("(1) {title}")).await;
    let told = json!([["Ben", "behind"]]);
    until_equal("the desktop is told", told, async || window.run("return told", vec![]).await).await;
    assert_eq!(lines(&window).await, ["in front", "New", "behind"]);
    turn(&window, false).await;
    has_title(&window, &title).await;
}

/// The words of the messages and of the line above those that are new, in their order.
async fn lines(window: &Window) -> Vec<String> {
    window.texts(".messages .unread, .messages .text").await
}

#[tokio::test]
async fn after_a_reload_the_line_stands_where_one_had_read_to_in_any_tab() {
    let natter = Natter::start().await;
    let ben = Person::sign_up(&natter, "Ben").await;
    ben.post(&natter, "before").await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.begin_with(BEHIND).await;
    window.sign_up(&natter, "Ann").await;
    let token = window.token().await;
    assert_eq!(lines(&window).await, ["before"], "to a newcomer nothing is new");
    window.load(&format!("{}/login", natter.users_url)).await;
    ben.post(&natter, "meanwhile").await;
    ben.post(&natter, "and more").await;
    window.load(&natter.chat_url).await;
    let expected: Vec<_> = ["before", "New", "meanwhile", "and more"].map(str::to_owned).into();
    until_equal("the line", expected, async || lines(&window).await).await;
    window.reload().await;
    window.wait_connected().await;
    assert_eq!(lines(&window).await, ["before", "meanwhile", "and more"], "that was seen");
    turn(&window, true).await;
    let first = window.new_tab().await;
    window.begin_with(BEHIND).await;
    window.load(&format!("{}/?jwt={token}", natter.chat_url)).await;
    window.wait_connected().await;
    ben.post(&natter, "seen in the second tab").await;
    window.shows_exactly(&["before", "meanwhile", "and more", "seen in the second tab"]).await;
    window.switch_to(first).await;
    window.reload().await;
    window.wait_connected().await;
    assert!(!lines(&window).await.contains(&"New".to_owned()), "what one tab showed is read in the other");
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
    window.wait_for("#notify[aria-pressed=true]").await;
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
    window.wait_connected().await;
    window.wait_for("#notify[aria-pressed=true]").await;
    assert_eq!(window.run("return asked", vec![]).await, Value::Array(vec![]), "it is remembered");
    window.click("#notify").await;
    window.wait_for("#notify[aria-pressed=false]").await;
}
