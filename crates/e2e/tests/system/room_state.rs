//! What a page keeps for each room: the text that was begun, and messages that are not sent yet.

use serde_json::json;
use testkit::browser::{Driver, Window};
use testkit::process::natter::Natter;
use testkit::process::people::Person;
use testkit::wait::until_equal;

async fn has_draft(window: &Window, expected: &str) {
    let field = "return document.querySelector('.room:not([hidden]) .message-input').value";
    until_equal("the text in the field", json!(expected), async || window.run(field, vec![]).await).await;
}

#[tokio::test]
async fn a_draft_stays_in_its_room() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    window.create_room("Compilers", "private").await;
    window.write(".room:not([hidden]) .message-input", "half a thought").await;
    window.open_room("Lobby").await;
    has_draft(&window, "").await;
    window.write(".room:not([hidden]) .message-input", "to everybody").await;
    window.open_room("Compilers").await;
    has_draft(&window, "half a thought").await;
    window.reload().await;
    window.wait_connected().await;
    has_draft(&window, "half a thought").await;
    window.open_room("Lobby").await;
    has_draft(&window, "to everybody").await;
}

#[tokio::test]
async fn a_message_that_waits_is_shown_and_sent_in_its_room_only() {
    let (natter, proxy) = Natter::start_behind_proxy().await;
    let ben = Person::sign_up(&natter, "Ben").await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    window.create_room("Compilers", "private").await;
    proxy.cut();
    window.wait_disconnected().await;
    window.say("for the members").await;
    window.shown_room_has(&["for the members"]).await;
    window.open_room("Lobby").await;
    window.shown_room_has(&[]).await;
    proxy.resume();
    window.wait_connected().await;
    window.open_room("Compilers").await;
    window.wait_for(".room:not([hidden]) .message[data-mine][data-state=stored]").await;
    window.shown_room_has(&["for the members"]).await;
    assert_eq!(ben.texts_of_log(&natter).await, Vec::<String>::new(), "nothing is in the lobby");
}
