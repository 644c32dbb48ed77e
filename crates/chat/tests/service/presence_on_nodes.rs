//! The people of other nodes.

use serde_json::json;
use store::{NodeReport, Person, RoomId, TypingReport, UserId};
use testkit::fake_nodes::{self, FakeNodes};
use testkit::socket_io::{Client, Received};
use testkit::wait::until;

use crate::app::{App, code};
use crate::watcher::{Watcher, names};

/// A report of people with long names.
fn report_of(people: usize) -> NodeReport {
    let person = |number: usize| Person {
        id: UserId::new(),
        username: format!("person{number}"),
        display_name: "🙂".repeat(64),
        away: false,
    };
    fake_nodes::report_of((0..people).map(person).collect())
}

/// A service beside other nodes, and a socket of it.
async fn app_beside(nodes: &FakeNodes, reports: Vec<NodeReport>) -> (App, Client) {
    nodes.set_others(reports);
    let app = App::start_with(|_| {}, |stores| nodes.wrap(stores)).await;
    let ada = app.person("ada").await;
    let client = app.socket(&ada).await;
    (app, client)
}

#[tokio::test]
async fn answers_that_the_client_does_not_read_are_bounded() {
    let nodes = FakeNodes::default();
    let (app, mut client) = app_beside(&nodes, vec![report_of(300)]).await;
    let grace = app.person("grace").await;
    let mut graces = app.socket(&grace).await;
    until("the people of the other node are known", async || {
        let snapshot = client.emit_with_ack("watch", &[]).await;
        let listed = snapshot["people"].as_array().unwrap().len();
        assert!(listed <= 200, "{listed} people in one answer");
        (snapshot["count"] == json!(302)).then_some(())
    })
    .await;
    for _ in 0..400 {
        client.emit("watch", &[]).await;
    }
    client.send_packet(r#"42["chat message","all of it was sent"]"#).await;
    graces.next_message().await;
    let (mut answered, mut refused) = (0, 0);
    while answered + refused < 400 {
        let Received::Ack(_, answer) = client.receive().await else { continue };
        match answer["ok"] == json!(true) {
            true => answered += 1,
            false => {
                assert_eq!(code(&answer), "overloaded");
                refused += 1;
            }
        }
    }
    assert!(answered < 300, "{answered} answers of 80 KB were held");
    until("it may ask again after it has read them", async || {
        (client.emit_with_ack("watch", &[]).await["ok"] == json!(true)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn the_people_of_other_nodes_join_and_leave_and_ours_are_reported() {
    let nodes = FakeNodes::default();
    let (mut app, client) = app_beside(&nodes, vec![]).await;
    let mut ada = Watcher::new(client).await;
    let mut report = report_of(1);
    report.people[0].display_name = "Grace".into();
    let users = vec![report.people[0].id];
    report.typing.push(TypingReport { room: RoomId::LOBBY, users });
    nodes.set_others(vec![report.clone()]);
    while !names(&ada.next("presence").await["joined"]).contains(&"Grace".to_owned()) {}
    assert_eq!(names(&ada.next("typing").await["users"]), ["Grace"]);
    (report.version, report.people[0].away) = (2, true);
    report.typing.clear();
    nodes.set_others(vec![report]);
    assert_eq!(ada.next_names("joined").await, (vec!["Grace*".to_owned()], 2));
    assert_eq!(ada.next("typing").await["users"], json!([]));
    nodes.set_others(vec![]);
    assert_eq!(ada.next_names("left").await, (vec!["Grace*".to_owned()], 1));

    ada.client.emit_with_ack("typing", &[]).await;
    let reported = until("the report has who is typing here", async || {
        nodes.last_reported().filter(|report| !report.typing.is_empty())
    })
    .await;
    let typing = reported.typing[0].users.len();
    assert_eq!((reported.count, reported.people[0].display_name.as_str(), typing), (1, "ADA", 1));
    app.begin_stop();
    app.stopped().await;
    assert_eq!(nodes.left(), [reported.id]);
}
