//! `watch`, `presence` and `typing` of rooms other than the lobby: of members, for members.

use serde_json::{Value, json};
use store::{NodeReport, RoomId, RoomKind, TypingReport};
use testkit::builders::make_room;
use testkit::fake_nodes::{self, FakeNodes};
use testkit::socket_io::Received;
use testkit::wait::until;

use crate::app::{App, Person, code};
use crate::watcher::{Watcher, names};

/// A room that a person has made, with these others in it. It is made in the store, as by another node.
async fn room(app: &App, name: &str, kind: RoomKind, by: &Person, others: &[&Person]) -> RoomId {
    let others: Vec<_> = others.iter().map(|other| &other.user).collect();
    make_room(&app.stores, kind, name, &by.user, &others).await.id
}

fn of(room: RoomId) -> Value {
    json!({"room": room.to_string()})
}

/// Ada, Grace and Edsger, each with a socket.
struct Three {
    app: App,
    ada: Person,
    grace: Person,
    edsger: Person,
}

impl Three {
    async fn start() -> Self {
        let app = App::start().await;
        let [ada, grace, edsger] = ["ada", "grace", "edsger"].map(|name| app.person(name));
        let (ada, grace, edsger) = (ada.await, grace.await, edsger.await);
        Self { app, ada, grace, edsger }
    }

    async fn watcher(&self, person: &Person, room: RoomId) -> Watcher {
        Watcher::of_room(self.app.socket(person).await, room).await
    }
}

#[tokio::test]
async fn a_room_has_its_members_who_are_here() {
    let Three { app, ada, grace, edsger } = &Three::start().await;
    let room = room(app, "attic", RoomKind::Private, ada, &[grace]).await;
    let mut edsgers = app.socket(edsger).await;
    let mut adas = Watcher::of_room(app.socket(ada).await, room).await;
    assert_eq!((names(&adas.snapshot["people"]), &adas.snapshot["count"]), (vec!["ADA".into()], &json!(1)));
    let mut graces = app.socket(grace).await;
    let presence = adas.next("presence").await;
    assert_eq!(
        (&presence["room"], names(&presence["joined"])),
        (&json!(room.to_string()), vec!["GRACE".into()])
    );
    graces.emit_with_ack("typing", &[of(room)]).await;
    assert_eq!(names(&adas.next("typing").await["users"]), ["GRACE"]);

    for event in ["watch", "typing"] {
        let (refused, no_such) = (
            edsgers.emit_with_ack(event, &[of(room)]).await,
            edsgers.emit_with_ack(event, &[of(RoomId::generate())]).await,
        );
        assert_eq!((code(&refused), &refused), ("unknown_room", &no_such), "{event}");
    }
    assert_eq!(edsgers.emit_with_ack("unwatch", &[of(room)]).await, json!({"ok": true}), "as for any room");
    app.stores.rooms.add(room, edsger.user.id).await.unwrap();
    assert_eq!(adas.next_names("joined").await, (vec!["EDSGER".to_owned()], 3));
}

#[tokio::test]
async fn who_only_looks_into_a_public_room_does_not_watch_it() {
    let Three { app, ada, grace, .. } = &Three::start().await;
    let room = room(app, "garden", RoomKind::Public, ada, &[]).await;
    let mut graces = app.socket(grace).await;
    for event in ["watch", "typing"] {
        assert_eq!(code(&graces.emit_with_ack(event, &[of(room)]).await), "forbidden", "{event}");
    }
    app.stores.rooms.add(room, grace.user.id).await.unwrap();
    until("she is in", async || {
        let watched = graces.emit_with_ack("watch", &[of(room)]).await;
        (watched["ok"] == json!(true)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_removed_member_receives_nothing_more_and_is_not_shown() {
    let three = Three::start().await;
    let Three { app, ada, grace, edsger } = &three;
    let room = room(app, "attic", RoomKind::Private, ada, &[grace, edsger]).await;
    let mut graces = three.watcher(grace, room).await;
    let mut edsgers = three.watcher(edsger, room).await;
    let mut adas = three.watcher(ada, room).await;
    graces.client.emit_with_ack("typing", &[of(room)]).await;
    assert_eq!(names(&adas.next("typing").await["users"]), ["GRACE"]);
    app.stores.rooms.remove(room, grace.user.id).await.unwrap();
    while names(&edsgers.next("presence").await["left"]) != ["GRACE"] {}
    assert_eq!(adas.next("typing").await["users"], json!([]), "nor is she typing there");
    // She may have received what was on its way until now.
    assert_eq!(code(&graces.client.emit_with_ack("watch", &[of(room)]).await), "unknown_room");
    graces.forget();
    adas.client.emit_with_ack("typing", &[of(room)]).await;
    while names(&edsgers.next("typing").await["users"]) != ["ADA"] {}
    adas.client.send("to the lobby").await;
    let received = graces.client.receive().await;
    assert!(matches!(&received, Received::Event(name, _) if name == "chat message"), "{received:?}");

    app.stores.rooms.add(room, grace.user.id).await.unwrap();
    while names(&edsgers.next("presence").await["joined"]) != ["GRACE"] {}
    let again = graces.client.emit_with_ack("watch", &[of(room)]).await;
    assert_eq!(names(&again["people"]), ["ADA", "EDSGER", "GRACE"]);
}

#[tokio::test]
async fn a_direct_room_shows_its_other_people() {
    let three = Three::start().await;
    let Three { app, ada, grace, edsger } = &three;
    let people = [ada.user.id, grace.user.id];
    let made = app.stores.rooms.direct(&people, ada.user.id).await.unwrap();
    let store::DirectRoom::Room(direct, true) = made else { panic!("{made:?}") };
    let mut adas = three.watcher(ada, direct.id).await;
    let _edsgers = app.socket(edsger).await;
    let mut graces = app.socket(grace).await;
    assert_eq!(adas.next_names("joined").await, (vec!["GRACE".to_owned()], 2));
    graces.emit_with_ack("watch", &[json!({"away": true})]).await;
    assert_eq!(adas.next_names("joined").await, (vec!["GRACE*".to_owned()], 2));
    drop(graces);
    assert_eq!(adas.next_names("left").await, (vec!["GRACE*".to_owned()], 1));
}

#[tokio::test]
async fn a_socket_watches_a_hundred_rooms_and_not_one_more() {
    let three = Three::start().await;
    let (app, ada) = (&three.app, &three.ada);
    let mut rooms = Vec::new();
    for number in 0..100 {
        rooms.push(room(app, &format!("room {number}"), RoomKind::Private, ada, &[]).await);
    }
    let mut client = app.socket(ada).await;
    for room in &rooms {
        assert_eq!(client.emit_with_ack("watch", &[of(*room)]).await["count"], json!(1));
    }
    let refused = client.emit_with_ack("watch", &[]).await;
    assert_eq!(code(&refused), "forbidden");
    assert!(refused["detail"].as_str().unwrap().contains("100"), "{refused}");
    assert_eq!(
        client.emit_with_ack("watch", &[of(rooms[0])]).await["count"],
        json!(1),
        "once more is no more"
    );
    client.emit_with_ack("unwatch", &[of(rooms[0])]).await;
    assert_eq!(client.emit_with_ack("watch", &[]).await["ok"], json!(true));
}

#[tokio::test]
async fn the_people_of_other_nodes_are_in_the_rooms_whose_members_they_are() {
    let nodes = FakeNodes::default();
    let app = App::start_with(|_| {}, |stores| nodes.wrap(stores)).await;
    let (ada, grace, edsger) =
        (app.person("ada").await, app.person("grace").await, app.person("edsger").await);
    let room = room(&app, "attic", RoomKind::Private, &ada, &[&grace]).await;
    let mut adas = Watcher::of_room(app.socket(&ada).await, room).await;
    let here = |person: &Person| {
        let store::Sender { id, username, display_name } = (&person.user).into();
        store::Person { id, username, display_name, away: false }
    };
    let users = vec![grace.user.id, edsger.user.id];
    let report = fake_nodes::report_of(vec![here(&grace), here(&edsger)]);
    nodes.set_others(vec![NodeReport { typing: vec![TypingReport { room, users }], ..report }]);
    assert_eq!(adas.next_names("joined").await, (vec!["GRACE".to_owned()], 2), "and not Edsger");
    assert_eq!(names(&adas.next("typing").await["users"]), ["GRACE"]);
    adas.client.emit_with_ack("typing", &[of(room)]).await;
    let reported = until("the report has who is typing here", async || {
        nodes.last_reported().filter(|report| !report.typing.is_empty())
    })
    .await;
    assert_eq!(reported.typing, [TypingReport { room, users: vec![ada.user.id] }]);
    nodes.set_others(vec![]);
    assert_eq!(adas.next_names("left").await, (vec!["GRACE".to_owned()], 1));
}
