//! The pages for visitors, the log-in by its form, and what a user sees there who is signed in already.

use reqwest::Method;

use crate::support::app::{App, PASSWORD, answer, key};
use crate::support::browser::{is_page, page_of, post_as, token_of_chat_redirect};

#[tokio::test]
async fn the_pages_are_there() {
    let app = App::start().await;
    for path in ["/", "/signup"] {
        is_page(&app.get(path).await, 200, &["action=\"/signup\"", "name=\"display_name\""]);
    }
    is_page(&app.get("/login").await, 200, &["action=\"/login\"", "name=\"password\""]);
}

#[tokio::test]
async fn logging_in_leads_to_the_chat() {
    let app = App::start().await;
    app.sign_up("ada").await;
    let answer = app.post_form("/login", &[("username", "ada"), ("password", PASSWORD)]).await;
    let token = token_of_chat_redirect(&app, &answer);
    assert!(answer.header("set-cookie").starts_with(&format!("natter_token={token}; ")));
}

#[tokio::test]
async fn a_wrong_log_in_is_rejected_on_the_same_page() {
    let app = App::start().await;
    app.sign_up("ada").await;
    for name in ["ada", "nobody"] {
        let answer = app.post_form("/login", &[("username", name), ("password", "wrong horse")]).await;
        is_page(
            &answer,
            401,
            &["role=\"alert\"", "The user name or the password is wrong", &format!("value=\"{name}\"")],
        );
        assert!(!answer.text.contains("wrong horse"));
    }
    is_page(&app.post_form("/login", &[("username", "ada")]).await, 422, &["id=\"password-error\""]);
}

#[tokio::test]
async fn a_signed_in_user_may_continue_or_log_in_as_another_user() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    post_as(&app, &ada, "/account", &[("display_name", "<Ada> L.")]).await;
    let go_on = format!("href=\"/chat?user={}\"><span>Continue as <bdi>&#60;Ada&#62; L.</bdi>", ada.id);
    for (path, ways) in [
        ("/", ["href=\"/login\"", "href=\"/signup\""]),
        ("/login", ["action=\"/login\"", "name=\"password\""]),
        ("/signup", ["action=\"/signup\"", "name=\"display_name\""]),
    ] {
        let page = page_of(&app, &ada, path).await;
        is_page(&page, 200, &[&go_on, "signed in as <strong><bdi>ada</bdi></strong>", ways[0], ways[1]]);
        assert_eq!(page.header("cache-control"), "no-store", "{path}");
        assert!(!app.get(path).await.text.contains("Continue as"), "{path}");
        let over = page_of(&app, &ada.with_token("nonsense"), path).await;
        assert!(!over.text.contains("Continue as"), "{path}");
    }
    let onward = page_of(&app, &ada, &format!("/chat?user={}", ada.id)).await;
    assert_eq!(token_of_chat_redirect(&app, &onward), ada.token);
    assert_eq!((onward.header("cache-control"), onward.header("referrer-policy")), ("no-store", "origin"));

    app.sign_up("grace").await;
    let form = app.request(Method::POST, "/login").form(&[("username", "grace"), ("password", PASSWORD)]);
    let answered = answer(form.header("cookie", ada.cookie())).await;
    let token = token_of_chat_redirect(&app, &answered);
    assert_eq!(key().verify(&token).unwrap().name, "grace");
    assert!(answered.header("set-cookie").starts_with(&format!("natter_token={token}; ")));
}

#[tokio::test]
async fn the_link_to_the_chat_works_for_its_own_user_only() {
    let app = App::start().await;
    let (ada, grace) = (app.sign_up("ada").await, app.sign_up("grace").await);
    let elsewhere = page_of(&app, &grace, &format!("/chat?user={}", ada.id)).await;
    assert_eq!((elsewhere.status.as_u16(), elsewhere.header("location")), (303, "/"));
    let nobody = app.get(&format!("/chat?user={}", ada.id)).await;
    assert_eq!((nobody.status.as_u16(), nobody.header("location")), (303, "/login"));
    app.faults.set_users_unavailable(true);
    for path in ["/", "/login", "/signup"] {
        assert_eq!(page_of(&app, &ada, path).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn errors_are_pages_for_browsers_and_problems_for_programs() {
    let app = App::start().await;
    let browse = |path: &str| app.request(Method::GET, path).header("accept", "text/html,*/*;q=0.8");
    is_page(&answer(browse("/nowhere")).await, 404, &["There is nothing here", "href=\"/\""]);
    let refused = answer(browse("/users/me")).await;
    is_page(&refused, 401, &["You are signed out", "href=\"/login\""]);
    assert_eq!(refused.header("www-authenticate"), "Bearer");
    app.get("/nowhere").await.problem(404, "not_found");
}
