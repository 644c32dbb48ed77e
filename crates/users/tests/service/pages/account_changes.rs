//! The forms of the display name and of the password.

use reqwest::Method;

use crate::support::app::{App, PASSWORD, answer};
use crate::support::browser::{is_page, page_of, post_as};

#[tokio::test]
async fn the_display_name_is_changed_on_the_account_page() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let answered = post_as(&app, &ada, "/account", &[("display_name", "The Countess")]).await;
    assert_eq!(answered.status, 303);
    let page = page_of(&app, &ada, answered.header("location")).await;
    is_page(&page, 200, &["value=\"The Countess\"", "role=\"status\"", "Your name is saved."]);
    is_page(&post_as(&app, &ada, "/account", &[]).await, 422, &["id=\"display_name-error\"", "is missing"]);
    let long = "x".repeat(65);
    let refused = post_as(&app, &ada, "/account", &[("display_name", &long)]).await;
    is_page(&refused, 422, &["id=\"display_name-error\"", &long]);
}

#[tokio::test]
async fn the_password_is_changed_on_the_account_page() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let wrong = [("current_password", "wrong horse"), ("new_password", "another horse")];
    let refused = post_as(&app, &ada, "/account/password", &wrong).await;
    is_page(&refused, 422, &["id=\"current_password-error\"", "Current password is wrong."]);
    assert!(!refused.text.contains("another horse") && !refused.text.contains("wrong horse"));
    let short = [("current_password", PASSWORD), ("new_password", "short")];
    is_page(&post_as(&app, &ada, "/account/password", &short).await, 422, &["id=\"new_password-error\""]);
    let blank = post_as(&app, &ada, "/account/password", &[]).await;
    is_page(&blank, 422, &["id=\"current_password-error\"", "id=\"new_password-error\""]);

    let right = [("current_password", PASSWORD), ("new_password", "another horse")];
    let done = post_as(&app, &ada, "/account/password", &right).await;
    assert_eq!(done.status, 303, "{}", done.text);
    let token = done
        .header("set-cookie")
        .strip_prefix("natter_token=")
        .unwrap()
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    assert_eq!(page_of(&app, &ada, "/account").await.status, 303, "the old cookie is no longer good");
    let page = page_of(&app, &ada.with_token(&token), done.header("location")).await;
    is_page(&page, 200, &["Your password is changed."]);
    app.log_in("ada", "another horse").await;
}

#[tokio::test]
async fn a_form_of_another_media_type_is_rejected() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    for path in
        ["/signup", "/account", "/account/password", "/account/sign-out-everywhere", "/account/delete"]
    {
        let request = app.request(Method::POST, path).header("cookie", ada.cookie()).body("x");
        answer(request).await.problem(415, "unsupported_media_type");
    }
}
