//! Rooms on both stores: who may do what, and that nobody else can tell that a room exists.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::http::{Answer, call};
use testkit::process::backend::Backend;
use testkit::process::natter::{NO_RATES, Natter};
use testkit::process::people::Person;
use testkit::wait;
use uuid::Uuid;

on_both_stores! {
    a_room_is_for_those_who_may_be_there
    a_direct_message_is_the_same_room_for_all_who_begin_it_at_once
}

/// What somebody may do in a room, in this order: read it, send to it, join it, change it, leave it.
const DEEDS: [(Method, &str, Option<&str>); 5] = [
    (Method::GET, "/messages", None),
    (Method::POST, "/messages", Some(r#"{"text": "hello"}"#)),
    (Method::PUT, "/members/me", None),
    (Method::PATCH, "", Some(r#"{"topic": "new"}"#)),
    (Method::DELETE, "/members/me", None),
];

async fn ask(natter: &Natter, person: &Person, method: Method, path: &str, body: Option<Value>) -> Answer {
    let body = body.unwrap_or_else(|| json!({}));
    call(method, &format!("{}{path}", natter.chat_url), &person.token, &body).await
}

async fn create(natter: &Natter, owner: &Person, name: &str, kind: &str) -> String {
    let body = json!({"name": name, "kind": kind});
    let room = ask(natter, owner, Method::POST, "/rooms", Some(body)).await;
    assert_eq!(room.status, 201, "{}", room.text);
    let id = room.json()["id"].as_str().unwrap().to_owned();
    for name in ["Member", "Former"] {
        let added = ask(natter, owner, Method::PUT, &format!("/rooms/{id}/members/{name}"), None).await;
        assert_eq!(added.status, 201, "{}", added.text);
    }
    let removed = ask(natter, owner, Method::DELETE, &format!("/rooms/{id}/members/Former"), None).await;
    assert_eq!(removed.status, 204, "{}", removed.text);
    id
}

/// The status of each of the [`DEEDS`], and the answers.
async fn statuses(natter: &Natter, person: &Person, room: &str) -> ([u16; 5], Vec<String>) {
    let (mut statuses, mut texts) = ([0; 5], Vec::new());
    for (status, (method, path, body)) in statuses.iter_mut().zip(DEEDS) {
        let body = body.map(|body| serde_json::from_str(body).unwrap());
        let answer = ask(natter, person, method, &format!("/rooms/{room}{path}"), body).await;
        *status = answer.status.as_u16();
        texts.push(answer.text);
    }
    (statuses, texts)
}

async fn a_room_is_for_those_who_may_be_there(backend: Backend) {
    let natter = Natter::start_on_with(backend, &NO_RATES).await;
    let mut people = Vec::new();
    for name in ["Owner", "Member", "Former", "Stranger"] {
        people.push(Person::sign_up(&natter, name).await);
    }
    let [owner, member, former, stranger] = &people[..] else { unreachable!("there are four") };
    let public = create(&natter, owner, "Garden", "public").await;
    let private = create(&natter, owner, "Plans", "private").await;
    let archived = create(&natter, owner, "Past", "private").await;
    let closed = ask(&natter, owner, Method::DELETE, &format!("/rooms/{archived}"), None).await;
    assert_eq!(closed.status, 204, "{}", closed.text);
    let with = json!({"usernames": ["Member"]});
    let direct = ask(&natter, owner, Method::POST, "/direct", Some(with)).await.json();
    let (direct, none) = (direct["id"].as_str().unwrap(), Uuid::now_v7().to_string());
    let seen = async |person, room: &str| statuses(&natter, person, room).await.0;
    for hidden in [&*private, direct, &archived] {
        for outsider in [former, stranger] {
            let (seen, answers) = statuses(&natter, outsider, hidden).await;
            assert_eq!(seen, [404; 5], "{}", outsider.username);
            assert_eq!(answers, statuses(&natter, outsider, &none).await.1, "as if there were no room");
        }
    }
    assert_eq!(seen(stranger, &public).await, [200, 403, 201, 403, 204], "the second one joins");
    assert_eq!(seen(owner, &public).await, [200, 201, 200, 200, 403], "the only owner stays");
    assert_eq!(seen(owner, &archived).await, [200, 409, 409, 409, 204]);
    assert_eq!(seen(member, direct).await, [200, 201, 200, 403, 403]);
    assert_eq!(seen(member, &private).await, [200, 201, 200, 403, 204]);
    assert_eq!(seen(member, &private).await, [404; 5], "having left");
    let listed = ask(&natter, stranger, Method::GET, "/rooms", None).await.text;
    for hidden in ["Plans", "Past", &private, direct] {
        assert!(!listed.contains(hidden), "{hidden} in {listed}");
    }
    let deleted =
        call(Method::DELETE, &format!("{}/users/me", natter.users_url), &owner.token, &json!({})).await;
    assert_eq!(deleted.status, 204, "{}", deleted.text);
    wait::until("the deletion is seen", async || (seen(owner, &public).await == [401; 5]).then_some(()))
        .await;
}

async fn a_direct_message_is_the_same_room_for_all_who_begin_it_at_once(backend: Backend) {
    let natter = Natter::start_on(backend).await;
    let (ann, ben) = (Person::sign_up(&natter, "Ann").await, Person::sign_up(&natter, "Ben").await);
    let begin = async |person: &Person, other: &str| {
        ask(&natter, person, Method::POST, "/direct", Some(json!({"usernames": [other]}))).await
    };
    let answers =
        tokio::join!(begin(&ann, "Ben"), begin(&ben, "Ann"), begin(&ann, "ben"), begin(&ben, "ann"));
    let answers = [answers.0, answers.1, answers.2, answers.3];
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 200, 201]);
    assert!(answers.iter().all(|answer| answer.json()["id"] == answers[0].json()["id"]));
}
