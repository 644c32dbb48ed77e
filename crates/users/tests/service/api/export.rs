//! `GET /users/{id}/export` and `GET /account/export`.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use store::{MAX_SENT_PAGE, NewEntry, Notify, ReadMark, RoomKind, UserId};
use testkit::builders::{self, new_entry, stored};

use crate::support::app::{App, answer};
use crate::support::browser::{is_page, page_of};
use crate::support::export_client::{lines, lines_and_rooms, rest, slow_export, store_messages};
use testkit::openapi::Description;

#[tokio::test]
async fn an_export_holds_the_account_then_every_own_message_in_order_then_their_number() {
    let app = App::start().await;
    let (ada, grace) = (app.sign_up("ada").await, app.sign_up("grace").await);
    let log = store_messages(&app, &[&ada, &grace], 10_000, "“words”\nand more").await;
    let cookie = app.request(Method::GET, "/account/export").header("cookie", ada.cookie());
    for answer in [app.get_as(&ada, "/users/ada/export").await, answer(cookie).await] {
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.header("content-type"), "application/jsonl; charset=utf-8");
        assert_eq!(answer.header("content-disposition"), "attachment; filename=\"natter-ada.jsonl\"");
        assert_eq!(answer.header("cache-control"), "no-store");
        let mut exported = lines(&answer).into_iter();
        let mut account = app.get_as(&ada, "/users/me").await.json();
        account["kind"] = json!("account");
        assert_eq!(exported.next().unwrap(), account, "without the hash");
        let own = log.iter().filter(|entry| entry.sender.as_ref().is_some_and(|s| s.username == "ada"));
        let own: Vec<Value> =
            own.map(|entry| serde_json::to_value(web::resources::Entry::from(entry)).unwrap()).collect();
        assert_eq!(own.len(), 5_000);
        assert!(exported.eq(own), "as the chat service returns them");
        assert!(!answer.text.contains("argon2"));
    }
}

#[tokio::test]
async fn without_messages_an_export_holds_the_account_only_and_erased_messages_are_left_out() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    assert_eq!(lines(&app.get_as(&ada, "/users/me/export").await).len(), 1);
    store_messages(&app, &[&ada], 3, "private").await;
    assert_eq!(lines(&app.get_as(&ada, "/users/me/export").await).len(), 4);
    app.stores.entries_by_sender.erase_all(UserId::parse(&ada.id).unwrap()).await.unwrap();
    assert_eq!(lines(&app.get_as(&ada, "/users/me/export").await).len(), 1);
}

#[tokio::test]
async fn an_export_holds_the_rooms_that_one_is_in_and_ones_messages_of_all_rooms() {
    let app = App::start().await;
    let (ada, grace) = (app.sign_up("ada").await, app.sign_up("grace").await);
    let [ada_id, grace_id] = [&ada, &grace].map(|person| UserId::parse(&person.id).unwrap());
    let user = app.stores.accounts.by_id(ada_id).await.unwrap().unwrap();
    let of_grace = app.stores.accounts.by_id(grace_id).await.unwrap().unwrap();
    let (rooms, log) = (&app.stores.rooms, &app.stores.log);
    let own = builders::make_room(&app.stores, RoomKind::Private, "Plans", &user, &[]).await;
    let left = builders::make_room(&app.stores, RoomKind::Public, "Garden", &of_grace, &[&user]).await;
    builders::make_room(&app.stores, RoomKind::Private, "Of grace alone", &of_grace, &[]).await;
    let direct = builders::direct_room(&app.stores, &[&user, &of_grace]).await;
    for (room, sender) in [(own.id, &user), (left.id, &user), (direct.id, &user), (direct.id, &of_grace)] {
        let message = new_entry(sender, "a", &format!("in {room}"));
        stored(log.append(&[NewEntry { room, ..message }]).await.remove(0));
    }
    rooms.remove(left.id, ada_id).await.unwrap();
    rooms.set_read(&[ReadMark { room: own.id, user: ada_id, seq: 1 }]).await.unwrap();
    rooms.set_notify(direct.id, ada_id, Notify::None).await.unwrap();
    let (lines, mut found) = lines_and_rooms(&app.get_as(&ada, "/users/me/export").await);
    let mut texts: Vec<_> = lines[1..].iter().map(|line| line["text"].as_str().unwrap().to_owned()).collect();
    let mut expected = [own.id, left.id, direct.id].map(|room| format!("in {room}"));
    texts.sort();
    expected.sort();
    assert_eq!(texts, expected, "also of a room that one has left, and no words of others");
    assert!(found.iter_mut().all(|room| room.as_object_mut().unwrap().remove("since").is_some()));
    let lobby = json!({
        "kind": "room", "id": "lobby", "room_kind": "public", "name": "Lobby", "topic": "", "archived": false,
        "role": "member", "notify": "all", "read_seq": 0,
    });
    let plans = json!({
        "kind": "room", "id": own.id.to_string(), "room_kind": "private", "name": "Plans", "topic": "",
        "archived": false, "role": "owner", "notify": "all", "read_seq": 1,
    });
    let both = json!({
        "kind": "room", "id": direct.id.to_string(), "room_kind": "direct", "name": null, "topic": "",
        "archived": false, "role": "member", "notify": "none", "read_seq": 0, "people": ["ada", "grace"],
    });
    assert_eq!(found.remove(0), lobby);
    assert!(found.len() == 2 && found.contains(&plans) && found.contains(&both), "{found:?}");
}

#[tokio::test]
async fn a_name_of_any_script_names_the_file() {
    let app = App::start().await;
    let anna = app.sign_up("Анна").await;
    let answer = app.get_as(&anna, "/users/me/export").await;
    assert_eq!(
        answer.header("content-disposition"),
        "attachment; filename=\"natter-____.jsonl\"; filename*=UTF-8''natter-%D0%90%D0%BD%D0%BD%D0%B0.jsonl"
    );
}

#[tokio::test]
async fn nobody_can_export_another_users_data() {
    let app = App::start().await;
    let (ada, mallory) = (app.sign_up("ada").await, app.sign_up("mallory").await);
    for path in [format!("/users/{}/export", ada.id), "/users/ada/export".to_owned()] {
        app.get_as(&mallory, &path).await.problem(403, "forbidden");
        app.get(&path).await.problem(401, "signed_out");
    }
    app.get_as(&mallory, "/users/nobody/export").await.problem(404, "not_found");
    let bare = app.get("/account/export").await;
    assert_eq!((bare.status.as_u16(), bare.header("location")), (303, "/login"));
    let other = page_of(&app, &mallory, &format!("/account/export?user={}", ada.id)).await;
    is_page(&other, 409, &["role=\"alert\"", "you are now signed in as mallory"]);
    let own = page_of(&app, &ada, &format!("/account/export?user={}", ada.id)).await;
    assert_eq!(lines(&own).len(), 1);
}

#[tokio::test]
async fn a_user_may_run_two_exports_and_others_are_not_blocked() {
    let app = App::start().await;
    let (ada, grace) = (app.sign_up("ada").await, app.sign_up("grace").await);
    store_messages(&app, &[&ada], 20 * MAX_SENT_PAGE, &"x".repeat(4_000)).await;
    let first = slow_export(&app, &ada, "1.1").await;
    let second = slow_export(&app, &ada, "1.1").await;
    let third = app.get_as(&ada, "/users/me/export").await;
    third.problem(429, "too_many_exports");
    Description::fetch(&app.url).await.holds("GET /users/{id}/export", &third);
    assert_eq!(third.header("retry-after"), "10");
    let page = page_of(&app, &ada, "/account/export").await;
    is_page(&page, 429, &["role=\"alert\"", "Two exports of yours are under way already."]);
    assert_eq!(app.get_as(&grace, "/users/me/export").await.status, 200);
    drop((first, second));
    let free = async { while app.get_as(&ada, "/users/me/export").await.status != 200 {} };
    tokio::time::timeout(Duration::from_secs(10), free)
        .await
        .expect("a disconnected client frees its permit");
}

#[tokio::test]
async fn http_1_0_is_rejected_since_its_end_looks_like_a_break() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let (stream, head) = slow_export(&app, &ada, "1.0").await;
    assert!(head.contains(" 505 "), "{head}");
    let problem: Value = serde_json::from_slice(&rest(stream).await).unwrap();
    assert_eq!(problem["code"], "http_version");
}
