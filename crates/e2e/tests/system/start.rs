//! Starting: settings, help, the first start and the second process.

use std::os::unix::fs::PermissionsExt;

use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::http::{call, client};
use testkit::process::backend::{Backend, fresh_database, shared_uri};
use testkit::process::natter::{Natter, run_to_end};
use testkit::process::people::Person;

on_both_stores! {
    neither_token_nor_password_nor_text_is_logged_at_any_level
}

const KEY: &str = "0123456789abcdef0123456789abcdef";

fn text(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned()
}

#[tokio::test]
async fn it_prints_the_sign_up_url_and_that_page_exists() {
    let natter = Natter::start().await;
    let line = format!("Natter is running. Sign up at {}/signup", natter.users_url);
    assert!(natter.printed().lines().any(|printed| printed == line), "{}", natter.printed());
    let page = testkit::http::answer(client().get(format!("{}/signup", natter.users_url))).await;
    assert_eq!(page.status, 200);
}

#[tokio::test]
async fn loopback_addresses_are_reachable_over_ipv4_and_ipv6() {
    if std::net::TcpListener::bind("[::1]:0").is_err() {
        return;
    }
    let natter = Natter::start().await;
    for host in ["127.0.0.1", "[::1]", "localhost"] {
        let url = format!("http://{host}:{}/health/live", natter.chat_port);
        assert_eq!(testkit::http::answer(client().get(url)).await.status, 200, "{host}");
    }
}

#[tokio::test]
async fn every_bad_setting_is_reported_by_name_before_anything_is_touched() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let output = run_to_end(
        &["--hash-queue", "none"],
        &[
            ("DATA_DIR", data.to_str().unwrap()),
            ("USERS_ADDR", "everywhere"),
            ("CHAT_ADDR", "0.0.0.0:0"),
            ("ACCESS_TOKEN_SECRET", "hidden but short"),
            ("MONGODB_URI", "hidden@db:27017"),
            ("SEND_RATE", "fast"),
            ("LOG_FORMAT", "xml"),
        ],
    )
    .await;
    let printed = text(&output);
    assert_eq!(output.status.code(), Some(2), "{printed}");
    for part in [
        "HASH_QUEUE is \"none\" (from the command line): must be a whole number",
        "USERS_ADDR is \"everywhere\" (from the environment): must be an IP address and a port",
        "CHAT_URL is not set",
        "ACCESS_TOKEN_SECRET (from the environment, not shown): must be 32 bytes or more",
        "MONGODB_URI (from the environment, not shown): must be mongodb://",
        "SEND_RATE is \"fast\"",
        "LOG_FORMAT is \"xml\" (from the environment): must be text or json",
    ] {
        assert!(printed.contains(part), "{part:?} is missing in\n{printed}");
    }
    assert!(!printed.contains("hidden"), "a secret is shown in\n{printed}");
    assert!(!data.exists(), "nothing was made");
}

#[tokio::test]
async fn one_service_alone_does_not_start_without_a_shared_store() {
    for service in ["users", "chat"] {
        let output = run_to_end(&[service], &[]).await;
        let printed = text(&output);
        assert_eq!(output.status.code(), Some(2), "{printed}");
        assert!(printed.contains("MONGODB_URI is not set"), "{printed}");
    }
}

#[tokio::test]
async fn on_mongodb_it_does_not_start_without_the_shared_key() {
    for words in [&[][..], &["users"], &["chat"]] {
        let output = run_to_end(words, &[("MONGODB_URI", "mongodb://127.0.0.1:1/")]).await;
        let printed = text(&output);
        assert_eq!(output.status.code(), Some(2), "{printed}");
        assert!(printed.contains("ACCESS_TOKEN_SECRET is not set"), "{printed}");
    }
}

#[tokio::test]
async fn a_mongodb_uri_that_the_driver_refuses_stops_the_start_and_is_not_shown() {
    for uri in ["mongodb://ann:hidden@/", "mongodb://ann:hidden@db:port/", "mongodb://ann:hi/dden@db/"] {
        let settings =
            [("MONGODB_URI", uri), ("ACCESS_TOKEN_SECRET", KEY), ("DATA_DIR", "/nonexistent/natter")];
        let output = run_to_end(&[], &settings).await;
        let printed = text(&output);
        assert!(!output.status.success() && printed.contains("MONGODB_URI"), "{printed}");
        assert!(
            !printed.contains("hidden") && !printed.contains("dden"),
            "the password is shown in\n{printed}"
        );
    }
}

#[tokio::test]
async fn a_mongodb_that_refuses_the_password_stops_the_start_and_the_password_is_not_shown() {
    let uri = fresh_database(&shared_uri()).replacen("mongodb://", "mongodb://ann:hidden@", 1);
    let settings = [("MONGODB_URI", &uri[..]), ("ACCESS_TOKEN_SECRET", KEY), ("LOG", "trace")];
    let output = run_to_end(&[], &settings).await;
    let printed = text(&output);
    assert_eq!(output.status.code(), Some(1), "{printed}");
    assert!(
        printed.contains("refuses its user or password") && printed.contains("authSource=admin"),
        "{printed}"
    );
    assert!(!printed.contains("hidden"), "the password is shown in\n{printed}");
}

#[tokio::test]
async fn a_replica_set_of_another_name_stops_the_start_with_its_own_name() {
    let uri = fresh_database(&shared_uri()).replacen("replicaSet=rs0", "replicaSet=main", 1);
    let output = run_to_end(&[], &[("MONGODB_URI", &uri[..]), ("ACCESS_TOKEN_SECRET", KEY)]).await;
    let printed = text(&output);
    assert_eq!(output.status.code(), Some(1), "{printed}");
    assert!(printed.contains("replicaSet=main, but the server at 127.0.0.1:"), "{printed}");
    assert!(printed.contains("of the replica set \"rs0\": say replicaSet=rs0"), "{printed}");
}

#[tokio::test]
async fn an_unknown_flag_stops_with_the_reason() {
    let output = run_to_end(&["--no-such-flag"], &[]).await;
    assert!(!output.status.success() && text(&output).contains("--no-such-flag"), "{}", text(&output));
}

#[tokio::test]
async fn the_help_lists_the_settings_with_their_defaults() {
    let output = run_to_end(&["--help"], &[]).await;
    assert!(output.status.success());
    let help = text(&output);
    for part in ["--users-addr", "127.0.0.1:3000", "--chat-addr", "--data-dir", "--send-rate", "--read-rate"]
    {
        assert!(help.contains(part), "{part} is missing in\n{help}");
    }
}

#[tokio::test]
async fn a_second_process_on_the_same_data_exits_with_the_reason() {
    let natter = Natter::start().await;
    let data = natter.data_dir().to_str().unwrap();
    let second =
        run_to_end(&[], &[("DATA_DIR", data), ("USERS_ADDR", "127.0.0.1:0"), ("CHAT_ADDR", "127.0.0.1:0")])
            .await;
    let printed = text(&second);
    assert_eq!(second.status.code(), Some(1), "{printed}");
    assert!(printed.contains(data) && printed.contains("another Natter process"), "{printed}");
    Person::sign_up(&natter, "Ann").await.post(&natter, "the first one works on").await;
}

#[tokio::test]
async fn a_used_port_stops_the_start_and_names_the_setting() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let folder = TempDir::new().unwrap();
    let data = folder.path().to_str().unwrap();
    let output =
        run_to_end(&[], &[("DATA_DIR", data), ("USERS_ADDR", "127.0.0.1:0"), ("CHAT_ADDR", &address)]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output).contains("CHAT_ADDR") && text(&output).contains(&address), "{}", text(&output));
}

#[tokio::test]
async fn the_key_is_created_once_for_its_owner_only_and_tokens_outlive_a_restart() {
    let natter = Natter::start().await;
    let ann = Person::sign_up(&natter, "Ann").await;
    let key = natter.data_dir().join("secret");
    assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    let natter = natter.kill_and_restart().await;
    let mine = call(Method::GET, &format!("{}/users/me", natter.users_url), &ann.token, &Value::Null).await;
    assert_eq!(mine.status, 200, "{}", mine.text);
}

#[tokio::test]
async fn a_configured_key_is_used_and_no_file_is_created() {
    let natter = Natter::start_with(&[("ACCESS_TOKEN_SECRET", KEY)]).await;
    Person::sign_up(&natter, "Ann").await;
    assert!(!natter.data_dir().join("secret").exists());
}

async fn neither_token_nor_password_nor_text_is_logged_at_any_level(backend: Backend) {
    let natter = Natter::start_on_with(backend, &[("LOG", "trace")]).await;
    let (password, words) = ("a password to hide", "words to hide");
    let body = json!({"username": "Ann", "password": password});
    call(Method::POST, &format!("{}/users", natter.users_url), "", &body).await;
    let login = call(Method::POST, &format!("{}/login", natter.users_url), "", &body).await.json();
    let token = login["token"].as_str().unwrap().to_owned();
    let ann = Person { id: String::new(), username: "Ann".into(), token: token.clone() };
    testkit::http::answer(client().get(format!("{}/?jwt={token}", natter.chat_url))).await;
    let form = client()
        .post(format!("{}/login", natter.users_url))
        .form(&[("username", "Ann"), ("password", password)]);
    testkit::http::answer(form.header("origin", &natter.users_url)).await;
    call(
        Method::POST,
        &format!("{}/login", natter.users_url),
        "",
        &json!({"username": "Ann", "password": [password]}),
    )
    .await;
    ann.post(&natter, words).await;
    let mut socket = testkit::socket_io::Client::connect(&natter.chat_url, &token).await;
    socket.send(words).await;
    socket.emit_with_ack("chat message", &[json!({"text": words})]).await;
    socket.send_packet(&format!("42[\"no such event\",\"{words}\"]")).await;
    socket.send_packet(&format!("42[broken \"{words}\"")).await;
    let mut polling = testkit::socket_io::Polling::connect(&natter.chat_url, &token).await;
    polling.emit("chat message", &json!(words)).await;
    polling.send_packet(&format!("9{words}")).await;
    polling.receive().await;
    let mut refused =
        testkit::socket_io::Client::open(&natter.chat_url, &format!("&jwt={token}x"), &[]).await.unwrap();
    refused.send_packet("40").await;
    refused.receive().await;
    natter.terminate();
    let mut natter = natter;
    natter.ended().await;
    let log = natter.printed();
    let signature = token.rsplit('.').next().unwrap();
    for secret in [password, words, &token, signature, "a+password", "a%20password"] {
        assert!(!log.contains(secret), "{secret:?} is in the log:\n{log}");
    }
    assert!(log.contains("TRACE") || log.contains("DEBUG"), "the log is as talkative as asked for:\n{log}");
}
