//! How far a user has read: the line above what is new, what moves it, and what the user's other windows show.

use fantoccini::key::Key;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::browser::{DESK, Driver, PHONE, Window};
use testkit::http::call;
use testkit::process::natter::Natter;
use testkit::process::people::Person;
use testkit::wait::until_equal;

/// The driver focuses every window. This lets a test put a page behind another one.
const BEHIND: &str = "globalThis.isBehind = false; Document.prototype.hasFocus = () => !isBehind";

async fn set_behind(window: &Window, is_behind: bool) {
    let script = "isBehind = arguments[0]; dispatchEvent(new Event(isBehind ? 'blur' : 'focus'))";
    window.run(script, vec![json!(is_behind)]).await;
}

/// Waits until the page shows these texts, and the line above the first unread one, in this order.
async fn shows_lines(window: &Window, expected: &[&str]) {
    let expected: Vec<String> = expected.iter().map(|&words| words.to_owned()).collect();
    let shown = ".room:not([hidden]) .messages :is(.unread, .text)";
    until_equal("the texts and the line", expected, async || window.texts(shown).await).await;
}

/// Opens the menu of the message with this number by keyboard and presses its item with these words.
async fn press_item(window: &Window, seq: u64, words: &str) {
    let focus = "document.querySelector(`.message[data-seq=\"${arguments[0]}\"] .more`).focus()";
    window.run(focus, vec![json!(seq)]).await;
    window.press_key(Key::Enter).await;
    window.wait_for(".popup-menu:popover-open").await;
    let focused = "return document.activeElement.textContent";
    for _ in 0..4 {
        if window.run(focused, vec![]).await == words {
            break;
        }
        window.press_key(Key::Down).await;
    }
    assert_eq!(window.run(focused, vec![]).await, words, "the arrow key reaches it");
    window.press_key(Key::Enter).await;
}

/// How the server counts the lobby for this person: `read_seq` and `unread`.
async fn counted(natter: &Natter, person: &Person) -> (u64, u64) {
    let url = format!("{}/rooms/lobby", natter.chat_url);
    let room = call(Method::GET, &url, &person.token, &Value::Null).await.json();
    (room["read_seq"].as_u64().unwrap(), room["unread"].as_u64().unwrap())
}

async fn is_counted(natter: &Natter, person: &Person, expected: (u64, u64)) {
    until_equal("the server's place and count", expected, async || counted(natter, person).await).await;
}

/// A window of Ann, who has read one message, and further ones of Ben.
async fn two_unread(natter: &Natter, driver: &Driver) -> (Window, Person, Person) {
    let ben = Person::sign_up(natter, "Ben").await;
    ben.post(natter, "before").await;
    let window = driver.window().await;
    window.begin_with(BEHIND).await;
    window.sign_up(natter, "Ann").await;
    shows_lines(&window, &["before"]).await;
    set_behind(&window, true).await;
    for text in ["one", "two"] {
        ben.post(natter, text).await;
    }
    shows_lines(&window, &["before", "New", "one", "two"]).await;
    let ann = Person::log_in(natter, "Ann").await;
    (window, ann, ben)
}

#[tokio::test]
async fn what_is_not_looked_at_stays_unread_and_a_look_at_the_end_reads_it() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let (window, ann, ben) = two_unread(&natter, &driver).await;
    assert_eq!(counted(&natter, &ann).await, (1, 2));
    window.badge_is("Lobby", "2").await;
    set_behind(&window, false).await;
    is_counted(&natter, &ann, (3, 0)).await;
    window.badge_is("Lobby", "").await;
    shows_lines(&window, &["before", "New", "one", "two"]).await;
    ben.post(&natter, "three").await;
    is_counted(&natter, &ann, (4, 0)).await;
    shows_lines(&window, &["before", "New", "one", "two", "three"]).await;
}

#[tokio::test]
async fn what_arrives_below_the_visible_part_is_read_at_the_end_only() {
    let natter = Natter::start_with(&testkit::process::natter::NO_RATES).await;
    let driver = Driver::start().await;
    let ben = Person::sign_up(&natter, "Ben").await;
    for number in 1..=60 {
        ben.post(&natter, &format!("message {number}")).await;
    }
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    let ann = Person::log_in(&natter, "Ann").await;
    is_counted(&natter, &ann, (60, 0)).await;
    window.run("document.querySelector('.log').focus()", vec![]).await;
    window.press_key(Key::Home).await;
    window.wait_for(".message[data-seq='1']").await;
    window.wait_for(".jump-to-latest:not([hidden])").await;
    ben.post(&natter, "below").await;
    window.badge_is("Lobby", "1").await;
    ben.post(&natter, "also below").await;
    window.badge_is("Lobby", "2").await;
    assert_eq!(counted(&natter, &ann).await, (60, 2));
    window.press_key(Key::End).await;
    is_counted(&natter, &ann, (62, 0)).await;
    window.badge_is("Lobby", "").await;
}

#[tokio::test]
async fn the_line_survives_a_reload_and_goes_when_the_room_is_left() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let (window, ann, _) = two_unread(&natter, &driver).await;
    let lines = ["before", "New", "one", "two"];
    set_behind(&window, false).await;
    is_counted(&natter, &ann, (3, 0)).await;
    window.reload().await;
    window.wait_connected().await;
    shows_lines(&window, &lines).await;
    window.create_room("Elsewhere", "public").await;
    window.shows_room("Elsewhere").await;
    window.open_room("Lobby").await;
    window.shows_room("Lobby").await;
    shows_lines(&window, &["before", "one", "two"]).await;
}

#[tokio::test]
async fn a_new_browser_shows_the_line_where_the_user_had_read_to() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let (_window, ann, _) = two_unread(&natter, &driver).await;
    let other = driver.window().await;
    other.load(&format!("{}/?jwt={}", natter.chat_url, ann.token)).await;
    other.wait_connected().await;
    shows_lines(&other, &["before", "New", "one", "two"]).await;
}

#[tokio::test]
async fn what_is_read_in_one_window_is_read_in_all() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let (window, ann, _) = two_unread(&natter, &driver).await;
    let title = window.client.title().await.unwrap();
    assert!(title.starts_with("(2) "), "{title}");
    let url = format!("{}/rooms/lobby/read", natter.chat_url);
    let read = call(Method::PUT, &url, &ann.token, &json!({"seq": 3})).await;
    assert_eq!(read.status, 200, "{}", read.text);
    window.badge_is("Lobby", "").await;
    shows_lines(&window, &["before", "one", "two"]).await;
    assert_eq!(window.client.title().await.unwrap(), title.trim_start_matches("(2) "));
}

#[tokio::test]
async fn messages_are_marked_as_unread_by_the_menu_and_stay_so_until_the_user_says_otherwise() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let (window, ann, ben) = two_unread(&natter, &driver).await;
    set_behind(&window, false).await;
    is_counted(&natter, &ann, (3, 0)).await;
    press_item(&window, 3, "Mark unread from here").await;
    shows_lines(&window, &["before", "one", "New", "two"]).await;
    window.badge_is("Lobby", "1").await;
    is_counted(&natter, &ann, (2, 1)).await;
    ben.post(&natter, "three").await;
    shows_lines(&window, &["before", "one", "New", "two", "three"]).await;
    is_counted(&natter, &ann, (2, 2)).await;
    window.badge_is("Lobby", "2").await;
    window.send_message("done").await;
    shows_lines(&window, &["before", "one", "two", "three", "done"]).await;
    window.badge_is("Lobby", "").await;
    is_counted(&natter, &ann, (5, 0)).await;
}

#[tokio::test]
async fn the_menu_of_a_message_covers_no_text_and_axe_finds_nothing() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let (window, ..) = two_unread(&natter, &driver).await;
    window.send_message(&"words without an end ".repeat(40)).await;
    window.wait_for(".message[data-mine][data-state=stored] .more").await;
    let overlaps = "const boxes = css => [...document.querySelectorAll(css)].map(node => node.getBoundingClientRect());
        const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
        return boxes('.more').filter(more => boxes('.message :is(.text, .head, .state-text)').some(text => meet(more, text))).length";
    for screen in [DESK, PHONE] {
        window.set_appearance(screen).await;
        assert_eq!(window.run(overlaps, vec![]).await, 0, "{}", screen.name);
    }
    window.run("[...document.querySelectorAll('.more')].at(1).click()", vec![]).await;
    window.wait_for(".popup-menu:popover-open").await;
    window.assert_accessible_at(&[DESK, DESK.dark(), PHONE, PHONE.dark()], "message-menu").await;
    window.press_key(Key::Escape).await;
    window.wait_for(".popup-menu:not(:popover-open)").await;
    let focus = "return document.activeElement.closest('.message')?.dataset.seq";
    assert_eq!(window.run(focus, vec![]).await, "2", "the focus is back at the button");
    window.press_key(Key::Up).await;
    assert_eq!(window.run(focus, vec![]).await, "1", "the arrow key leads to the message above");
}

#[tokio::test]
async fn a_button_leads_to_the_first_unread_message_above() {
    let natter = Natter::start_with(&testkit::process::natter::NO_RATES).await;
    let driver = Driver::start().await;
    let ben = Person::sign_up(&natter, "Ben").await;
    for number in 1..=20 {
        ben.post(&natter, &format!("seen {number}")).await;
    }
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    window.load(&format!("{}/login", natter.users_url)).await;
    for number in 1..=80 {
        ben.post(&natter, &format!("message {number}")).await;
    }
    window.load(&natter.chat_url).await;
    window.wait_connected().await;
    window.click(".jump-to-unread:not([hidden])").await;
    until_equal("the line is at the top", true, async || {
        let place = "const line = document.querySelector('.unread')?.getBoundingClientRect();
            const log = document.querySelector('.log').getBoundingClientRect();
            return line !== undefined && line.top >= log.top - 1 && line.top < log.top + 80
                && document.querySelector('.unread').nextElementSibling.dataset.seq === '21'";
        window.run(place, vec![]).await.as_bool().unwrap()
    })
    .await;
    assert_eq!(window.focus().await, ".log");
    window.wait_for(".jump-to-unread[hidden]").await;
}
