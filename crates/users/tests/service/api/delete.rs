//! `DELETE /users/{id}` and `DELETE /users/{id}/tokens`.

use reqwest::Method;
use serde_json::json;
use store::{RoomId, UserId};
use testkit::builders::append;

use crate::support::app::{App, PASSWORD, answer};

#[tokio::test]
async fn a_deletion_blanks_the_messages_and_frees_the_user_name() {
    let app = App::start().await;
    let (ada, grace) = (app.sign_up("ada").await, app.sign_up("grace").await);
    let user = app.stores.accounts.by_id(UserId::parse(&ada.id).unwrap()).await.unwrap().unwrap();
    append(&app.stores, &user, "a word").await;

    let answer = app.call(&ada, Method::DELETE, "/users/me", None).await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (204, ""));
    app.get_as(&ada, "/users/me").await.problem(401, "signed_out");
    app.get_as(&grace, &format!("/users/{}", ada.id)).await.problem(404, "not_found");
    app.post("/login", json!({"username": "ada", "password": PASSWORD}))
        .await
        .problem(401, "bad_credentials");
    let page = app.stores.log.page_after(RoomId::LOBBY, 0, 10).await.unwrap();
    assert!(page.messages.len() == 1 && page.messages[0].is_erased());
    let again = app.sign_up("ADA").await;
    assert_ne!(again.id, ada.id);
    app.get_as(&ada, "/users/me").await.problem(401, "signed_out");
}

#[tokio::test]
async fn another_users_account_cannot_be_deleted_or_signed_out() {
    let app = App::start().await;
    let (ada, mallory) = (app.sign_up("ada").await, app.sign_up("mallory").await);
    for path in [format!("/users/{}", ada.id), "/users/ada".into(), "/users/ada/tokens".into()] {
        app.call(&mallory, Method::DELETE, &path, None).await.problem(403, "forbidden");
        answer(app.request(Method::DELETE, &path)).await.problem(401, "signed_out");
    }
    app.call(&mallory, Method::DELETE, "/users/nobody", None).await.problem(404, "not_found");
    assert_eq!(app.get_as(&ada, "/users/me").await.status, 200);
}

#[tokio::test]
async fn signing_out_everywhere_ends_all_tokens_of_this_user_only() {
    let app = App::start().await;
    let (ada, grace) = (app.sign_up("ada").await, app.sign_up("grace").await);
    let elsewhere = app.log_in("ada", PASSWORD).await;
    let answer = app.call(&ada, Method::DELETE, "/users/ada/tokens", None).await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (204, ""));
    for token in [&ada, &elsewhere] {
        app.get_as(token, "/users/me").await.problem(401, "signed_out");
    }
    assert_eq!(app.get_as(&grace, "/users/me").await.status, 200);
    let back = app.log_in("ada", PASSWORD).await;
    assert_eq!(app.get_as(&back, "/users/me").await.status, 200);
}

#[tokio::test]
async fn only_a_cookie_of_the_same_user_is_cleared() {
    let app = App::start().await;
    let (ada, grace) = (app.sign_up("ada").await, app.sign_up("grace").await);
    let delete = |cookie: String| {
        app.request(Method::DELETE, "/users/me/tokens").bearer_auth(&ada.token).header("cookie", cookie)
    };
    assert_eq!(answer(delete(grace.cookie())).await.header("set-cookie"), "");
    let ada = app.log_in("ada", PASSWORD).await;
    let request = app.request(Method::DELETE, "/users/me").header("cookie", ada.cookie());
    let cleared = answer(request).await;
    assert_eq!(cleared.status, 204);
    assert!(
        cleared.header("set-cookie").starts_with("natter_token=; ")
            && cleared.header("set-cookie").contains("Max-Age=0")
    );
}
