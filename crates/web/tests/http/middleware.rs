//! The layers around the routes, as far as the tests of the users service do not cover them.

use axum::Router;
use axum::http::{StatusCode, Uri};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use reqwest::{Method, Response};
use serde_json::Value;
use web::{Middleware, Problem, Refusal, Settings};

use crate::raw::{Server, quick, settings, stores};

/// An app with all layers, with failing and slow routes, and a route that holds its connections.
async fn start() -> (Server, tempfile::TempDir) {
    start_at("http://localhost:3001").await
}

/// The same, at this URL.
async fn start_at(url: &str) -> (Server, tempfile::TempDir) {
    let (stores, data) = stores();
    let mut middleware =
        Middleware::new("test", &Settings { chat_url: url.parse().unwrap(), ..settings() }, &stores);
    middleware.long_lived = Some("/live");
    middleware.connect_src = vec!["ws://localhost:3001".into()];
    middleware.problem_page =
        Some(std::sync::Arc::new(|problem: &Problem| Some(format!("<h1>{}</h1>", problem.code()))));
    let slow = async || {
        tokio::time::sleep(quick().timers.handler * 2).await;
        "late"
    };
    let live = async move |uri: Uri| match uri.query() {
        Some("slow") => slow().await.into_response(),
        Some("long") => "x".repeat(10_000).into_response(),
        _ => StatusCode::BAD_REQUEST.into_response(),
    };
    let routes = Router::new()
        .route("/panic", get(async || -> &'static str { panic!("a test's own") }))
        .route("/slow", get(slow))
        .route("/busy", get(async || Refusal::overloaded()))
        .route("/post", post(async || "ok"))
        .route("/long", get(async || "x".repeat(10_000)))
        .route("/live/", get(live).post(async || "ok"))
        .route("/live/file", get(async || "x".repeat(10_000)));
    (Server::start(middleware.apply(routes), quick()).await, data)
}

async fn ask(server: &Server, method: Method, path: &str, headers: &[(&str, &str)]) -> Response {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut request = client.request(method, format!("http://{}{path}", server.address));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

async fn code(response: Response) -> (u16, String) {
    let status = response.status().as_u16();
    let json: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    (status, json["code"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_panic_is_an_internal_problem_and_the_server_lives() {
    let (server, _data) = start().await;
    assert_eq!(code(ask(&server, Method::GET, "/panic", &[]).await).await, (500, "internal".into()));
    assert_eq!(ask(&server, Method::GET, "/health/ready", &[]).await.status(), 200);
}

#[tokio::test]
async fn a_handler_that_takes_too_long_is_cancelled() {
    let (server, _data) = start().await;
    let response = ask(&server, Method::GET, "/slow", &[]).await;
    assert_eq!(response.headers()["retry-after"], "2");
    assert_eq!(code(response).await, (503, "unavailable".into()));
}

#[tokio::test]
async fn a_browser_gets_the_services_own_page_with_the_same_status_and_headers() {
    let (server, _data) = start().await;
    let response = ask(&server, Method::GET, "/busy", &[("accept", "text/html")]).await;
    assert_eq!(
        (response.status().as_u16(), &response.headers()["retry-after"]),
        (503, &"1".parse().unwrap())
    );
    assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
    assert_eq!(response.text().await.unwrap(), "<h1>overloaded</h1>");
}

#[tokio::test]
async fn a_long_lived_route_has_no_timeout_but_checks_of_host_and_headers() {
    let (server, _data) = start().await;
    assert_eq!(ask(&server, Method::GET, "/live/?slow", &[]).await.text().await.unwrap(), "late");
    let foreign = [("origin", "https://evil.example")];
    assert_eq!(code(ask(&server, Method::POST, "/post", &foreign).await).await, (403, "cross_site".into()));
    assert_eq!(
        ask(&server, Method::POST, "/live/", &foreign).await.status(),
        200,
        "its handler checks origins itself"
    );
    assert_eq!(ask(&server, Method::GET, "/live/", &[]).await.text().await.unwrap(), "");
    for (path, zipped) in [("/long", true), ("/live/file", true), ("/live/?long", false)] {
        let response = ask(&server, Method::GET, path, &[("accept-encoding", "gzip")]).await;
        assert_eq!(response.headers().contains_key("content-encoding"), zipped, "{path}");
    }
    let foreign = [("host", "evil.example")];
    assert_eq!(
        code(ask(&server, Method::POST, "/live/", &foreign).await).await,
        (421, "unknown_host".into())
    );
    let response = ask(&server, Method::GET, "/live/", &[]).await;
    let policy = response.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("connect-src 'self' ws://localhost:3001;"), "{policy}");
}

#[tokio::test]
async fn a_header_that_decides_may_not_be_repeated() {
    let (server, _data) = start().await;
    let ours = "http://localhost:3000";
    for (path, repeated, refused) in [
        ("/post", [("origin", ours), ("origin", "https://evil.example")], (403, "cross_site")),
        ("/post", [("origin", ours), ("origin", ours)], (403, "cross_site")),
        ("/live/", [("origin", ours), ("origin", ours)], (403, "cross_site")),
        ("/post", [("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")], (400, "unparsable")),
        ("/post", [("authorization", "Bearer a"), ("authorization", "Bearer b")], (400, "unparsable")),
        (
            "/post",
            [("content-type", "application/json"), ("content-type", "text/plain")],
            (400, "unparsable"),
        ),
    ] {
        let response = ask(&server, Method::POST, path, &repeated).await;
        let json: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
        assert_eq!(
            (json["status"].as_u64(), json["code"].as_str()),
            (Some(refused.0), Some(refused.1)),
            "{json}"
        );
        assert!(json["detail"].as_str().unwrap().contains(repeated[0].0), "{json}");
        assert_eq!(ask(&server, Method::POST, path, &repeated[..1]).await.status(), 200, "{repeated:?}");
    }
    let lists = [
        ("accept", "text/html"),
        ("accept", "application/json"),
        ("x-forwarded-for", "::1"),
        ("x-forwarded-for", "::2"),
    ];
    assert_eq!(
        ask(&server, Method::POST, "/post", &lists).await.status(),
        200,
        "lists may be in several lines"
    );
}

#[tokio::test]
async fn browsers_get_only_headers_that_they_accept() {
    for (url, host, is_sent) in [
        ("http://localhost:3001", "localhost:3001", true),
        ("http://chat.lan:3001", "127.0.0.1:3001", true),
        ("http://chat.lan:3001", "chat.lan:3001", false),
        ("https://chat.example", "chat.example", true),
    ] {
        let (server, _data) = start_at(url).await;
        let response = ask(&server, Method::GET, "/busy", &[("host", host)]).await;
        let policy = response.headers().get("cross-origin-opener-policy");
        assert_eq!(policy.map(|policy| policy.as_bytes()), is_sent.then_some(&b"same-origin"[..]), "{host}");
        // WebKit does not know `manifest-src`, and no page has a manifest.
        let policy = response.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none';") && !policy.contains("manifest-src"), "{policy}");
    }
}

#[tokio::test]
async fn a_request_names_exactly_one_host() {
    let (server, _data) = start().await;
    for (head, status) in [
        ("GET /busy HTTP/1.0\r\n\r\n", 400),
        ("GET /busy HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400),
        ("GET http://evil.example/busy HTTP/1.1\r\nHost: localhost\r\n\r\n", 421),
        ("GET http://localhost/busy HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421),
        ("GET http://localhost/busy HTTP/1.1\r\nHost: localhost\r\n\r\n", 503),
    ] {
        let mut client = server.connect().await;
        client.write(head).await;
        let answer = client.read_to("}").await;
        assert!(answer.contains(&format!("\"status\":{status}")), "{head}: {answer}");
    }
}
