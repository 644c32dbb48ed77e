//! `GET /`: the page.

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

use crate::app::App;

#[tokio::test]
async fn the_page_contains_the_newest_messages_and_sets_a_cookie() {
    let app = App::start().await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    for number in 1..=60 {
        app.append_elsewhere(&grace, &format!("<b>message {number}</b>")).await;
    }
    let from_log_in = Client::new().get(format!("{}/?jwt={}", app.url, ada.token));
    let answer = from_log_in.header("referer", "http://localhost:3000/").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert!(header("set-cookie").starts_with(&format!("natter_token={}; HttpOnly; SameSite=Lax", ada.token)));
    // With a stolen token one could ask for that one, and then guess the password without a limit.
    let cookies: Vec<_> = answer.headers().get_all("set-cookie").iter().collect();
    assert!(cookies.len() > 1, "the control");
    assert!(!cookies.iter().any(|cookie| cookie.as_bytes().starts_with(b"natter_browser_")), "{cookies:?}");
    assert_eq!(
        (header("cache-control"), header("referrer-policy")),
        ("no-store".into(), "no-referrer".into())
    );
    let policy = header("content-security-policy");
    assert!(
        policy.contains("form-action 'self' http://localhost:3000") && !policy.contains("unsafe"),
        "{policy}"
    );
    let html = answer.text().await.unwrap();
    assert_eq!(html.matches("data-seq=\"").count(), 51, "fifty messages and the template");
    assert!(html.contains("&#60;b&#62;message 60&#60;/b&#62;") && !html.contains("<b>message"));
    assert!(!html.contains("message 10&#60;"));
}

#[tokio::test]
async fn the_page_is_compressed_and_its_token_masked_anew_each_time() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let page = async || {
        let request = Client::new().get(format!("{}/?jwt={}", app.url, ada.token));
        let answer = request.header("accept-encoding", "gzip").send().await.unwrap();
        assert_eq!(answer.headers()["content-encoding"], "gzip");
        assert_eq!(answer.headers()["cache-control"], "no-store");
        let plain = Client::new().get(format!("{}/?jwt={}", app.url, ada.token)).send().await.unwrap();
        plain.text().await.unwrap()
    };
    let masked = |html: &str| {
        let (_, form) = html.split_once(r#"name="token" value=""#).unwrap();
        form.split_once('"').unwrap().0.to_owned()
    };
    let (one, other) = (page().await, page().await);
    assert!(!one.contains(&ada.token));
    assert_ne!(masked(&one), masked(&other));
    assert_eq!(web::unmask(&masked(&one)).as_ref(), Some(&ada.token));
    assert!(one.contains(&format!(r#""token":"{}""#, masked(&one))));
}

#[tokio::test]
async fn a_reload_needs_the_cookie_only() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let request =
        Client::new().get(format!("{}/", app.url)).header("cookie", format!("natter_token={}", ada.token));
    assert_eq!(request.send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_foreign_site_cannot_set_the_cookie_of_its_token() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    // On plain http at a local network name browsers send no `Sec-Fetch-Site`, and a `Referer` only if the page allows it.
    let nothing: &[(&str, &str)] = &[];
    let of_the_page = [("referer", "http://evil.example/")];
    let in_a_message = [("sec-fetch-site", "same-origin")];
    // A link that was typed, or is in a page of another local site, changes no browser's user.
    let grace = format!("natter_token={}", app.person("grace").await.token);
    let typed = [("sec-fetch-site", "none"), ("cookie", grace.as_str())];
    let near_by = [("sec-fetch-site", "same-site"), ("cookie", grace.as_str())];
    let foreign = [("sec-fetch-site", "cross-site")];
    for headers in [nothing, &foreign, &of_the_page, &in_a_message, &typed, &near_by] {
        let mut request = Client::new().get(format!("{}/?jwt={}", app.url, ada.token));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers().get("set-cookie"), None, "{headers:?}");
    }
}

#[tokio::test]
async fn a_form_without_an_origin_logs_out_by_its_own_token_and_by_no_cookie() {
    let app = App::start().await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let post = async |fields: &[(&str, &str)], headers: &[(&str, &str)]| {
        let mut request = client.post(format!("{}/logout", app.url)).form(fields);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap()
    };
    let is_in = async |token: &str| {
        let request = client.get(format!("{}/messages", app.url)).bearer_auth(token);
        request.send().await.unwrap().status() == StatusCode::OK
    };
    let (own, masked) = (format!("natter_token={}", ada.token), web::mask(&ada.token));
    let form: &[(&str, &str)] = &[("token", &masked)];
    // A foreign page may send no origin either, so the cookie alone ends no session.
    for fields in [&[][..], &[("user", "x")]] {
        let refused = post(fields, &[("origin", "null"), ("cookie", &own)]).await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN);
        assert_eq!(refused.headers().get("set-cookie"), None);
    }
    let call = client.post(format!("{}/logout", app.url)).header("origin", "null").header("cookie", &own);
    assert_eq!(call.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    // A token does not help a page with a foreign origin.
    for origins in [&["http://evil.example"][..], &["null", "http://localhost:3001"]] {
        let headers: Vec<_> = origins.iter().map(|origin| ("origin", *origin)).collect();
        assert_eq!(post(form, &headers).await.status(), StatusCode::FORBIDDEN, "{origins:?}");
    }
    let headers = [("origin", "null"), ("sec-fetch-site", "cross-site")];
    assert_eq!(post(form, &headers).await.status(), StatusCode::FORBIDDEN);
    assert!(is_in(&ada.token).await);

    let done = post(form, &[("origin", "null"), ("cookie", &own)]).await;
    assert_eq!(done.status(), StatusCode::SEE_OTHER);
    assert_eq!(done.headers()["location"], "http://localhost:3000/login?done=log-out");
    assert!(done.headers()["set-cookie"].to_str().unwrap().starts_with("natter_token=; "));
    assert!(!is_in(&ada.token).await);
    let others = format!("natter_token={}", grace.token);
    let masked = web::mask(&app.person("alan").await.token);
    let done = post(&[("token", &masked)], &[("origin", "null"), ("cookie", &others)]).await;
    assert_eq!((done.status(), done.headers().get("set-cookie")), (StatusCode::SEE_OTHER, None));
    assert!(is_in(&grace.token).await);
}

#[tokio::test]
async fn an_invalid_token_is_refused_in_json_for_programs_and_by_a_page_for_people() {
    let app = App::start().await;
    for query in ["?jwt=nonsense", "?jwt=", ""] {
        let url = format!("{}/{query}", app.url);
        let answer = Client::new().get(&url).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["message"], json!("Token didn't match"));
        let page = Client::new().get(&url).header("accept", "text/html").send().await.unwrap();
        assert_eq!(page.status(), StatusCode::UNAUTHORIZED);
        assert!(page.text().await.unwrap().contains("href=\"http://localhost:3000/login\""));
    }
}

#[tokio::test]
async fn the_page_links_the_official_client_in_a_form_that_browsers_cache() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let page = Client::new().get(format!("{}/?jwt={}", app.url, ada.token)).send().await.unwrap();
    let page = page.text().await.unwrap();
    let path = page.split('"').find(|value| value.starts_with("/socket.io/socket.io.js")).unwrap();
    let kept = Client::new().get(format!("{}{path}", app.url)).send().await.unwrap();
    assert_eq!(kept.headers()["cache-control"], "public, max-age=31536000, immutable");
    for plain in ["/socket.io/socket.io.js", "/socket.io/socket.io.js?v=other"] {
        let asked = Client::new().get(format!("{}{plain}", app.url)).send().await.unwrap();
        assert_eq!(asked.headers()["cache-control"], "no-cache", "{plain}");
    }
}

#[tokio::test]
async fn the_official_client_is_served() {
    let app = App::start().await;
    let url = format!("{}/socket.io/socket.io.js", app.url);
    let answer = Client::new().get(&url).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let tag = answer.headers()["etag"].clone();
    assert!(answer.text().await.unwrap().contains("Socket.IO v4"));
    let again = Client::new().get(&url).header("if-none-match", tag).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
}
