//! Judging the senders of a batch.

use std::time::{Duration, Instant};

use store::RoomId;
use testkit::{builders, wait};

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
