//! CONNECT: who may open a socket.

use auth::TokenKey;
use reqwest::{Client as Http, StatusCode};
use serde_json::json;
use testkit::socket_io::Polling;
use testkit::socket_io::{Client, Received};
use web::now_secs;

use crate::app::App;
use testkit::faulty::Faults;

const REFUSED: &str = "Token didn't match";

/// The answer to a CONNECT with this `auth`.
async fn connecting(app: &App, auth: &str) -> Received {
    let mut client = Client::open(&app.url, "", &[]).await.unwrap();
    client.send_packet(&format!("40{auth}")).await;
    client.receive().await
}

#[tokio::test]
async fn only_a_valid_token_opens_a_socket() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let foreign_key = TokenKey::new(&[9; 32]).unwrap().sign(&ada.claims);
    let other_version = app.session(&ada.user, |claims| claims.ver = 2).token;
    let expired = app.session(&ada.user, |claims| claims.exp = now_secs() - 60).token;
    for token in ["", "nonsense", &foreign_key, &other_version, &expired] {
        let answer = connecting(&app, &json!({"token": token}).to_string()).await;
        assert_eq!(answer, Received::Refused(REFUSED.into()), "{token}");
    }
    for auth in ["", "{}", "7", "[]", r#"{"token":7}"#] {
        assert_eq!(connecting(&app, auth).await, Received::Refused(REFUSED.into()), "{auth}");
    }
    assert_eq!(connecting(&app, &json!({"token": ada.token}).to_string()).await, Received::Connected);
}

#[tokio::test]
async fn the_first_token_present_decides() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let (good, cookie) = (format!("&jwt={}", ada.token), format!("natter_token={}", ada.token));
    let answer = async |query: &str, cookie: &str, auth: &str| {
        let headers = [("cookie", cookie)];
        let mut client =
            Client::open(&app.url, query, &headers[..usize::from(!cookie.is_empty())]).await.unwrap();
        client.send_packet(&format!("40{auth}")).await;
        client.receive().await
    };
    assert_eq!(answer(&good, "", "").await, Received::Connected, "as in io(CHAT_URL + '/?jwt=' + token)");
    assert_eq!(answer("", &cookie, "").await, Received::Connected, "as in io()");
    assert_eq!(answer(&good, &cookie, r#"{"token":"bad"}"#).await, Received::Refused(REFUSED.into()));
    assert_eq!(answer("&jwt=bad", &cookie, "").await, Received::Refused(REFUSED.into()));
}

#[tokio::test]
async fn an_event_right_after_the_connect_is_handled() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    for _ in 0..200 {
        app.socket(&ada).await.send("at once").await;
    }
}

#[tokio::test]
async fn an_unreadable_auth_is_not_replaced_by_another_token() {
    let app = App::start().await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    let cookie = format!("natter_token={}", grace.token);
    let malformed = [
        json!({"token": ada.token, "user": "not-a-uuid"}),
        json!({"token": ada.token, "batch": "yes"}),
        json!({"token": 7}),
        json!("7"),
        json!([]),
    ];
    for auth in malformed {
        let mut client = Client::open(&app.url, "", &[("cookie", &cookie)]).await.unwrap();
        client.send_packet(&format!("40{auth}")).await;
        assert_eq!(client.receive().await, Received::Refused(REFUSED.into()), "{auth}");
    }
}

#[tokio::test]
async fn a_token_issued_since_the_last_poll_is_accepted() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let mut before = app.socket(&ada).await;
    before.send("the cache knows me").await;
    app.stores.tokens.sign_out_everywhere(ada.user.id).await.unwrap();
    let mut after = app.socket(&app.session(&ada.user, |claims| claims.ver = 2)).await;
    before.until_closed().await;
    after.send("still here").await;
}

#[tokio::test]
async fn a_tab_does_not_become_another_user() {
    let app = App::start().await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    let mistaken = json!({"token": ada.token, "user": grace.user.id.to_string()}).to_string();
    assert_eq!(connecting(&app, &mistaken).await, Received::Refused(REFUSED.into()));
    let right = json!({"token": ada.token, "user": ada.user.id.to_string()}).to_string();
    assert_eq!(connecting(&app, &right).await, Received::Connected);
}

#[tokio::test]
async fn a_token_that_cannot_be_verified_is_disconnected_and_not_refused() {
    let faults = Faults::default();
    let app = App::start_with(|_| {}, |stores| faults.wrap(stores)).await;
    let ada = app.person("ada").await;
    faults.set_users_unavailable(true);
    assert_eq!(connecting(&app, &json!({"token": ada.token}).to_string()).await, Received::Closed);
    let polling = Polling::open(&app.url).await;
    polling.send_packet(&format!("40{}", json!({"token": ada.token}))).await;
    let received = polling.poll().await;
    assert!(!received.is_some_and(|body| body.contains(REFUSED)), "a stock client would not come back");
    faults.set_users_unavailable(false);
    app.socket(&ada).await;
}

#[tokio::test]
async fn pages_of_foreign_origins_may_not_open_a_socket() {
    let app = App::start().await;
    let url = format!("{}/socket.io/?EIO=4&transport=polling", app.url);
    for (method, origin) in
        [("GET", "https://evil.example"), ("POST", "null"), ("OPTIONS", "http://localhost:9")]
    {
        let request = Http::new().request(method.parse().unwrap(), &url).header("origin", origin);
        assert_eq!(request.send().await.unwrap().status(), StatusCode::FORBIDDEN, "{method} {origin}");
    }
    assert!(Client::open(&app.url, "", &[("origin", "https://evil.example")]).await.is_err());
    assert!(Client::open(&app.url, "", &[("origin", &app.url)]).await.is_ok());
}

#[tokio::test]
async fn pages_of_listed_origins_may_with_cors_headers() {
    let app = App::start().await;
    let url = format!("{}/socket.io/?EIO=4&transport=polling", app.url);
    let asking = |method: &str| {
        Http::new().request(method.parse().unwrap(), &url).header("origin", "https://app.example").send()
    };
    let preflight = asking("OPTIONS").await.unwrap();
    assert_eq!(preflight.status(), StatusCode::NO_CONTENT);
    let open = asking("GET").await.unwrap();
    assert_eq!(open.status(), StatusCode::OK);
    for answer in [preflight, open] {
        assert_eq!(answer.headers()["access-control-allow-origin"], "https://app.example");
        assert_eq!(answer.headers()["access-control-allow-credentials"], "true");
    }
}

#[tokio::test]
async fn sockets_of_an_address_are_limited_and_permits_returned() {
    let app = App::start_with(|config| config.max_sockets_per_address = 2, |stores| stores).await;
    let ada = app.person("ada").await;
    let (one, _other) = (app.socket(&ada).await, Polling::connect(&app.url, &ada.token).await);
    let url = format!("{}/socket.io/?EIO=4&transport=polling", app.url);
    let refused = reqwest::get(&url).await.unwrap();
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.headers().contains_key("retry-after"));
    assert!(Client::open(&app.url, "", &[]).await.is_err());
    drop(one);
    testkit::wait::until("the permit is free again", async || Client::open(&app.url, "", &[]).await.ok())
        .await;
}

#[tokio::test]
async fn sockets_of_the_server_are_limited() {
    let app = App::start_with(|config| config.max_sockets = 1, |stores| stores).await;
    let ada = app.person("ada").await;
    let _one = app.socket(&ada).await;
    let refused = reqwest::get(format!("{}/socket.io/?EIO=4&transport=polling", app.url)).await.unwrap();
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn sockets_of_a_user_are_limited() {
    let app = App::start_with(|config| config.max_sockets_per_user = 2, |stores| stores).await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    let (one, _other) = (app.socket(&ada).await, app.socket(&ada).await);
    let auth = json!({"token": ada.token}).to_string();
    assert_eq!(connecting(&app, &auth).await, Received::Closed, "a stock client comes back after that");
    let curious = json!({"token": ada.token, "reason": true}).to_string();
    assert_eq!(connecting(&app, &curious).await, Received::Refused("Too many sockets".into()));
    app.socket(&grace).await;
    drop(one);
    testkit::wait::until("the permit is free again", async || {
        (connecting(&app, &curious).await == Received::Connected).then_some(())
    })
    .await;
}
