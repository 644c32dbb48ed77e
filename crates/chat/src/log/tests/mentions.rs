//! Resolving the mentions of a batch.

use std::time::Instant;

use store::{Mention, RoomId, RoomKind, User};
use testkit::{builders, wait};

use super::fixture::{LogFixture, Stream};

async fn mentioned(log: &LogFixture, stream: &Stream, room: RoomId, text: &str) -> Vec<Mention> {
    let sent = wait::in_time("the message is stored", log.send(stream, room, text)).await.unwrap().unwrap();
    sent.entry.mentions
}

fn mentions(users: &[&User]) -> Vec<Mention> {
    users.iter().map(|user| Mention { id: user.id, username: user.username.clone() }).collect()
}

#[tokio::test]
async fn existing_users_are_mentioned_once_in_the_order_of_the_text() {
    let log = LogFixture::start();
    let [ada, grace, anna] = ["ada", "Grace.H", "Анна"].map(|name| builders::sign_up(&log.stores, name));
    let (ada, grace, anna) = (ada.await, grace.await, anna.await);
    let mut sending = log.stream(&ada, &[RoomId::LOBBY]).await;
    let of = async |text: &str| mentioned(&log, &sending, RoomId::LOBBY, text).await;
    let text = "@АННА and @grace.h. You too, @анна! Not @grace, @nobody or grace.h@grace.h";
    assert_eq!(of(text).await, mentions(&[&anna, &grace]));
    assert_eq!(of("@ada is myself").await, []);
    assert_eq!(of("nobody at all").await, []);
    store::deletion::delete_user(&log.stores, anna.id).await.unwrap();
    assert_eq!(of("@анна is gone").await, []);
    assert_eq!(
        log.stores.log.unread(grace.id, &[(RoomId::LOBBY, 0)]).await.unwrap()[&RoomId::LOBBY].mentions,
        1
    );
    assert!(sending.arrived.try_recv().is_err());
}

#[tokio::test]
async fn only_people_who_can_read_the_room_are_mentioned() {
    let log = LogFixture::start();
    let [ada, grace, hedy] = ["ada", "grace", "hedy"].map(|name| builders::sign_up(&log.stores, name));
    let (ada, grace, hedy) = (ada.await, grace.await, hedy.await);
    let private = log.room(&ada, &[&grace]).await;
    let public = builders::make_room(&log.stores, RoomKind::Public, "Garden", &ada, &[]).await.id;
    let sending = log.stream(&ada, &[private, public]).await;
    let text = "@grace @hedy";
    assert_eq!(mentioned(&log, &sending, private, text).await, mentions(&[&grace]));
    assert_eq!(
        mentioned(&log, &sending, public, text).await,
        mentions(&[&grace, &hedy]),
        "both may look into it"
    );
    log.stores.rooms.remove(private, grace.id).await.unwrap();
    assert_eq!(mentioned(&log, &sending, private, text).await, [], "she has left");
}

#[tokio::test]
async fn a_text_mentions_at_most_fifty() {
    let log = LogFixture::start();
    let ada = builders::sign_up(&log.stores, "ada").await;
    for number in 0..60 {
        builders::sign_up(&log.stores, &format!("user{number}")).await;
    }
    let sending = log.stream(&ada, &[]).await;
    let text: String = (0..60).map(|number| format!("@user{number} ")).collect();
    let found = mentioned(&log, &sending, RoomId::LOBBY, &text).await;
    let names: Vec<_> = found.into_iter().map(|mention| mention.username).collect();
    assert_eq!(names, (0..50).map(|number| format!("user{number}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn the_names_of_a_batch_are_one_question_and_without_an_answer_nothing_is_stored() {
    let log = LogFixture::start();
    let (ada, grace) =
        (builders::sign_up(&log.stores, "ada").await, builders::sign_up(&log.stores, "grace").await);
    let sending = log.stream(&ada, &[]).await;
    let answers: Vec<_> = (0..20).map(|_| log.send(&sending, RoomId::LOBBY, "hello @grace")).collect();
    for answer in answers {
        let sent = wait::in_time("the message is stored", answer).await.unwrap().unwrap();
        assert_eq!(sent.entry.mentions, mentions(&[&grace]));
    }
    assert_eq!((log.faults.name_questions(), log.faults.append_sizes()), (1, vec![20]));
    log.faults.set_users_unavailable(true);
    let send = |text| log.send_checked(&sending, text, Some(Instant::now()));
    let (with, without) = (send("hello @grace"), send("hello"));
    let refusal = wait::in_time("it is refused", with).await.unwrap().unwrap_err();
    assert_eq!(refusal.code(), web::Code::Unavailable);
    assert!(wait::in_time("it is stored", without).await.unwrap().is_ok());
    assert_eq!(log.faults.name_questions(), 2, "a text without an @ asks nothing");
}
