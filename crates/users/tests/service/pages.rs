//! The pages and their forms, as a browser without JavaScript uses them.

use reqwest::Method;

use crate::app::{Answer, App, PASSWORD, Person, answer, key};

/// The token in a redirect to the chat.
#[track_caller]
fn into_the_chat(app: &App, answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{}", answer.text);
    let prefix = format!("{}/?jwt=", app.chat_url);
    answer.header("location").strip_prefix(&prefix).expect("the chat's address").to_owned()
}

#[track_caller]
pub(crate) fn is_page(answer: &Answer, status: u16, holding: &[&str]) {
    assert_eq!(answer.status, status, "{}", answer.text);
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    for text in holding {
        assert!(answer.text.contains(text), "{text:?} is not in {}", answer.text);
    }
}

pub(crate) async fn post_as(app: &App, who: &Person, path: &str, fields: &[(&str, &str)]) -> Answer {
    answer(app.request(Method::POST, path).form(fields).header("cookie", who.cookie())).await
}

pub(crate) async fn page_of(app: &App, who: &Person, path: &str) -> Answer {
    answer(app.request(Method::GET, path).header("cookie", who.cookie())).await
}

#[tokio::test]
async fn the_pages_are_there() {
    let app = App::start().await;
    for path in ["/", "/signup"] {
        is_page(&app.get(path).await, 200, &["action=\"/signup\"", "name=\"display_name\""]);
    }
    is_page(&app.get("/login").await, 200, &["action=\"/login\"", "name=\"password\""]);
}

#[tokio::test]
async fn who_is_signed_in_may_go_on_or_become_somebody_else() {
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
    assert_eq!(into_the_chat(&app, &onward), ada.token);
    assert_eq!((onward.header("cache-control"), onward.header("referrer-policy")), ("no-store", "origin"));

    app.sign_up("grace").await;
    let form = app.request(Method::POST, "/login").form(&[("username", "grace"), ("password", PASSWORD)]);
    let answered = answer(form.header("cookie", ada.cookie())).await;
    let token = into_the_chat(&app, &answered);
    assert_eq!(key().verify(&token).unwrap().name, "grace");
    assert!(answered.header("set-cookie").starts_with(&format!("natter_token={token}; ")));
}

#[tokio::test]
async fn the_way_on_is_for_whom_it_was_made() {
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
async fn signing_up_logs_in_and_leads_to_the_chat() {
    let app = App::start().await;
    let form = [("username", "ada"), ("password", PASSWORD), ("display_name", "")];
    let answer = app.post_form("/signup", &form).await;
    let token = into_the_chat(&app, &answer);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("referrer-policy"), "origin", "the chat sees where the token is from");
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
async fn errors_stand_beside_their_fields_and_what_was_typed_stays() {
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
async fn a_taken_name_is_refused_on_the_same_page() {
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
async fn the_name_that_is_suggested_is_free() {
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
    into_the_chat(&app, &app.post_form("/signup", &[("username", "grace3"), ("password", PASSWORD)]).await);
}

#[tokio::test]
async fn several_errors_are_summed_up_and_the_first_wrong_field_has_the_focus() {
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
async fn logging_in_leads_to_the_chat() {
    let app = App::start().await;
    app.sign_up("ada").await;
    let answer = app.post_form("/login", &[("username", "ada"), ("password", PASSWORD)]).await;
    let token = into_the_chat(&app, &answer);
    assert!(answer.header("set-cookie").starts_with(&format!("natter_token={token}; ")));
}

#[tokio::test]
async fn a_wrong_log_in_is_refused_on_the_same_page() {
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
async fn the_cookie_is_secure_where_the_service_is_reached_by_https() {
    let app =
        App::start_with(|config| config.shared.users_url = "https://natter.test".parse().unwrap()).await;
    let answer = app.post_form("/signup", &[("username", "ada"), ("password", PASSWORD)]).await;
    assert!(answer.header("set-cookie").contains("; Secure"), "{}", answer.header("set-cookie"));
}

#[tokio::test]
async fn the_account_page_is_for_whoever_the_cookie_is() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let page = page_of(&app, &ada, "/account").await;
    is_page(
        &page,
        200,
        &["<bdi>ada</bdi>", "action=\"/account/password\"", &format!("href=\"{}/\"", app.chat_url)],
    );
    assert_eq!(page.header("cache-control"), "no-store");
    for request in [Method::GET, Method::POST] {
        let form = [("display_name", "A.")];
        let answered = answer(app.request(request, "/account").form(&form)).await;
        assert_eq!((answered.status.as_u16(), answered.header("location")), (303, "/login"));
    }
    let answered = page_of(&app, &ada.with_token("nonsense"), "/account").await;
    assert_eq!((answered.status.as_u16(), answered.header("location")), (303, "/login"));
}

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
async fn a_form_that_was_opened_as_somebody_else_changes_nothing() {
    let app = App::start().await;
    let (ada, grace) = (app.sign_up("ada").await, app.sign_up("grace").await);
    let form = [("display_name", "The Countess"), ("user", ada.id.as_str())];
    let answered = post_as(&app, &grace, "/account", &form).await;
    is_page(&answered, 409, &["you are now signed in as grace"]);
    assert_eq!(app.get_as(&grace, "/users/me").await.json()["display_name"], "grace");
    assert_eq!(post_as(&app, &ada, "/account", &form).await.status, 303);
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
async fn a_browser_that_goes_astray_gets_a_page_and_a_program_a_problem() {
    let app = App::start().await;
    let browse = |path: &str| app.request(Method::GET, path).header("accept", "text/html,*/*;q=0.8");
    is_page(&answer(browse("/nowhere")).await, 404, &["There is nothing here", "href=\"/\""]);
    let refused = answer(browse("/users/me")).await;
    is_page(&refused, 401, &["You are signed out", "href=\"/login\""]);
    assert_eq!(refused.header("www-authenticate"), "Bearer");
    app.get("/nowhere").await.problem(404, "not_found");
}

#[tokio::test]
async fn a_form_of_another_media_type_is_refused() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    for path in
        ["/signup", "/account", "/account/password", "/account/sign-out-everywhere", "/account/delete"]
    {
        let request = app.request(Method::POST, path).header("cookie", ada.cookie()).body("x");
        answer(request).await.problem(415, "unsupported_media_type");
    }
}
