//! The list of people and the typing line, as two users see each other.

use fantoccini::key::Key;
use reqwest::Method;
use serde_json::json;
use testkit::browser::{Driver, Window};
use testkit::http::call;
use testkit::process::natter::Natter;
use testkit::process::people::Person;
use testkit::wait::{until, until_equal};

async fn here(window: &Window, names: &[&str]) {
    let names: Vec<String> = names.iter().map(|name| name.to_string()).collect();
    until_equal("these are here", names, async || window.texts(".people-here .person-name").await).await;
}

async fn typing(window: &Window, line: &str) {
    until_equal("the line says who is typing", vec![line.to_owned()], async || window.texts(".typing").await)
        .await;
}

/// Ben types until Ann's page shows it: his page sends `typing` only every few seconds.
async fn begins_to_type(ben: &Window, ann: &Window) {
    until("Ben is seen to type", async || {
        ben.press("hm ").await;
        (ann.texts(".typing").await == ["Ben is typing…"]).then_some(())
    })
    .await;
}

#[tokio::test]
async fn two_people_see_each_other_arrive_type_rename_and_leave() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let (ann, ben) = (driver.window().await, driver.window().await);
    ann.sign_up(&natter, "Ann").await;
    here(&ann, &["Ann"]).await;
    ben.sign_up(&natter, "Ben").await;
    here(&ann, &["Ann", "Ben"]).await;
    here(&ben, &["Ann", "Ben"]).await;
    assert_eq!(ann.texts(".people-here .person-you:not([hidden])").await.len(), 1, "one of them is oneself");

    begins_to_type(&ben, &ann).await;
    typing(&ben, "").await;
    ben.press(&format!("done{}", char::from(Key::Enter))).await;
    until("the message comes", async || ann.message_texts().await.first()?.ends_with("done").then_some(()))
        .await;
    typing(&ann, "").await;
    begins_to_type(&ben, &ann).await;
    // Ben stops typing; the server's timeout ends it.
    typing(&ann, "").await;

    let person = Person::log_in(&natter, "Ben").await;
    let url = format!("{}/users/me", natter.users_url);
    let renamed = call(Method::PATCH, &url, &person.token, &json!({"display_name": "Benjamin"})).await;
    assert_eq!(renamed.status, 200, "{}", renamed.text);
    here(&ann, &["Ann", "Benjamin"]).await;
    assert_eq!(ann.messages().await[0].who, "Ben", "what was said before was said by Ben");
    ben.client.close_window().await.unwrap();
    here(&ann, &["Ann"]).await;
}

#[tokio::test]
async fn ones_own_name_in_the_corner_follows_a_change_made_elsewhere() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    window.send_message("said as Ann").await;
    let person = Person::log_in(&natter, "Ann").await;
    let rename = async |name: &str| {
        let url = format!("{}/users/me", natter.users_url);
        let renamed = call(Method::PATCH, &url, &person.token, &json!({"display_name": name})).await;
        assert_eq!(renamed.status, 200, "{}", renamed.text);
        let corner = async || [window.texts("#my-name").await, window.texts(".me .my-avatar").await].concat();
        let initials = name.split(' ').map(|word| word[..1].to_owned()).collect::<String>();
        until_equal("the corner shows the name", vec![name.to_owned(), initials], corner).await;
    };
    rename("Rosalind Green").await;
    rename("Queen").await;
    window.send_message("said as Queen").await;
    window.shows_exactly(&["said as Ann", "said as Queen"]).await;
}

#[tokio::test]
async fn a_user_in_two_tabs_is_listed_once_and_until_both_are_closed() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let (ann, ben) = (driver.window().await, driver.window().await);
    ann.sign_up(&natter, "Ann").await;
    ben.sign_up(&natter, "Ben").await;
    here(&ann, &["Ann", "Ben"]).await;
    let token = ben.token().await;
    let first = ben.new_tab().await;
    ben.load(&format!("{}/?jwt={token}", natter.chat_url)).await;
    ben.wait_connected().await;
    here(&ben, &["Ann", "Ben"]).await;
    let second = ben.client.window().await.unwrap();
    ben.switch_to(first).await;
    ben.client.close_window().await.unwrap();
    ben.switch_to(second).await;
    ben.send_message("Still here.").await;
    ann.shows_exactly(&["Still here."]).await;
    here(&ann, &["Ann", "Ben"]).await;
    ben.client.close_window().await.unwrap();
    here(&ann, &["Ann"]).await;
}
