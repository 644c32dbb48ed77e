//! One browser, two users: tabs share the cookie, and a form acts as the user of its page.

use reqwest::Method;

use crate::support::app::{App, PASSWORD, Person, answer};
use crate::support::browser::{is_page, page_of, post_as, post_from_page_of};

#[tokio::test]
async fn a_link_for_another_user_does_not_show_this_account() {
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
async fn a_form_for_another_user_changes_nothing() {
    let app = App::start().await;
    let (ada, grace) = (app.sign_up("ada").await, app.sign_up("grace").await);
    let form = [("display_name", "The Countess"), ("user", ada.id.as_str())];
    let answered = post_as(&app, &grace, "/account", &form).await;
    is_page(&answered, 409, &["you are now signed in as grace"]);
    assert_eq!(app.get_as(&grace, "/users/me").await.json()["display_name"], "grace");
    assert_eq!(post_as(&app, &ada, "/account", &form).await.status, 303);
}

#[tokio::test]
async fn a_form_acts_as_the_user_of_its_page_whatever_the_cookie_is() {
    let app = App::start().await;
    let (ada, grace) = (app.sign_up("ada").await, app.sign_up("grace").await);
    for cookie in [grace.cookie(), String::new(), "natter_token=another-natter".into()] {
        let name = [("display_name", "Countess")];
        let renamed = post_from_page_of(&app, &ada, &cookie, "/account", &name).await;
        let page = format!("/account?done=name&user={}", ada.id);
        assert_eq!((renamed.status.as_u16(), renamed.header("location")), (303, page.as_str()), "{cookie}");
        let export = post_from_page_of(&app, &ada, &cookie, "/account/export", &[]).await;
        assert_eq!(export.status, 200, "{}", export.text);
        assert!(export.header("content-disposition").contains("natter-ada.jsonl"));
        let wrong = post_from_page_of(&app, &ada, &cookie, "/account/delete", &[("password", "wrong")]).await;
        is_page(&wrong, 422, &["Password is wrong.", "signed in as <strong><bdi>ada</bdi>"]);
    }
    assert_eq!(app.get_as(&ada, "/users/me").await.json()["display_name"], "Countess");
    assert_eq!(app.get_as(&grace, "/users/me").await.json()["display_name"], "grace");
    let bad = Person { token: "nonsense".into(), ..ada.with_token("") };
    let refused = post_from_page_of(&app, &bad, &ada.cookie(), "/account", &[("display_name", "X")]).await;
    assert_eq!(
        (refused.status.as_u16(), refused.header("location")),
        (303, "/login"),
        "the token in the form decides"
    );
}

#[tokio::test]
async fn after_a_new_password_beside_another_users_cookie_the_tab_gets_its_new_token() {
    let app = App::start().await;
    let (ada, grace) = (app.sign_up("ada").await, app.sign_up("grace").await);
    let fields = [("current_password", PASSWORD), ("new_password", "a better password")];
    let changed = post_from_page_of(&app, &ada, &grace.cookie(), "/account/password", &fields).await;
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
async fn without_a_valid_cookie_the_page_has_a_script_that_looks_for_the_tabs_own_token() {
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
    assert!(!page.text.contains("Nothing was done"), "no form was submitted: {}", page.text);
}
