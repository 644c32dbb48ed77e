//! Every dialog of the rooms: axe-core finds nothing in it, and it fits every screen.

use fantoccini::key::Key;
use reqwest::Method;
use serde_json::json;
use testkit::browser::stage::Stage;
use testkit::browser::{DESK, Window};
use testkit::http::call;
use testkit::process::people::Person;

use super::appearance::is_fine;
use super::assert_console_is_clean;

/// The button that opens a dialog, the dialog, and what it shows then.
const DIALOGS: [(&str, &str, &str); 7] = [
    (".find", "#switcher", ".choice"),
    (".plus.rooms-browse", "#browse", ".choice"),
    (".rooms-create", "#create-room", ".field input"),
    (".plus.rooms-write", "#new-direct", ".choice"),
    (".room:not([hidden]) .room-settings", "#settings", ".field input"),
    (".room-people:not([hidden]) .room-members", "#members-dialog", ".choice"),
    (".person-button", "#person-card", ".person-handle"),
];

async fn opens(window: &Window, (button, dialog, part): (&str, &str, &str)) {
    window.set_size(DESK).await;
    // A screen reader presses a button like this, wherever it is.
    window.wait_for(button).await;
    window.run("document.querySelector(arguments[0]).click()", vec![json!(button)]).await;
    window.wait_for(&format!("{dialog}[open] {part}")).await;
}

pub(super) async fn every_dialog_fits_and_axe_finds_nothing(stage: Stage) {
    let ben = Person::sign_up(&stage.natter, "Ben").await;
    let room = json!({"name": "Long walks", "kind": "public", "topic": "Where to, and in which shoes"});
    let made = call(Method::POST, &format!("{}/rooms", stage.natter.chat_url), &ben.token, &room).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let window = stage.window().await;
    window.sign_up(&stage.natter, "Ann").await;
    window.create_room("averyveryverylongwordwithoutanyspace", "private").await;
    for opened in DIALOGS {
        opens(&window, opened).await;
        let (_, dialog, part) = opened;
        is_fine(&window, dialog.trim_start_matches('#'), &[(&format!("{dialog} {part}"), dialog)]).await;
        window.press_key(Key::Escape).await;
        window.wait_for(&format!("{dialog}:not([open])")).await;
    }
    assert_console_is_clean(&stage, &window).await;
}
