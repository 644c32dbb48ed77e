//! Judging the senders of a batch.

use std::time::{Duration, Instant};

use store::{RoomChange, RoomId};
use testkit::{builders, wait};
use web::Code;

use super::fixture::LogFixture;

#[tokio::test]
async fn the_sessions_of_all_senders_are_judged_by_one_question() {
    let log = LogFixture::start();
    let mut streams = Vec::new();
    for number in 0..30 {
        let user = builders::sign_up(&log.stores, &format!("user{number}")).await;
        streams.push((log.stream(&user, &[]).await, user));
    }
    log.stores.tokens.sign_out_everywhere(streams[7].1.id).await.unwrap();
    let answers: Vec<_> =
        streams.iter().map(|(stream, _)| log.send(stream, RoomId::LOBBY, "hello")).collect();
    let (mut stored, mut refused) = (0, Vec::new());
    for (number, answer) in answers.into_iter().enumerate() {
        match wait::in_time("the message is answered", answer).await.unwrap() {
            Ok(sent) => {
                stored += 1;
                assert_eq!(sent.entry.seq, stored);
            }
            Err(refusal) => refused.push((number, refusal.code())),
        }
    }
    assert_eq!(refused, [(7, web::Code::SignedOut)]);
    assert_eq!((log.faults.token_status_sizes(), log.faults.append_sizes()), (vec![30], vec![29]));
}

#[tokio::test]
async fn a_session_that_was_checked_is_judged_again_after_it_waited_for_long() {
    let log = LogFixture::start();
    let ada = builders::sign_up(&log.stores, "ada").await;
    let sending = log.stream(&ada, &[]).await;
    let just_now = Instant::now();
    log.send_checked(&sending, "hello", Some(just_now)).await.unwrap().unwrap();
    assert!(log.faults.token_status_sizes().is_empty(), "it was checked");
    log.stores.tokens.sign_out_everywhere(ada.id).await.unwrap();
    let long_ago = just_now.checked_sub(Duration::from_secs(1));
    let refusal = log.send_checked(&sending, "too late", long_ago).await.unwrap().unwrap_err();
    assert_eq!((refusal.code(), log.faults.appends()), (web::Code::SignedOut, 1));
}

#[tokio::test]
async fn the_rooms_of_all_messages_are_judged_by_one_question() {
    let log = LogFixture::start();
    let (ada, grace) =
        (builders::sign_up(&log.stores, "ada").await, builders::sign_up(&log.stores, "grace").await);
    let (shared, own) = (log.room(&ada, &[&grace]).await, log.room(&ada, &[]).await);
    let (of_ada, of_grace) = (log.stream(&ada, &[]).await, log.stream(&grace, &[]).await);
    let rooms = [RoomId::LOBBY, shared, own, RoomId::generate()];
    let answers: Vec<_> = [&of_ada, &of_grace]
        .into_iter()
        .flat_map(|stream| rooms.map(|room| log.send(stream, room, "hello")))
        .collect();
    let mut codes = Vec::new();
    for answer in answers {
        let answer = wait::in_time("the message is answered", answer).await.unwrap();
        codes.push(answer.err().map(|refusal| refusal.code()));
    }
    let unknown = Some(Code::UnknownRoom);
    assert_eq!(codes, [None, None, None, unknown, None, None, unknown, unknown]);
    assert_eq!((log.faults.membership_sizes(), log.faults.append_sizes()), (vec![6], vec![5]));
}

#[tokio::test]
async fn a_message_of_a_former_member_or_to_an_archived_room_is_not_stored() {
    let log = LogFixture::start();
    let (ada, grace) =
        (builders::sign_up(&log.stores, "ada").await, builders::sign_up(&log.stores, "grace").await);
    let room = log.room(&ada, &[&grace]).await;
    let (of_ada, of_grace) = (log.stream(&ada, &[]).await, log.stream(&grace, &[]).await);
    log.send(&of_grace, room, "hello").await.unwrap().unwrap();
    log.stores.rooms.remove(room, grace.id).await.unwrap();
    let refusal = log.send(&of_grace, room, "too late").await.unwrap().unwrap_err();
    assert_eq!((refusal.code(), log.faults.appends()), (Code::UnknownRoom, 1));
    let archived = RoomChange { is_archived: Some(true), ..RoomChange::default() };
    log.stores.rooms.change(room, archived).await.unwrap();
    let refusal = log.send(&of_ada, room, "too late").await.unwrap().unwrap_err();
    assert_eq!((refusal.code(), log.faults.appends()), (Code::Archived, 1));
    log.faults.set_rooms_unavailable(true);
    let refusal = log.send(&of_ada, room, "unknown").await.unwrap().unwrap_err();
    assert_eq!((refusal.code(), log.faults.appends()), (Code::Unavailable, 1), "never in");
}
