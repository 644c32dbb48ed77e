//! Identity: two tabs of one browser can be two users, and nobody can send as another user.

use serde_json::json;
use testkit::browser::Driver;
use testkit::process::backend::Backend;
use testkit::process::natter::Natter;
use testkit::process::people::{PASSWORD, Person};
use testkit::socket_io::{Client, Received};
use testkit::wait::until_equal;

use super::tabs::tabs_of_ann_and_ben;

on_both_stores! {
    a_fake_sender_in_the_payload_changes_nothing
}

#[tokio::test]
async fn two_tabs_of_one_browser_are_two_people_and_stay_so_after_a_reload() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let (window, bens) = tabs_of_ann_and_ben(&driver, &natter).await;
    let anns = window.client.window().await.unwrap();
    window.switch_to(bens.clone()).await;
    window.send_message("Ben here").await;
    window.shows_exactly(&["Ben here"]).await;

    // The shared cookie is Ben's. Ann's tab keeps its user.
    window.switch_to(anns).await;
    window.send_message("Ann here").await;
    window.shows_exactly(&["Ben here", "Ann here"]).await;
    window.reload().await;
    window.wait_connected().await;
    let me = async || window.texts("#my-name").await;
    until_equal("the tab is Ann's", vec!["Ann".to_owned()], me).await;
    window.send_message("still Ann").await;
    window.shows_exactly(&["Ben here", "Ann here", "still Ann"]).await;

    window.switch_to(bens).await;
    window.reload().await;
    window.wait_connected().await;
    until_equal("the tab is Ben's", vec!["Ben".to_owned()], me).await;
    window.send_message("still Ben").await;
    let all = ["Ben here", "Ann here", "still Ann", "still Ben"];
    window.shows_exactly(&all).await;
    let senders: Vec<_> = window.messages().await.into_iter().map(|message| message.username).collect();
    assert_eq!(senders, ["Ben", "Ann", "Ann", "Ben"]);
}

#[tokio::test]
async fn a_connection_whose_token_is_not_that_users_is_refused() {
    let natter = Natter::start().await;
    let (ann, ben) = (Person::sign_up(&natter, "Ann").await, Person::sign_up(&natter, "Ben").await);
    let mut client = Client::open(&natter.chat_url, "", &[]).await.unwrap();
    client.send_packet(&format!("40{}", json!({"token": ann.token, "user": ben.id}))).await;
    assert_eq!(client.receive().await, Received::Refused("Token didn't match".into()));
    let mut client = Client::open(&natter.chat_url, "", &[]).await.unwrap();
    client.send_packet(&format!("40{}", json!({"token": ann.token, "user": ann.id}))).await;
    assert_eq!(client.receive().await, Received::Connected);
}

#[tokio::test]
async fn of_several_tokens_the_first_place_decides_even_if_its_token_is_invalid() {
    let natter = Natter::start().await;
    let (ann, ben) = (Person::sign_up(&natter, "Ann").await, Person::sign_up(&natter, "Ben").await);
    let cookie = format!("natter_token={}", ben.token);
    let query = format!("&jwt={}", ben.token);
    let headers = [("cookie", &cookie[..]), ("origin", &natter.chat_url[..])];
    let connect = async |query: &str, headers: &[(&'static str, &str)], auth: &str| {
        let mut client = Client::open(&natter.chat_url, query, headers).await.unwrap();
        client.send_packet(&format!("40{auth}")).await;
        (client.receive().await, client)
    };
    let refused = Received::Refused("Token didn't match".into());
    assert_eq!(connect(&query, &headers, &json!({"token": "bad"}).to_string()).await.0, refused);
    assert_eq!(connect("&jwt=bad", &headers, "").await.0, refused);
    for (query, headers, auth, name) in [
        (&query[..], &headers[..], json!({"token": ann.token}).to_string(), "Ann"),
        (&query[..], &[][..], String::new(), "Ben"),
        ("", &headers[..], String::new(), "Ben"),
    ] {
        let (heard, mut client) = connect(query, headers, &auth).await;
        assert_eq!(heard, Received::Connected, "{name}");
        assert_eq!(client.send("who am I").await["sender"]["username"], name);
    }
    assert_eq!(connect("", &[], "").await.0, refused);
}

async fn a_fake_sender_in_the_payload_changes_nothing(backend: Backend) {
    let natter = Natter::start_on(backend).await;
    let (ann, ben) = (Person::sign_up(&natter, "Ann").await, Person::sign_up(&natter, "Ben").await);
    let mut client = Client::connect(&natter.chat_url, &ann.token).await;
    let options = json!({"sender": {"id": ben.id, "username": "Ben"}});
    client.emit_with_ack("chat message", &[json!("I am Ben"), options]).await;
    client.send("I am Ann").await;
    let log = ben.whole_log(&natter).await;
    assert!(log.iter().all(|entry| entry["sender"]["username"] == "Ann"), "{log:?}");
}

#[tokio::test]
async fn the_form_of_one_tab_does_not_change_the_other_tabs_person() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    Person::sign_up(&natter, "Ben").await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    let anns = window.new_tab().await;
    window.load(&format!("{}/login", natter.users_url)).await;
    window.write("#username", "Ben").await;
    window.write("#password", PASSWORD).await;
    window.click("form button[type=submit]").await;
    window.wait_connected().await;
    assert_eq!(window.texts("#my-name").await, ["Ben"]);
    window.switch_to(anns).await;
    assert_eq!(window.texts("#my-name").await, ["Ann"]);
    window.wait_connected().await;
}

#[tokio::test]
async fn a_signed_in_user_continues_from_the_start_page_even_in_a_tab_of_another_user() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let (window, _) = tabs_of_ann_and_ben(&driver, &natter).await;
    for path in ["/", "/login", "/signup"] {
        window.load(&format!("{}{path}", natter.users_url)).await;
        assert_eq!(window.texts("a[href^='/chat']").await, ["Continue as Ben"], "{path}");
        window.click("a[href^='/chat']").await;
        window.wait_connected().await;
        assert_eq!(window.texts("#my-name").await, ["Ben"], "{path}");
    }
    window.load(&natter.users_url).await;
    window.click("a[href='/login']").await;
    window.write("#username", "Ann").await;
    window.write("#password", PASSWORD).await;
    window.click("form button[type=submit]").await;
    window.wait_connected().await;
    assert_eq!(window.texts("#my-name").await, ["Ann"]);
}
