//! The pages of rooms: their addresses, what one sees of a room that one is not in, and what happens when one's part in it
//! changes while one looks at it.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::browser::{DESK, Driver, PHONE, Window};
use testkit::http::{call, client};
use testkit::process::natter::Natter;
use testkit::process::people::{PASSWORD, Person};
use testkit::wait::until_equal;

/// A room that somebody made by HTTP.
struct Made {
    id: String,
    url: String,
}

async fn make(natter: &Natter, person: &Person, name: &str, kind: &str) -> Made {
    let body = json!({"name": name, "kind": kind});
    let answer = call(Method::POST, &format!("{}/rooms", natter.chat_url), &person.token, &body).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    Made { url: format!("{}/rooms/{id}", natter.chat_url), id }
}

impl Made {
    async fn ask(&self, method: Method, path: &str, person: &Person, body: &Value) {
        let answer = call(method, &format!("{}{path}", self.url), &person.token, body).await;
        assert!(answer.status.is_success(), "{path}: {} {}", answer.status, answer.text);
    }

    async fn add(&self, owner: &Person, username: &str) {
        self.ask(Method::PUT, &format!("/members/{username}"), owner, &json!({})).await;
    }

    async fn say(&self, person: &Person, text: &str) {
        self.ask(Method::POST, "/messages", person, &json!({"text": text})).await;
    }
}

async fn log_in(window: &Window, username: &str) {
    window.submit("form[action='/login']", &[("username", username), ("password", PASSWORD)]).await;
    window.wait_connected().await;
}

#[tokio::test]
async fn the_address_of_a_room_leads_to_it_after_a_log_in_and_a_sign_up() {
    let natter = Natter::start().await;
    let ben = Person::sign_up(&natter, "Ben").await;
    let room = make(&natter, &ben, "Compilers", "public").await;
    room.say(&ben, "Read me.").await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.load(&room.url).await;
    window.click("a[href*='/login']").await;
    window.submit("form[action='/login']", &[("username", "Ben"), ("password", "wrong password")]).await;
    window.wait_for("#form-error").await;
    log_in(&window, "").await;
    window.shows_room("Compilers").await;
    window.shown_room_has(&["Read me."]).await;
    assert_eq!(window.address().await, room.url, "the token is not in the address");

    let other = driver.window().await;
    other.load(&room.url).await;
    other.click("a[href*='/login']").await;
    other.click("a[href*='/signup']").await;
    other.write("#username", "Ann").await;
    other.write("#password", PASSWORD).await;
    other.click("form button[type=submit]").await;
    other.wait_connected().await;
    other.shows_room("Compilers").await;
    assert_eq!(other.address().await, room.url);
}

#[tokio::test]
async fn a_room_that_one_may_not_see_has_the_page_of_one_that_never_was() {
    let natter = Natter::start().await;
    let (ann, ben) = (Person::sign_up(&natter, "Ann").await, Person::sign_up(&natter, "Ben").await);
    let secret = make(&natter, &ben, "Secret plans", "private").await;
    secret.say(&ben, "The plan").await;
    let never = format!("{}/rooms/01980000-0000-7000-8000-000000000001", natter.chat_url);
    let mut pages = Vec::new();
    for url in [&secret.url, &never, &format!("{}/rooms/nonsense", natter.chat_url)] {
        let answer =
            client().get(url).bearer_auth(&ann.token).header("accept", "text/html").send().await.unwrap();
        assert_eq!(answer.status(), 404);
        pages.push(answer.text().await.unwrap());
    }
    assert_eq!(pages[0], pages[1]);
    assert_eq!(pages[0], pages[2]);
    assert!(!pages[0].contains("plan"), "{}", pages[0]);
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.load(&format!("{}/login", natter.users_url)).await;
    log_in(&window, "Ann").await;
    window
        .run(
            "const link = document.createElement('a'); link.href = arguments[0]; link.textContent = 'A link';
        document.querySelector('.room-lists').append(link); link.click(); link.remove()",
            vec![json!(secret.url)],
        )
        .await;
    until_equal("the notice", vec!["No such room".to_owned()], async || {
        window.texts(".room-notice:not([hidden]) .notice-title").await
    })
    .await;
    window.assert_accessible("room-unknown").await;
    window.click(".room-notice a.button").await;
    window.shows_room("Lobby").await;
}

#[tokio::test]
async fn a_public_room_is_read_before_it_is_joined() {
    let natter = Natter::start().await;
    let ben = Person::sign_up(&natter, "Ben").await;
    let room = make(&natter, &ben, "Compilers", "public").await;
    room.say(&ben, "Before.").await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    window.click(".plus.rooms-browse").await;
    window.press_button("#browse", "Look: Compilers").await;
    window.shows_room("Compilers").await;
    window.shown_room_has(&["Before."]).await;
    window.lists_rooms(&["Lobby"]).await;
    window.wait_for(".room[data-access=visitor]:not([hidden])").await;
    window.assert_accessible("room-visitor").await;
    window.reload().await;
    window.wait_connected().await;
    window.shown_room_has(&["Before."]).await;
    window.click(".room-join").await;
    window.lists_rooms(&["Lobby", "Compilers"]).await;
    until_equal("one can write", ".message-input".to_owned(), async || focused_class(&window).await).await;
    room.say(&ben, "Welcome.").await;
    window.shown_room_has(&["Before.", "Welcome."]).await;
}

async fn focused_class(window: &Window) -> String {
    let script = "return [...document.activeElement.classList].map(each => `.${each}`)[0] ?? ''";
    window.run(script, vec![]).await.as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_member_who_is_removed_while_looking_at_a_room_sees_nothing_more_of_it() {
    let natter = Natter::start().await;
    let ben = Person::sign_up(&natter, "Ben").await;
    let room = make(&natter, &ben, "Secret plans", "private").await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    room.add(&ben, "Ann").await;
    room.say(&ben, "The plan.").await;
    window.badge_is("Secret plans", "1").await;
    window.open_room("Secret plans").await;
    window.shown_room_has(&["The plan."]).await;
    room.ask(Method::DELETE, "/members/Ann", &ben, &json!({})).await;
    until_equal("the notice", vec!["You are no longer in this room".to_owned()], async || {
        window.texts(".room-notice:not([hidden]) .notice-title").await
    })
    .await;
    window.lists_rooms(&["Lobby"]).await;
    assert_eq!(focused_class(&window).await, ".room-notice");
    let rest = window.run("return document.body.textContent.includes('The plan.')", vec![]).await;
    assert_eq!(rest, false, "nothing of the room is left in the page");
    window.assert_accessible("room-gone").await;
    room.add(&ben, "Ann").await;
    window.lists_rooms(&["Lobby", "Secret plans"]).await;
}

#[tokio::test]
async fn a_room_is_renamed_archived_and_restored_by_its_owner() {
    let natter = Natter::start().await;
    let ben = Person::sign_up(&natter, "Ben").await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    window.create_room("Compilers", "public").await;
    window.click(".room:not([hidden]) .room-settings").await;
    window.clear("#settings-name").await;
    window.write("#settings-name", "Interpreters").await;
    window.write("#settings-topic", "Slowly, but surely.").await;
    window.click("#settings [type=submit]").await;
    window.shows_room("Interpreters").await;
    window.lists_rooms(&["Lobby", "Interpreters"]).await;
    let taken = make(&natter, &ben, "Taken", "public").await;
    assert!(!taken.id.is_empty());
    window.click(".room:not([hidden]) .room-settings").await;
    window.clear("#settings-name").await;
    window.write("#settings-name", "taken").await;
    window.click("#settings [type=submit]").await;
    until_equal("it says why", false, async || window.texts("#settings .dialog-error").await[0].is_empty())
        .await;
    window.assert_accessible("room-settings-error").await;
    window.press_button("#settings", "Archive").await;
    window.press_button("#confirm", "Archive").await;
    window.wait_for(".room[data-access=archived]:not([hidden])").await;
    window.assert_accessible("room-archived").await;
    window.press_button(".room:not([hidden])", "Restore").await;
    window.wait_for(".room[data-access=member]:not([hidden])").await;
    window.say("Back again.").await;
    window.shown_room_has(&["Back again."]).await;
}

#[tokio::test]
async fn on_a_phone_the_list_and_the_room_are_two_screens_and_back_leads_between_them() {
    let natter = Natter::start().await;
    let ben = Person::sign_up(&natter, "Ben").await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.set_appearance(PHONE).await;
    window.sign_up(&natter, "Ann").await;
    let room = make(&natter, &ben, "Compilers", "public").await;
    room.add(&ben, "Ann").await;
    room.say(&ben, "Hello.").await;
    let visible = "return ['.rooms', '.room:not([hidden])'].filter(css => document.querySelector(css).checkVisibility())";
    assert_eq!(window.run(visible, vec![]).await, json!([".room:not([hidden])"]));
    window.click(".room:not([hidden]) .back").await;
    until_equal("only the list is visible", json!([".rooms"]), async || window.run(visible, vec![]).await)
        .await;
    window.badge_is("Compilers", "1").await;
    window.assert_accessible_at(&[PHONE, PHONE.dark()], "rooms-phone-list").await;
    window.click(".room-link[data-kind=public]:not([href='/'])").await;
    window.shows_room("Compilers").await;
    assert_eq!(window.run(visible, vec![]).await, json!([".room:not([hidden])"]));
    window.shown_room_has(&["Hello."]).await;
    window.client.back().await.unwrap();
    until_equal("the list again", json!([".rooms"]), async || window.run(visible, vec![]).await).await;
    window.client.forward().await.unwrap();
    until_equal("the room again", json!([".room:not([hidden])"]), async || window.run(visible, vec![]).await)
        .await;
    window.set_appearance(DESK).await;
    let both = json!([".rooms", ".room:not([hidden])"]);
    until_equal("both on a desk", both, async || window.run(visible, vec![]).await).await;
}
