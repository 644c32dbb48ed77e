//! A form that is sent twice: by the time that the second one is read, the first has ended the session or taken the
//! name. In each test the second one is answered as the first was.

use reqwest::Method;

use crate::app::{Answer, App, PASSWORD, Person, answer, key};
use crate::pages::{is_page, page_of, post_as};

const NEW_PASSWORD: &str = "another horse";

/// What the forms of the account page bear.
async fn form_key(app: &App, who: &Person) -> String {
    let page = page_of(app, who, "/account").await.text;
    let (_, rest) = page.split_once("name=\"form\" value=\"").expect("the forms bear a key");
    rest.split('"').next().unwrap().to_owned()
}

/// The token that an answer leaves as the cookie; empty when it clears it.
#[track_caller]
fn cookie(answer: &Answer) -> String {
    let cookies = answer.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap());
    let own = cookies.filter_map(|line| line.strip_prefix("natter_token=")).next();
    own.unwrap_or_else(|| panic!("no cookie: {:?}", answer.headers)).split(';').next().unwrap().to_owned()
}

#[track_caller]
fn leads(answer: &Answer, to: &str) {
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, to), "{}", answer.text);
}

#[tokio::test]
async fn a_sign_up_sent_twice_is_one_account_and_both_lead_into_the_chat() {
    let mut app = App::start().await;
    let form = [("username", "eve7"), ("password", PASSWORD), ("display_name", "")];
    let (one, two) = tokio::join!(app.post_form("/signup", &form), app.post_form("/signup", &form));
    app.restart().await;
    let late = app.post_form("/signup", &form).await;
    let eve = app.log_in("eve7", PASSWORD).await;
    for answer in [one, two, late] {
        leads(&answer, &format!("{}/?jwt={}", app.chat_url, cookie(&answer)));
        assert_eq!(key().verify(&cookie(&answer)).unwrap().sub.to_string(), eve.id);
    }
}

#[tokio::test]
async fn another_sign_up_for_the_name_is_refused_however_soon() {
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
async fn a_new_password_sent_twice_is_set_once_and_the_browser_goes_on() {
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
    // The second may bear the cookie of before the first, or the one that the first has left; on any node.
    let old = post(&app, &ada.token).await;
    app.restart().await;
    let new = post(&app, &cookie(&old)).await;
    for answer in [one, two, old, new] {
        leads(&answer, "/account?done=password");
        let page = page_of(&app, &ada.with_token(&cookie(&answer)), "/account?done=password").await;
        is_page(&page, 200, &["Your password is changed."]);
    }
    app.log_in("ada", NEW_PASSWORD).await;
}

#[tokio::test]
async fn only_who_knows_the_new_password_goes_on() {
    let app = App::start().await;
    let (ada, grace) = (app.sign_up("ada").await, app.sign_up("grace").await);
    let (form, other) = (form_key(&app, &ada).await, form_key(&app, &grace).await);
    let post = async |who: &Person, form: &str, new: &str| {
        let fields = [("form", form), ("current_password", PASSWORD), ("new_password", new)];
        post_as(&app, who, "/account/password", &fields).await
    };
    let first = post(&ada, &form, NEW_PASSWORD).await;
    leads(&first, "/account?done=password");
    for (form, new) in
        [(&form[..], "a third horse"), (&form[..], ""), ("", NEW_PASSWORD), (&other, NEW_PASSWORD)]
    {
        let refused = post(&ada, form, new).await;
        leads(&refused, "/login");
        assert_eq!(refused.header("set-cookie"), "", "{new}");
    }
    let forged = format!("{}x", &form[..form.len() - 1]);
    leads(&post(&ada, &forged, NEW_PASSWORD).await, "/login");
    // A form that was made after the change is a new one.
    let ada = ada.with_token(&cookie(&first));
    let fresh = form_key(&app, &ada).await;
    is_page(&post(&ada, &fresh, NEW_PASSWORD).await, 422, &["Current password is wrong."]);
    // In a tab that is somebody else by now nothing is said of the one who was there before.
    is_page(&post(&grace, &form, "short").await, 422, &["id=\"new_password-error\""]);
}

#[tokio::test]
async fn signing_out_everywhere_twice_says_so_twice() {
    let mut app = App::start().await;
    let ada = app.sign_up("ada").await;
    let form = form_key(&app, &ada).await;
    let fields = [("user", &ada.id[..]), ("form", &form)];
    let path = "/account/sign-out-everywhere";
    let (one, two) = tokio::join!(post_as(&app, &ada, path, &fields), post_as(&app, &ada, path, &fields));
    app.restart().await;
    let late = post_as(&app, &ada, path, &fields).await;
    for answer in [one, two, late] {
        leads(&answer, "/login?done=everywhere");
        assert_eq!(cookie(&answer), "");
    }
    // The browser may have let the cookie go.
    leads(&app.post_form(path, &fields).await, "/login?done=everywhere");
}

#[tokio::test]
async fn nobody_is_told_of_a_sign_out_everywhere_that_was_none() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let form = form_key(&app, &ada).await;
    let fields = [("user", &ada.id[..]), ("form", &form)];
    let path = "/account/sign-out-everywhere";
    leads(&app.post_form(path, &fields).await, "/login");
    // A new password leaves the session that set it.
    let passwords = [("current_password", PASSWORD), ("new_password", NEW_PASSWORD)];
    leads(&post_as(&app, &ada, "/account/password", &passwords).await, "/account?done=password");
    leads(&post_as(&app, &ada, path, &fields).await, "/login");
    leads(&app.post_form(path, &[("user", &ada.id[..])]).await, "/login");
}

#[tokio::test]
async fn a_deletion_sent_twice_is_told_twice() {
    let mut app = App::start().await;
    let ada = app.sign_up("ada").await;
    let form = form_key(&app, &ada).await;
    let fields = [("user", &ada.id[..]), ("form", &form), ("password", PASSWORD)];
    let path = "/account/delete";
    leads(&app.post_form(path, &fields).await, "/login");
    let (one, two) = tokio::join!(post_as(&app, &ada, path, &fields), post_as(&app, &ada, path, &fields));
    app.restart().await;
    let late = post_as(&app, &ada, path, &fields).await;
    for answer in [&one, &two, &late] {
        leads(answer, "/account/deleted");
        assert_eq!(cookie(answer), "");
    }
    let bare = app.post_form(path, &fields).await;
    for answer in [one, two, late, bare] {
        leads(&answer, "/account/deleted");
        let cookies = answer.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap());
        let mark = cookies.filter(|line| line.starts_with("natter_deleted=")).collect::<String>();
        let page =
            app.request(Method::GET, "/account/deleted").header("cookie", mark.split(';').next().unwrap());
        is_page(&crate::app::answer(page).await, 200, &["Your account is deleted"]);
    }
    leads(&post_as(&app, &ada, path, &[("password", PASSWORD)]).await, "/login");
}

#[tokio::test]
async fn a_log_out_sent_twice_is_told_twice_and_clears_the_cookie() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    for _ in 0..2 {
        let request = app.request(Method::POST, "/logout").form(&[("user", &ada.id)]);
        let done = answer(request.header("cookie", ada.cookie())).await;
        leads(&done, &format!("{}/login?done=log-out", app.url));
        assert_eq!(cookie(&done), "");
    }
}
