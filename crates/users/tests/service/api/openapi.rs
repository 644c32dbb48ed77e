//! `/openapi.json` and `/docs`.

use serde_json::Value;

use crate::support::app::{App, PASSWORD};

const CALLS: &[(&str, &str)] = &[
    ("post", "/users"),
    ("get", "/users"),
    ("get", "/users/{id}"),
    ("patch", "/users/{id}"),
    ("put", "/users/{id}"),
    ("delete", "/users/{id}"),
    ("delete", "/users/{id}/tokens"),
    ("get", "/users/{id}/export"),
    ("post", "/login"),
    ("post", "/token"),
    ("post", "/logout"),
    ("get", "/health/live"),
    ("get", "/health/ready"),
];

#[tokio::test]
async fn the_document_describes_every_call_and_no_other() {
    let app = App::start().await;
    let answer = app.get("/openapi.json").await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/json"));
    let document = answer.json();
    let mut described = 0;
    for item in document["paths"].as_object().unwrap().values() {
        described += item.as_object().unwrap().len();
    }
    assert_eq!(described, CALLS.len());
    for (method, path) in CALLS {
        let operation = &document["paths"][path][method];
        assert!(operation["summary"].is_string(), "{method} {path}: {operation}");
        let open = matches!(
            (*method, *path),
            ("post", "/users" | "/login") | ("get", "/health/live" | "/health/ready")
        );
        assert_eq!(operation.get("security").is_none(), open, "{method} {path}");
    }
    assert_eq!(document["components"]["securitySchemes"]["token"]["scheme"], "bearer");
}

#[tokio::test]
async fn the_described_fields_are_the_answered_ones() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let document = app.get("/openapi.json").await.json();
    let described = |schema: &str| keys(&document["components"]["schemas"][schema]["properties"]);
    assert_eq!(described("User"), keys(&app.get_as(&ada, "/users/me").await.json()));
    let log_in = app.post("/login", serde_json::json!({"username": "ada", "password": PASSWORD})).await;
    assert_eq!(described("LogIn"), keys(&log_in.json()));
}

#[tokio::test]
async fn the_docs_page_shows_every_call_and_loads_nothing_from_other_sites() {
    let app = App::start().await;
    let answer = app.get("/docs").await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "text/html; charset=utf-8"));
    for (method, path) in CALLS {
        let shown = format!("<span class=\"method\">{}</span> {path}", method.to_uppercase());
        assert!(answer.text.contains(&shown), "{shown}");
    }
    assert!(answer.text.contains("bad_credentials") && !answer.text.contains('`'), "without Markdown");
    assert!(answer.text.contains("<code>current_password</code>"), "the fields of bodies");
    let field = |name: &str, place: &str| {
        let shown: String = answer.text.split_whitespace().collect::<Vec<_>>().join(" ");
        shown.contains(&format!("<code>{name}</code> <span class=\"place\">{place}</span>"))
    };
    assert!(field("username", "body") && field("userID", "body, optional"), "required and optional fields");
    assert!(answer.text.contains("null stands for a field that is absent"), "rules for all calls");
    assert!(!answer.text.contains("src=\"http") && !answer.text.contains("href=\"http"));
}

fn keys(object: &Value) -> Vec<String> {
    object.as_object().unwrap().keys().cloned().collect()
}
