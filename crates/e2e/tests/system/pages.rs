//! The pages of the users service without JavaScript: forms, errors beside fields, input that is kept.

use std::time::Duration;

use testkit::browser::Driver;
use testkit::http::{Answer, answer, client};
use testkit::process::backend::Backend;
use testkit::process::natter::Natter;
use testkit::process::people::{PASSWORD, Person};

on_both_stores! {
    signing_up_and_logging_in_by_form_lead_to_the_chat_with_the_token
    a_refused_form_comes_back_with_its_errors_and_input_but_never_the_password
    the_account_page_renames_and_changes_the_password
}

async fn submit(natter: &Natter, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Answer {
    let url = format!("{}{path}", natter.users_url);
    let form = client().post(url).header("origin", &natter.users_url).header("cookie", cookie);
    answer(form.header("accept", "text/html").form(fields)).await
}

/// The cookie after the chat was opened with the link.
async fn cookie_of(person: &Person) -> String {
    format!("natter_token={}", person.token)
}

async fn signing_up_and_logging_in_by_form_lead_to_the_chat_with_the_token(backend: Backend) {
    let natter = Natter::start_on(backend).await;
    let fields = [("username", "Ann"), ("password", PASSWORD), ("display_name", "")];
    for (path, fields) in [("/signup", &fields[..]), ("/login", &fields[..2])] {
        let done = submit(&natter, path, "", fields).await;
        assert_eq!(done.status, 303, "{path}: {}", done.text);
        let target = done.header("location").to_owned();
        assert!(target.starts_with(&format!("{}/?jwt=", natter.chat_url)), "{target}");
        assert_eq!(answer(client().get(&target)).await.status, 200);
    }
}

async fn a_refused_form_comes_back_with_its_errors_and_input_but_never_the_password(backend: Backend) {
    let natter = Natter::start_on(backend).await;
    Person::sign_up(&natter, "Taken").await;
    let secret = "never sent back";
    for (fields, status, part) in [
        (
            [("username", "x"), ("password", secret), ("display_name", "Kept <b>")],
            422,
            "id=\"username-error\"",
        ),
        (
            [("username", "Taken"), ("password", secret), ("display_name", "Kept <b>")],
            409,
            "id=\"username-error\"",
        ),
        (
            [("username", "Fine"), ("password", "short7!"), ("display_name", "Kept <b>")],
            422,
            "id=\"password-error\"",
        ),
    ] {
        let page = submit(&natter, "/signup", "", &fields).await;
        assert_eq!(page.status, status, "{}", page.text);
        assert!(page.header("content-type").starts_with("text/html"));
        assert!(page.text.contains(part), "{part} is missing in {}", page.text);
        assert!(page.text.contains(&format!("value=\"{}\"", fields[0].1)), "{}", page.text);
        assert!(
            page.text.contains("Kept &#60;b&#62;") || page.text.contains("Kept &lt;b&gt;"),
            "{}",
            page.text
        );
        assert!(!page.text.contains(fields[1].1), "the password is in {}", page.text);
    }
    let page = submit(&natter, "/login", "", &[("username", "Taken"), ("password", secret)]).await;
    assert_eq!(page.status, 401, "{}", page.text);
    assert!(page.text.contains("role=\"alert\"") && page.text.contains("value=\"Taken\""), "{}", page.text);
    assert!(!page.text.contains(secret));
}

async fn the_account_page_renames_and_changes_the_password(backend: Backend) {
    let natter = Natter::start_on(backend).await;
    let ann = Person::sign_up(&natter, "Ann").await;
    let cookie = cookie_of(&ann).await;
    let bare =
        answer(client().get(format!("{}/account", natter.users_url)).header("accept", "text/html")).await;
    assert!([303, 401].contains(&bare.status.as_u16()), "{}", bare.text);
    let renamed = submit(&natter, "/account", &cookie, &[("display_name", "Annie")]).await;
    assert_eq!(renamed.status, 303, "{}", renamed.text);
    let page = client().get(format!("{}/account", natter.users_url)).header("cookie", &cookie);
    assert!(answer(page).await.text.contains("Annie"));
    let wrong = [("current_password", "wrong one"), ("new_password", "a better password")];
    let refused = submit(&natter, "/account/password", &cookie, &wrong).await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    assert!(refused.text.contains("id=\"current_password-error\""), "{}", refused.text);
    let right = [("current_password", PASSWORD), ("new_password", "a better password")];
    let changed = submit(&natter, "/account/password", &cookie, &right).await;
    assert_eq!(changed.status, 303, "{}", changed.text);
    assert!(changed.header("set-cookie").contains("natter_token="), "this browser stays signed in");
    let login =
        submit(&natter, "/login", "", &[("username", "Ann"), ("password", "a better password")]).await;
    assert_eq!(login.status, 303, "{}", login.text);
}

#[tokio::test]
async fn a_foreign_page_cannot_post_a_form() {
    let natter = Natter::start().await;
    let ann = Person::sign_up(&natter, "Ann").await;
    let cookie = cookie_of(&ann).await;
    for (name, value) in
        [("origin", "https://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")]
    {
        let form = client().post(format!("{}/account", natter.users_url)).header("cookie", &cookie);
        let refused = answer(form.header(name, value).form(&[("display_name", "Hacked")])).await;
        assert_eq!(refused.status, 403, "{name}: {value}: {}", refused.text);
    }
    let page = client().get(format!("{}/account", natter.users_url)).header("cookie", &cookie);
    assert!(!answer(page).await.text.contains("Hacked"));
}

#[tokio::test]
async fn without_javascript_a_person_signs_up_reads_and_logs_out() {
    let natter = Natter::start().await;
    Person::sign_up(&natter, "Ben").await.post(&natter, "readable without a script").await;
    let driver = Driver::start().await;
    let window = driver.window_with(&["--blink-settings=scriptEnabled=false"]).await;
    window.load(&format!("{}/signup", natter.users_url)).await;
    window.write("#username", "x").await;
    window.write("#password", PASSWORD).await;
    window.click("form button[type=submit]").await;
    window.wait_for("#username-error").await;
    window.write("#username", "yz").await;
    window.write("#password", PASSWORD).await;
    window.click("form button[type=submit]").await;
    window.wait_for(".messages .message[data-username=Ben]").await;
    window.load(&format!("{}/account", natter.users_url)).await;
    window.click("form[action='/logout'] button").await;
    window.wait_for("form[action='/login']").await;
    window.load(&natter.chat_url).await;
    window.wait_for(&format!("a[href^='{}/login']", natter.users_url)).await;
}

#[tokio::test]
async fn logging_out_on_the_chat_page_ends_the_session_and_leads_to_the_log_in() {
    let natter = Natter::start().await;
    let driver = Driver::start().await;
    let window = driver.window().await;
    window.sign_up(&natter, "Ann").await;
    let token = window.token().await;
    window.click("#logout button").await;
    window.wait_for("form[action='/login']").await;
    assert_eq!(window.texts(".notice").await, ["You are logged out."]);
    let ann = Person { id: String::new(), username: "Ann".into(), token };
    ann.wait_refused(&natter, Duration::from_secs(1)).await;
}
