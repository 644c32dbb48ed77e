//! Pasted text that cannot be sent as it is: every kind of line break becomes a newline, and control characters are removed.
//! A control character that was inserted in another way is named and selected.

use fantoccini::key::Key;
use serde_json::json;
use testkit::browser::{Driver, Window};
use testkit::process::natter::Natter;
use testkit::wait::{until, until_equal};

/// Another field, to copy from.
const SOURCE: &str = "const source = document.createElement('textarea');
    source.id = 'source';
    source.value = arguments[0];
    document.querySelector('.composer').after(source)";

/// Sets the text as a browser extension does.
const SET_TEXT: &str = "const input = document.querySelector('.message-input');
    input.value = arguments[0];
    input.dispatchEvent(new Event('input', { bubbles: true }))";

const FIELD: &str = "const input = document.querySelector('.message-input');
    return [input.value, input.selectionStart, input.selectionEnd]";

fn with_control(letter: char) -> String {
    [Key::Control.into(), letter, Key::Null.into()].into_iter().collect()
}

/// Copies a text to the clipboard, as from another window.
async fn copy(window: &Window, text: &str) {
    window.run(SOURCE, vec![json!(text)]).await;
    window.write("#source", &with_control('a')).await;
    window.write("#source", &with_control('c')).await;
    window.run("document.querySelector('#source').remove()", vec![]).await;
}

async fn holds(window: &Window, text: &str) {
    until_equal("the field holds it", json!(text), async || window.run(FIELD, vec![]).await[0].clone()).await;
}

#[tokio::test]
async fn a_paste_keeps_its_lines_loses_control_characters_and_can_be_undone() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    copy(&window, "\u{1b}[31mred\u{1b}[0m\u{b}next\u{85}one\u{c}more\u{7f}").await;
    window.write(".message-input", "so: ").await;
    window.write(".message-input", &with_control('v')).await;
    holds(&window, "so: [31mred[0m\nnext\none\nmore").await;
    window.write(".message-input", &with_control('z')).await;
    holds(&window, "so: ").await;
    copy(&window, "\u{1b}\u{7}").await;
    window.write(".message-input", &with_control('v')).await;
    holds(&window, "so: ").await;
    copy(&window, "plain\nlines").await;
    window.write(".message-input", &format!("{}{}", with_control('v'), char::from(Key::Enter))).await;
    window.shows_exactly(&["so: plain\nlines"]).await;
}

#[tokio::test]
async fn a_paste_of_very_many_lines_is_immediate() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    copy(&window, &"line\u{b}".repeat(10_000)).await;
    window.write(".message-input", &with_control('v')).await;
    holds(&window, &"line\n".repeat(10_000)).await;
}

#[tokio::test]
async fn a_control_character_that_was_not_pasted_is_named_and_selected() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    window.run(SET_TEXT, vec![json!("one\u{85}tw\u{1b}o\u{b}three")]).await;
    window.write(".message-input", &char::from(Key::Enter).to_string()).await;
    let reason = until("the reason stands there", async || {
        let reason = window.texts(".composer-error").await.remove(0);
        (!reason.is_empty()).then_some(reason)
    })
    .await;
    assert!(reason.contains("U+001B in line 2, character 3"), "{reason}");
    assert_eq!(
        window.run(FIELD, vec![]).await,
        json!(["one\u{85}tw\u{1b}o\u{b}three", 6, 7]),
        "it is selected"
    );
    window.write(".message-input", &char::from(Key::Delete).to_string()).await;
    until_equal("the reason is gone", vec![String::new()], async || window.texts(".composer-error").await)
        .await;
    window.write(".message-input", &char::from(Key::Enter).to_string()).await;
    window.shows_exactly(&["one\ntwo\nthree"]).await;
}
