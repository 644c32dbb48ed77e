//! Names that are completed and marked, the line above what is new, and the menu of a message.

use fantoccini::key::Key;
use testkit::browser::Window;
use testkit::browser::stage::Stage;
use testkit::process::people::Person;
use testkit::wait::until_equal;

use super::assert_console_is_clean;

async fn shows(window: &Window, css: &str, expected: &[&str]) {
    let expected: Vec<String> = expected.iter().map(|&words| words.to_owned()).collect();
    until_equal(css, expected, async || window.texts(css).await).await;
}

pub(super) async fn names_are_completed_and_what_is_new_is_marked(stage: Stage) {
    let natter = &stage.natter;
    let ben = Person::sign_up(natter, "Ben").await;
    ben.post(natter, "before").await;
    let window = stage.window().await;
    window.sign_up(natter, "Ann").await;
    window.write(".message-input", "Hi @be").await;
    shows(&window, ".completion-name", &["Ben"]).await;
    assert_eq!(window.violations().await, Vec::<String>::new(), "the list");
    window.press_key(Key::Enter).await;
    shows(&window, ".completion-name", &[]).await;
    window.press(&format!("!{}", char::from(Key::Enter))).await;
    window.shows_exactly(&["before", "Hi @Ben !"]).await;
    shows(&window, ".text .mention", &["@Ben"]).await;

    window.load(&format!("{}/login", natter.users_url)).await;
    ben.post(natter, "@ann: while you were away").await;
    window.load(&natter.chat_url).await;
    window.wait_connected().await;
    let lines = ["before", "Hi @Ben !", "New", "@ann: while you were away"];
    shows(&window, ".messages :is(.unread, .text)", &lines).await;
    shows(&window, ".text .mention[data-me]", &["@ann"]).await;
    window.run("document.querySelector('.message .more').click()", vec![]).await;
    window.wait_for(".popup-menu:popover-open").await;
    assert_eq!(window.violations().await, Vec::<String>::new(), "the menu");
    window.press_key(Key::Escape).await;
    window.wait_for(".popup-menu:not(:popover-open)").await;
    assert_console_is_clean(&stage, &window).await;
}
