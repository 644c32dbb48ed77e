//! Returning to the chat with an expired token, or with the cookie of another user.

use auth::Claims;
use reqwest::{Method, RequestBuilder, Response, redirect};
use serde_json::{Value, json};
use testkit::socket_io::{Client, Received};

use crate::app::{App, Person};

fn request(app: &App, method: Method, path: &str) -> RequestBuilder {
    let client = reqwest::Client::builder().redirect(redirect::Policy::none()).no_proxy().build().unwrap();
    client.request(method, format!("{}{path}", app.url))
}

/// The cookies that an answer sets, as a browser sends them, without the token's.
fn renewal_cookies(answer: &Response) -> String {
    let cookies = answer.headers().get_all("set-cookie").iter();
    let pairs = cookies.map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap().to_owned());
    pairs.filter(|pair| !pair.starts_with("natter_token=")).collect::<Vec<_>>().join("; ")
}

/// A user whose browser opened the chat page, and its cookies without the token's.
async fn visitor(app: &App, name: &str) -> (Person, String) {
    let person = app.person(name).await;
    let from_the_log_in =
        request(app, Method::GET, &format!("/?jwt={}", person.token)).header("sec-fetch-site", "same-site");
    let opened = from_the_log_in.send().await.unwrap();
    assert_eq!(opened.status(), 200);
    (person, renewal_cookies(&opened))
}

fn expired(app: &App, person: &Person) -> Person {
    app.session(&person.user, |claims| {
        *claims = Claims { exp: person.claims.iat - 6, ..person.claims.clone() };
    })
}

async fn page(app: &App, path: &str, cookies: &str) -> String {
    let answer = request(app, Method::GET, path).header("accept", "text/html").header("cookie", cookies);
    let answer = answer.send().await.unwrap();
    assert_eq!(answer.status(), 401);
    assert_eq!(answer.headers()["www-authenticate"], "Bearer");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    answer.text().await.unwrap()
}

#[tokio::test]
async fn a_page_opened_by_a_link_opens_again_after_its_token_has_expired() {
    let app = App::start().await;
    let (ada, cookies) = visitor(&app, "ada").await;
    let gone = expired(&app, &ada);
    let renew = async |cookies: &str| {
        let request =
            request(&app, Method::POST, "/token").bearer_auth(&gone.token).header("cookie", cookies);
        request.send().await.unwrap()
    };
    assert_eq!(renew("").await.status(), 401, "an expired token alone");
    let (_, graces) = visitor(&app, "grace").await;
    assert_eq!(renew(&graces).await.status(), 401, "beside another person's credential");
    let fresh: Value = renew(&cookies).await.json().await.unwrap();
    let token = fresh["token"].as_str().unwrap();
    let opened = request(&app, Method::GET, "/messages").bearer_auth(token).send().await.unwrap();
    assert_eq!(opened.status(), 200);
    let ended = request(&app, Method::POST, "/logout").bearer_auth(token).send().await.unwrap();
    assert_eq!(ended.status(), 204);
    assert_eq!(renew(&cookies).await.status(), 401, "it ends with the session");
}

#[tokio::test]
async fn a_credential_opens_neither_the_page_nor_the_log_nor_a_socket() {
    let app = App::start().await;
    let (_, cookies) = visitor(&app, "ada").await;
    let credential = cookies.split("; ").find_map(|pair| pair.split_once("=ey")).unwrap().1;
    let credential = format!("ey{credential}");
    for path in [format!("/?jwt={credential}"), "/messages".to_owned(), "/".to_owned()] {
        let asked = request(&app, Method::GET, &path).header("cookie", format!("natter_token={credential}"));
        assert_eq!(asked.send().await.unwrap().status(), 401, "{path}");
        let asked = request(&app, Method::GET, &path).header("cookie", &cookies).send().await.unwrap();
        assert_eq!(asked.status(), 401, "{path}");
    }
    let bearer = request(&app, Method::GET, "/messages").bearer_auth(&credential).send().await.unwrap();
    assert_eq!(bearer.status(), 401);
    for (query, auth) in [("", json!({"token": credential})), (&format!("&jwt={credential}"), json!({}))] {
        let mut client = Client::open(&app.url, query, &[]).await.unwrap();
        client.send_packet(&format!("40{auth}")).await;
        assert_eq!(client.receive().await, Received::Refused("Token didn't match".into()));
    }
}

#[tokio::test]
async fn without_javascript_a_button_continues_the_session() {
    let app = App::start().await;
    let (_, cookies) = visitor(&app, "ada").await;
    let room = "01980000-0000-7000-8000-000000000001";
    let welcome = page(&app, &format!("/rooms/{room}"), &cookies).await;
    assert!(
        welcome.contains("Welcome back") && welcome.contains(r#"method="post" action="/token""#),
        "{welcome}"
    );
    assert!(welcome.contains(&format!(r#"href="http://localhost:3000/login?room={room}""#)), "{welcome}");
    assert!(welcome.contains(&format!(r#"name="room" value="{room}""#)), "{welcome}");
    let press = async |form: &[(&str, &str)]| {
        let pressed = request(&app, Method::POST, "/token").header("cookie", &cookies).form(form);
        let led = pressed.send().await.unwrap();
        assert_eq!(led.status(), 303);
        led
    };
    for (next, path) in [(room, format!("/rooms/{room}")), ("", "/".into()), ("//evil.example", "/".into())] {
        let led = press(&[("room", next)]).await;
        assert_eq!(led.headers()["location"].to_str().unwrap(), format!("{}{path}", app.url));
    }
    let led = press(&[("", "")]).await;
    assert_eq!(led.headers()["location"].to_str().unwrap(), format!("{}/", app.url));
    let cookie = led.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let opened = request(&app, Method::GET, "/").header("cookie", cookie).send().await.unwrap();
    assert_eq!(opened.status(), 200);
}

#[tokio::test]
async fn an_old_link_beside_a_valid_cookie_offers_the_user_of_the_cookie() {
    let app = App::start().await;
    let (ada, _) = visitor(&app, "ada").await;
    let offered = page(&app, "/?jwt=old", &format!("natter_token={}", ada.token)).await;
    assert!(
        offered.contains("data-signed-in") && offered.contains(r#"href="/">Continue as <bdi>ada</bdi>"#),
        "{offered}"
    );
    for cookie in ["natter_token=old", ""] {
        let nobody = page(&app, "/?jwt=old", cookie).await;
        assert!(nobody.contains("You are signed out") && !nobody.contains("Continue"), "{nobody}");
        assert!(!nobody.contains("data-signed-in") && !nobody.contains("data-can-renew"), "{nobody}");
    }
}
