//! Whether the service does what `/openapi.json` says: each call's answers, good and bad, and the bodies that it takes.

use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::app::{Answer, App, PASSWORD, Person, answer};
use crate::description::Description;

/// Every call: as it is described, the path to ask, and a body that is right, where it takes one.
fn calls() -> Vec<(&'static str, &'static str, Option<Value>)> {
    let whole = json!({"username": "ada", "display_name": "A."});
    vec![
        ("POST /users", "/users", Some(json!({"username": "grace", "password": PASSWORD}))),
        ("GET /users", "/users", None),
        ("GET /users/{id}", "/users/me", None),
        ("PATCH /users/{id}", "/users/me", Some(json!({"display_name": "A."}))),
        ("PUT /users/{id}", "/users/me", Some(whole)),
        ("GET /users/{id}/export", "/users/me/export", None),
        ("POST /login", "/login", Some(json!({"username": "ada", "password": PASSWORD}))),
        ("POST /token", "/token", None),
        ("POST /logout", "/logout", None),
        ("DELETE /users/{id}/tokens", "/users/me/tokens", None),
        ("DELETE /users/{id}", "/users/me", None),
    ]
}

fn is_open(call: &str) -> bool {
    matches!(call, "POST /users" | "POST /login")
}

fn request(app: &App, who: Option<&Person>, call: &str, path: &str) -> RequestBuilder {
    let method: Method = call.split(' ').next().unwrap().parse().unwrap();
    let request = app.request(method, path);
    match who {
        Some(who) => request.bearer_auth(&who.token),
        None => request,
    }
}

/// Sends a request, which must be answered with this status, as it is described.
async fn holds(document: &Description, call: &str, status: u16, request: RequestBuilder) -> Answer {
    let answer = answer(request).await;
    assert_eq!(answer.status, status, "{call}: {}", answer.text);
    document.holds(call, &answer);
    answer
}

#[tokio::test]
async fn what_each_call_answers_when_all_is_right() {
    let app = App::start().await;
    let document = Description::of(&app).await;
    assert_eq!(document.broken_references(), Vec::<String>::new());
    app.sign_up("ada").await;
    for (call, path, body) in calls() {
        let status = match call {
            "POST /users" => 201,
            "POST /logout" | "DELETE /users/{id}" | "DELETE /users/{id}/tokens" => 204,
            _ => 200,
        };
        let ada = app.log_in("ada", PASSWORD).await;
        let request = request(&app, Some(&ada), call, path);
        let request = match &body {
            Some(body) => request.json(body),
            None => request,
        };
        holds(&document, call, status, request).await;
    }
}

#[tokio::test]
async fn answers_that_depend_on_what_is_asked() {
    let app = App::start().await;
    let document = Description::of(&app).await;
    let (ada, grace) = (app.sign_up("ada").await, app.sign_up("grace").await);
    let body = json!({"password": "another horse", "current_password": PASSWORD});
    let changed = holds(
        &document,
        "PATCH /users/{id}",
        200,
        request(&app, Some(&ada), "PATCH", "/users/me").json(&body),
    )
    .await;
    assert!(changed.json()["token"].is_string());
    let paged =
        holds(&document, "GET /users", 200, request(&app, Some(&grace), "GET", "/users?limit=1")).await;
    assert!(!paged.header("link").is_empty());
    let found = "/users?userName=GRACE&limit=1";
    assert_eq!(
        holds(&document, "GET /users", 200, request(&app, Some(&grace), "GET", found)).await.json()[0]["id"],
        grace.id.as_str()
    );
    for wrong in
        ["/users?limit=0", "/users?after=x", "/users?username=a", "/users?name=a", "/users?limit=1&limit=1"]
    {
        holds(&document, "GET /users", 422, request(&app, Some(&grace), "GET", wrong)).await;
    }
    let taken = json!({"username": "Grace", "password": PASSWORD});
    holds(&document, "POST /users", 409, request(&app, None, "POST", "/users").json(&taken)).await;
    let wrong = json!({"username": "grace", "password": "another horse"});
    holds(&document, "POST /login", 401, request(&app, None, "POST", "/login").json(&wrong)).await;
    let form = request(&app, None, "POST", "/logout").header("cookie", grace.cookie());
    holds(&document, "POST /logout", 409, form.form(&[("user", &ada.id)])).await;
    let form = request(&app, None, "POST", "/logout").header("cookie", grace.cookie());
    holds(&document, "POST /logout", 303, form.form(&[("user", &grace.id)])).await;
}

#[tokio::test]
async fn answers_to_whoever_may_not() {
    let app = App::start().await;
    let document = Description::of(&app).await;
    let (ada, _grace) = (app.sign_up("ada").await, app.sign_up("grace").await);
    for (call, path, body) in calls() {
        let body = body.unwrap_or_default();
        if !is_open(call) {
            let refused = holds(&document, call, 401, request(&app, None, call, path).json(&body)).await;
            assert_eq!(refused.json()["message"], "Token didn't match");
        }
        if path.contains("/me") {
            let nobody = path.replace("me", "nobody");
            holds(&document, call, 404, request(&app, Some(&ada), call, &nobody).json(&body)).await;
            let unreadable = path.replace("me", "%FF");
            holds(&document, call, 400, request(&app, Some(&ada), call, &unreadable).json(&body)).await;
        }
        if path.contains("/me") && call != "GET /users/{id}" {
            let other = path.replace("me", "grace");
            holds(&document, call, 403, request(&app, Some(&ada), call, &other).json(&body)).await;
        }
        let host = request(&app, Some(&ada), call, path).header("host", "elsewhere.example");
        holds(&document, call, 421, host.json(&body)).await;
        let origins = request(&app, Some(&ada), call, path).header("origin", "null").header("origin", "null");
        holds(&document, call, 403, origins.json(&body)).await;
        let twice = request(&app, Some(&ada), call, path).header("content-type", "text/plain");
        let twice = twice.header("content-type", "application/json").body(body.to_string());
        holds(&document, call, 400, twice).await;
    }
}

#[tokio::test]
async fn answers_to_bodies_that_cannot_be_read() {
    let app = App::start().await;
    let document = Description::of(&app).await;
    let ada = app.sign_up("ada").await;
    for (call, path, _) in calls().into_iter().filter(|(.., body)| body.is_some()) {
        let ask = || request(&app, Some(&ada), call, path);
        let json = |body: String| ask().header("content-type", "application/json").body(body);
        holds(&document, call, 400, json("{".into())).await;
        holds(&document, call, 422, json("[]".into())).await;
        holds(&document, call, 422, json(r#"{"username": "\ud800"}"#.into())).await;
        holds(&document, call, 413, json(format!("\"{}\"", "x".repeat(100_000)))).await;
        holds(&document, call, 415, ask().header("content-type", "text/plain").body("{}")).await;
        holds(&document, call, 415, ask().body("{}")).await;
    }
    let form = request(&app, None, "POST", "/logout").form(&[("user", "x".repeat(100_000))]);
    holds(&document, "POST /logout", 413, form).await;
}

#[tokio::test]
async fn answers_to_a_body_that_does_not_come_and_to_an_old_protocol() {
    let app =
        App::start_with(|config| config.shared.timers.body = std::time::Duration::from_millis(50)).await;
    let document = Description::of(&app).await;
    let ada = app.sign_up("ada").await;
    let waiting = "POST /users HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 2".to_owned();
    let old = format!("GET /users/me/export HTTP/1.0\r\nAuthorization: Bearer {}", ada.token);
    for (head, call, status) in [(waiting, "POST /users", 408), (old, "GET /users/{id}/export", 505)] {
        let mut stream = TcpStream::connect(app.url.trim_start_matches("http://")).await.unwrap();
        stream.write_all(format!("{head}\r\nHost: localhost\r\n\r\n").as_bytes()).await.unwrap();
        let mut came = String::new();
        stream.read_to_string(&mut came).await.unwrap();
        let answer = read(&came);
        assert_eq!(answer.status, status, "{came}");
        document.holds(call, &answer);
    }
}

/// An answer as it came over the wire.
fn read(came: &str) -> Answer {
    let (head, text) = came.split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let header = |line: &str| {
        let (name, value) = line.split_once(": ").unwrap();
        (name.parse::<HeaderName>().unwrap(), value.parse::<HeaderValue>().unwrap())
    };
    Answer { status, headers: lines.map(header).collect(), text: text.to_owned() }
}

#[tokio::test]
async fn answers_while_the_store_is_away() {
    let app = App::start().await;
    let document = Description::of(&app).await;
    let ada = app.sign_up("ada").await;
    app.faults.set_users_unavailable(true);
    // A renewal asks nothing of the store while the session is known to be good.
    app.faults.set_poll_unavailable(true);
    for (call, path, body) in calls().into_iter().filter(|(call, ..)| *call != "POST /token") {
        let request = request(&app, Some(&ada), call, path).json(&body.unwrap_or_default());
        holds(&document, call, 503, request).await;
    }
}

#[tokio::test]
async fn the_bodies_that_are_taken_are_those_that_are_described() {
    let app = App::start().await;
    let document = Description::of(&app).await;
    let ada = app.sign_up("ada").await;
    let mut user = app.get_as(&ada, "/users/me").await.json();
    // Each change makes it another one.
    user.as_object_mut().unwrap().remove("updated_at");
    let with = |name: &str, value: Value| {
        let mut body = user.clone();
        body[name] = value;
        body
    };
    let both = |extra: Value| [("PATCH /users/{id}", extra.clone()), ("PUT /users/{id}", extra)];
    let mut bodies = vec![
        ("POST /users", json!({"username": "one", "password": PASSWORD})),
        ("POST /users", json!({"userID": "two", "password": PASSWORD, "display_name": null})),
        ("POST /users", json!({"userName": "three", "password": PASSWORD, "display_name": "Three"})),
        ("POST /users", json!({"userName": "four", "username": "four", "password": PASSWORD})),
        ("POST /users", json!({"username": "five", "password": null})),
        ("POST /users", json!({"username": "six"})),
        ("POST /users", json!({"password": PASSWORD})),
        ("POST /users", json!({"username": "se", "password": PASSWORD})),
        ("POST /users", json!({"username": "e".repeat(33), "password": PASSWORD})),
        ("POST /users", json!({"username": "nine", "password": "short"})),
        ("POST /users", json!({"username": "ten", "password": PASSWORD, "email": "ten@example.org"})),
        ("POST /users", json!({"username": "eleven", "password": PASSWORD, "display_name": "x".repeat(65)})),
        ("POST /users", json!({"username": "twelve", "password": PASSWORD, "display_name": ""})),
        ("POST /users", json!({"username": 13, "password": PASSWORD})),
        ("POST /users", json!([])),
        ("POST /login", json!({"username": "ada", "password": PASSWORD})),
        ("POST /login", json!({"userID": "ada", "password": PASSWORD})),
        ("POST /login", json!({"username": "ada", "password": PASSWORD, "remember": true})),
        ("POST /login", json!({"username": "ada"})),
        ("PATCH /users/{id}", json!({})),
        (
            "PATCH /users/{id}",
            json!({"display_name": null, "id": null, "username": null, "created_at": null}),
        ),
        ("PATCH /users/{id}", json!({"userName": "ada"})),
        ("PUT /users/{id}", json!({"username": "ada"})),
        ("PUT /users/{id}", json!({"userID": "ada", "display_name": "A."})),
        ("PUT /users/{id}", json!({"username": "ada", "display_name": null})),
    ];
    for body in [
        user.clone(),
        with("id", json!(ada.id.to_uppercase())),
        with("id", json!("1")),
        with("created_at", json!("2020")),
        with("password", json!("another horse")),
        with("current_password", json!(PASSWORD)),
        with("ver", json!(1)),
        with("display_name", json!(7)),
        with("display_name", json!("")),
    ] {
        bodies.extend(both(body));
    }
    for (call, body) in bodies {
        let path = call.split(' ').nth(1).unwrap().replace("{id}", "me");
        let answer = answer(request(&app, Some(&ada), call, &path).json(&body)).await;
        document.holds(call, &answer);
        assert_eq!(document.takes(call, &body), answer.status != 422, "{call} {body}: {}", answer.text);
        assert!(answer.status.is_success() || answer.status == 422, "{call} {body}: {}", answer.text);
    }
}
