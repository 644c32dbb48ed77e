//! Each refused request and CONNECT is logged with the user and the reason, and without a secret.

use auth::TokenKey;
use reqwest::Client as Http;
use serde_json::{Value, json};
use testkit::socket_io::{Client, Received};
use testkit::wait::until;
use web::now_secs;

use crate::app::{App, Person};
use testkit::captured_log::CapturedLog;
use testkit::faulty::Faults;

/// Repeats an action until one log line contains all of these parts: other tests may use up the log budget of a second.
async fn says(log: &CapturedLog, parts: &[&str], mut doing: impl AsyncFnMut()) {
    until(&format!("the log says {parts:?}"), async || {
        doing().await;
        log.line(parts)
    })
    .await;
}

/// Sends packets over a new connection, and waits for the answer.
async fn connect(app: &App, query: &str, packet: &str) -> Received {
    let mut client = Client::open(&app.url, query, &[]).await.unwrap();
    client.send_packet(packet).await;
    client.receive().await
}

fn with_token(token: &str) -> String {
    format!("40{}", json!({"token": token}))
}

fn user(person: &Person) -> String {
    format!("user={}", person.user.id)
}

#[tokio::test]
async fn a_refused_connect_is_logged_with_the_user_and_the_fault_of_the_token() {
    let log = CapturedLog::start();
    let app = App::start_with(|config| config.max_sockets_per_user = 1, |stores| stores).await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    let foreign = TokenKey::new(&[9; 32]).unwrap().sign(&ada.claims);
    let expired = app.session(&ada.user, |claims| claims.exp = now_secs() - 60).token;
    let over = app.session(&ada.user, |claims| claims.ver = 0).token;
    let (line, ada_is, grace_is) = ("refused a CONNECT client=127.0.0.1", user(&ada), user(&grace));
    let other = json!({"token": ada.token, "user": grace.user.id.to_string()});
    for (packet, parts) in [
        ("40".to_owned(), vec![line, "there is no token"]),
        (r#"40{"token":7}"#.to_owned(), vec![line, "its auth cannot be read"]),
        (with_token(&foreign), vec![line, "it is not a token of this installation"]),
        (with_token(&expired), vec![line, "the token has expired"]),
        (with_token(&over), vec![line, &ada_is, "the token's session is over"]),
        (format!("40{other}"), vec![line, &ada_is, "of another user than the client expects"]),
    ] {
        let refused =
            async || assert!(matches!(connect(&app, "", &packet).await, Received::Refused(_)), "{packet}");
        says(&log, &parts, refused).await;
    }
    let _seated = app.socket(&grace).await;
    let one_more = async || assert_eq!(connect(&app, "", &with_token(&grace.token)).await, Received::Closed);
    says(&log, &[line, &grace_is, "MAX_SOCKETS_PER_USER"], one_more).await;
    let by_link = async || drop(connect(&app, &format!("&jwt={expired}"), "40").await);
    says(&log, &[line, "the token has expired"], by_link).await;
    for token in [&ada.token, &grace.token, &foreign, &expired, &over] {
        let signature = token.rsplit('.').next().unwrap();
        let secret = log.lines().into_iter().find(|line| line.contains(signature) || line.contains("jwt="));
        assert_eq!(secret, None);
    }
}

#[tokio::test]
async fn a_refusal_because_the_store_is_away_is_logged() {
    let (log, faults) = (CapturedLog::start(), Faults::default());
    let app = App::start_with(|_| {}, |stores| faults.wrap(stores)).await;
    let ada = app.person("ada").await;
    faults.set_users_unavailable(true);
    let cut = async || assert_eq!(connect(&app, "", &with_token(&ada.token)).await, Received::Closed);
    says(&log, &["refused a CONNECT", &user(&ada), "the store is not available"], cut).await;
}

#[tokio::test]
async fn a_refused_handshake_is_logged_with_its_reason() {
    let log = CapturedLog::start();
    let app = App::start_with(|config| config.max_sockets_per_address = 1, |stores| stores).await;
    let full = App::start_with(|config| config.max_sockets = 0, |stores| stores).await;
    let ada = app.person("ada").await;
    let get = async |app: &App, query: &str, origin: Option<&str>| {
        let request = Http::new().get(format!("{}/socket.io/{query}", app.url));
        let request = origin.into_iter().fold(request, |request, origin| request.header("origin", origin));
        request.send().await.unwrap().status().as_u16()
    };
    let (line, four) =
        ("refused a request service=\"chat\" method=GET path=\"/socket.io/\"", "?EIO=4&transport=polling");
    let cases: [(&str, Option<&str>, u16, &str); 6] = [
        (four, Some("https://evil.example"), 403, "cross_site"),
        ("?EIO=3&transport=polling", None, 400, "Unsupported protocol version"),
        ("?EIO=4&transport=smoke", None, 400, "Transport unknown"),
        ("?EIO=4&transport=polling&sid=gone", None, 400, "Session ID unknown"),
        ("?EIO=4&transport=websocket", None, 400, "a websocket without Upgrade: a proxy does not pass it on"),
        ("", None, 400, "Transport unknown"),
    ];
    for (query, origin, status, reason) in cases {
        let refused = async || assert_eq!(get(&app, query, origin).await, status, "{query}");
        let said = format!("status={status} reason=\"{reason}\"");
        says(&log, &[line, &said, "client=\"127.0.0.1\""], refused).await;
    }
    let capped = async || assert_eq!(get(&full, four, None).await, 503);
    says(&log, &[line, "status=503 reason=\"MAX_SOCKETS\""], capped).await;
    let _taken = app.socket(&ada).await;
    let capped = async || assert_eq!(get(&app, four, None).await, 429);
    says(&log, &[line, "status=429 reason=\"MAX_SOCKETS_PER_ADDRESS\""], capped).await;
}

#[tokio::test]
async fn an_unknown_namespace_and_an_invalid_packet_are_logged() {
    let log = CapturedLog::start();
    let app = App::start().await;
    let ada = app.person("ada").await;
    let elsewhere = async || {
        let mut client = Client::open(&app.url, "", &[]).await.unwrap();
        client.send_packet(&format!("40/admin,{}", json!({"token": ada.token}))).await;
    };
    says(&log, &["ended a session client=127.0.0.1", "no CONNECT to the namespace /"], elsewhere).await;
    let broken = async || {
        let mut client = app.socket(&ada).await;
        client.send_packet("49").await;
        client.until_closed().await;
    };
    says(&log, &["ended a socket", &user(&ada), "its packet is not valid, or too large"], broken).await;
    let too_large = async || {
        let mut client = app.socket(&ada).await;
        client.emit("chat message", &[Value::from("x".repeat(100_000))]).await;
        client.until_closed().await;
    };
    says(&log, &["ended a socket", &user(&ada), "sent more than one message may hold"], too_large).await;
}

#[tokio::test]
async fn a_page_without_a_signed_in_user_is_logged() {
    let (log, app) = (CapturedLog::start(), App::start().await);
    let page = async || {
        let asked = Http::new().get(&app.url).header("accept", "text/html").send().await.unwrap();
        assert_eq!(asked.status(), 401);
    };
    says(&log, &["path=\"/\"", "status=401 reason=\"signed_out\""], page).await;
}
