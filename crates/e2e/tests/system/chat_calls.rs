//! Every HTTP call of the chat service as curl makes it, with the status and body of every error.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::http::{Answer, answer, call, client};
use testkit::process::backend::Backend;
use testkit::process::natter::Natter;
use testkit::process::people::Person;

on_both_stores! {
    sending_answers_201_with_the_entry_and_a_resend_200_with_the_same_one
    each_bad_send_has_its_own_status_and_changes_nothing
    reading_goes_forward_and_backward_with_exclusive_edges
    every_call_answers_401_with_the_seeds_message_without_a_good_token
    the_page_holds_the_last_fifty_messages_and_is_not_kept_by_caches
}

async fn chat(natter: &Natter, method: Method, path: &str, token: &str, body: Value) -> Answer {
    call(method, &format!("{}{path}", natter.chat_url), token, &body).await
}

async fn sending_answers_201_with_the_entry_and_a_resend_200_with_the_same_one(backend: Backend) {
    let natter = Natter::start_on(backend).await;
    let ann = Person::sign_up(&natter, "Ann").await;
    let body = json!({"text": "  hello\r\nthere \n", "id": "my-1", "room": "lobby"});
    let sent = chat(&natter, Method::POST, "/messages", &ann.token, body.clone()).await;
    assert_eq!(sent.status, 201, "{}", sent.text);
    let entry = sent.json();
    let sender = json!({"id": ann.id, "username": "Ann", "display_name": "Ann"});
    assert_eq!(
        (&entry["room"], &entry["seq"], &entry["kind"], &entry["id"], &entry["sender"], &entry["text"]),
        (&json!("lobby"), &json!(1), &json!("message"), &json!("my-1"), &sender, &json!("  hello\nthere")),
        "{entry}"
    );
    let again = chat(&natter, Method::POST, "/messages", &ann.token, body).await;
    assert_eq!((again.status.as_u16(), again.json()), (200, entry));
    let other = json!({"text": "something else", "id": "my-1"});
    let refused = chat(&natter, Method::POST, "/messages", &ann.token, other).await.problem(422, "invalid");
    assert!(refused["errors"]["id"].is_string(), "{refused}");
    let plain = chat(&natter, Method::POST, "/messages", &ann.token, json!({"text": "no id"})).await.json();
    assert!(plain["id"].is_string() && plain["seq"] == 2, "{plain}");
    // The same id from another user is another message.
    let ben = Person::sign_up(&natter, "Ben").await;
    let bens = json!({"text": "mine", "id": "my-1"});
    assert_eq!(chat(&natter, Method::POST, "/messages", &ben.token, bens).await.json()["seq"], 3);
}

async fn each_bad_send_has_its_own_status_and_changes_nothing(backend: Backend) {
    let natter = Natter::start_on(backend).await;
    let ann = Person::sign_up(&natter, "Ann").await;
    let post = async |body| chat(&natter, Method::POST, "/messages", &ann.token, body).await;
    for (body, field) in [
        (json!({}), "text"),
        (json!({"text": ""}), "text"),
        (json!({"text": " \n "}), "text"),
        (json!({"text": 7}), "text"),
        (json!({"text": "bell\u{7}"}), "text"),
        (json!({"text": "x".repeat(4_001)}), "text"),
        (json!({"text": "x", "id": ""}), "id"),
        (json!({"text": "x", "id": "x".repeat(65)}), "id"),
        (json!({"text": "x", "id": "with space"}), "id"),
        (json!({"text": "x", "id": 7}), "id"),
        (json!({"text": "x", "room": "elsewhere"}), "room"),
        (json!({"text": "x", "sender": "Ben"}), "sender"),
    ] {
        let refused = post(body.clone()).await;
        assert_eq!(refused.status, 422, "{body}: {}", refused.text);
        assert!(refused.json()["errors"][field].is_string(), "{body}: {}", refused.text);
    }
    let url = format!("{}/messages", natter.chat_url);
    let raw = |media_type: &str, body: String| {
        answer(client().post(&url).bearer_auth(&ann.token).header("content-type", media_type).body(body))
    };
    raw("application/json", "{".into()).await.problem(400, "unparsable");
    raw("text/plain", "hello".into()).await.problem(415, "unsupported_media_type");
    raw("application/json", json!({"text": "x".repeat(100_000)}).to_string()).await.problem(413, "too_large");
    assert_eq!(ann.whole_log(&natter).await, Vec::<Value>::new());
    assert_eq!(
        post(json!({"text": "🙂".repeat(4_000)})).await.status,
        201,
        "characters are counted, not bytes"
    );
}

async fn reading_goes_forward_and_backward_with_exclusive_edges(backend: Backend) {
    let natter = Natter::start_on(backend).await;
    let ann = Person::sign_up(&natter, "Ann").await;
    let get = async |query: &str| {
        let answer = chat(&natter, Method::GET, &format!("/messages{query}"), &ann.token, Value::Null).await;
        assert_eq!(answer.status, 200, "{query}: {}", answer.text);
        let page = answer.json();
        let seqs = page["messages"].as_array().unwrap().iter().map(|entry| entry["seq"].as_u64().unwrap());
        let number = |name: &str| page[name].as_u64().unwrap();
        (seqs.collect::<Vec<_>>(), number("covered_to"), number("last_seq"))
    };
    let (seqs, _, last) = get("").await;
    assert_eq!((seqs, last), (vec![], 0), "an empty log");
    for number in 1..=60 {
        ann.post(&natter, &format!("message {number}")).await;
    }
    assert_eq!(get("").await, ((11..=60).collect(), 11, 60), "the newest fifty");
    assert_eq!(get("?limit=2").await, (vec![59, 60], 59, 60));
    assert_eq!(get("?after=0&limit=3").await, (vec![1, 2, 3], 3, 60));
    assert_eq!(get("?after=58").await, (vec![59, 60], 60, 60));
    assert_eq!(get("?after=60").await, (vec![], 60, 60));
    assert_eq!(get("?before=4").await, (vec![1, 2, 3], 1, 60));
    assert_eq!(get("?before=1").await, (vec![], 1, 60));
    assert_eq!(get("?before=11&limit=5&room=lobby").await, ((6..=10).collect(), 6, 60));
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("after=-1", "after"),
        ("after=soon", "after"),
        ("before=x", "before"),
        ("room=elsewhere", "room"),
        ("order=new", "order"),
    ] {
        let refused =
            chat(&natter, Method::GET, &format!("/messages?{query}"), &ann.token, Value::Null).await;
        assert_eq!(refused.status, 422, "{query}: {}", refused.text);
        assert!(refused.json()["errors"][field].is_string(), "{query}: {}", refused.text);
    }
    let both = chat(&natter, Method::GET, "/messages?after=1&before=9", &ann.token, Value::Null).await;
    both.problem(422, "invalid");
}

async fn every_call_answers_401_with_the_seeds_message_without_a_good_token(backend: Backend) {
    let natter = Natter::start_on(backend).await;
    for (method, path) in [
        (Method::GET, "/"),
        (Method::GET, "/messages"),
        (Method::POST, "/messages"),
        (Method::POST, "/token"),
        (Method::POST, "/logout"),
    ] {
        for token in ["", "nonsense"] {
            let body = if path == "/messages" && method == Method::POST {
                json!({"text": "x"})
            } else {
                Value::Null
            };
            let refused = chat(&natter, method.clone(), path, token, body).await;
            assert_eq!(
                refused.problem(401, "signed_out")["message"],
                "Token didn't match",
                "{method} {path}"
            );
        }
    }
    let ann = Person::sign_up(&natter, "Ann").await;
    let refused = answer(client().get(format!("{}/messages?jwt={}", natter.chat_url, ann.token))).await;
    assert!([401, 422].contains(&refused.status.as_u16()), "a token in the address opens the page alone");
}

#[tokio::test]
async fn a_browser_without_a_token_gets_a_page_that_leads_to_the_log_in() {
    let natter = Natter::start().await;
    let page = answer(client().get(&natter.chat_url).header("accept", "text/html")).await;
    assert_eq!(page.status, 401);
    assert!(page.header("content-type").starts_with("text/html"), "{}", page.text);
    assert!(page.text.contains(&format!("{}/login", natter.users_url)), "{}", page.text);
}

async fn the_page_holds_the_last_fifty_messages_and_is_not_kept_by_caches(backend: Backend) {
    let natter = Natter::start_on(backend).await;
    let ann = Person::sign_up(&natter, "Ann").await;
    for number in 1..=55 {
        ann.post(&natter, &format!("message number {number}.")).await;
    }
    let page = client().get(format!("{}/?jwt={}", natter.chat_url, ann.token));
    let page = answer(page.header("referer", format!("{}/", natter.users_url))).await;
    assert!(!page.text.contains("message number 5.") && page.text.contains("message number 6."));
    assert!(page.text.contains("message number 55."));
    assert_eq!((page.header("referrer-policy"), page.header("cache-control")), ("no-referrer", "no-store"));
    let policy = page.header("content-security-policy");
    assert!(!policy.contains("unsafe-inline") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    let cookie = page.header("set-cookie");
    for part in ["natter_token=", "HttpOnly", "SameSite=Lax"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "the URL is http: {cookie}");
    let reload = client().get(&natter.chat_url).header("cookie", cookie.split(';').next().unwrap());
    assert_eq!(answer(reload).await.status, 200, "the cookie serves a reload");
    let link = client().get(format!("{}/?jwt={}", natter.chat_url, ann.token));
    let foreign = answer(link.header("sec-fetch-site", "cross-site")).await;
    assert_eq!(foreign.header("set-cookie"), "", "a foreign page's link signs nobody in for good");
}

#[tokio::test]
async fn where_the_chats_url_is_https_the_cookie_goes_over_https_alone() {
    let natter = Natter::start_with(&[("CHAT_URL", "https://chat.example.org")]).await;
    let ann = Person::sign_up(&natter, "Ann").await;
    let page = client().get(format!("http://127.0.0.1:{}/?jwt={}", natter.chat_port, ann.token));
    let page = page.header("host", "chat.example.org").header("referer", format!("{}/", natter.users_url));
    let page = answer(page).await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(page.header("set-cookie").contains("Secure"), "{}", page.header("set-cookie"));
}

#[tokio::test]
async fn health_and_metrics_answer_on_both_services() {
    let natter = Natter::start().await;
    for service in [&natter.users_url, &natter.chat_url] {
        for path in ["/health/live", "/health/ready"] {
            assert_eq!(answer(client().get(format!("{service}{path}"))).await.status, 200);
        }
        let metrics = answer(client().get(format!("{service}/metrics"))).await;
        assert_eq!(metrics.status, 200, "{}", metrics.text);
        assert!(metrics.header("content-type").starts_with("text/plain"), "{}", metrics.text);
        let forwarded = client().get(format!("{service}/metrics")).header("x-forwarded-for", "203.0.113.7");
        assert_eq!(answer(forwarded).await.status, 403, "a proxy's request is not local");
    }
}

#[tokio::test]
async fn the_metrics_address_answers_metrics_and_nothing_else() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let own = format!("127.0.0.1:{port}");
    let natter = Natter::start_with(&[("METRICS_ADDR", &own), ("TRUSTED_PROXY_HOPS", "1")]).await;
    let url = format!("http://127.0.0.1:{port}");
    let metrics = answer(client().get(format!("{url}/metrics"))).await;
    assert_eq!(metrics.status, 200, "behind a proxy too: {}", metrics.text);
    assert_eq!(answer(client().get(format!("{url}/users"))).await.status, 404);
    drop(natter);
}

#[tokio::test]
async fn unknown_paths_methods_and_hosts_are_problems() {
    let natter = Natter::start().await;
    chat(&natter, Method::GET, "/nothing", "", Value::Null).await.problem(404, "not_found");
    chat(&natter, Method::DELETE, "/messages", "", Value::Null).await.problem(405, "method_not_allowed");
    for service in [&natter.users_url, &natter.chat_url] {
        let rebound = client().get(format!("{service}/")).header("host", "evil.example");
        answer(rebound).await.problem(421, "unknown_host");
    }
    let listed = Natter::start_with(&[("ALLOWED_HOSTS", "chat.example.org")]).await;
    let named = client().get(format!("{}/messages", listed.chat_url)).header("host", "chat.example.org:8080");
    answer(named).await.problem(401, "signed_out");
}
