//! Plain http with a name of the local network, where browsers send no `Sec-Fetch-*` headers.

use std::net::TcpListener;

use serde_json::json;
use testkit::browser::Driver;
use testkit::http::client;
use testkit::process::natter::{Natter, Part};
use testkit::process::people::{PASSWORD, Person};
use testkit::wait::{until, until_equal};

/// A name in a domain that is reserved for tests (RFC 6761); the browsers here take it for this machine.
const NAME: &str = "natter.test";
const NO_SCRIPT: &str = "--blink-settings=scriptEnabled=false";
const RESOLVER: &str = "--host-resolver-rules=MAP *natter.test 127.0.0.1";

/// A Natter with these names, and an account.
async fn start(users: &str, chat: &str) -> (Natter, Person) {
    let free = || TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (users_port, chat_port) = (free(), free());
    let (users_url, chat_url) =
        (format!("http://{users}:{users_port}"), format!("http://{chat}:{chat_port}"));
    let settings = [
        ("USERS_URL", users_url.clone()),
        ("CHAT_URL", chat_url.clone()),
        ("USERS_ADDR", format!("127.0.0.1:{users_port}")),
        ("CHAT_ADDR", format!("127.0.0.1:{chat_port}")),
    ];
    let settings = settings.map(|(name, value)| (name.to_owned(), value));
    let mut natter = Natter::launch(Part::Both, settings.into());
    for port in [chat_port, users_port] {
        // Programs on this machine cannot resolve the names.
        natter.users_url = format!("http://127.0.0.1:{port}");
        until("the service is ready", async || {
            let answer = client().get(format!("{}/health/ready", natter.users_url)).send().await.ok()?;
            answer.status().is_success().then_some(())
        })
        .await;
    }
    let mallory = Person::sign_up(&natter, "Mallory").await;
    (natter.users_url, natter.chat_url) = (users_url, chat_url);
    (natter, mallory)
}

#[tokio::test]
async fn without_javascript_a_user_signs_up_returns_and_logs_out_by_the_form_of_the_chat_page() {
    let (natter, _) = start(NAME, NAME).await;
    let driver = Driver::start().await;
    let window = driver.window_with(&[NO_SCRIPT, RESOLVER]).await;
    window.load(&format!("{}/signup", natter.users_url)).await;
    window.write("#username", "Ann").await;
    window.write("#password", PASSWORD).await;
    window.click("form button[type=submit]").await;
    window.wait_for(".messages").await;
    window.load(&natter.chat_url).await;
    assert_eq!(window.texts("#my-name").await, ["Ann"]);
    window.click("#logout button").await;
    window.wait_for("form[action='/login']").await;
    assert_eq!(window.texts(".notice").await, ["You are logged out."]);
    window.load(&natter.chat_url).await;
    window.wait_for(&format!("a[href^='{}/login']", natter.users_url)).await;
}

#[tokio::test]
async fn a_foreign_link_with_a_token_does_not_change_who_is_signed_in() {
    let (natter, mallory) = start(NAME, NAME).await;
    let driver = Driver::start().await;
    let window = driver.window_with(&[NO_SCRIPT, RESOLVER]).await;
    let trap = format!("data:text/html,<a href='{}/?jwt={}'>look</a>", natter.chat_url, mallory.token);
    let is_lured = async || {
        window.load(&trap).await;
        window.click("a").await;
        window.wait_for(".messages").await;
        assert_eq!(window.texts("#my-name").await, ["Mallory"], "the link opens, in its own tab");
        window.load(&natter.chat_url).await;
    };
    is_lured().await;
    window.wait_for(&format!("a[href^='{}/login']", natter.users_url)).await;

    window.load(&format!("{}/signup", natter.users_url)).await;
    window.write("#username", "Ann").await;
    window.write("#password", PASSWORD).await;
    window.click("form button[type=submit]").await;
    window.wait_for(".messages").await;
    is_lured().await;
    assert_eq!(window.texts("#my-name").await, ["Ann"]);
}

#[tokio::test]
async fn the_log_in_is_kept_for_a_chat_at_another_name_too() {
    let (natter, _) = start("users.natter.test", "chat.natter.test").await;
    let driver = Driver::start().await;
    let window = driver.window_with(&[NO_SCRIPT, RESOLVER]).await;
    window.load(&format!("{}/login", natter.users_url)).await;
    window.write("#username", "Mallory").await;
    window.write("#password", PASSWORD).await;
    window.click("form button[type=submit]").await;
    window.wait_for(".messages").await;
    window.load(&natter.chat_url).await;
    window.wait_for(".messages").await;
    assert_eq!(window.texts("#my-name").await, ["Mallory"]);
}

#[tokio::test]
async fn plain_io_on_the_chats_own_page_is_signed_in() {
    let (natter, _) = start(NAME, NAME).await;
    let driver = Driver::start().await;
    let window = driver.window_with(&[RESOLVER]).await;
    window.sign_up(&natter, "Ann").await;
    window.run("window.seed = io(); window.seed.on('connect', () => { window.isIn = true; })", vec![]).await;
    until_equal("io() is connected", json!(true), async || {
        window.run("return window.isIn === true", vec![]).await
    })
    .await;
}
