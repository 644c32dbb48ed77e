//! Every call and event about a room, and the answer that each person must get.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use store::RoomId;
use testkit::http::client;

use super::scene::{Place, Scene, Who};
use crate::app::{App, Person};

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    Read,
    TakePart,
    /// Notes what was read.
    Mark,
    Join,
    Leave,
    Add,
    /// Changes the room, or removes somebody.
    Own,
    Archive,
    /// Ends what may have been begun in the room. Whether there is such a room makes no difference.
    End,
}

/// The answer that somebody must get: `ok`, or the code of a refusal.
pub(super) fn expected(deed: Deed, who: Who, place: Place) -> &'static str {
    use Deed::{Add, Archive, End, Join, Leave, Mark, Own, Read, TakePart};
    use Place::{ArchivedPrivate, ArchivedPublic, Direct, Private, Public};
    match (who, place, deed) {
        (_, _, End) => "ok",
        (Who::Former | Who::Stranger, Private | Direct | ArchivedPrivate, _) => "unknown_room",
        (_, _, Read) => "ok",
        (Who::Former | Who::Stranger, Public, Join) => "ok",
        (Who::Former | Who::Stranger, ArchivedPublic, TakePart | Join | Add | Own) => "archived",
        (Who::Former | Who::Stranger, _, _) => "forbidden",
        (_, Direct, TakePart | Mark | Join) => "ok",
        (_, Direct, _) => "forbidden",
        (_, ArchivedPublic | ArchivedPrivate, TakePart | Join | Add | Own) => "archived",
        (_, ArchivedPublic | ArchivedPrivate, Leave | Mark) => "ok",
        (Who::Owner, _, Leave) => "forbidden",
        (Who::Owner, _, _) => "ok",
        (Who::Member, _, Own | Archive) => "forbidden",
        (Who::Member, _, TakePart | Mark | Join | Leave | Add) => "ok",
    }
}

/// A call over HTTP: what it does, its method, its path with `ROOM`, `OTHER` and `NEW`, and its body.
pub(super) type Call = (Deed, Method, &'static str, Option<Value>);

/// Every call about a room.
pub(super) fn calls(room: &str) -> Vec<Call> {
    vec![
        (Deed::Read, Method::GET, "/rooms/ROOM", None),
        (Deed::Own, Method::PATCH, "/rooms/ROOM", Some(json!({"topic": "new"}))),
        (Deed::Archive, Method::DELETE, "/rooms/ROOM", None),
        (Deed::Read, Method::GET, "/rooms/ROOM/members", None),
        (Deed::Join, Method::PUT, "/rooms/ROOM/members/me", None),
        (Deed::Add, Method::PUT, "/rooms/ROOM/members/NEW", None),
        (Deed::Own, Method::PUT, "/rooms/ROOM/members/OTHER", Some(json!({"role": "owner"}))),
        (Deed::Leave, Method::DELETE, "/rooms/ROOM/members/me", None),
        (Deed::Own, Method::DELETE, "/rooms/ROOM/members/OTHER", None),
        (Deed::Read, Method::GET, "/rooms/ROOM/messages", None),
        (Deed::TakePart, Method::POST, "/rooms/ROOM/messages", Some(json!({"text": "hello"}))),
        (Deed::Read, Method::GET, "/messages?room=ROOM", None),
        (Deed::TakePart, Method::POST, "/messages", Some(json!({"text": "hello", "room": room}))),
        (Deed::Mark, Method::PUT, "/rooms/ROOM/read", Some(json!({"seq": 0}))),
        (Deed::TakePart, Method::PUT, "/rooms/ROOM/notify", Some(json!({"notify": "none"}))),
    ]
}

/// The request of a call by somebody.
pub(super) fn request(
    app: &App,
    scene: &Scene<'_>,
    person: &Person,
    room: &str,
    (_, method, path, body): &Call,
) -> RequestBuilder {
    let path = path
        .replace("ROOM", room)
        .replace("OTHER", &scene.other.user.username)
        .replace("NEW", &scene.newcomer.user.id.to_string());
    let request = client().request(method.clone(), format!("{}{path}", app.url)).bearer_auth(&person.token);
    match body {
        Some(body) => request.json(body),
        None => request,
    }
}

/// Every event about a room.
pub(super) fn events(scene: &Scene<'_>, room: RoomId) -> Vec<(Deed, &'static str, Vec<Value>)> {
    let other = &scene.other.user.username;
    let options = |more: Value| {
        let mut options = json!({"room": room.to_string()});
        more.as_object().unwrap().iter().for_each(|(name, value)| options[name] = value.clone());
        vec![options]
    };
    vec![
        (Deed::Read, "room", options(json!({}))),
        (Deed::Own, "change room", options(json!({"topic": "new"}))),
        (Deed::Archive, "change room", options(json!({"archived": true}))),
        (Deed::Read, "members", options(json!({}))),
        (Deed::Join, "join", options(json!({}))),
        (Deed::Add, "add", options(json!({"user": scene.newcomer.user.username}))),
        (Deed::Own, "set role", options(json!({"user": other, "role": "owner"}))),
        (Deed::Leave, "leave", options(json!({}))),
        (Deed::Own, "remove", options(json!({"user": other}))),
        (Deed::Read, "history", options(json!({}))),
        (Deed::TakePart, "chat message", [vec![json!("hello")], options(json!({}))].concat()),
        (Deed::TakePart, "watch", options(json!({}))),
        (Deed::End, "unwatch", options(json!({}))),
        (Deed::TakePart, "typing", options(json!({}))),
        (Deed::Mark, "read", options(json!({"seq": 0}))),
        (Deed::TakePart, "notify", options(json!({"notify": "none"}))),
    ]
}
