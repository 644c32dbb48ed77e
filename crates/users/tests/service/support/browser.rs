//! A browser without JavaScript: it requests pages, submits forms, and checks pages and redirects.

use reqwest::Method;

use crate::support::app::{Answer, App, Person, answer};

/// Asserts an HTML page of that status that contains all of these texts.
#[track_caller]
pub(crate) fn is_page(answer: &Answer, status: u16, texts: &[&str]) {
    assert_eq!(answer.status, status, "{}", answer.text);
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    for text in texts {
        assert!(answer.text.contains(text), "{text:?} is not in {}", answer.text);
    }
}

/// Asserts a redirect to the chat page, and returns its token.
#[track_caller]
pub(crate) fn token_of_chat_redirect(app: &App, answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{}", answer.text);
    let prefix = format!("{}/?jwt=", app.chat_url);
    answer.header("location").strip_prefix(&prefix).expect("the chat's address").to_owned()
}

/// Asserts a 303 to that address.
#[track_caller]
pub(crate) fn redirects_to(answer: &Answer, to: &str) {
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, to), "{}", answer.text);
}

/// The value of the token cookie that an answer sets; empty when it clears the cookie.
#[track_caller]
pub(crate) fn token_cookie(answer: &Answer) -> String {
    let cookies = answer.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap());
    let own = cookies.filter_map(|line| line.strip_prefix("natter_token=")).next();
    own.unwrap_or_else(|| panic!("no cookie: {:?}", answer.headers)).split(';').next().unwrap().to_owned()
}

/// Submits a form with a user's cookie.
pub(crate) async fn post_as(app: &App, who: &Person, path: &str, fields: &[(&str, &str)]) -> Answer {
    answer(app.request(Method::POST, path).form(fields).header("cookie", who.cookie())).await
}

/// Requests a page with a user's cookie.
pub(crate) async fn page_of(app: &App, who: &Person, path: &str) -> Answer {
    answer(app.request(Method::GET, path).header("cookie", who.cookie())).await
}

/// Submits a form from a page that was made for `owner`, in a browser that has another cookie.
pub(crate) async fn post_from_page_of(
    app: &App,
    owner: &Person,
    cookie: &str,
    path: &str,
    fields: &[(&str, &str)],
) -> Answer {
    let masked = web::mask(&owner.token);
    let form: Vec<(&str, &str)> =
        [("user", owner.id.as_str()), ("token", masked.as_str())].iter().chain(fields).copied().collect();
    answer(app.request(Method::POST, path).form(&form).header("cookie", cookie)).await
}

/// The flash cookie that a deletion sets for the confirmation page, with its attributes.
pub(crate) fn flash_cookie(done: &Answer) -> String {
    let cookies = done.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
    cookies.filter(|cookie| cookie.starts_with("natter_deleted=")).collect()
}

/// The key in the forms of a user's account page.
pub(crate) async fn form_key(app: &App, who: &Person) -> String {
    let page = page_of(app, who, "/account").await.text;
    let (_, rest) = page.split_once("name=\"form\" value=\"").expect("the forms have a key");
    rest.split('"').next().unwrap().to_owned()
}
