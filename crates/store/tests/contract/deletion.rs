//! What the store promises of the deletion of a user.

use store::deletion::{Resumer, delete_user, finish};
use store::{AppendOutcome, ClaimId, Entry, MAX_ERASED_PIECE, RoomId, State, Timestamp, User, UserId};
use testkit::builders::{new_entry, resume_deletions, username};
use testkit::faulty::Faults;
use uuid::Uuid;

use crate::fixture::{Fixture, LOBBY, in_room, seqs};

pub(crate) async fn a_deleted_user_is_gone_and_the_name_is_free(fixture: Fixture) {
    let accounts = &fixture.stores.accounts;
    let ada = fixture.user("ada").await;
    assert!(delete_user(&fixture.stores, ada.id).await.unwrap());
    assert_eq!(accounts.by_id(ada.id).await.unwrap(), None);
    assert_eq!(accounts.by_username(&username("ada")).await.unwrap(), None);
    assert_eq!(accounts.page(None, 10).await.unwrap().users, []);
    let successor = fixture.user("Ada").await;
    assert_ne!(successor.id, ada.id);
}

pub(crate) async fn the_entries_of_a_deleted_user_are_erased_and_keep_their_numbers(fixture: Fixture) {
    let (ada, grace) = (fixture.user("ada").await, fixture.user("grace").await);
    fixture.say(&ada, "a", "private").await;
    fixture.say(&grace, "b", "kept").await;
    delete_user(&fixture.stores, ada.id).await.unwrap();
    let log = fixture.whole_log().await;
    assert_eq!(seqs(&log), [1, 2]);
    assert_eq!((&log[0].sender, &log[0].text, log[0].id.as_str()), (&None, &None, "a"));
    assert!(log[0].is_erased());
    assert_eq!(log[1].text.as_deref(), Some("kept"));
}

pub(crate) async fn a_deletion_erases_the_entries_in_every_room(fixture: Fixture) {
    // More than one transaction takes.
    const COUNT: usize = 2_500;
    let (ada, grace) = (fixture.user("ada").await, fixture.user("grace").await);
    let rooms = [LOBBY, RoomId::generate(), RoomId::generate()];
    let words = |number: usize| in_room(rooms[number % 3], new_entry(&ada, &format!("m{number}"), "private"));
    fixture.append(&(0..COUNT).map(words).collect::<Vec<_>>()).await;
    fixture.append(&rooms.map(|room| in_room(room, new_entry(&grace, "g", "kept")))).await;
    delete_user(&fixture.stores, ada.id).await.unwrap();
    let mut erased = 0;
    for room in rooms {
        let log = fixture.log_of(room).await;
        let (kept, blank) = (log.last().unwrap(), &log[..log.len() - 1]);
        assert_eq!(kept.text.as_deref(), Some("kept"));
        assert!(blank.iter().all(|entry| entry.is_erased() && entry.sender.is_none()));
        erased += blank.len();
    }
    assert_eq!(erased, COUNT);
}

pub(crate) async fn nothing_is_accepted_from_a_user_who_is_being_deleted(fixture: Fixture) {
    let accounts = &fixture.stores.accounts;
    let ada = fixture.user("ada").await;
    fixture.say(&ada, "first", "in time").await;
    assert!(accounts.begin_deletion(ada.id).await.unwrap());
    assert_eq!(fixture.append(&[new_entry(&ada, "a", "late")]).await, [AppendOutcome::SenderGone]);
    let token_status = fixture.stores.tokens.token_status(ada.id).await.unwrap().unwrap();
    assert_eq!((token_status.state, token_status.version), (State::Deleting, 2));
    assert!(!token_status.allows(2, Uuid::new_v4()));
    assert_eq!(accounts.by_id(ada.id).await.unwrap(), None);
    delete_user(&fixture.stores, ada.id).await.unwrap();
    assert_eq!(fixture.append(&[new_entry(&ada, "b", "later")]).await, [AppendOutcome::SenderGone]);
}

pub(crate) async fn an_interrupted_deletion_is_finished_later(fixture: Fixture) {
    let (ada, grace) = (fixture.user("ada").await, fixture.user("grace").await);
    fixture.say(&ada, "a", "private").await;
    fixture.say(&grace, "b", "private too").await;
    fixture.stores.accounts.begin_deletion(ada.id).await.unwrap();
    fixture.stores.accounts.begin_deletion(grace.id).await.unwrap();
    fixture.stores.entries_by_sender.erase_all(grace.id).await.unwrap();
    let (fixture, ()) = fixture.closed_during(async |_| ()).await;
    assert_eq!(resume_deletions(&fixture.stores).await, 2);
    assert_eq!(resume_deletions(&fixture.stores).await, 0, "and that is all");
    assert!(fixture.whole_log().await.iter().all(store::Entry::is_erased));
    let token_status = fixture.stores.tokens.token_status(ada.id).await.unwrap().unwrap();
    assert_eq!(token_status.state, State::Deleted);
    fixture.user("ada").await;
}

pub(crate) async fn a_resend_of_an_erased_message_stores_nothing(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    fixture.say(&ada, "a", "private").await;
    fixture.stores.entries_by_sender.erase_all(ada.id).await.unwrap();
    let outcomes = fixture.append(&[new_entry(&ada, "a", "private")]).await;
    assert!(matches!(&outcomes[0], AppendOutcome::Resent(entry) if entry.seq == 1 && entry.is_erased()));
    assert_eq!(fixture.whole_log().await.len(), 1);
}

pub(crate) async fn deleting_twice_is_harmless(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    assert!(delete_user(&fixture.stores, ada.id).await.unwrap());
    assert!(!delete_user(&fixture.stores, ada.id).await.unwrap());
    assert!(!delete_user(&fixture.stores, UserId::new()).await.unwrap());
}

pub(crate) async fn the_poll_sees_a_deletion(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    delete_user(&fixture.stores, ada.id).await.unwrap();
    let seen = fixture.stores.tokens.changed_since(Timestamp::now().plus_millis(-10_000)).await.unwrap();
    assert!(
        seen.statuses.iter().any(|(id, token_status)| *id == ada.id && token_status.state == State::Deleted)
    );
}

/// Appends this number of messages of a user, in turn to each room.
async fn say_much(fixture: &Fixture, user: &User, rooms: &[RoomId], count: usize) {
    let words = |number: usize| {
        in_room(rooms[number % rooms.len()], new_entry(user, &format!("m{number}"), "private"))
    };
    fixture.append(&(0..count).map(words).collect::<Vec<_>>()).await;
}

pub(crate) async fn a_deletion_that_stopped_between_two_pieces_goes_on(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    let rooms = [LOBBY, RoomId::generate()];
    say_much(&fixture, &ada, &rooms, 5 * MAX_ERASED_PIECE).await;
    fixture.stores.accounts.begin_deletion(ada.id).await.unwrap();
    let mut erasing = fixture.stores.entries_by_sender.erasing(ada.id);
    for _ in 0..3 {
        assert!(erasing.erase_some().await.unwrap());
    }
    drop(erasing);
    let erased = async |fixture: &Fixture| {
        let log = [fixture.log_of(rooms[0]).await, fixture.log_of(rooms[1]).await].concat();
        (log.iter().filter(|entry| entry.is_erased()).count(), log.len())
    };
    let (before, all) = erased(&fixture).await;
    assert!((1..=3 * MAX_ERASED_PIECE).contains(&before), "{before} are erased by three pieces");
    assert_eq!(all, 5 * MAX_ERASED_PIECE);
    let (fixture, ()) = fixture.closed_during(async |_| ()).await;
    assert_eq!(resume_deletions(&fixture.stores).await, 1);
    assert_eq!(erased(&fixture).await, (all, all));
}

pub(crate) async fn of_two_processes_one_works_at_a_deletion(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    let (here, there) = (&fixture.stores.accounts, fixture.another_node().await);
    let (first, second) = (ClaimId::generate(), ClaimId::generate());
    assert!(!here.claim_deletion(ada.id, first).await.unwrap(), "nothing is due");
    here.begin_deletion(ada.id).await.unwrap();
    assert_eq!(there.accounts.due_deletions().await.unwrap(), [ada.id]);
    assert!(here.claim_deletion(ada.id, first).await.unwrap());
    assert!(here.claim_deletion(ada.id, first).await.unwrap(), "it is renewed");
    assert!(!there.accounts.claim_deletion(ada.id, second).await.unwrap());
    assert_eq!(there.accounts.due_deletions().await.unwrap(), []);
    assert!(!finish(&there, ada.id).await.unwrap());
    there.accounts.release_deletion(ada.id, second).await.unwrap();
    assert!(!finish(&there, ada.id).await.unwrap(), "the claim is somebody else's");
    here.release_deletion(ada.id, first).await.unwrap();
    assert!(finish(&there, ada.id).await.unwrap());
    assert_eq!(fixture.stores.accounts.due_deletions().await.unwrap(), []);
}

pub(crate) async fn an_error_with_one_user_stops_no_other_deletion(fixture: Fixture) {
    let (ada, grace) = (fixture.user("ada").await, fixture.user("grace").await);
    for user in [&ada, &grace] {
        fixture.say(user, "a", "private").await;
        fixture.stores.accounts.begin_deletion(user.id).await.unwrap();
    }
    let faults = Faults::default();
    let stores = faults.wrap(fixture.stores.clone());
    faults.set_not_erased(ada.id);
    let pass = Resumer::default().pass(&stores).await;
    assert_eq!((pass.finished, pass.unfinished), (1, 0));
    assert!(pass.error.is_some());
    let is_erased: Vec<bool> = fixture.whole_log().await.iter().map(Entry::is_erased).collect();
    assert_eq!(is_erased, [false, true]);
    assert_eq!(resume_deletions(&fixture.stores).await, 1, "it is released at once");
}

pub(crate) async fn a_large_deletion_holds_up_no_other(fixture: Fixture) {
    let (ada, grace) = (fixture.user("ada").await, fixture.user("grace").await);
    // More than two turns.
    say_much(&fixture, &ada, &[LOBBY], 21 * MAX_ERASED_PIECE).await;
    fixture.say(&grace, "a", "private").await;
    fixture.stores.accounts.begin_deletion(ada.id).await.unwrap();
    let mut resumer = Resumer::default();
    let pass = resumer.pass(&fixture.stores).await;
    assert_eq!((pass.finished, pass.unfinished), (0, 1));
    fixture.stores.accounts.begin_deletion(grace.id).await.unwrap();
    let pass = resumer.pass(&fixture.stores).await;
    assert_eq!((pass.finished, pass.unfinished), (1, 1));
    let state = fixture.stores.tokens.token_status(grace.id).await.unwrap().unwrap().state;
    assert_eq!(state, State::Deleted);
    while resumer.pass(&fixture.stores).await.unfinished > 0 {}
    assert!(fixture.whole_log().await.iter().all(Entry::is_erased));
}
