//! Every call and event, by everybody, in each sort of room.

use serde_json::{Value, json};
use store::RoomId;
use testkit::faulty::Faults;
use testkit::http::{Answer, answer};
use testkit::socket_io::Client;
use testkit::wait;

use super::answers::{Call, Deed, calls, events, expected, request};
use super::scene::{EVERYBODY, PLACES, Place, Scene, Who};
use crate::app::App;

/// What an answer over HTTP says: `ok`, or the code of the refusal. A room in a field is a wrong field.
fn outcome(answer: &Answer) -> String {
    if answer.status.is_success() {
        return "ok".to_owned();
    }
    let problem = answer.json();
    match (answer.status.as_u16(), problem["errors"]["room"].is_string()) {
        (422, true) => "unknown_room".to_owned(),
        _ => problem["code"].as_str().unwrap().to_owned(),
    }
}

#[tokio::test]
async fn every_call_answers_each_person_in_each_room_as_promised() {
    let app = App::start().await;
    for (place, who) in PLACES.into_iter().flat_map(|place| EVERYBODY.map(|who| (place, who))) {
        let scene = Scene::new(&app).await;
        for number in 0..calls("").len() {
            let room = scene.room(place).await;
            let call: &Call = &calls(&room.to_string())[number];
            let answer = answer(request(&app, &scene, scene.person(who), &room.to_string(), call)).await;
            let seen = outcome(&answer);
            assert_eq!(seen, expected(call.0, who, place), "{who:?}, {place:?}, {call:?}: {}", answer.text);
            scene.close(room).await;
        }
    }
}

#[tokio::test]
async fn every_event_answers_each_person_in_each_room_as_promised() {
    let app = App::start().await;
    for (place, who) in PLACES.into_iter().flat_map(|place| EVERYBODY.map(|who| (place, who))) {
        let scene = Scene::new(&app).await;
        let mut socket = app.socket(scene.person(who)).await;
        for number in 0..events(&scene, RoomId::LOBBY).len() {
            let room = scene.room(place).await;
            // Half of the rooms are known to the service when the event comes.
            if number % 2 == 0 {
                socket.emit_with_ack("room", &[json!({"room": room.to_string()})]).await;
            }
            let (deed, event, arguments) = events(&scene, room).swap_remove(number);
            let ack = socket.emit_with_ack(event, &arguments).await;
            let seen = if ack["ok"] == json!(true) { "ok" } else { ack["code"].as_str().unwrap() };
            assert_eq!(seen, expected(deed, who, place), "{who:?}, {place:?}, {event}: {ack}");
            scene.close(room).await;
        }
    }
}

#[tokio::test]
async fn nobody_without_a_valid_session_gets_any_answer_but_one() {
    let app = App::start().await;
    let scene = Scene::new(&app).await;
    let (owner, member) = (scene.person(Who::Owner).clone(), scene.person(Who::Member).clone());
    let mut rooms = vec![RoomId::generate().to_string()];
    for place in PLACES {
        rooms.push(scene.room(place).await.to_string());
    }
    app.stores.accounts.begin_deletion(member.user.id).await.unwrap();
    app.stores.tokens.sign_out_everywhere(owner.user.id).await.unwrap();
    for person in [&member, &owner] {
        wait::until("the end of the session is seen", async || {
            let call = request(&app, &scene, person, &rooms[0], &calls("")[0]);
            (answer(call).await.status == 401).then_some(())
        })
        .await;
        let mut answers = Vec::new();
        for room in &rooms {
            for call in calls(room) {
                let answer = answer(request(&app, &scene, person, room, &call)).await;
                answer.problem(401, "signed_out");
                answers.push(answer.text);
            }
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "{answers:?}");
        let mut refused = Client::open(&app.url, "", &[]).await.unwrap();
        refused.send_packet(&format!("40{}", json!({"token": person.token}))).await;
        let refusal = refused.receive().await;
        assert!(format!("{refusal:?}").contains("Token"), "{refusal:?}");
    }
}

#[tokio::test]
async fn a_hidden_room_and_no_room_get_the_same_answer_at_the_same_cost() {
    let faults = Faults::default();
    let app = App::start_with(|_| {}, |stores| faults.wrap(stores)).await;
    let scene = Scene::new(&app).await;
    let stranger = scene.person(Who::Stranger);
    let mut socket = app.socket(stranger).await;
    let questions = || (faults.membership_sizes().len(), faults.rooms_of_user());
    for place in [Place::Private, Place::Direct, Place::ArchivedPrivate] {
        let (hidden, none) = (scene.room(place).await, RoomId::generate());
        // The service knows the room, by a member's call.
        let known = request(&app, &scene, scene.person(Who::Member), &hidden.to_string(), &calls("")[0]);
        assert_eq!(answer(known).await.status, 200);
        let mut seen = Vec::new();
        for room in [hidden, none] {
            let (text, before) = (room.to_string(), questions());
            let (mut answers, mut acks) = (Vec::new(), Vec::<Value>::new());
            for _ in 0..2 {
                for call in calls(&text) {
                    let answer = answer(request(&app, &scene, stranger, &text, &call)).await;
                    answers.push((answer.status.as_u16(), answer.text));
                }
                for (_, event, arguments) in events(&scene, room) {
                    acks.push(socket.emit_with_ack(event, &arguments).await);
                }
            }
            let after = questions();
            seen.push((answers, acks, (after.0 - before.0, after.1 - before.1)));
        }
        assert_eq!(seen[0], seen[1], "{place:?}");
        let asking = events(&scene, none).iter().filter(|(deed, ..)| *deed != Deed::End).count();
        assert_eq!(seen[0].2.0, 2 * (calls("").len() + asking), "each is asked, also again");
    }
}
