//! Export, sign out everywhere and delete on the account page, in a browser without JavaScript and by form posts.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::browser::{Driver, Window};
use testkit::http::{Answer, answer, client};
use testkit::process::backend::Backend;
use testkit::process::natter::Natter;
use testkit::process::people::{PASSWORD, Person};

on_both_stores! {
    an_export_is_the_account_and_every_own_message
    a_deletion_erases_the_messages_and_frees_the_name
}

async fn page(natter: &Natter, person: &Person, path: &str) -> Answer {
    let request = client().get(format!("{}{path}", natter.users_url));
    answer(request.header("accept", "text/html").header("cookie", format!("natter_token={}", person.token)))
        .await
}

/// A browser without JavaScript, logged in.
async fn window_of(driver: &Driver, natter: &Natter, name: &str) -> Window {
    let window = driver.window_with(&["--blink-settings=scriptEnabled=false"]).await;
    window.load(&format!("{}/login", natter.users_url)).await;
    window.write("#username", name).await;
    window.write("#password", PASSWORD).await;
    window.click("form button[type=submit]").await;
    window.wait_for(".messages").await;
    window.load(&format!("{}/account", natter.users_url)).await;
    window.wait_for("form[action='/account/delete']").await;
    window
}

async fn an_export_is_the_account_and_every_own_message(backend: Backend) {
    let natter = Natter::start_on(backend).await;
    let (ann, ben) = (Person::sign_up(&natter, "Ann").await, Person::sign_up(&natter, "Ben").await);
    let mut said = Vec::new();
    for number in 0..120 {
        ben.post(&natter, "not Ann's").await;
        said.push(ann.post(&natter, &format!("number {number}")).await);
    }
    let export = page(&natter, &ann, &format!("/account/export?user={}", ann.id)).await;
    assert_eq!(export.status, 200, "{}", export.text);
    assert_eq!(export.header("content-disposition"), "attachment; filename=\"natter-Ann.jsonl\"");
    let mut lines = export.text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let account = lines.next().unwrap();
    assert_eq!((&account["kind"], &account["username"]), (&json!("account"), &json!("Ann")));
    let lobby = lines.next().unwrap();
    assert_eq!((&lobby["kind"], &lobby["id"]), (&json!("room"), &json!("lobby")), "{lobby}");
    said.push(json!({"kind": "end", "messages": 120}));
    assert!(lines.eq(said), "{}", export.text);
}

async fn a_deletion_erases_the_messages_and_frees_the_name(backend: Backend) {
    let natter = Natter::start_on(backend).await;
    let (ann, ben) = (Person::sign_up(&natter, "Ann").await, Person::sign_up(&natter, "Ben").await);
    ann.post(&natter, "words of Ann").await;
    let delete = async |password: &str| {
        let form = client().post(format!("{}/account/delete", natter.users_url));
        let form =
            form.header("origin", &natter.users_url).header("cookie", format!("natter_token={}", ann.token));
        answer(form.form(&[("user", ann.id.as_str()), ("password", password)])).await
    };
    let wrong = delete("not the one").await;
    assert_eq!(wrong.status, 422, "{}", wrong.text);
    assert!(wrong.text.contains("id=\"password-error\""), "{}", wrong.text);
    let done = delete(PASSWORD).await;
    assert_eq!((done.status.as_u16(), done.header("location")), (303, "/account/deleted"), "{}", done.text);
    ann.wait_refused(&natter, Duration::from_secs(1)).await;
    let log = ben.whole_log(&natter).await;
    assert_eq!((&log[0]["erased"], &log[0]["text"]), (&json!(true), &Value::Null), "{log:?}");
    assert_ne!(Person::sign_up(&natter, "ANN").await.id, ann.id);
}

#[tokio::test]
async fn without_javascript_a_user_signs_out_everywhere_and_then_deletes_the_account() {
    let natter = Natter::start().await;
    let elsewhere = Person::sign_up(&natter, "Ann").await;
    let driver = Driver::start().await;
    let window = window_of(&driver, &natter, "Ann").await;
    window.click("form[action='/account/sign-out-everywhere'] button").await;
    window.wait_for("form[action='/login'] .notice").await;
    elsewhere.wait_refused(&natter, Duration::from_secs(1)).await;

    let window = window_of(&driver, &natter, "Ann").await;
    window.write("form[action='/account/delete'] [name=password]", "not the one").await;
    window.click("form[action='/account/delete'] button[type=submit]").await;
    window.wait_for("#password-error").await;
    window.write("form[action='/account/delete'] [name=password]", PASSWORD).await;
    window.click("form[action='/account/delete'] button[type=submit]").await;
    window.wait_for("a[href='/signup']").await;
    window.load(&format!("{}/account", natter.users_url)).await;
    window.wait_for("form[action='/login']").await;
}

#[tokio::test]
async fn a_password_can_be_seen_while_it_is_typed() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.load(&format!("{}/signup", natter.users_url)).await;
    window.click("button.show:not([hidden])").await;
    window.wait_for("#password[type=text] + button.show[aria-pressed=true]").await;
    window.click("button.show:not([hidden])").await;
    window.wait_for("#password[type=password] + button.show[aria-pressed=false]").await;
    let plain = driver.window_with(&["--blink-settings=scriptEnabled=false"]).await;
    plain.load(&format!("{}/signup", natter.users_url)).await;
    plain.wait_for("#password[type=password] + button.show[hidden]").await;
}
