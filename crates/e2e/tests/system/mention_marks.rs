//! Mentions: completed while one types, marked in the text, the same in a page that the server rendered.

use fantoccini::key::Key;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::browser::{DESK, Driver, PHONE, Window};
use testkit::http::call;
use testkit::process::natter::Natter;
use testkit::process::people::Person;
use testkit::wait::until_equal;

/// The names that are marked in the messages: the words, whether they are the reader's, and the message.
const MARKED: &str = "return [...document.querySelectorAll('.text .mention')]
    .map(node => [node.textContent, 'me' in node.dataset, node.closest('.message').dataset.seq])";

const FIELD: &str = "return document.querySelector('.message-input').value";

async fn offers(window: &Window, names: &[&str]) {
    let expected: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    until_equal("those who are offered", expected, async || window.texts(".completion-name").await).await;
}

async fn marks(window: &Window, expected: Value) {
    until_equal("the marked names", expected, async || window.run(MARKED, vec![]).await).await;
}

/// Ben and Bernd have accounts; Ann is in the chat.
async fn begin(natter: &Natter, driver: &Driver) -> (Window, Person) {
    let ben = Person::sign_up(natter, "Ben").await;
    Person::sign_up(natter, "Bernd").await;
    let window = driver.window().await;
    window.sign_up(natter, "Ann").await;
    (window, ben)
}

#[tokio::test]
async fn a_name_is_completed_by_keyboard_and_marked_for_everybody() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let (window, ben) = begin(&natter, &driver).await;
    window.press("Hi @be").await;
    offers(&window, &["Ben", "Bernd"]).await;
    window.press_key(Key::Down).await;
    let active = "const field = document.querySelector('.message-input');
        return document.getElementById(field.getAttribute('aria-activedescendant')).textContent";
    assert!(window.run(active, vec![]).await.as_str().unwrap().contains("@Bernd"));
    window.press_key(Key::Up).await;
    window.press_key(Key::Tab).await;
    assert_eq!(window.run(FIELD, vec![]).await, "Hi @Ben ");
    assert_eq!(window.focus().await, ".message-input");
    window.press(&format!("and @nobody{}", char::from(Key::Enter))).await;
    marks(&window, json!([["@Ben", false, "1"]])).await;
    ben.post(&natter, "@ann, and @BERND.").await;
    let all = json!([["@Ben", false, "1"], ["@ann", true, "2"], ["@BERND", false, "2"]]);
    marks(&window, all.clone()).await;
    let bens = driver.window().await;
    bens.load(&format!("{}/?jwt={}", natter.chat_url, ben.token)).await;
    bens.wait_connected().await;
    marks(&bens, json!([["@Ben", true, "1"], ["@ann", false, "2"], ["@BERND", false, "2"]])).await;
}

#[tokio::test]
async fn the_page_that_the_server_rendered_marks_the_same_names_before_any_script() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let (window, ben) = begin(&natter, &driver).await;
    for text in ["@ann @Bernd. @nobody", "see https://example.org/(@ann and ben@ann.example", "(@ann)"] {
        ben.post(&natter, text).await;
    }
    let live = json!([["@ann", true, "1"], ["@Bernd", false, "1"], ["@ann", true, "3"]]);
    marks(&window, live.clone()).await;
    window.reload().await;
    window.wait_connected().await;
    marks(&window, live).await;
    let page = testkit::http::client().get(format!("{}/?jwt={}", natter.chat_url, window.token().await));
    let html = page.header("accept", "text/html").send().await.unwrap().text().await.unwrap();
    assert_eq!(html.matches("class=\"mention\"").count(), 4, "the server does not know addresses");
    assert_eq!(html.matches(" data-me>@ann</span>").count(), 3, "the reader's own name is distinguished");
}

#[tokio::test]
async fn escape_closes_the_list_and_an_input_method_keeps_its_keys() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let (window, _ben) = begin(&natter, &driver).await;
    window.press("@be").await;
    offers(&window, &["Ben", "Bernd"]).await;
    let composing = "const key = new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true, cancelable: true });
        document.querySelector('.message-input').dispatchEvent(key);
        return key.defaultPrevented";
    assert_eq!(window.run(composing, vec![]).await, false);
    offers(&window, &["Ben", "Bernd"]).await;
    window.press_key(Key::Escape).await;
    offers(&window, &[]).await;
    window.press(&format!("x{}", char::from(Key::Enter))).await;
    window.shows_exactly(&["@bex"]).await;
    window.press("a@be").await;
    offers(&window, &[]).await;
}

#[tokio::test]
async fn a_press_takes_a_name_and_undo_takes_it_back() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let (window, _ben) = begin(&natter, &driver).await;
    window.press("(@bern").await;
    offers(&window, &["Bernd"]).await;
    window.click(".completion [role=option]").await;
    assert_eq!(
        (window.run(FIELD, vec![]).await, window.focus().await.as_str()),
        ("(@Bernd ".into(), ".message-input")
    );
    window.run("document.execCommand('undo')", vec![]).await;
    assert_eq!(window.run(FIELD, vec![]).await, "(@bern");
}

#[tokio::test]
async fn axe_finds_nothing_in_the_list() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let (window, ben) = begin(&natter, &driver).await;
    ben.post(&natter, "@ann, @bernd: good morning").await;
    window.press("@").await;
    offers(&window, &["Ben", "Bernd"]).await;
    window.assert_accessible_at(&[DESK, DESK.dark(), PHONE, PHONE.dark()], "completion").await;
}

#[tokio::test]
async fn only_people_who_can_read_the_room_are_offered() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let (window, _) = begin(&natter, &driver).await;
    window.create_room("Secret plans", "private").await;
    let room = window.address().await.rsplit('/').next().unwrap().to_owned();
    let add = format!("{}/rooms/{room}/members/Bernd", natter.chat_url);
    let added = call(Method::PUT, &add, &window.token().await, &json!({})).await;
    assert_eq!(added.status, 201, "{}", added.text);
    window.write(".room:not([hidden]) .message-input", "@be").await;
    offers(&window, &["Bernd"]).await;
    window.open_room("Lobby").await;
    window.write(".room:not([hidden]) .message-input", "@be").await;
    offers(&window, &["Ben", "Bernd"]).await;
}
