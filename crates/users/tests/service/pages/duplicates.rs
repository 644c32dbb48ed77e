//! Duplicate submissions: when the second submission of a form is read, the first has ended the session or taken the user
//! name. Each is answered as the first was.

use reqwest::Method;

use crate::support::app::{App, PASSWORD, Person, answer, key};
use crate::support::browser::{
    flash_cookie, form_key, is_page, page_of, post_as, redirects_to, token_cookie,
};

const NEW_PASSWORD: &str = "another horse";

#[tokio::test]
async fn a_duplicate_sign_up_creates_one_account_and_both_lead_to_the_chat() {
    let mut app = App::start().await;
    let form = [("username", "eve7"), ("password", PASSWORD), ("display_name", "")];
    let (one, two) = tokio::join!(app.post_form("/signup", &form), app.post_form("/signup", &form));
    app.restart().await;
    let late = app.post_form("/signup", &form).await;
    let eve = app.log_in("eve7", PASSWORD).await;
    for answer in [one, two, late] {
        redirects_to(&answer, &format!("{}/?jwt={}", app.chat_url, token_cookie(&answer)));
        assert_eq!(key().verify(&token_cookie(&answer)).unwrap().sub.to_string(), eve.id);
    }
}

#[tokio::test]
async fn a_different_sign_up_for_the_same_name_is_rejected_at_once() {
    let app = App::start().await;
    let form = [("username", "eve7"), ("password", PASSWORD)];
    assert_eq!(app.post_form("/signup", &form).await.status, 303);
    for other in [
        [("username", "eve7"), ("password", NEW_PASSWORD), ("display_name", "")],
        [("username", "eve7"), ("password", PASSWORD), ("display_name", "Other")],
        [("username", "EVE7"), ("password", PASSWORD), ("display_name", "")],
    ] {
        let refused = app.post_form("/signup", &other).await;
        is_page(&refused, 409, &["is taken. Try another", "id=\"username-error\""]);
        assert_eq!(refused.header("set-cookie"), "");
    }
}

#[tokio::test]
async fn a_duplicate_password_change_is_made_once_and_the_browser_stays_signed_in() {
    let mut app = App::start().await;
    let ada = app.sign_up("ada").await;
    let form = form_key(&app, &ada).await;
    let fields = [
        ("user", &ada.id[..]),
        ("form", &form),
        ("current_password", PASSWORD),
        ("new_password", NEW_PASSWORD),
    ];
    let post = async |app: &App, token: &str| {
        post_as(app, &ada.with_token(token), "/account/password", &fields).await
    };
    let (one, two) = tokio::join!(post(&app, &ada.token), post(&app, &ada.token));
    // The second may have the cookie from before the first, or the one that the first has set; on any node.
    let old = post(&app, &ada.token).await;
    app.restart().await;
    let new = post(&app, &token_cookie(&old)).await;
    for answer in [one, two, old, new] {
        redirects_to(&answer, "/account?done=password");
        let page = page_of(&app, &ada.with_token(&token_cookie(&answer)), "/account?done=password").await;
        is_page(&page, 200, &["Your password is changed."]);
    }
    app.log_in("ada", NEW_PASSWORD).await;
}

#[tokio::test]
async fn only_a_duplicate_with_the_new_password_gets_a_session() {
    let app = App::start().await;
    let (ada, grace) = (app.sign_up("ada").await, app.sign_up("grace").await);
    let (form, other) = (form_key(&app, &ada).await, form_key(&app, &grace).await);
    let post = async |who: &Person, form: &str, new: &str| {
        let fields = [("form", form), ("current_password", PASSWORD), ("new_password", new)];
        post_as(&app, who, "/account/password", &fields).await
    };
    let first = post(&ada, &form, NEW_PASSWORD).await;
    redirects_to(&first, "/account?done=password");
    for (form, new) in
        [(&form[..], "a third horse"), (&form[..], ""), ("", NEW_PASSWORD), (&other, NEW_PASSWORD)]
    {
        let refused = post(&ada, form, new).await;
        redirects_to(&refused, "/login");
        assert_eq!(refused.header("set-cookie"), "", "{new}");
    }
    let forged = format!("{}x", &form[..form.len() - 1]);
    redirects_to(&post(&ada, &forged, NEW_PASSWORD).await, "/login");
    // A form that was made after the change is not a duplicate.
    let ada = ada.with_token(&token_cookie(&first));
    let fresh = form_key(&app, &ada).await;
    is_page(&post(&ada, &fresh, NEW_PASSWORD).await, 422, &["Current password is wrong."]);
    // In a tab of another user the answer reveals nothing about the first user.
    is_page(&post(&grace, &form, "short").await, 422, &["id=\"new_password-error\""]);
}

#[tokio::test]
async fn a_duplicate_sign_out_everywhere_is_confirmed_too() {
    let mut app = App::start().await;
    let ada = app.sign_up("ada").await;
    let form = form_key(&app, &ada).await;
    let fields = [("user", &ada.id[..]), ("form", &form)];
    let path = "/account/sign-out-everywhere";
    let (one, two) = tokio::join!(post_as(&app, &ada, path, &fields), post_as(&app, &ada, path, &fields));
    app.restart().await;
    let late = post_as(&app, &ada, path, &fields).await;
    for answer in [one, two, late] {
        redirects_to(&answer, "/login?done=everywhere");
        assert_eq!(token_cookie(&answer), "");
    }
    // The browser may have dropped the cookie.
    redirects_to(&app.post_form(path, &fields).await, "/login?done=everywhere");
}

#[tokio::test]
async fn without_a_sign_out_everywhere_there_is_no_confirmation() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let form = form_key(&app, &ada).await;
    let fields = [("user", &ada.id[..]), ("form", &form)];
    let path = "/account/sign-out-everywhere";
    redirects_to(&app.post_form(path, &fields).await, "/login");
    // A new password keeps the session that set it.
    let passwords = [("current_password", PASSWORD), ("new_password", NEW_PASSWORD)];
    redirects_to(&post_as(&app, &ada, "/account/password", &passwords).await, "/account?done=password");
    redirects_to(&post_as(&app, &ada, path, &fields).await, "/login");
    redirects_to(&app.post_form(path, &[("user", &ada.id[..])]).await, "/login");
}

#[tokio::test]
async fn a_duplicate_deletion_is_confirmed_too() {
    let mut app = App::start().await;
    let ada = app.sign_up("ada").await;
    let form = form_key(&app, &ada).await;
    let fields = [("user", &ada.id[..]), ("form", &form), ("password", PASSWORD)];
    let path = "/account/delete";
    redirects_to(&app.post_form(path, &fields).await, "/login");
    let (one, two) = tokio::join!(post_as(&app, &ada, path, &fields), post_as(&app, &ada, path, &fields));
    app.restart().await;
    let late = post_as(&app, &ada, path, &fields).await;
    for answer in [&one, &two, &late] {
        redirects_to(answer, "/account/deleted");
        assert_eq!(token_cookie(answer), "");
    }
    let bare = app.post_form(path, &fields).await;
    for answer in [one, two, late, bare] {
        redirects_to(&answer, "/account/deleted");
        let flash = flash_cookie(&answer);
        let page =
            app.request(Method::GET, "/account/deleted").header("cookie", flash.split(';').next().unwrap());
        is_page(&self::answer(page).await, 200, &["Your account is deleted"]);
    }
    redirects_to(&post_as(&app, &ada, path, &[("password", PASSWORD)]).await, "/login");
}

#[tokio::test]
async fn a_duplicate_log_out_is_confirmed_too_and_clears_the_cookie() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    for _ in 0..2 {
        let request = app.request(Method::POST, "/logout").form(&[("user", &ada.id)]);
        let done = answer(request.header("cookie", ada.cookie())).await;
        redirects_to(&done, &format!("{}/login?done=log-out", app.url));
        assert_eq!(token_cookie(&done), "");
    }
}
