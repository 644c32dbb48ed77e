//! The sign-up page and its form.

use crate::support::app::{App, PASSWORD, key};
use crate::support::browser::{is_page, token_of_chat_redirect};

#[tokio::test]
async fn signing_up_logs_in_and_leads_to_the_chat() {
    let app = App::start().await;
    let form = [("username", "ada"), ("password", PASSWORD), ("display_name", "")];
    let answer = app.post_form("/signup", &form).await;
    let token = token_of_chat_redirect(&app, &answer);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(
        answer.header("referrer-policy"),
        "origin",
        "the chat service sees that the token comes from here"
    );
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with(&format!("natter_token={token}; ")), "{cookie}");
    for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "http://localhost is not https");
    assert_eq!(key().verify(&token).unwrap().name, "ada");
    let ada = app.log_in("ada", PASSWORD).await;
    assert_eq!(app.get_as(&ada, "/users/me").await.json()["display_name"], "ada", "left blank");
}

#[tokio::test]
async fn errors_are_shown_beside_their_fields_and_submitted_values_are_kept() {
    let app = App::start().await;
    let form = [("username", "a b"), ("password", "hunter2"), ("display_name", "<b>Ada</b>")];
    let answer = app.post_form("/signup", &form).await;
    is_page(
        &answer,
        422,
        &["value=\"a b\"", "id=\"username-error\"", "id=\"password-error\"", "must be 8 to 256"],
    );
    assert!(answer.text.contains("&#60;b&#62;Ada"), "kept, and escaped: {}", answer.text);
    assert!(!answer.text.contains("<b>Ada"), "never as markup");
    assert!(!answer.text.contains("hunter2"), "a password is never sent back");
    is_page(&app.post_form("/signup", &[]).await, 422, &["id=\"username-error\"", "is missing"]);
}

#[tokio::test]
async fn a_taken_name_is_rejected_on_the_same_page() {
    let app = App::start().await;
    app.sign_up("ada").await;
    let form = [("username", "ADA"), ("password", PASSWORD), ("display_name", "Other")];
    let answer = app.post_form("/signup", &form).await;
    is_page(
        &answer,
        409,
        &[
            "“ADA” is taken. Try another, such as “ADA2”.",
            "id=\"username-error\"",
            "value=\"ADA\"",
            "value=\"Other\"",
        ],
    );
    assert_eq!(answer.header("set-cookie"), "");
    assert!(!answer.text.contains(PASSWORD));
}

#[tokio::test]
async fn the_suggested_name_is_free() {
    let app = App::start().await;
    for taken in ["grace", "Grace.H", "grace2"] {
        app.sign_up(taken).await;
    }
    let form = [("username", "grace"), ("password", PASSWORD), ("display_name", "Grace Hopper")];
    is_page(
        &app.post_form("/signup", &form).await,
        409,
        &["“grace” is taken. Try another, such as “grace3”."],
    );
    token_of_chat_redirect(
        &app,
        &app.post_form("/signup", &[("username", "grace3"), ("password", PASSWORD)]).await,
    );
}

#[tokio::test]
async fn several_errors_have_a_summary_and_the_first_wrong_field_has_the_focus() {
    let app = App::start().await;
    let several = app.post_form("/signup", &[("username", "ada"), ("display_name", "\u{7}")]).await;
    is_page(
        &several,
        422,
        &[
            "<title>Error: Sign up – Natter</title>",
            "<a href=\"#display_name\">Display name must not hold control characters, and U+0007 is character 1.</a>",
            "<a href=\"#password\">Password is missing.</a>",
        ],
    );
    assert_eq!(several.text.matches("autofocus").count(), 1, "{}", several.text);
    let focused = several.text.split("autofocus").next().unwrap();
    assert!(focused.rfind("id=\"display_name\"") > focused.rfind("id=\"username\""), "{}", several.text);
    let single = app.post_form("/signup", &[("username", "ada")]).await;
    assert!(single.text.contains("id=\"password-error\"") && !single.text.contains("href=\"#password\""));
    assert_eq!(app.get("/signup").await.text.matches("autofocus").count(), 1, "the first field");
}

#[tokio::test]
async fn the_cookie_is_secure_where_the_service_is_reached_by_https() {
    let app =
        App::start_with(|config| config.shared.users_url = "https://natter.test".parse().unwrap()).await;
    let answer = app.post_form("/signup", &[("username", "ada"), ("password", PASSWORD)]).await;
    assert!(answer.header("set-cookie").contains("; Secure"), "{}", answer.header("set-cookie"));
}
