//! The arguments and the acknowledgements of `watch` and `typing`.

use serde_json::json;
use testkit::faulty::Faults;
use testkit::socket_io::Received;
use testkit::wait::until;

use crate::app::{App, code};
use crate::watcher::{names, watcher};

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
        ("unwatch", json!({"room": 7}), "invalid", "room"),
        ("unwatch", json!({"away": true}), "invalid", "away"),
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
    let snapshot = client.emit_with_ack("watch", &[]).await;
    assert_eq!((names(&snapshot["people"]), &snapshot["typing"]), (vec!["ADA".to_owned()], &json!([])));
}

#[tokio::test]
async fn both_calls_work_without_an_acknowledgement() {
    let app = App::start().await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    let (mut adas, mut graces) = (app.socket(&ada).await, app.socket(&grace).await);
    adas.send_packet(r#"42["watch"]"#).await;
    let mut away = false;
    until("a change is announced", async || {
        away = !away;
        graces.emit_with_ack("watch", &[json!({"away": away})]).await;
        adas.try_receive()
            .await
            .filter(|received| matches!(received, Received::Event(name, _) if name == "presence"))
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
async fn a_socket_that_unwatches_receives_nothing_more() {
    let app = App::start().await;
    let (mut ada, grace) = (watcher(&app, "ada").await, app.person("grace").await);
    let mut graces = app.socket(&grace).await;
    for room in [json!({}), json!({}), json!({"room": uuid::Uuid::now_v7()})] {
        let answer = ada.client.emit_with_ack("unwatch", std::slice::from_ref(&room)).await;
        assert_eq!(answer, json!({"ok": true}), "{room}");
    }
    ada.forget();
    let mut edsger = watcher(&app, "edsger").await;
    graces.emit_with_ack("typing", &[]).await;
    assert_eq!(names(&edsger.next("typing").await["users"]), ["GRACE"]);
    graces.send("hello").await;
    let received = ada.client.receive().await;
    assert!(matches!(&received, Received::Event(name, _) if name == "chat message"), "{received:?}");
}

#[tokio::test]
async fn a_session_that_is_over_or_unknown_gets_no_people() {
    let faults = Faults::default();
    let app = App::start_with(|_| {}, |stores| faults.wrap(stores)).await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    let (mut good, mut revoked) = (app.socket(&ada).await, app.socket(&grace).await);
    faults.set_poll_unavailable(true);
    app.stores.tokens.sign_out_everywhere(grace.user.id).await.unwrap();
    for call in ["watch", "typing"] {
        until("the cache is stale", async || {
            let answer = revoked.emit_with_ack(call, &[]).await;
            (answer["code"] == json!("signed_out")).then_some(())
        })
        .await;
        assert_eq!(good.emit_with_ack(call, &[]).await["ok"], json!(true), "the store has the session");
    }
    faults.set_users_unavailable(true);
    for call in ["watch", "typing"] {
        assert_eq!(code(&good.emit_with_ack(call, &[]).await), "unavailable");
    }
}
