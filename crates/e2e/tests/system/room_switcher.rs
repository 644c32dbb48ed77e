//! The quick switcher and the dialogs of rooms, by keyboard, and as a screen reader gets them.

use fantoccini::key::Key;
use serde_json::json;
use testkit::browser::accessibility::AccessibleNode;
use testkit::browser::{Driver, Window};
use testkit::process::natter::Natter;
use testkit::process::people::Person;
use testkit::socket_io::Client;
use testkit::wait::until_equal;

/// Presses Ctrl and a letter.
async fn press_with_control(window: &Window, letter: &str) {
    window.press(&format!("{}{letter}{}", char::from(Key::Control), char::from(Key::Null))).await;
}

async fn offers(window: &Window) -> Vec<String> {
    window.texts("#switcher [role=option] .choice-name").await
}

async fn offers_are(window: &Window, expected: &[&str]) {
    let expected: Vec<String> = expected.iter().map(|each| each.to_string()).collect();
    until_equal("the switcher offers", expected, async || offers(window).await).await;
}

/// The name of the offer that a screen reader reads as the active one.
async fn marked_offer(window: &Window) -> String {
    let active = "const id = document.activeElement.getAttribute('aria-activedescendant');
        return document.getElementById(id).querySelector('.choice-name').textContent";
    window.run(active, vec![]).await.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_switcher_leads_to_rooms_and_people_without_a_mouse() {
    let natter = Natter::start().await;
    let ben = Person::sign_up(&natter, "Ben").await;
    let mut socket = Client::connect(&natter.chat_url, &ben.token).await;
    socket.emit_with_ack("create room", &[json!({"name": "Board games", "kind": "public"})]).await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    window.create_room("Books", "private").await;
    press_with_control(&window, "k").await;
    window.wait_for("#switcher[open]").await;
    assert_eq!(window.focus().await, ".switcher-input");
    offers_are(&window, &["Books", "Lobby"]).await;
    window.assert_accessible("switcher").await;
    for (key, title) in [(Key::Up, "Lobby"), (Key::Down, "Books"), (Key::Down, "Lobby")] {
        window.press_key(key).await;
        assert_eq!(marked_offer(&window).await, title, "the arrow keys go round");
    }
    window.press("bo").await;
    offers_are(&window, &["Books", "Board games"]).await;
    window.press_key(Key::Down).await;
    assert_eq!(marked_offer(&window).await, "Board games");
    window.press_key(Key::Enter).await;
    window.shows_room("Board games").await;
    window.wait_for(".room[data-access=visitor]:not([hidden])").await;
    press_with_control(&window, "k").await;
    window.press("ben").await;
    offers_are(&window, &["Ben"]).await;
    window.press_key(Key::Enter).await;
    window.shows_room("Ben").await;
    assert_eq!(window.focus().await, "textarea.message-input");
    press_with_control(&window, "k").await;
    window.press_key(Key::Escape).await;
    window.wait_for("#switcher:not([open])").await;
    assert_eq!(window.focus().await, "textarea.message-input", "the focus comes back");
}

#[tokio::test]
async fn members_are_found_added_made_owners_and_removed() {
    let natter = Natter::start().await;
    for name in ["Ben", "Bella", "Carl"] {
        Person::sign_up(&natter, name).await;
    }
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    window.create_room("Secret plans", "private").await;
    window.click(".room-people:not([hidden]) .room-members").await;
    window.wait_for("#members-dialog[open]").await;
    window.assert_accessible("members").await;
    window.write(".members-to-add .search-input", "be").await;
    window.press_button(".members-to-add", "Add: Ben").await;
    let members = async || window.texts(".members-of-room .choice-name").await;
    until_equal("Ben is a member", vec!["Ben".to_owned(), "Ann".to_owned()], members).await;
    assert_eq!(window.texts(".members-to-add .search-status").await, ["Ben was added."]);
    window.press_button(".members-of-room", "Make owner: Ben").await;
    until_equal("Ben is an owner", true, async || {
        window.texts(".members-of-room .choice-note").await.iter().any(|note| note == "@Ben · owner")
    })
    .await;
    window.press_button(".members-of-room", "Remove: Ben").await;
    window.press_button("#confirm", "Remove").await;
    until_equal("Ben is no member", vec!["Ann".to_owned()], members).await;
    window.press_key(Key::Escape).await;
    window.wait_for("#members-dialog:not([open])").await;
}

#[tokio::test]
async fn a_direct_message_to_several_people_is_chosen_by_name() {
    let natter = Natter::start().await;
    for name in ["Ben", "Carl"] {
        Person::sign_up(&natter, name).await;
    }
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    window.click(".plus.rooms-write").await;
    window.press_button("#new-direct", "Choose: Carl").await;
    window.press_button("#new-direct", "Choose: Ben").await;
    until_equal("both are chosen", 2, async || window.texts(".direct-chosen button").await.len()).await;
    window.assert_accessible("new-direct").await;
    window.press_button("#new-direct", "Write to them").await;
    until_equal("the room is shown", true, async || {
        let titles = window.texts(".room:not([hidden]) .room-name").await;
        ["Ben, Carl", "Carl, Ben"].contains(&titles[0].as_str())
    })
    .await;
    window.say("Hello, both.").await;
    window.shown_room_has(&["Hello, both."]).await;
}

#[tokio::test]
async fn a_screen_reader_gets_the_list_with_what_is_unread() {
    let natter = Natter::start().await;
    let ben = Person::sign_up(&natter, "Ben").await;
    let mut socket = Client::connect(&natter.chat_url, &ben.token).await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    let made =
        socket.emit_with_ack("create room", &[json!({"name": "Secret plans", "kind": "private"})]).await;
    let room = made["room"]["id"].as_str().unwrap().to_owned();
    socket.emit_with_ack("add", &[json!({"room": room, "user": "Ann"})]).await;
    for text in ["one", "two @Ann"] {
        socket.emit_with_ack("chat message", &[json!(text), json!({"room": room})]).await;
    }
    window.badge_is("Secret plans", "@ 1").await;
    let page = window.accessibility_tree().await;
    let [navigation] = page.all("navigation")[..] else { panic!("one navigation in\n{}", page.to_lines()) };
    assert_eq!(navigation.name, "Rooms");
    let links: Vec<&str> = navigation.all("link").into_iter().map(|link| link.name.as_str()).collect();
    assert_eq!(
        links,
        ["Lobby", "Secret plans (private, 2 unread, 1 mention of you)", "Account"],
        "{}",
        page.to_lines()
    );
    for role in ["button", "link", "textbox", "combobox"] {
        let nameless: Vec<&AccessibleNode> =
            page.all(role).into_iter().filter(|one| one.name.is_empty()).collect();
        assert!(nameless.is_empty(), "each {role} has a name:\n{}", page.to_lines());
    }
}
