//! The description of calls about rooms: the refusals, and which bodies are taken.

use serde_json::{Value, json};
use store::RoomKind;
use testkit::builders;
use testkit::http::answer;
use testkit::openapi::Description;

use super::{calls, holds, in_room, request, room_of};
use crate::app::{App, Person};

#[tokio::test]
async fn what_is_refused_in_a_room_is_described() {
    let app = App::start().await;
    let document = Description::fetch(&app.url).await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    let private = room_of(&app, &ada).await;
    let public = builders::make_room(&app.stores, RoomKind::Public, "Garden", &ada.user, &[]).await.id;
    let archived = builders::make_room(&app.stores, RoomKind::Public, "Past", &ada.user, &[]).await.id;
    let archive = request(&app, Some(&ada), &in_room("DELETE /rooms/{id}", archived));
    holds(&document, "DELETE /rooms/{id}", 204, archive).await;
    for (call, _, body) in calls().into_iter().filter(|(call, ..)| call.contains("{id}")) {
        let send = async |person: &Person, room, status| {
            let request =
                request(&app, Some(person), &in_room(call, room)).json(&body.clone().unwrap_or_default());
            holds(&document, call, status, request).await;
        };
        send(&grace, private, 404).await;
        let (is_read, may_join) = (call.starts_with("GET"), call.starts_with("PUT"));
        if !is_read {
            send(&grace, public, 403).await;
        }
        if (call.starts_with("POST") || may_join) && !call.ends_with("/read") {
            send(&ada, archived, 409).await;
        }
    }
    let post = |path: &str, body: Value| request(&app, Some(&ada), path).json(&body);
    for name in ["", "GARDEN"] {
        let body = json!({"name": name, "kind": "public"});
        holds(&document, "POST /rooms", 422, post("POST /rooms", body)).await;
    }
    for (status, names) in [(201, json!(["grace"])), (200, json!(["grace"])), (422, json!(["nobody-here"]))] {
        holds(&document, "POST /direct", status, post("POST /direct", json!({"usernames": names}))).await;
    }
    for body in [
        json!({"name": "Plans", "kind": "private"}),
        json!({"name": "Plans", "kind": "direct"}),
        json!({"name": "x".repeat(65), "kind": "private"}),
        json!({"name": "Plans", "kind": "private", "topic": "x".repeat(251)}),
        json!({"kind": "private"}),
    ] {
        let answer = answer(post("POST /rooms", body.clone())).await;
        assert_eq!(document.takes("POST /rooms", &body), answer.status == 201, "{body}: {}", answer.text);
    }
    let put = "PUT /rooms/{id}/members/{user}";
    for (status, body) in
        [(201, None), (200, None), (200, Some(json!({"role": "owner"}))), (422, Some(json!({"role": 1})))]
    {
        let request = request(&app, Some(&ada), &in_room(put, private));
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        holds(&document, put, status, request).await;
    }
}
