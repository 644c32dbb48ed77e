//! Whether each call answers as `/openapi.json` describes, when it succeeds and when it fails.

use serde_json::json;

use crate::support::app::{App, PASSWORD};
use crate::support::calls::{calls, holds, is_open, request};
use testkit::openapi::Description;

#[tokio::test]
async fn each_call_that_succeeds_answers_as_described() {
    let app = App::start().await;
    let document = Description::fetch(&app.url).await;
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
async fn answers_that_depend_on_the_request_are_described() {
    let app = App::start().await;
    let document = Description::fetch(&app.url).await;
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
async fn answers_to_callers_without_access_are_described() {
    let app = App::start().await;
    let document = Description::fetch(&app.url).await;
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
async fn answers_while_the_store_is_away_are_described() {
    let app = App::start().await;
    let document = Description::fetch(&app.url).await;
    let ada = app.sign_up("ada").await;
    app.faults.set_users_unavailable(true);
    // A renewal needs no store while the session is cached as valid.
    app.faults.set_poll_unavailable(true);
    for (call, path, body) in calls().into_iter().filter(|(call, ..)| *call != "POST /token") {
        let request = request(&app, Some(&ada), call, path).json(&body.unwrap_or_default());
        holds(&document, call, 503, request).await;
    }
}
