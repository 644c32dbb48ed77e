//! `watch`, `typing`, and what those are told who watch.

use std::time::Instant;

use serde_json::json;
use store::{DisplayName, NodeId, NodeReport, Person, SessionEnd, Timestamp, UserId};
use testkit::socket_io::{Client, Received};
use testkit::wait::until;

use crate::app::{App, code};
use crate::people::{Others, Watcher, names, watcher};
use testkit::faulty::Faults;

#[tokio::test]
async fn who_watches_is_shown_everybody() {
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
        let shown = adas.emit_with_ack("watch", std::slice::from_ref(&options)).await;
        let typing = json!([person(&grace, "GRACE", false)]);
        let all = json!({"ok": true, "people": both(away), "typing": typing, "count": 2});
        assert_eq!(shown, all, "{options}");
    }
}

// On several threads, so that the server is still at work on the connection when the client speaks.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_a_client_says_of_itself_as_soon_as_it_is_connected_counts() {
    let app = App::start_with(|config| config.max_sockets_per_user = 1_000, |stores| stores).await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    for _ in 0..100 {
        let shown = app.socket(&ada).await.emit_with_ack("watch", &[json!({"away": true})]).await;
        assert_eq!(shown["ok"], json!(true), "{shown}");
    }
    let mut graces = app.socket(&grace).await;
    until("all of hers said to be away, and those that left are forgotten", async || {
        let shown = graces.emit_with_ack("watch", &[]).await;
        (names(&shown["people"]) == ["GRACE"]).then_some(())
    })
    .await;
    let mut kept = Vec::new();
    for _ in 0..20 {
        let mut client = app.socket(&ada).await;
        client.send_packet(r#"42["watch",{"away":true}]"#).await;
        kept.push(client);
    }
    until("she is away", async || {
        let shown = graces.emit_with_ack("watch", &[]).await;
        (names(&shown["people"]) == ["GRACE", "ADA*"]).then_some(())
    })
    .await;
}

#[tokio::test]
async fn who_watches_is_told_who_comes_goes_and_changes() {
    let app = App::start().await;
    let mut ada = watcher(&app, "ada").await;
    let grace = app.person("grace").await;
    let mut graces = app.socket(&grace).await;
    let mut came = Vec::new();
    while !came.contains(&"GRACE".to_owned()) {
        came.extend(ada.next_names("joined").await.0);
    }
    graces.emit_with_ack("watch", &[json!({"away": true})]).await;
    assert_eq!(ada.next_names("joined").await, (vec!["GRACE*".to_owned()], 2));
    graces.emit_with_ack("watch", &[json!({"away": false})]).await;
    assert_eq!(ada.next_names("joined").await, (vec!["GRACE".to_owned()], 2));
    let name = DisplayName::parse("Amazing Grace").unwrap();
    app.stores.users.rename(grace.user.id, &name).await.unwrap();
    assert_eq!(ada.next_names("joined").await, (vec!["Amazing Grace".to_owned()], 2));
    drop(graces);
    assert_eq!(ada.next_names("left").await, (vec!["Amazing Grace".to_owned()], 1));
}

#[tokio::test]
async fn who_is_signed_out_or_deleted_is_there_no_more() {
    let app = App::start().await;
    let (grace, edsger) = (app.person("grace").await, app.person("edsger").await);
    let (_graces, _edsgers) = (app.socket(&grace).await, app.socket(&edsger).await);
    let other_session = app.session(&grace.user, |_| {});
    let elsewhere = app.socket(&other_session).await;
    let mut ada = watcher(&app, "ada").await;
    let end = |sid| SessionEnd { sid, until: Timestamp::now().plus_millis(60_000) };
    app.stores.users.sign_out(grace.user.id, end(grace.claims.sid)).await.unwrap();
    store::deletion::delete_user(&app.stores, edsger.user.id).await.unwrap();
    let gone = async |ada: &mut Watcher, name: &str| loop {
        let presence = ada.next("presence").await;
        if names(&presence["left"]).contains(&name.to_owned()) {
            return presence["count"].as_u64().unwrap();
        }
        assert_eq!(presence["left"], json!([]), "Grace has another session");
    };
    assert_eq!(gone(&mut ada, "EDSGER").await, 2);
    app.stores.users.sign_out(grace.user.id, end(other_session.claims.sid)).await.unwrap();
    assert_eq!(gone(&mut ada, "GRACE").await, 1);
    drop(elsewhere);
}

#[tokio::test]
async fn who_did_not_watch_is_told_nothing() {
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
async fn thirty_who_come_are_told_at_most_once_a_second() {
    let app = App::start().await;
    let mut ada = watcher(&app, "ada").await;
    let began = Instant::now();
    let mut clients = Vec::new();
    for number in 0..30 {
        let person = app.person(&format!("person{number}")).await;
        clients.push(app.socket(&person).await);
    }
    let (mut came, mut told) = (Vec::new(), 0);
    while came.len() < 30 {
        let (names, _) = ada.next_names("joined").await;
        came.extend(names.into_iter().filter(|name| name != "ADA"));
        told += 1;
    }
    assert!(told <= 2 + began.elapsed().as_secs(), "told {told} times in {:?}", began.elapsed());
    assert_eq!(Watcher::new(ada.client).await.shown["count"], json!(31));
}

#[tokio::test]
async fn wrong_options_are_refused_by_name() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let mut client = app.socket(&ada).await;
    let wrong = [
        ("watch", json!({"away": "yes"}), "invalid", "away"),
        ("watch", json!({"room": 7}), "invalid", "room"),
        ("watch", json!({"room": "attic"}), "unknown_room", "room"),
        ("watch", json!({"hidden": true}), "invalid", "hidden"),
        ("watch", json!("lobby"), "invalid", "options"),
        ("typing", json!({"room": []}), "invalid", "room"),
        ("typing", json!({"room": "attic"}), "unknown_room", "room"),
        ("typing", json!({"away": true}), "invalid", "away"),
        ("typing", json!(true), "invalid", "options"),
    ];
    for (event, options, expected, field) in wrong {
        let answer = client.emit_with_ack(event, std::slice::from_ref(&options)).await;
        assert_eq!(code(&answer), expected, "{event} {options}");
        assert!(answer["detail"].as_str().unwrap().starts_with(field), "{event} {options}: {answer}");
    }
    let shown = client.emit_with_ack("watch", &[]).await;
    assert_eq!((names(&shown["people"]), &shown["typing"]), (vec!["ADA".to_owned()], &json!([])));
}

#[tokio::test]
async fn both_calls_work_without_an_acknowledgement() {
    let app = App::start().await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    let (mut adas, mut graces) = (app.socket(&ada).await, app.socket(&grace).await);
    adas.send_packet(r#"42["watch"]"#).await;
    let mut away = false;
    until("what changes is told", async || {
        away = !away;
        graces.emit_with_ack("watch", &[json!({"away": away})]).await;
        adas.try_receive()
            .await
            .filter(|heard| matches!(heard, Received::Event(name, _) if name == "presence"))
    })
    .await;
    graces.send_packet(r#"42["typing",{"room":"lobby"}]"#).await;
    loop {
        let Received::Event(name, arguments) = adas.receive().await else { panic!("the session ended") };
        if name == "typing" {
            assert_eq!(arguments[0]["users"][0]["username"], json!("grace"));
            break;
        }
    }
}

#[tokio::test]
async fn a_session_that_is_over_or_cannot_be_judged_is_shown_nobody() {
    let faults = Faults::default();
    let app = App::start_with(|_| {}, |stores| faults.wrap(stores)).await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    let (mut good, mut revoked) = (app.socket(&ada).await, app.socket(&grace).await);
    faults.set_poll_unavailable(true);
    app.stores.users.sign_out_everywhere(grace.user.id).await.unwrap();
    for call in ["watch", "typing"] {
        until("the cache is stale", async || {
            let answer = revoked.emit_with_ack(call, &[]).await;
            (answer["code"] == json!("signed_out")).then_some(())
        })
        .await;
        assert_eq!(good.emit_with_ack(call, &[]).await["ok"], json!(true), "the store says so");
    }
    faults.set_users_unavailable(true);
    for call in ["watch", "typing"] {
        assert_eq!(code(&good.emit_with_ack(call, &[]).await), "unavailable");
    }
}

fn crowd(people: usize) -> NodeReport {
    let person = |number: usize| Person {
        id: UserId::new(),
        username: format!("person{number}"),
        display_name: "🙂".repeat(64),
        away: false,
    };
    let people: Vec<Person> = (0..people).map(person).collect();
    NodeReport { id: NodeId::new(), version: 1, count: people.len() as u64, people, typing: Vec::new() }
}

/// A service that knows of the people of other nodes.
async fn app_beside(others: &Others, reports: Vec<NodeReport>) -> (App, Client) {
    others.are(reports);
    let app = App::start_with(|_| {}, |stores| others.before(stores)).await;
    let ada = app.person("ada").await;
    let client = app.socket(&ada).await;
    (app, client)
}

#[tokio::test]
async fn answers_that_nobody_takes_are_bounded() {
    let others = Others::default();
    let (app, mut client) = app_beside(&others, vec![crowd(300)]).await;
    let grace = app.person("grace").await;
    let mut graces = app.socket(&grace).await;
    until("the people of the other node are known", async || {
        let shown = client.emit_with_ack("watch", &[]).await;
        let named = shown["people"].as_array().unwrap().len();
        assert!(named <= 200, "{named} people in one answer");
        (shown["count"] == json!(302)).then_some(())
    })
    .await;
    for _ in 0..600 {
        client.emit("watch", &[]).await;
    }
    client.send_packet(r#"42["chat message","all of it was asked"]"#).await;
    graces.next_message().await;
    let (mut given, mut refused) = (0, 0);
    while given + refused < 600 {
        let Received::Ack(_, answer) = client.receive().await else { continue };
        match answer["ok"] == json!(true) {
            true => given += 1,
            false => {
                assert_eq!(code(&answer), "overloaded");
                refused += 1;
            }
        }
    }
    assert!(given < 300, "{given} answers of 80 KB were held");
    until("it may ask again", async || {
        (client.emit_with_ack("watch", &[]).await["ok"] == json!(true)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn people_of_other_nodes_come_and_go_and_are_told_of_ours() {
    let others = Others::default();
    let (mut app, client) = app_beside(&others, vec![]).await;
    let mut ada = Watcher::new(client).await;
    let mut report = crowd(1);
    report.people[0].display_name = "Grace".into();
    report.typing.clone_from(&report.people);
    others.are(vec![report.clone()]);
    while !names(&ada.next("presence").await["joined"]).contains(&"Grace".to_owned()) {}
    assert_eq!(names(&ada.next("typing").await["users"]), ["Grace"]);
    (report.version, report.people[0].away) = (2, true);
    report.typing.clear();
    others.are(vec![report]);
    assert_eq!(ada.next_names("joined").await, (vec!["Grace*".to_owned()], 2));
    assert_eq!(ada.next("typing").await["users"], json!([]));
    others.are(vec![]);
    assert_eq!(ada.next_names("left").await, (vec!["Grace*".to_owned()], 1));

    ada.client.emit_with_ack("typing", &[]).await;
    let told = until("the other nodes are told who types here", async || {
        others.heard().filter(|report| !report.typing.is_empty())
    })
    .await;
    assert_eq!((told.count, told.people[0].display_name.as_str(), told.typing.len()), (1, "ADA", 1));
    app.begin_stop();
    app.stopped().await;
    assert_eq!(others.left(), [told.id]);
}
