//! Large text, wide screens, phones, and print.

use serde_json::{Value, json};
use testkit::browser::{Appearance, DESK, Driver, PHONE, Window};
use testkit::process::natter::Natter;
use testkit::process::people::Person;
use testkit::wait::until_equal;

/// The smallest phone that is still common.
const SMALL: Appearance = Appearance { name: "small", width: 360, height: 640, is_dark: false };
/// A large screen of a desk.
const WIDE: Appearance = Appearance { name: "wide", width: 1920, height: 1080, is_dark: false };

/// Text of twice its size, as set in the browser (WCAG 1.4.4).
const LARGE: &str = "document.documentElement.style.fontSize = '200%'; dispatchEvent(new Event('resize'))";

/// Elements that extend beyond the screen, or beyond a parent that does not scroll sideways.
const TOO_WIDE: &str = "return [...document.querySelectorAll('body, body *')]
    .filter(node => node.getBoundingClientRect().right > innerWidth + 1
        || (node.scrollWidth > node.clientWidth + 1 && node.clientWidth > 1 && ['auto', 'scroll'].includes(getComputedStyle(node).overflowX)))
    .map(node => `${node.tagName}.${node.className}`)";

async fn talk(natter: &Natter, window: &Window) -> Person {
    let ben = Person::sign_up(natter, "Ben").await;
    ben.post(natter, "Good morning! Does this run on one binary now?").await;
    ben.post(natter, &"averyveryverylongwordwithoutanyspace".repeat(6)).await;
    window.sign_up(natter, "mira.k").await;
    window.send_message(&"It does, and one sees it by many words. ".repeat(12)).await;
    window.wait_for(".message[data-mine][data-state=stored]").await;
    ben
}

async fn fits(window: &Window, what: &str) {
    window.save_screenshot(&format!("large-letters-{what}")).await;
    assert_eq!(window.run(TOO_WIDE, vec![]).await, json!([]), "{what}");
}

#[tokio::test]
async fn with_text_of_twice_its_size_no_page_is_wider_than_a_phone() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    talk(&natter, &window).await;
    window.set_appearance(SMALL).await;
    window.run(LARGE, vec![]).await;
    fits(&window, "chat").await;
    window.click(".people-button").await;
    window.wait_for("#members:popover-open").await;
    fits(&window, "members").await;
    window.press("\u{e00c}").await;
    window.click(".back").await;
    window.wait_for("#app[data-screen=list]").await;
    fits(&window, "rooms").await;
    for path in ["account", "login", "signup", "docs"] {
        window.load(&format!("{}/{path}", natter.users_url)).await;
        window.run(LARGE, vec![]).await;
        fits(&window, path).await;
    }
}

#[tokio::test]
async fn on_a_wide_screen_a_conversation_is_one_column() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    talk(&natter, &window).await;
    for (screen, widest) in [(WIDE, 900), (DESK, 900), (PHONE, 390)] {
        window.set_appearance(screen).await;
        let span = "const boxes = [...document.querySelectorAll('.message .avatar, .message .content, .composer textarea, .send')]
                .map(node => node.getBoundingClientRect()).filter(({ width }) => width > 0);
            return Math.max(...boxes.map(({ right }) => right)) - Math.min(...boxes.map(({ left }) => left))";
        let width = window.run(span, vec![]).await.as_f64().unwrap();
        assert!(width <= f64::from(widest), "{}: {width} px", screen.name);
    }
}

#[tokio::test]
async fn on_a_phone_the_list_of_rooms_leads_to_the_account_and_the_log_out() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    window.set_appearance(PHONE).await;
    window.click(".back").await;
    window.wait_for("#app[data-screen=list]").await;
    assert_eq!(window.texts("#me .avatar").await, ["A"]);
    window.assert_accessible_at(&[PHONE, PHONE.dark(), SMALL], "chat-rooms").await;
    window.click("#me a").await;
    window.wait_for("#display_name").await;
    window.load(&natter.chat_url).await;
    window.wait_connected().await;
    window.click(".back").await;
    window.click("#logout button").await;
    window.wait_for("form[action='/login']").await;
}

#[tokio::test]
async fn the_notice_of_a_lost_connection_keeps_a_distance_from_the_edges() {
    let (natter, proxy) = Natter::start_behind_proxy().await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    proxy.cut();
    window.wait_disconnected().await;
    for screen in [PHONE, DESK, WIDE] {
        window.set_appearance(screen).await;
        let places = "const left = css => document.querySelector(css).getBoundingClientRect().left;
            return [left('#banner-words') - left('#banner'), left('#banner-words') - left('.message-input')]";
        let found = window.run(places, vec![]).await;
        let [from_edge, from_field] = [0, 1].map(|at| found[at].as_f64().unwrap());
        assert!(from_edge >= 8.0, "{}: {from_edge} px", screen.name);
        assert!(from_field.abs() <= 8.0, "{}: {from_field} px beside the field", screen.name);
    }
}

/// Which of these are visible; the colours of all texts; the height of the log that is hidden by scrolling.
const PRINTED: &str = "const seen = css => [...document.querySelectorAll(css)].some(node => node.checkVisibility());
    const words = [...document.querySelectorAll('h1, .day, .who, .message time, .text, .text a')].filter(node => node.checkVisibility());
    const log = document.querySelector('.log');
    return {
        seen: arguments[0].filter(seen),
        colours: [...new Set(words.map(node => getComputedStyle(node).color))],
        cut: [log, ...document.querySelectorAll('.text')].filter(node => node.scrollHeight > node.clientHeight + 1).length,
        pages: document.documentElement.scrollHeight > 2 * innerHeight,
    }";

#[tokio::test]
async fn print_shows_all_messages_in_black_and_nothing_else() {
    let (natter, proxy) = Natter::start_behind_proxy().await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    let ben = Person::sign_up(&natter, "Ben").await;
    let long = (1..=90).map(|line| format!("line {line}\n")).collect::<String>();
    ben.post_at(natter.chat_port, &format!("{long}https://example.org")).await;
    window.sign_up(&natter, "Ann").await;
    window.send_message("Good evening").await;
    until_equal("both are there", 2, async || window.message_texts().await.len()).await;
    proxy.cut();
    window.wait_disconnected().await;
    window.set_appearance(DESK.dark()).await;
    let dark = json!([{"name": "prefers-color-scheme", "value": "dark"}]);
    window.devtools("Emulation.setEmulatedMedia", json!({"media": "print", "features": dark})).await;
    let parts = [
        ".composer",
        "#rooms",
        "#members",
        "#banner",
        ".status-row",
        ".room-do",
        ".collapse-toggle",
        "h1",
        ".day",
        ".text",
    ];
    let printed = window.run(PRINTED, vec![json!(parts)]).await;
    assert_eq!(printed["seen"], json!(["h1", ".day", ".text"]));
    assert_eq!(printed["colours"], json!(["rgb(0, 0, 0)"]));
    assert_eq!((&printed["cut"], &printed["pages"]), (&json!(0), &Value::Bool(true)));
}
