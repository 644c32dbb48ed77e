//! The README's screenshots, written with `NATTER_PICTURES=1`: always of the same size, without motion.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use reqwest::Method;
use serde_json::json;
use testkit::browser::{Appearance, DESK, Driver, PHONE, Window};
use testkit::http::call;
use testkit::network::proxy::{NO_WEBSOCKET, Proxy, Rule};
use testkit::process::natter::Natter;
use testkit::process::people::{PASSWORD, Person};
use testkit::socket_io::Client;
use testkit::wait::{until, until_equal};

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

/// A conversation in the lobby, as Ann sees it.
async fn morning(natter: &Natter, window: &Window) -> Vec<(Person, Client)> {
    let ben = named(natter, "ben", "Ben Okafor").await;
    let mira = named(natter, "mira.k", "Mira K.").await;
    let jonas = named(natter, "jonas", "Jonas").await;
    ben.0.post_at(natter.chat_port, "Good morning! Does this run on one binary now?").await;
    mira.0.post_at(natter.chat_port, "It does. Sign up, and you are in.").await;
    mira.0.post_at(natter.chat_port, "The log is kept: reload as often as you like.").await;
    until("all is shown", async || (window.messages().await.len() == 3).then_some(())).await;
    window.send_message("I reloaded twice. Still here.").await;
    ben.0.post_at(natter.chat_port, "And programs can read along: https://socket.io/docs/v4/").await;
    until("all is stored", async || {
        let shown = window.messages().await;
        (shown.len() == 5 && shown.iter().all(|message| message.state == "stored")).then_some(())
    })
    .await;
    until_equal("all are here", 3, async || window.texts(".people-here .person").await.len()).await;
    vec![ben, mira, jonas]
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
    let mut people = morning(&natter, &window).await;
    people[1].1.emit_with_ack("typing", &[json!({})]).await;
    until_equal("somebody types", vec!["Mira K. is typing…".to_owned()], async || {
        window.texts(".typing").await
    })
    .await;
    picture(&window, "chat.png").await;
    people[1].1.emit_with_ack("typing", &[json!({})]).await;
    window.set_appearance(PICTURE.dark()).await;
    picture(&window, "chat-dark.png").await;
    window.set_appearance(PHONE).await;
    window.send_message("Here is the sketch that I meant.").await;
    window.wait_for(".message[data-state=failed]").await;
    proxy.cut();
    window.wait_disconnected().await;
    window.send_message("This one waits until I am connected again.").await;
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
