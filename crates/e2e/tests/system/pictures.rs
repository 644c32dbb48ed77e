//! The README's screenshots, written with `NATTER_PICTURES=1`: always of the same size, without motion.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use fantoccini::key::Key;
use reqwest::Method;
use serde_json::json;
use testkit::browser::{Appearance, DESK, Driver, PHONE, Window};
use testkit::http::call;
use testkit::network::proxy::{NO_WEBSOCKET, Proxy, Rule};
use testkit::process::natter::Natter;
use testkit::process::people::{PASSWORD, Person};
use testkit::socket_io::Client;
use testkit::wait::until_equal;

/// Smaller than a desk's screen, so that text is readable in a scaled screenshot.
const PICTURE: Appearance = Appearance { name: "picture", width: 1100, height: 760, ..DESK };

/// The local hour on every screenshot.
const HOUR: u64 = 9;

/// Puts a control character into a message with this word, so that the server rejects it.
const REFUSED: Rule = ("sketch", "\\u0007");

/// Takes a screenshot. It is written under this name only with `NATTER_PICTURES=1`.
async fn picture(window: &Window, name: &str) {
    let picture = window.screenshot().await;
    assert!(picture.starts_with(b"\x89PNG"), "the browser gives a PNG");
    if std::env::var_os("NATTER_PICTURES").is_some() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("pictures").join(name);
        std::fs::write(path, picture).expect("the picture can be written");
    }
}

async fn named(natter: &Natter, username: &str, display_name: &str) -> (Person, Client) {
    let person = Person::sign_up(natter, username).await;
    let url = format!("{}/users/me", natter.users_url);
    let renamed = call(Method::PATCH, &url, &person.token, &json!({"display_name": display_name})).await;
    assert_eq!(renamed.status, 200, "{}", renamed.text);
    let straight = format!("http://localhost:{}", natter.chat_port);
    let mut socket = Client::connect(&straight, &person.token).await;
    socket.emit_with_ack("watch", &[json!({"away": username == "jonas"})]).await;
    (person, socket)
}

/// Makes a room with Ann in it. Returns its id.
async fn room(socket: &mut Client, name: &str, kind: &str, topic: &str, others: &[&str]) -> String {
    let made =
        socket.emit_with_ack("create room", &[json!({"name": name, "kind": kind, "topic": topic})]).await;
    let id = made["room"]["id"].as_str().expect("the room is made").to_owned();
    for user in ["Ann"].iter().chain(others) {
        let added = socket.emit_with_ack("add", &[json!({"room": id, "user": user})]).await;
        assert_eq!(added["ok"], true, "{added}");
    }
    id
}

async fn says(socket: &mut Client, room: &str, text: &str) {
    let said = socket.emit_with_ack("chat message", &[json!(text), json!({"room": room})]).await;
    assert_eq!(said["ok"], true, "{said}");
}

/// Sends by Enter: the button would be shown as under the mouse.
async fn say(window: &Window, text: &str) {
    window.write(".room:not([hidden]) .message-input", &format!("{text}{}", char::from(Key::Enter))).await;
}

async fn direct(socket: &mut Client, others: &[&str]) -> String {
    let begun = socket.emit_with_ack("direct", &[json!({"usernames": others})]).await;
    begun["room"]["id"].as_str().expect("the direct message begins").to_owned()
}

/// What Ann has not read yet, in other rooms.
async fn elsewhere(ben: &mut Client, mira: &mut Client, jonas: &mut Client) {
    let on_call = room(mira, "On call", "private", "", &[]).await;
    says(mira, &on_call, "@Ann, it is your week.").await;
    let club = room(jonas, "Reading club", "public", "", &[]).await;
    for text in ["Chapter four.", "It has a moth in it.", "Who brings the cake?"] {
        says(jonas, &club, text).await;
    }
    room(ben, "Garden", "public", "", &[]).await;
    let bens = direct(ben, &["Ann"]).await;
    says(ben, &bens, "Have you seen the sketch?").await;
    direct(mira, &["Ann"]).await;
    direct(jonas, &["Ann", "ben"]).await;
}

/// A conversation in a room, as Ann sees it. Returns the room, and the people with their sockets.
async fn morning(natter: &Natter, window: &Window) -> (String, Vec<(Person, Client)>) {
    let mut ben = named(natter, "ben", "Ben Okafor").await;
    let mut mira = named(natter, "mira.k", "Mira K.").await;
    let mut jonas = named(natter, "jonas", "Jonas").await;
    let topic = "What goes out, and when.";
    let release = room(&mut ben.1, "Release", "public", topic, &["mira.k", "jonas"]).await;
    elsewhere(&mut ben.1, &mut mira.1, &mut jonas.1).await;
    window.open_room("Release").await;
    says(&mut ben.1, &release, "Good morning! Does this run on one binary now?").await;
    says(&mut mira.1, &release, "It does. Sign up, and you are in.").await;
    says(&mut mira.1, &release, "The log is kept: reload as often as you like.").await;
    until_equal("all is shown", 3, async || window.texts_of_shown_room().await.len()).await;
    say(window, "I reloaded twice. Still here.").await;
    window.wait_for(".room:not([hidden]) .message[data-mine][data-state=stored]").await;
    says(&mut ben.1, &release, "@Ann then it is yours: https://socket.io/docs/v4/ has the rest.").await;
    until_equal("all is shown", 5, async || window.texts_of_shown_room().await.len()).await;
    let here = ".room-people:not([hidden]) .people-here .person";
    until_equal("all are here", 3, async || window.texts(here).await.len()).await;
    window.wait_for(".room-sign[data-here]").await;
    window.badge_is("Reading club", "3").await;
    (release, vec![ben, mira, jonas])
}

/// A time zone in which it is morning now. `Etc/GMT` names have the opposite sign (POSIX).
fn zone_of_morning() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970").as_secs();
    let hour = seconds / 3_600 % 24;
    if hour > HOUR {
        format!("Etc/GMT+{}", (hour - HOUR).min(12))
    } else {
        format!("Etc/GMT-{}", HOUR - hour)
    }
}

async fn start() -> (Natter, Proxy, Driver, Window) {
    let (natter, proxy) = Natter::start_behind_proxy().await;
    let driver = Driver::start().await;
    let flags = ["--force-prefers-reduced-motion", "--hide-scrollbars"];
    let window = driver.window_with(&flags).await;
    window.devtools("Emulation.setTimezoneOverride", json!({"timezoneId": zone_of_morning()})).await;
    (natter, proxy, driver, window)
}

#[tokio::test]
async fn pictures_of_the_chat_can_be_taken() {
    let (natter, proxy, _driver, window) = start().await;
    proxy.rewrite(&[NO_WEBSOCKET, REFUSED]);
    window.set_appearance(PICTURE).await;
    window.sign_up(&natter, "Ann").await;
    let (release, mut people) = morning(&natter, &window).await;
    people[1].1.emit_with_ack("typing", &[json!({"room": release})]).await;
    until_equal("somebody types", vec!["Mira K. is typing…".to_owned()], async || {
        window.texts(".room:not([hidden]) .typing").await
    })
    .await;
    picture(&window, "chat.png").await;
    people[1].1.emit_with_ack("typing", &[json!({"room": release})]).await;
    window.set_appearance(PICTURE.dark()).await;
    picture(&window, "chat-dark.png").await;
    window.set_appearance(PHONE).await;
    say(&window, "Here is the sketch that I meant.").await;
    window.wait_for(".message[data-state=failed]").await;
    proxy.cut();
    window.wait_disconnected().await;
    say(&window, "This one waits until I am connected again.").await;
    window.wait_for(".message[data-state=pending]").await;
    picture(&window, "chat-lost.png").await;
}

#[tokio::test]
async fn pictures_of_the_account_pages_can_be_taken() {
    let (natter, _proxy, _driver, window) = start().await;
    window.set_appearance(PICTURE).await;
    Person::sign_up(&natter, "mira").await;
    window.load(&format!("{}/signup", natter.users_url)).await;
    for (field, text) in [("#username", "mira"), ("#display_name", "Mira K."), ("#password", "correct horse")]
    {
        window.write(field, text).await;
    }
    window.click("form button[type=submit]").await;
    window.wait_for("#username-error").await;
    picture(&window, "sign-up.png").await;
    window.run("document.querySelector('#username').value = ''", vec![]).await;
    window.write("#username", "mira.k").await;
    window.write("#password", PASSWORD).await;
    window.click("form button[type=submit]").await;
    window.wait_connected().await;
    window.load(&format!("{}/account", natter.users_url)).await;
    window.wait_for("#display_name").await;
    picture(&window, "account.png").await;
}
