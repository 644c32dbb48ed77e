//! `watch`, and the `presence` events that follow it.

use std::time::Instant;

use serde_json::json;
use store::{DisplayName, SessionEnd, Timestamp};
use testkit::socket_io::Received;
use testkit::wait::until;

use crate::app::App;
use crate::watcher::{Watcher, names, watcher};

#[tokio::test]
async fn the_answer_to_watch_lists_everybody() {
    let app = App::start().await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    let mut graces = app.socket(&grace).await;
    assert_eq!(graces.emit_with_ack("typing", &[]).await, json!({"ok": true}));
    let mut adas = app.socket(&ada).await;
    let person = |person: &crate::app::Person, name: &str, away: bool| json!({"id": person.user.id.to_string(), "username": person.user.username, "display_name": name, "away": away});
    let both = |away| match away {
        false => json!([person(&ada, "ADA", false), person(&grace, "GRACE", false)]),
        true => json!([person(&grace, "GRACE", false), person(&ada, "ADA", true)]),
    };
    for (options, away) in
        [(json!({"room": "lobby"}), false), (json!({"away": true}), true), (json!({}), true)]
    {
        let snapshot = adas.emit_with_ack("watch", std::slice::from_ref(&options)).await;
        let typing = json!([person(&grace, "GRACE", false)]);
        let all = json!({"ok": true, "people": both(away), "typing": typing, "count": 2});
        assert_eq!(snapshot, all, "{options}");
    }
}

// On several threads, so that the client sends while the server still sets up the connection.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_a_client_says_as_soon_as_it_is_connected_counts() {
    let app = App::start_with(|config| config.max_sockets_per_user = 1_000, |stores| stores).await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    for _ in 0..100 {
        let snapshot = app.socket(&ada).await.emit_with_ack("watch", &[json!({"away": true})]).await;
        assert_eq!(snapshot["ok"], json!(true), "{snapshot}");
    }
    let mut graces = app.socket(&grace).await;
    until("all of her sockets are closed and she is gone", async || {
        let snapshot = graces.emit_with_ack("watch", &[]).await;
        (names(&snapshot["people"]) == ["GRACE"]).then_some(())
    })
    .await;
    let mut kept = Vec::new();
    for _ in 0..20 {
        let mut client = app.socket(&ada).await;
        client.send_packet(r#"42["watch",{"away":true}]"#).await;
        kept.push(client);
    }
    until("she is away", async || {
        let snapshot = graces.emit_with_ack("watch", &[]).await;
        (names(&snapshot["people"]) == ["GRACE", "ADA*"]).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_watcher_receives_who_joins_leaves_and_changes() {
    let app = App::start().await;
    let mut ada = watcher(&app, "ada").await;
    let grace = app.person("grace").await;
    let mut graces = app.socket(&grace).await;
    let mut joined = Vec::new();
    while !joined.contains(&"GRACE".to_owned()) {
        joined.extend(ada.next_names("joined").await.0);
    }
    graces.emit_with_ack("watch", &[json!({"away": true})]).await;
    assert_eq!(ada.next_names("joined").await, (vec!["GRACE*".to_owned()], 2));
    graces.emit_with_ack("watch", &[json!({"away": false})]).await;
    assert_eq!(ada.next_names("joined").await, (vec!["GRACE".to_owned()], 2));
    let name = DisplayName::parse("Amazing Grace").unwrap();
    app.stores.accounts.rename(grace.user.id, &name).await.unwrap();
    assert_eq!(ada.next_names("joined").await, (vec!["Amazing Grace".to_owned()], 2));
    drop(graces);
    assert_eq!(ada.next_names("left").await, (vec!["Amazing Grace".to_owned()], 1));
}

#[tokio::test]
async fn a_signed_out_or_deleted_user_leaves_at_once() {
    let app = App::start().await;
    let (grace, edsger) = (app.person("grace").await, app.person("edsger").await);
    let (_graces, _edsgers) = (app.socket(&grace).await, app.socket(&edsger).await);
    let other_session = app.session(&grace.user, |_| {});
    let other_socket = app.socket(&other_session).await;
    let mut ada = watcher(&app, "ada").await;
    let end = |sid| SessionEnd { sid, until: Timestamp::now().plus_millis(60_000) };
    app.stores.tokens.sign_out(grace.user.id, end(grace.claims.sid)).await.unwrap();
    store::deletion::delete_user(&app.stores, edsger.user.id).await.unwrap();
    let gone = async |ada: &mut Watcher, name: &str| loop {
        let presence = ada.next("presence").await;
        if names(&presence["left"]).contains(&name.to_owned()) {
            return presence["count"].as_u64().unwrap();
        }
        assert_eq!(presence["left"], json!([]), "Grace has another session");
    };
    assert_eq!(gone(&mut ada, "EDSGER").await, 2);
    app.stores.tokens.sign_out(grace.user.id, end(other_session.claims.sid)).await.unwrap();
    assert_eq!(gone(&mut ada, "GRACE").await, 1);
    drop(other_socket);
}

#[tokio::test]
async fn a_socket_that_did_not_watch_receives_nothing() {
    let app = App::start().await;
    let stock = app.person("stock").await;
    let mut stocks = app.socket(&stock).await;
    let mut ada = watcher(&app, "ada").await;
    let grace = app.person("grace").await;
    let mut graces = app.socket(&grace).await;
    graces.emit_with_ack("typing", &[]).await;
    ada.next("typing").await;
    ada.next("presence").await;
    graces.send("hello").await;
    assert!(
        matches!(stocks.receive().await, Received::Event(name, _) if name == "chat message"),
        "and nothing before"
    );
}

#[tokio::test]
async fn thirty_joins_are_announced_at_most_once_a_second() {
    let app = App::start().await;
    let mut ada = watcher(&app, "ada").await;
    let began = Instant::now();
    let mut clients = Vec::new();
    for number in 0..30 {
        let person = app.person(&format!("person{number}")).await;
        clients.push(app.socket(&person).await);
    }
    let (mut joined, mut announcements) = (Vec::new(), 0);
    while joined.len() < 30 {
        let (names, _) = ada.next_names("joined").await;
        joined.extend(names.into_iter().filter(|name| name != "ADA"));
        announcements += 1;
    }
    let elapsed = began.elapsed();
    assert!(announcements <= 2 + elapsed.as_secs(), "{announcements} announcements in {elapsed:?}");
    assert_eq!(Watcher::new(ada.client).await.snapshot["count"], json!(31));
}
