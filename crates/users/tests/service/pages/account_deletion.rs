//! The deletion of an account by its form, and the page that confirms it.

use reqwest::Method;
use serde_json::json;
use store::UserId;

use crate::support::app::{Answer, App, PASSWORD, answer};
use crate::support::browser::{flash_cookie, is_page, page_of, post_as, post_from_page_of};
use testkit::builders;
use testkit::openapi::Description;

/// The confirmation page, for a browser that has only the flash cookie.
async fn confirmation_page(app: &App, flash: &str) -> Answer {
    let cookie = flash.split(';').next().unwrap();
    answer(app.request(Method::GET, "/account/deleted").header("cookie", cookie)).await
}

#[tokio::test]
async fn an_account_is_deleted_with_its_password_and_that_is_confirmed_once() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let done = post_as(&app, &ada, "/account/delete", &[("user", &ada.id), ("password", PASSWORD)]).await;
    assert_eq!((done.status.as_u16(), done.header("location")), (303, "/account/deleted"), "{}", done.text);
    assert!(done.header("set-cookie").starts_with("natter_token=; "), "{}", done.header("set-cookie"));
    app.get_as(&ada, "/users/me").await.problem(401, "signed_out");
    let flash = flash_cookie(&done);
    assert!(
        flash.contains("HttpOnly") && flash.contains("SameSite=Lax") && flash.contains("Max-Age=60"),
        "{flash}"
    );
    let page = confirmation_page(&app, &flash).await;
    is_page(&page, 200, &["Your account is deleted", "role=\"status\"", "href=\"/signup\""]);
    assert_eq!(page.header("cache-control"), "no-store");
    let cleared = page.header("set-cookie");
    assert!(
        cleared.starts_with("natter_deleted=; ") && cleared.contains("Max-Age=0"),
        "it is shown once: {cleared}"
    );
    assert_ne!(app.sign_up("ada").await.id, ada.id, "the name is free again");
}

#[tokio::test]
async fn a_signed_in_user_gets_no_confirmation_without_a_deletion() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let answered = page_of(&app, &ada, "/account/deleted").await;
    assert_eq!((answered.status.as_u16(), answered.header("location")), (303, "/account"));
}

#[tokio::test]
async fn without_a_deletion_there_is_no_confirmation() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let bare = app.get("/account/deleted").await;
    assert_eq!((bare.status.as_u16(), bare.header("location")), (303, "/login"));
    app.stores.tokens.sign_out_everywhere(UserId::parse(&ada.id).unwrap()).await.unwrap();
    while app.get_as(&ada, "/users/me").await.status == 200 {
        tokio::task::yield_now().await;
    }
    let signed_out = page_of(&app, &ada, "/account/deleted").await;
    assert_eq!((signed_out.status.as_u16(), signed_out.header("location")), (303, "/login"));
    let grace = app.sign_up("grace").await;
    app.faults.set_users_unavailable(true);
    // Until the cache is stale her token is still accepted.
    while page_of(&app, &grace, "/account/deleted").await.status == 303 {
        tokio::task::yield_now().await;
    }
    page_of(&app, &grace, "/account/deleted").await.problem(503, "unavailable");
}

#[tokio::test]
async fn a_deletion_that_stops_half_way_is_confirmed_as_still_running() {
    let app = App::start().await;
    let (ada, grace) = (app.sign_up("ada").await, app.sign_up("grace").await);
    app.faults.set_erase_unavailable(true);
    let done = post_as(&app, &ada, "/account/delete", &[("password", PASSWORD)]).await;
    assert_eq!((done.status.as_u16(), done.header("location")), (303, "/account/deleted"), "{}", done.text);
    assert!(done.header("set-cookie").starts_with("natter_token=; "), "{}", done.header("set-cookie"));
    let page = confirmation_page(&app, &flash_cookie(&done)).await;
    is_page(&page, 200, &["Your account is closed", "still being"]);
    assert!(!page.text.contains("is deleted"), "{}", page.text);
    app.get_as(&ada, "/users/me").await.problem(401, "signed_out");
    let log_in = json!({"username": "ada", "password": PASSWORD});
    app.post("/login", log_in).await.problem(401, "bad_credentials");

    let call = app.request(Method::DELETE, "/users/me").header("cookie", grace.cookie());
    let closed = answer(call).await;
    assert_eq!(closed.status, 202, "{}", closed.text);
    Description::fetch(&app.url).await.holds("DELETE /users/{id}", &closed);
    assert!(closed.header("set-cookie").starts_with("natter_token=; "), "{}", closed.header("set-cookie"));
    let detail = closed.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.starts_with("The account is closed."), "{detail}");
    app.get_as(&grace, "/users/me").await.problem(401, "signed_out");

    app.faults.set_erase_unavailable(false);
    builders::resume_deletions(&app.stores).await;
    assert_ne!(app.sign_up("ada").await.id, ada.id, "the name is free again");
}

#[tokio::test]
async fn a_wrong_password_deletes_nothing_and_is_shown_beside_its_field() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let wrong = post_as(&app, &ada, "/account/delete", &[("password", "wrong horse")]).await;
    is_page(
        &wrong,
        422,
        &[
            "<title>Error: Account – Natter</title>",
            "id=\"password-error\">Password is wrong.",
            "value=\"ada\"",
        ],
    );
    assert!(!wrong.text.contains("wrong horse") && wrong.header("set-cookie").is_empty());
    let field = wrong.text.split("id=\"password\"").nth(1).unwrap().split('>').next().unwrap();
    assert!(field.contains("autofocus") && field.contains("aria-describedby=\"password-error"), "{field}");
    let blank = post_as(&app, &ada, "/account/delete", &[]).await;
    is_page(&blank, 422, &["id=\"password-error\">Password is missing."]);
    assert_eq!(app.get_as(&ada, "/users/me").await.status, 200);
}

#[tokio::test]
async fn a_deletion_is_confirmed_also_beside_another_users_cookie() {
    let app = App::start().await;
    let (ada, grace) = (app.sign_up("ada").await, app.sign_up("grace").await);
    let done =
        post_from_page_of(&app, &ada, &grace.cookie(), "/account/delete", &[("password", PASSWORD)]).await;
    assert_eq!((done.status.as_u16(), done.header("location")), (303, "/account/deleted"), "{}", done.text);
    let cookies = format!("{}; {}", grace.cookie(), flash_cookie(&done).split(';').next().unwrap());
    let page = answer(app.request(Method::GET, "/account/deleted").header("cookie", cookies)).await;
    is_page(&page, 200, &["Your account is deleted"]);
    assert_eq!(app.get_as(&grace, "/users/me").await.status, 200);
}
