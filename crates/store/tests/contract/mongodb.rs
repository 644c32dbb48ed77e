//! What is promised on MongoDB beyond the contract: several processes, lost answers, typed filters.

use std::sync::Arc;
use std::time::Duration;

use ::mongodb::bson::{Document, doc};
use store::mongodb::OpenError;
use store::{AppendOutcome, DisplayName, Entry, NewEntry, RoomId, Stores};
use tokio::sync::mpsc;

use crate::fixture::{Fixture, LOBBY, in_room, message, seqs, stored};
use crate::proxy::{INSERT, Proxy, SORT};

fn batch(user: &store::User, name: &str, count: usize) -> Vec<NewEntry> {
    (0..count).map(|number| message(user, &format!("{name}-{number}"), "hello")).collect()
}

#[tokio::test]
async fn two_processes_appending_to_one_room_leave_no_hole() {
    let fixture = Fixture::mongodb().await;
    let ada = fixture.user("ada").await;
    let other = Fixture::open(&fixture.address()).await;
    let append = async |stores: &Stores, name: &str| {
        let mut numbers = Vec::new();
        for round in 0..40 {
            let outcomes = stores.log.append(&batch(&ada, &format!("{name}-{round}"), 10)).await;
            numbers.extend(outcomes.into_iter().map(|outcome| stored(outcome).seq));
        }
        assert!(numbers.is_sorted(), "each process keeps its order");
    };
    tokio::join!(append(&fixture.stores, "a"), append(&other, "b"));
    assert_eq!(seqs(&fixture.whole_log().await), (1..=800).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_lost_answer_followed_by_a_new_batch_leaves_no_hole() {
    let fixture = Fixture::mongodb().await;
    let ada = fixture.user("ada").await;
    let proxy = Proxy::start().await;
    let stores = proxy.store(&fixture).await;
    stores.log.append(&batch(&ada, "first", 5)).await;
    proxy.drop_replies(true);
    let lost = stores.log.append(&batch(&ada, "lost", 5)).await;
    let told = |outcome: &AppendOutcome| matches!(outcome, AppendOutcome::Unknown | AppendOutcome::NotStored);
    assert!(lost.iter().all(told), "nothing is claimed that is not known: {lost:?}");
    proxy.drop_replies(false);
    let again = append_until_settled(&stores, &batch(&ada, "new", 5)).await;
    assert!(again.iter().all(|outcome| matches!(outcome, AppendOutcome::Stored(_))), "{again:?}");
    let resent = append_until_settled(&stores, &batch(&ada, "lost", 5)).await;
    let settled =
        |outcome: &AppendOutcome| matches!(outcome, AppendOutcome::Stored(_) | AppendOutcome::Resent(_));
    assert!(resent.iter().all(settled), "{resent:?}");
    let log = fixture.whole_log().await;
    assert_eq!(seqs(&log), (1..=15).collect::<Vec<_>>(), "no hole and nothing twice");
}

/// The driver needs a moment to find the server again.
async fn append_until_settled(stores: &Stores, batch: &[NewEntry]) -> Vec<AppendOutcome> {
    for _ in 0..20 {
        let outcomes = stores.log.append(batch).await;
        if !outcomes
            .iter()
            .any(|outcome| matches!(outcome, AppendOutcome::Unknown | AppendOutcome::NotStored))
        {
            return outcomes;
        }
    }
    panic!("MongoDB was not found again");
}

#[tokio::test]
async fn a_thousand_resends_in_one_batch_cost_a_bounded_number_of_round_trips() {
    let fixture = Fixture::mongodb().await;
    let ada = fixture.user("ada").await;
    let proxy = Proxy::start().await;
    let stores = proxy.store(&fixture).await;
    let mut resends = batch(&ada, "again", 1_000);
    stores.log.append(&resends).await;
    // A new one between each two, so that they do not lie together.
    for (place, new) in batch(&ada, "new", 1_000).into_iter().enumerate() {
        resends.insert(place * 2, new);
    }
    let before = proxy.requests();
    let outcomes = stores.log.append(&resends).await;
    let round_trips = proxy.requests() - before;
    assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, AppendOutcome::Resent(_))).count(), 1_000);
    assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, AppendOutcome::Stored(_))).count(), 1_000);
    assert!(round_trips <= 12, "{round_trips} round trips, the driver's heartbeats among them");
    assert_eq!(fixture.whole_log().await.len(), 2_000);
}

#[tokio::test]
async fn a_batch_costs_one_insert_a_room_with_a_bounded_number_at_the_same_time() {
    const ROOMS: usize = 50;
    const CONCURRENT: usize = 6;
    let fixture = Fixture::mongodb().await;
    let ada = fixture.user("ada").await;
    let proxy = Proxy::start().await;
    let stores = proxy.store(&fixture).await;
    let rooms: Vec<RoomId> = (0..ROOMS).map(|_| RoomId::generate()).collect();
    let interleaved = |name: &str| -> Vec<NewEntry> {
        let messages = batch(&ada, name, 10 * ROOMS).into_iter().zip(rooms.iter().cycle());
        messages.map(|(message, &room)| in_room(room, message)).collect()
    };
    assert!(stores.log.append(&interleaved("first")).await.iter().all(is_stored));
    assert_eq!(proxy.seen(INSERT), ROOMS, "500 messages");

    proxy.hold(INSERT);
    let (log, second) = (Arc::clone(&stores.log), interleaved("second"));
    let appending = tokio::spawn(async move { log.append(&second).await });
    while proxy.seen(INSERT) < ROOMS + CONCURRENT {
        tokio::task::yield_now().await;
    }
    let page = stores.log.page_after(rooms[0], 0, 100).await.expect("a connection is free for others");
    assert_eq!((page.messages.len(), proxy.seen(INSERT)), (10, ROOMS + CONCURRENT), "side by side");
    proxy.release();
    assert!(appending.await.unwrap().iter().all(is_stored));
    assert_eq!(proxy.seen(INSERT), 2 * ROOMS);
    assert!(stores.log.last_seqs(&rooms).await.unwrap().values().all(|&end| end == 20));
}

fn is_stored(outcome: &AppendOutcome) -> bool {
    matches!(outcome, AppendOutcome::Stored(_))
}

#[tokio::test]
async fn a_room_whose_insert_was_not_answered_does_not_hold_up_the_others() {
    let fixture = Fixture::mongodb().await;
    let ada = fixture.user("ada").await;
    let proxy = Proxy::start().await;
    let stores = proxy.store(&fixture).await;
    let rooms = [LOBBY, RoomId::generate()];
    let both = |name: &str| rooms.map(|room| in_room(room, message(&ada, name, "hello")));
    assert!(stores.log.append(&both("a")).await.iter().all(is_stored));
    proxy.drop_replies(true);
    let lost = stores.log.append(&both("b")).await;
    assert!(!lost.iter().any(is_stored), "nothing is acknowledged without an answer: {lost:?}");
    proxy.drop_replies(false);
    append_until_settled(&stores, &both("b")).await;
    append_until_settled(&stores, &both("c")).await;
    for room in rooms {
        let log = fixture.log_of(room).await;
        let ids: Vec<_> = log.iter().map(|entry| entry.id.as_str()).collect();
        assert_eq!((seqs(&log), ids), (vec![1, 2, 3], vec!["a", "b", "c"]), "{room}");
    }
}

/// The keys that the server examines in the indexes of `entries` while something is done.
async fn keys_examined(fixture: &Fixture, deed: impl Future<Output = ()>) -> i64 {
    let database = database(fixture).await;
    database.run_command(doc! {"profile": 2}).await.unwrap();
    deed.await;
    database.run_command(doc! {"profile": 0}).await.unwrap();
    let of_entries = doc! {"ns": format!("{}.entries", database.name()), "keysExamined": {"$exists": true}};
    let mut profile = database.collection::<Document>("system.profile").find(of_entries).await.unwrap();
    let mut keys = Vec::new();
    while profile.advance().await.unwrap() {
        keys.push(profile.current().get_i32("keysExamined").unwrap());
    }
    assert!(!keys.is_empty(), "the control");
    i64::from(keys.into_iter().sum::<i32>())
}

#[tokio::test]
async fn neither_the_ends_of_logs_nor_one_senders_words_take_reading_what_others_wrote() {
    let fixture = Fixture::mongodb().await;
    let (ada, grace) = (fixture.user("ada").await, fixture.user("grace").await);
    let rooms: Vec<RoomId> = (0..5).map(|_| RoomId::generate()).collect();
    for (place, &room) in rooms.iter().enumerate() {
        let noise = batch(&grace, &format!("g{place}"), 200);
        let mut entries: Vec<_> = noise.into_iter().map(|message| in_room(room, message)).collect();
        entries.push(in_room(room, message(&ada, "a", "hello")));
        fixture.append(&entries).await;
    }
    let log = &fixture.stores.log;
    let examined = keys_examined(&fixture, async {
        assert!(log.last_seqs(&rooms).await.unwrap().values().all(|&end| end == 201));
        let (out, mut pages) = mpsc::channel::<Vec<Entry>>(1);
        log.sent_by(ada.id, out).await.unwrap();
        assert_eq!(pages.recv().await.unwrap().len(), rooms.len());
        log.erase_sender(ada.id).await.unwrap();
    });
    let examined = examined.await;
    assert!(examined <= 12 * rooms.len() as i64, "{examined} keys for 5 entries among 1,005");
}

#[tokio::test]
async fn many_who_read_all_that_they_sent_leave_the_pool_to_others() {
    const READERS: usize = 16;
    let fixture = Fixture::mongodb().await;
    let ada = fixture.user("ada").await;
    fixture.append(&batch(&ada, "m", 3)).await;
    let proxy = Proxy::start().await;
    let stores = proxy.store(&fixture).await;
    proxy.hold(SORT);
    let read = || {
        let (log, (out, mut pages)) = (Arc::clone(&stores.log), mpsc::channel(1));
        let reading = tokio::spawn(async move { log.sent_by(ada.id, out).await });
        async move { (pages.recv().await.map(|page: Vec<Entry>| page.len()), reading.await.unwrap()) }
    };
    let readings: Vec<_> = (0..READERS).map(|_| read()).collect();
    while proxy.seen(SORT) < 3 {
        tokio::task::yield_now().await;
    }
    let page = stores.log.page_after(LOBBY, 0, 10).await.expect("a connection is free for others");
    assert_eq!((page.messages.len(), proxy.seen(SORT)), (3, 3));
    proxy.release();
    for reading in readings {
        let (given, ended) = reading.await;
        assert_eq!(given, Some(3));
        ended.unwrap();
    }
}

#[tokio::test]
async fn what_another_process_appends_arrives_by_itself() {
    let fixture = Fixture::mongodb().await;
    let ada = fixture.user("ada").await;
    let (arrived, mut arriving) = mpsc::channel(16);
    let log = Arc::clone(&fixture.stores.log);
    let following = tokio::spawn(async move { log.follow(arrived).await });
    assert_eq!(arriving.recv().await.unwrap(), [], "the stream is open: look");
    let other = Fixture::open(&fixture.address()).await;
    for room in [LOBBY, RoomId::generate()] {
        let new = in_room(room, message(&ada, "a", "from afar"));
        let appended = stored(other.log.append(&[new]).await.remove(0));
        let next = tokio::time::timeout(Duration::from_secs(10), arriving.recv()).await.unwrap().unwrap();
        assert_eq!(next, [appended] as [Entry; 1]);
        assert_eq!(next[0].room, room);
    }
    drop(arriving);
    tokio::time::timeout(Duration::from_secs(10), following).await.unwrap().unwrap();
}

#[tokio::test]
async fn names_that_look_like_fields_or_operators_stay_names() {
    let fixture = Fixture::mongodb().await;
    let ada = fixture.user("ada").await;
    for name in ["$password_hash", "$$NOW", "{\"$ne\": 1}", "$"] {
        let display_name = DisplayName::parse(name).unwrap();
        let renamed = fixture.stores.users.rename(ada.id, &display_name).await.unwrap().unwrap();
        assert_eq!(renamed.display_name, name);
        let hash = fixture.stores.users.account_by_id(ada.id).await.unwrap().unwrap().password_hash;
        let changed =
            fixture.stores.users.change_password(ada.id, &hash, "$argon2id$v=19$x", Some(&display_name));
        let changed = changed.await.unwrap().unwrap();
        assert_eq!(
            (changed.user.display_name.as_str(), changed.password_hash.as_str()),
            (name, "$argon2id$v=19$x")
        );
    }
}

#[tokio::test]
async fn a_uri_that_cannot_be_used_is_told_without_its_password() {
    let error = store::mongodb::open("mongodb://natter:hunter2@/nowhere").await.err().unwrap();
    assert!(matches!(error, store::mongodb::OpenError::Uri(_)), "{error}");
    assert!(!error.to_string().contains("hunter2"), "{error}");
    let away = store::mongodb::open("mongodb://127.0.0.1:1/natter").await.err().unwrap();
    assert!(matches!(away, store::mongodb::OpenError::Away(_)), "{away}");
}

/// The database of a fixture, past the store.
async fn database(fixture: &Fixture) -> ::mongodb::Database {
    let client = ::mongodb::Client::with_uri_str(fixture.address()).await.unwrap();
    client.default_database().unwrap()
}

#[tokio::test]
async fn an_index_that_cannot_be_made_stops_the_start() {
    let fixture = Fixture::mongodb().await;
    let entries = database(&fixture).await.collection::<Document>("entries");
    entries.drop_index("entries_by_seq").await.unwrap();
    let twice =
        || doc! {"room": "lobby", "seq": 1_i64, "sender_id": 1, "id": uuid::Uuid::new_v4().to_string()};
    entries.insert_many([twice(), twice()]).await.unwrap();
    let error = store::mongodb::open(&fixture.address()).await.err().unwrap();
    assert!(matches!(error, store::mongodb::OpenError::Indexes(_)), "{error}");
}

#[tokio::test]
async fn words_that_land_after_a_deletion_are_blanked_too() {
    let fixture = Fixture::mongodb().await;
    let ada = fixture.user("ada").await;
    fixture.say(&ada, "a", "in time").await;
    let database = database(&fixture).await;
    let entries = database.collection::<Document>("entries");
    let mut late = entries.find_one(doc! {"seq": 1_i64}).await.unwrap().unwrap();
    store::deletion::delete_user(&fixture.stores, ada.id).await.unwrap();
    late.remove("_id");
    late.extend(doc! {"seq": 2_i64, "id": "b"});
    entries.insert_one(late).await.unwrap();
    assert_eq!(
        store::deletion::resume(&fixture.stores).await.unwrap(),
        0,
        "not before everything has landed"
    );
    let due = doc! {"$set": {"erase_after": ::mongodb::bson::DateTime::now()}};
    database.collection::<Document>("users").update_many(doc! {}, due).await.unwrap();
    assert_eq!(store::deletion::resume(&fixture.stores).await.unwrap(), 1);
    assert!(fixture.whole_log().await.iter().all(Entry::is_erased));
    assert_eq!(store::deletion::resume(&fixture.stores).await.unwrap(), 0, "once is enough");
}

/// What is said of a URI that does not suit the MongoDB of the tests; its database is `natter_unsuited`.
async fn refusal(change: impl FnOnce(String) -> String) -> OpenError {
    let uri = std::env::var("MONGODB_URI").unwrap();
    assert!(uri.contains("/?replicaSet=rs0"), "the tests' MongoDB is a set: {uri}");
    match store::mongodb::open(&change(uri.replacen("/?", "/natter_unsuited?", 1))).await {
        Ok(_) => panic!("it was opened"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn a_set_of_another_name_is_named_and_not_waited_for() {
    for direct in ["", "&directConnection=true"] {
        let error = refusal(|uri| uri.replacen("=rs0", "=other", 1) + direct).await;
        let OpenError::Uri(told) = error else { panic!("{error:?}") };
        assert!(told.contains("replicaSet=other") && told.contains("of the replica set \"rs0\""), "{told}");
    }
}

#[tokio::test]
async fn a_refused_user_is_told_where_it_was_looked_for() {
    let error = refusal(|uri| uri.replacen("://", "://ann:hidden@", 1)).await;
    let OpenError::Uri(told) = error else { panic!("{error:?}") };
    assert!(told.contains("\"natter_unsuited\"") && told.contains("authSource=admin"), "{told}");
    let error = refusal(|uri| uri.replacen("://", "://ann:hidden@", 1) + "&authSource=people").await;
    assert!(error.to_string().contains("\"people\"") && !error.to_string().contains("hidden"), "{error}");
}
