//! What holds for every route: allowed origins and hosts, security headers, static files, compression.

use reqwest::Method;
use serde_json::json;

use crate::support::app::{Answer, App, PASSWORD, answer};

async fn form_with(app: &App, headers: &[(&str, &str)]) -> Answer {
    let mut request = app.request(Method::POST, "/signup").form(&[("username", "a b")]);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    answer(request).await
}

#[tokio::test]
async fn requests_from_other_sites_are_rejected() {
    let app = App::start().await;
    for foreign in [
        vec![("origin", "https://evil.example")],
        vec![("origin", "null")],
        vec![("sec-fetch-site", "cross-site")],
        vec![("sec-fetch-site", "same-site")],
        vec![("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")],
        vec![("sec-fetch-site", "cross-site"), ("origin", "null")],
        vec![("sec-fetch-site", "same-site"), ("origin", "null")],
        vec![("sec-fetch-site", "same-site"), ("origin", "http://localhost:1")],
        vec![("origin", app.url.as_str()), ("origin", app.url.as_str())],
        vec![("origin", app.url.as_str()), ("origin", "https://evil.example")],
    ] {
        form_with(&app, &foreign).await.problem(403, "cross_site");
    }
}

#[tokio::test]
async fn requests_from_own_pages_are_accepted() {
    let app = App::start().await;
    let (users, chat) = (app.url.clone(), app.chat_url.clone());
    for own in [
        vec![],
        vec![("origin", users.as_str())],
        vec![("origin", chat.as_str())],
        vec![("sec-fetch-site", "same-site"), ("origin", chat.as_str())],
        vec![("sec-fetch-site", "same-origin"), ("origin", users.as_str())],
        vec![("sec-fetch-site", "same-origin"), ("origin", "null")],
    ] {
        assert_eq!(form_with(&app, &own).await.status, 422, "{own:?}");
    }
}

#[tokio::test]
async fn another_site_cannot_use_a_cookie_for_the_api() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    for (method, path) in
        [(Method::DELETE, "/users/me"), (Method::PATCH, "/users/me"), (Method::POST, "/logout")]
    {
        let request =
            app.request(method, path).header("cookie", ada.cookie()).header("origin", "https://evil.example");
        answer(request.json(&json!({}))).await.problem(403, "cross_site");
    }
    assert_eq!(app.get_as(&ada, "/users/me").await.status, 200);
}

#[tokio::test]
async fn only_our_own_host_names_are_served() {
    let app = App::start().await;
    let with_host = |host: &str| app.request(Method::GET, "/login").header("host", host);
    for own in ["localhost", "127.0.0.1:9", "[::1]:3000", "natter.test", "NATTER.test:80"] {
        assert_eq!(answer(with_host(own)).await.status, 200, "{own}");
    }
    for foreign in ["evil.example", "localhost.evil.example", "10.0.0.1", "evil.example:3000"] {
        answer(with_host(foreign)).await.problem(421, "unknown_host");
    }
    let probe = app.request(Method::GET, "/health/live").header("host", "10.0.0.1:3000");
    assert_eq!(answer(probe).await.status, 200, "a probe knows only an address that changes");
}

#[tokio::test]
async fn the_page_for_an_unknown_host_name_loads_its_files_and_names_the_settings() {
    let app = App::start().await;
    let by_name = |path: &str| app.request(Method::GET, path).header("host", "chat.lan:3000");
    let page = answer(by_name("/login").header("accept", "text/html")).await;
    assert_eq!(page.status, 421);
    for part in ["USERS_URL", "CHAT_URL", "ALLOWED_HOSTS", "href=\"http://localhost:", "width=\"30\""] {
        assert!(page.text.contains(part), "{part}: {}", page.text);
    }
    let named = page.text.split('"').filter(|value| value.starts_with("/static/"));
    for path in named.collect::<Vec<_>>() {
        assert_eq!(
            answer(by_name(path)).await.status,
            200,
            "the files of the page are served under that name: {path}"
        );
    }
    let form =
        app.request(Method::POST, "/login").header("origin", "http://chat.lan").header("accept", "text/html");
    let refused = answer(form.form(&[("username", "ada")])).await;
    assert_eq!(refused.status, 403);
    for setting in ["USERS_URL", "CHAT_URL", "ALLOWED_HOSTS"] {
        assert!(refused.text.contains(setting), "{setting}: {}", refused.text);
    }
}

#[tokio::test]
async fn every_answer_has_the_security_headers() {
    let app = App::start().await;
    for path in
        ["/signup", "/nowhere", "/users/me", "/openapi.json", "/health/live", "/static/css/tokens.css"]
    {
        let answer = app.get(path).await;
        let policy = answer.header("content-security-policy");
        for part in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(policy.contains(&format!("form-action 'self' {};", app.chat_url)), "{path}: {policy}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
    }
}

#[tokio::test]
async fn an_unknown_path_or_method_is_a_problem() {
    let app = App::start().await;
    app.get("/nowhere").await.problem(404, "not_found");
    let answered = answer(app.request(Method::DELETE, "/users")).await;
    answered.problem(405, "method_not_allowed");
    let allowed = answered.header("allow");
    assert!(allowed.contains("GET") && allowed.contains("POST"), "{allowed}");
    answer(app.request(Method::GET, "/token")).await.problem(405, "method_not_allowed");
    let ada = app.sign_up("ada").await;
    app.get_as(&ada, "/users/%FF").await.problem(400, "bad_request");
}

#[tokio::test]
async fn health_and_metrics_are_served_to_this_machine() {
    let app = App::start().await;
    app.sign_up("ada").await;
    assert_eq!(app.get("/health/live").await.json(), json!({"status": "live"}));
    assert_eq!(app.get("/health/ready").await.json(), json!({"status": "ready"}));
    let metrics = app.get("/metrics").await;
    assert_eq!(metrics.status, 200);
    assert!(
        metrics
            .text
            .contains("natter_http_requests_total{service=\"users\",route=\"/login\",method=\"POST\""),
        "{}",
        metrics.text
    );
    let forwarded = app.request(Method::GET, "/metrics").header("x-forwarded-for", "203.0.113.9");
    answer(forwarded).await.problem(403, "forbidden");
}

#[tokio::test]
async fn behind_a_proxy_metrics_are_not_served_on_this_port() {
    let app = App::start_with(|config| config.shared.trusted_proxy_hops = 1).await;
    let refused = app.get("/metrics").await;
    refused.problem(403, "forbidden");
    assert!(refused.text.contains("METRICS_ADDR"), "{}", refused.text);
}

#[tokio::test]
async fn static_files_are_revalidated_and_sent_only_after_a_change() {
    let app = App::start().await;
    let first = app.get("/static/css/tokens.css").await;
    assert_eq!((first.status.as_u16(), first.header("content-type")), (200, "text/css; charset=utf-8"));
    assert_eq!(first.header("cache-control"), "no-cache");
    let tag = first.header("etag").to_owned();
    let again = app.request(Method::GET, "/static/css/tokens.css").header("if-none-match", &tag);
    let again = answer(again).await;
    assert_eq!((again.status.as_u16(), again.text.as_str(), again.header("etag")), (304, "", tag.as_str()));
    let other = app.request(Method::GET, "/static/css/tokens.css").header("if-none-match", "W/\"other\"");
    assert_eq!(answer(other).await.status, 200);
    for missing in
        ["/static/nothing.css", "/static/../Cargo.toml", "/static/..%2f..%2fCargo.toml", "/static/"]
    {
        assert_eq!(app.get(missing).await.status, 404, "{missing}");
    }
}

#[tokio::test]
async fn files_that_a_page_names_are_immutable_and_served_for_other_releases_too() {
    let app = App::start().await;
    for page in ["/login", "/signup", "/docs", "/nowhere"] {
        let shown = answer(app.request(Method::GET, page).header("accept", "text/html")).await;
        let named: Vec<&str> = shown.text.split('"').filter(|value| value.starts_with("/static/")).collect();
        assert!(named.len() >= 2, "{page} names an icon and a style sheet: {named:?}");
        for path in named {
            let kept = app.get(path).await;
            assert_eq!(kept.status, 200, "{path}");
            assert_eq!(kept.header("cache-control"), "public, max-age=31536000, immutable", "{path}");
            let (_, rest) = path.strip_prefix("/static/v-").unwrap().split_once('/').unwrap();
            let other = app.get(&format!("/static/v-0123456789abcdef/{rest}")).await;
            assert_eq!((other.status.as_u16(), &other.text), (200, &kept.text), "{path}");
            assert_eq!(other.header("cache-control"), "no-cache", "it may be another release's: {path}");
        }
    }
    assert_eq!(app.get("/static/v-0123456789abcdef/nothing.css").await.status, 404);
}

#[tokio::test]
async fn each_script_and_style_sheet_of_a_page_is_one_file() {
    let app = App::start().await;
    for path in
        ["css/pages/card.css", "css/pages/docs.css", "css/pages/chat.css", "js/chat.js", "js/account.js"]
    {
        let file = app.get(web::files::url(path).as_str()).await;
        assert_eq!(file.status, 200, "{path}");
        let imports = ["@import", "from\"./", "from './", "import\"./", "import './"];
        let more = imports.iter().find(|import| file.text.contains(**import));
        assert_eq!(more, None, "{path} loads more");
        assert!(file.text.contains("sourceMappingURL="), "{path}");
    }
}

#[tokio::test]
async fn pages_are_compressed_and_answers_with_a_token_are_not() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let zipped = |method, path: &str| app.request(method, path).header("accept-encoding", "gzip");
    assert_eq!(answer(zipped(Method::GET, "/static/css/form.css")).await.header("content-encoding"), "gzip");
    assert_eq!(answer(zipped(Method::GET, "/login")).await.header("content-encoding"), "gzip");
    let log_in = zipped(Method::POST, "/login").json(&json!({"username": "ada", "password": PASSWORD}));
    assert_eq!(answer(log_in).await.header("content-encoding"), "");
    let token = zipped(Method::POST, "/token").bearer_auth(&ada.token);
    assert_eq!(answer(token).await.header("content-encoding"), "");
}
