//! The ways out on the account page, and what it says before and after them.

use reqwest::Method;
use serde_json::json;
use store::UserId;

use crate::app::{Answer, App, PASSWORD, Person, answer};
use crate::description::Description;
use crate::pages::{is_page, page_of, post_as};

/// The cookie by which the deletion tells the next page of itself.
fn mark(done: &Answer) -> String {
    let cookies = done.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
    cookies.filter(|cookie| cookie.starts_with("natter_deleted=")).collect()
}

/// The page to which a browser comes with that cookie alone.
async fn farewell(app: &App, mark: &str) -> Answer {
    let cookie = mark.split(';').next().unwrap();
    answer(app.request(Method::GET, "/account/deleted").header("cookie", cookie)).await
}

#[tokio::test]
async fn the_page_says_since_when_and_until_when_one_is_signed_in_and_what_each_form_does() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let page = page_of(&app, &ada, "/account").await;
    let moment = |secs: u64| store::Timestamp::from_millis(i64::try_from(secs).unwrap() * 1000).to_string();
    let claims = ada.claims();
    let session = crate::app::lifetimes().session.as_secs();
    is_page(
        &page,
        200,
        &[
            &format!("<time datetime=\"{}\">", moment(claims.auth_time)),
            &format!("<time datetime=\"{}\">", moment(claims.auth_time + session)),
            "Natter keeps no list of sessions",
            "Ends the session in this browser only.",
            "all browsers and programs, including this browser",
            "This cannot be undone.",
            "becomes available",
            "action=\"/account/export\"",
            "The last line has <code>\"kind\":\"end\"</code>",
        ],
    );
    assert_eq!(page.text.matches(&format!("name=\"user\" value=\"{}\"", ada.id)).count(), 6, "each form");
    let tokens = page.text.split("name=\"token\" value=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let tokens: Vec<_> = tokens.map(web::unmask).collect();
    assert_eq!(
        tokens,
        vec![Some(ada.token.clone()); 6],
        "each form acts as the one for whom the page was made"
    );
    assert!(!page.text.contains(&ada.token), "it is masked");
}

#[tokio::test]
async fn a_link_that_means_somebody_else_does_not_show_this_account() {
    let app = App::start().await;
    let (ada, grace) = (app.sign_up("ada").await, app.sign_up("grace").await);
    let link = app.request(Method::GET, &format!("/account?user={}", ada.id)).header("accept", "text/html");
    let page = answer(link.header("cookie", grace.cookie())).await;
    is_page(&page, 409, &["You are signed in as another user", "you are now signed in as grace"]);
    assert!(!page.text.contains("<form"), "{}", page.text);
    let own = page_of(&app, &grace, &format!("/account?user={}", grace.id)).await;
    is_page(&own, 200, &["<h1>Account</h1>"]);
}

#[tokio::test]
async fn signing_out_everywhere_ends_every_session_and_says_so() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let elsewhere = app.log_in("ada", PASSWORD).await;
    let done = post_as(&app, &ada, "/account/sign-out-everywhere", &[("user", &ada.id)]).await;
    assert_eq!((done.status.as_u16(), done.header("location")), (303, "/login?done=everywhere"));
    assert!(done.header("set-cookie").starts_with("natter_token=; "), "{}", done.header("set-cookie"));
    for over in [&ada, &elsewhere] {
        app.get_as(over, "/users/me").await.problem(401, "signed_out");
    }
    let page = app.get(done.header("location")).await;
    is_page(&page, 200, &["<p class=\"notice\" role=\"status\">You are signed out everywhere.</p>"]);
}

#[tokio::test]
async fn an_account_is_deleted_once_its_password_was_given() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let done = post_as(&app, &ada, "/account/delete", &[("user", &ada.id), ("password", PASSWORD)]).await;
    assert_eq!((done.status.as_u16(), done.header("location")), (303, "/account/deleted"), "{}", done.text);
    assert!(done.header("set-cookie").starts_with("natter_token=; "), "{}", done.header("set-cookie"));
    app.get_as(&ada, "/users/me").await.problem(401, "signed_out");
    let mark = mark(&done);
    assert!(
        mark.contains("HttpOnly") && mark.contains("SameSite=Lax") && mark.contains("Max-Age=60"),
        "{mark}"
    );
    let page = farewell(&app, &mark).await;
    is_page(&page, 200, &["Your account is deleted", "role=\"status\"", "href=\"/signup\""]);
    assert_eq!(page.header("cache-control"), "no-store");
    let cleared = page.header("set-cookie");
    assert!(
        cleared.starts_with("natter_deleted=; ") && cleared.contains("Max-Age=0"),
        "it is told once: {cleared}"
    );
    assert_ne!(app.sign_up("ada").await.id, ada.id, "the name is free again");
}

#[tokio::test]
async fn who_has_an_account_is_not_told_that_it_is_deleted() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let answered = page_of(&app, &ada, "/account/deleted").await;
    assert_eq!((answered.status.as_u16(), answered.header("location")), (303, "/account"));
}

#[tokio::test]
async fn who_has_deleted_nothing_is_not_told_that_it_is_deleted() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let bare = app.get("/account/deleted").await;
    assert_eq!((bare.status.as_u16(), bare.header("location")), (303, "/login"));
    app.stores.users.sign_out_everywhere(UserId::parse(&ada.id).unwrap()).await.unwrap();
    while app.get_as(&ada, "/users/me").await.status == 200 {
        tokio::task::yield_now().await;
    }
    let signed_out = page_of(&app, &ada, "/account/deleted").await;
    assert_eq!((signed_out.status.as_u16(), signed_out.header("location")), (303, "/login"));
    let grace = app.sign_up("grace").await;
    app.faults.set_users_unavailable(true);
    // Until the cache is stale she is known to have an account.
    while page_of(&app, &grace, "/account/deleted").await.status == 303 {
        tokio::task::yield_now().await;
    }
    page_of(&app, &grace, "/account/deleted").await.problem(503, "unavailable");
}

#[tokio::test]
async fn a_deletion_that_stops_half_way_is_told_as_one_that_is_being_finished() {
    let app = App::start().await;
    let (ada, grace) = (app.sign_up("ada").await, app.sign_up("grace").await);
    app.faults.set_erase_unavailable(true);
    let done = post_as(&app, &ada, "/account/delete", &[("password", PASSWORD)]).await;
    assert_eq!((done.status.as_u16(), done.header("location")), (303, "/account/deleted"), "{}", done.text);
    assert!(done.header("set-cookie").starts_with("natter_token=; "), "{}", done.header("set-cookie"));
    let page = farewell(&app, &mark(&done)).await;
    is_page(&page, 200, &["Your account is closed", "still being"]);
    assert!(!page.text.contains("is deleted"), "{}", page.text);
    app.get_as(&ada, "/users/me").await.problem(401, "signed_out");
    let log_in = json!({"username": "ada", "password": PASSWORD});
    app.post("/login", log_in).await.problem(401, "bad_credentials");

    let call = app.request(Method::DELETE, "/users/me").header("cookie", grace.cookie());
    let closed = answer(call).await;
    assert_eq!(closed.status, 202, "{}", closed.text);
    Description::of(&app).await.holds("DELETE /users/{id}", &closed);
    assert!(closed.header("set-cookie").starts_with("natter_token=; "), "{}", closed.header("set-cookie"));
    let detail = closed.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.starts_with("The account is closed."), "{detail}");
    app.get_as(&grace, "/users/me").await.problem(401, "signed_out");

    app.faults.set_erase_unavailable(false);
    store::deletion::resume(&app.stores).await.unwrap();
    assert_ne!(app.sign_up("ada").await.id, ada.id, "the name is free again");
}

#[tokio::test]
async fn no_browser_keeps_the_page_of_a_form_that_failed() {
    let app = App::start().await;
    let (ada, grace) = (app.sign_up("ada").await, app.sign_up("grace").await);
    for path in ["/account", "/account/password", "/account/delete"] {
        let wrong = post_as(&app, &ada, path, &[]).await;
        assert_eq!((wrong.status.as_u16(), wrong.header("cache-control")), (422, "no-store"), "{path}");
        let other = post_as(&app, &ada, path, &[("user", &grace.id)]).await;
        assert_eq!((other.status.as_u16(), other.header("cache-control")), (409, "no-store"), "{path}");
    }
}

#[tokio::test]
async fn a_wrong_password_deletes_nothing_and_is_told_beside_its_field() {
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
async fn a_form_of_another_site_without_a_cookie_or_opened_as_somebody_else_does_nothing() {
    let app = App::start().await;
    let (ada, grace) = (app.sign_up("ada").await, app.sign_up("grace").await);
    for path in ["/account/sign-out-everywhere", "/account/delete"] {
        let form = [("user", ada.id.as_str()), ("password", PASSWORD)];
        let foreign = app.request(Method::POST, path).form(&form).header("cookie", ada.cookie());
        answer(foreign.header("origin", "https://evil.example")).await.problem(403, "cross_site");
        let bare = app.post_form(path, &form).await;
        assert_eq!((bare.status.as_u16(), bare.header("location")), (303, "/login"), "{path}");
        let other = post_as(&app, &grace, path, &form).await;
        is_page(&other, 409, &["role=\"alert\"", "you are now signed in as grace"]);
        assert!(other.header("set-cookie").is_empty(), "{path}");
        for person in [&ada, &grace] {
            assert_eq!(app.get_as(person, "/users/me").await.status, 200, "{path}");
        }
    }
}

#[tokio::test]
async fn without_the_store_nothing_is_done_and_nobody_is_told_otherwise() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    app.faults.set_users_unavailable(true);
    for path in ["/account/sign-out-everywhere", "/account/delete"] {
        let answered = post_as(&app, &ada, path, &[("password", PASSWORD)]).await;
        assert_eq!((answered.status.as_u16(), answered.header("set-cookie")), (503, ""), "{path}");
    }
    app.faults.set_users_unavailable(false);
    assert_eq!(app.get_as(&ada, "/users/me").await.status, 200);
    app.post("/login", json!({"username": "ada", "password": PASSWORD})).await;
}

/// A form of the page that was made for somebody, sent by a browser whose cookie is somebody else's.
async fn post_from_the_page(
    app: &App,
    whose: &Person,
    cookie: &str,
    path: &str,
    fields: &[(&str, &str)],
) -> Answer {
    let masked = web::mask(&whose.token);
    let form: Vec<(&str, &str)> =
        [("user", whose.id.as_str()), ("token", masked.as_str())].iter().chain(fields).copied().collect();
    answer(app.request(Method::POST, path).form(&form).header("cookie", cookie)).await
}

#[tokio::test]
async fn a_form_acts_as_the_one_for_whom_the_page_was_made_whoever_the_cookie_is() {
    let app = App::start().await;
    let (ada, grace) = (app.sign_up("ada").await, app.sign_up("grace").await);
    for cookie in [grace.cookie(), String::new(), "natter_token=another-natter".into()] {
        let name = [("display_name", "Countess")];
        let renamed = post_from_the_page(&app, &ada, &cookie, "/account", &name).await;
        let page = format!("/account?done=name&user={}", ada.id);
        assert_eq!((renamed.status.as_u16(), renamed.header("location")), (303, page.as_str()), "{cookie}");
        let export = post_from_the_page(&app, &ada, &cookie, "/account/export", &[]).await;
        assert_eq!(export.status, 200, "{}", export.text);
        assert!(export.header("content-disposition").contains("natter-ada.jsonl"));
        let wrong =
            post_from_the_page(&app, &ada, &cookie, "/account/delete", &[("password", "wrong")]).await;
        is_page(&wrong, 422, &["Password is wrong.", "signed in as <strong><bdi>ada</bdi>"]);
    }
    assert_eq!(app.get_as(&ada, "/users/me").await.json()["display_name"], "Countess");
    assert_eq!(app.get_as(&grace, "/users/me").await.json()["display_name"], "grace");
    let bad = Person { token: "nonsense".into(), ..ada.with_token("") };
    let refused = post_from_the_page(&app, &bad, &ada.cookie(), "/account", &[("display_name", "X")]).await;
    assert_eq!((refused.status.as_u16(), refused.header("location")), (303, "/login"), "the form's decides");
}

#[tokio::test]
async fn a_new_password_beside_another_persons_cookie_hands_the_tab_its_new_token() {
    let app = App::start().await;
    let (ada, grace) = (app.sign_up("ada").await, app.sign_up("grace").await);
    let fields = [("current_password", PASSWORD), ("new_password", "a better password")];
    let changed = post_from_the_page(&app, &ada, &grace.cookie(), "/account/password", &fields).await;
    assert_eq!(changed.status, 303, "{}", changed.text);
    let location = changed.header("location").to_owned();
    let (address, token) = location.split_once("&token=").unwrap();
    assert_eq!(address, format!("/account?done=password&user={0}#user={0}", ada.id));
    assert_eq!(changed.header("cache-control"), "no-store");
    assert!(!changed.header("set-cookie").starts_with("natter_token"), "the cookie stays grace's");
    let page = app.request(Method::GET, address).bearer_auth(token).header("cookie", grace.cookie());
    is_page(&answer(page).await, 200, &["Your password is changed.", "<bdi>ada</bdi>"]);
    app.get_as(&ada, "/users/me").await.problem(401, "signed_out");
}

#[tokio::test]
async fn a_browser_without_a_good_cookie_gets_a_page_whose_script_looks_for_the_tabs_own_person() {
    let app = App::start().await;
    let (ada, grace) = (app.sign_up("ada").await, app.sign_up("grace").await);
    for cookie in ["", "natter_token=another-natter"] {
        let request = app.request(Method::GET, "/account").header("accept", "text/html");
        let page = answer(request.header("cookie", cookie)).await;
        let without_script = "<noscript><meta http-equiv=\"refresh\" content=\"0; url=/login\"></noscript>";
        is_page(&page, 401, &[without_script, "/js/account.js\"", "data-else=\"/login\""]);
        let program = answer(app.request(Method::GET, "/account").header("cookie", cookie)).await;
        assert_eq!((program.status.as_u16(), program.header("location")), (303, "/login"));
    }
    let other = app.request(Method::GET, &format!("/account?user={}", ada.id)).header("accept", "text/html");
    let page = answer(other.header("cookie", grace.cookie())).await;
    is_page(&page, 409, &["/js/account.js\"", "Log in again", "href=\"/account\""]);
    assert!(!page.text.contains("Nothing was done"), "nothing was to be done: {}", page.text);
}

#[tokio::test]
async fn a_deletion_is_told_also_where_the_cookie_is_somebody_elses() {
    let app = App::start().await;
    let (ada, grace) = (app.sign_up("ada").await, app.sign_up("grace").await);
    let done =
        post_from_the_page(&app, &ada, &grace.cookie(), "/account/delete", &[("password", PASSWORD)]).await;
    assert_eq!((done.status.as_u16(), done.header("location")), (303, "/account/deleted"), "{}", done.text);
    let cookies = format!("{}; {}", grace.cookie(), mark(&done).split(';').next().unwrap());
    let told = answer(app.request(Method::GET, "/account/deleted").header("cookie", cookies)).await;
    is_page(&told, 200, &["Your account is deleted"]);
    assert_eq!(app.get_as(&grace, "/users/me").await.status, 200);
}
