//! What is promised on MongoDB beyond the contract: several processes, lost answers, typed filters.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use ::mongodb::bson::{Document, doc};
use store::mongodb::OpenError;
use store::{AppendOutcome, DisplayName, Entry, NewEntry, Stores};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};

use crate::fixture::{Fixture, LOBBY, message, seqs, stored};

/// A proxy before MongoDB that counts what is asked, and can swallow answers or hold back what asks for sorting.
struct Proxy {
    port: u16,
    asked: Arc<AtomicUsize>,
    swallowing: Arc<AtomicBool>,
    sorting: Arc<Held>,
}

/// Questions that are held back until they are let go: those that hold these bytes.
struct Held {
    holding: &'static [u8],
    count: AtomicUsize,
    gate: Semaphore,
}

impl Held {
    fn new(holding: &'static [u8]) -> Self {
        Self { holding, count: AtomicUsize::new(0), gate: Semaphore::new(Semaphore::MAX_PERMITS) }
    }

    async fn pass(&self, question: &[u8]) {
        if question.windows(self.holding.len()).any(|part| part == self.holding) {
            self.count.fetch_add(1, Ordering::SeqCst);
            let _ = self.gate.acquire().await.unwrap();
        }
    }
}

impl Proxy {
    async fn before(address: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let sorting = Arc::new(Held::new(b"allowDiskUse"));
        let proxy = Self { port, asked: Arc::default(), swallowing: Arc::default(), sorting };
        let (asked, swallowing) = (Arc::clone(&proxy.asked), Arc::clone(&proxy.swallowing));
        let sorting = Arc::clone(&proxy.sorting);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let Ok(server) = TcpStream::connect(&address).await else { continue };
                let (from_client, to_client) = client.into_split();
                let (from_server, to_server) = server.into_split();
                let questions = Some((Arc::clone(&asked), Arc::clone(&sorting)));
                tokio::spawn(forward(from_client, to_server, questions, None));
                tokio::spawn(forward(from_server, to_client, None, Some(Arc::clone(&swallowing))));
            }
        });
        proxy
    }

    /// A store behind this proxy, in the database of a fixture.
    async fn store(&self, fixture: &Fixture) -> Stores {
        let uri = fixture.address();
        let (_, rest) = uri.split_once("://").unwrap();
        let (_, database) = rest.split_once('/').unwrap();
        let database = database.split('?').next().unwrap();
        let uri = format!("mongodb://127.0.0.1:{}/{database}?directConnection=true", self.port);
        store::mongodb::open(&uri).await.unwrap()
    }
}

/// Passes whole messages of MongoDB's wire protocol on: a length of four bytes, itself included, begins each. While
/// answers are swallowed, the connection on which one would come is closed instead.
async fn forward(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    questions: Option<(Arc<AtomicUsize>, Arc<Held>)>,
    swallowing: Option<Arc<AtomicBool>>,
) {
    while let Ok(length) = from.read_i32_le().await {
        let mut rest = vec![0; usize::try_from(length).unwrap() - 4];
        if from.read_exact(&mut rest).await.is_err() {
            return;
        }
        if swallowing.as_ref().is_some_and(|swallowing| swallowing.load(Ordering::SeqCst)) {
            return;
        }
        if let Some((asked, sorting)) = &questions {
            asked.fetch_add(1, Ordering::SeqCst);
            sorting.pass(&rest).await;
        }
        if to.write_i32_le(length).await.is_err() || to.write_all(&rest).await.is_err() {
            return;
        }
    }
}

fn mongod_address() -> String {
    let uri = std::env::var("MONGODB_URI").unwrap();
    uri.trim_start_matches("mongodb://").split('/').next().unwrap().to_owned()
}

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
            let outcomes = stores.log.append(LOBBY, &batch(&ada, &format!("{name}-{round}"), 10)).await;
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
    let proxy = Proxy::before(mongod_address()).await;
    let stores = proxy.store(&fixture).await;
    stores.log.append(LOBBY, &batch(&ada, "first", 5)).await;
    proxy.swallowing.store(true, Ordering::SeqCst);
    let lost = stores.log.append(LOBBY, &batch(&ada, "lost", 5)).await;
    let told = |outcome: &AppendOutcome| matches!(outcome, AppendOutcome::Unknown | AppendOutcome::NotStored);
    assert!(lost.iter().all(told), "nothing is claimed that is not known: {lost:?}");
    proxy.swallowing.store(false, Ordering::SeqCst);
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
        let outcomes = stores.log.append(LOBBY, batch).await;
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
    let proxy = Proxy::before(mongod_address()).await;
    let stores = proxy.store(&fixture).await;
    let mut resends = batch(&ada, "again", 1_000);
    stores.log.append(LOBBY, &resends).await;
    // A new one between each two, so that they do not lie together.
    for (place, new) in batch(&ada, "new", 1_000).into_iter().enumerate() {
        resends.insert(place * 2, new);
    }
    let before = proxy.asked.load(Ordering::SeqCst);
    let outcomes = stores.log.append(LOBBY, &resends).await;
    let round_trips = proxy.asked.load(Ordering::SeqCst) - before;
    assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, AppendOutcome::Resent(_))).count(), 1_000);
    assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, AppendOutcome::Stored(_))).count(), 1_000);
    assert!(round_trips <= 12, "{round_trips} round trips, the driver's heartbeats among them");
    assert_eq!(fixture.whole_log().await.len(), 2_000);
}

#[tokio::test]
async fn many_who_read_all_that_they_sent_leave_the_pool_to_others() {
    const READERS: usize = 16;
    let fixture = Fixture::mongodb().await;
    let ada = fixture.user("ada").await;
    fixture.append(&batch(&ada, "m", 3)).await;
    let proxy = Proxy::before(mongod_address()).await;
    let stores = proxy.store(&fixture).await;
    let held = Arc::clone(&proxy.sorting);
    held.gate.forget_permits(Semaphore::MAX_PERMITS);
    let read = || {
        let (log, (out, mut pages)) = (Arc::clone(&stores.log), mpsc::channel(1));
        let reading = tokio::spawn(async move { log.sent_by(ada.id, out).await });
        async move { (pages.recv().await.map(|page: Vec<Entry>| page.len()), reading.await.unwrap()) }
    };
    let readings: Vec<_> = (0..READERS).map(|_| read()).collect();
    while held.count.load(Ordering::SeqCst) < 3 {
        tokio::task::yield_now().await;
    }
    let page = stores.log.page_after(LOBBY, 0, 10).await.expect("a connection is free for others");
    assert_eq!((page.messages.len(), held.count.load(Ordering::SeqCst)), (3, 3));
    held.gate.add_permits(READERS);
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
    let following = tokio::spawn(async move { log.follow(LOBBY, arrived).await });
    assert_eq!(arriving.recv().await.unwrap(), [], "the stream is open: look");
    let other = Fixture::open(&fixture.address()).await;
    let appended = stored(other.log.append(LOBBY, &[message(&ada, "a", "from afar")]).await.remove(0));
    let next = tokio::time::timeout(Duration::from_secs(10), arriving.recv()).await.unwrap().unwrap();
    assert_eq!(next, [appended] as [Entry; 1]);
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
