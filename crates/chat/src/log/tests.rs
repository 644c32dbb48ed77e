//! Two rooms through the journal and the fan-out, on a store.

use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use auth::{Claims, Lifetimes};
use serde_json::value::RawValue;
use store::{ClientId, MessageText, NewEntry, RoomId, Sender, Stores, Timestamp, User};
use tempfile::TempDir;
use testkit::{builders, wait};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use web::{Principal, Refusal};

use super::fan_out::{FanOut, Follower};
use super::feed::Feed;
use super::in_flight::InFlight;
use super::journal::{Journal, QueuedMessage, Sent};
use super::writer::Writer;
use crate::hub::{ClientCapabilities, Delivery, Hub, Observer, Sink, Subscription, SubscriptionId};

/// A log with its tasks, and the hub that it delivers to.
struct LogFixture {
    stores: Stores,
    hub: Arc<Hub>,
    journal: Journal,
    follower: Follower,
    shutdown: CancellationToken,
    _dir: TempDir,
}

/// A subscription with a sink of its own, as a stream has it, and what arrived there.
struct Stream {
    subscription: Arc<Subscription>,
    arrived: mpsc::UnboundedReceiver<(RoomId, u64, String)>,
}

struct StreamSink {
    id: OnceLock<SubscriptionId>,
    arrived: mpsc::UnboundedSender<(RoomId, u64, String)>,
}

struct NoObserver;

impl Observer for NoObserver {
    fn joined(&self, _: &Subscription) {}

    fn left(&self, _: &Subscription, _: bool) {}
}

#[async_trait]
impl Sink for StreamSink {
    async fn deliver(&self, delivery: Delivery<'_>) -> bool {
        let of_others = delivery.entries.iter().zip(delivery.origins);
        for (entry, _) in of_others.filter(|(_, origin)| **origin != self.id.get().copied()) {
            let text = entry.text.clone().unwrap_or_default();
            self.arrived.send((delivery.room, entry.seq, text)).unwrap();
        }
        true
    }

    async fn send_log_head(&self, _: RoomId, _: u64) {}

    async fn notify_watchers(&self, _: RoomId, _: &str, _: &RawValue) -> bool {
        true
    }

    fn watch(&self, _: SubscriptionId, _: RoomId) {}

    fn unwatch(&self, _: SubscriptionId, _: RoomId) {}

    fn close_for_good(&self, _: SubscriptionId) {}

    fn disconnect(&self, _: SubscriptionId) {}
}

impl LogFixture {
    fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let stores = store::sqlite::open(dir.path()).unwrap();
        let (hub, shutdown) = (Hub::new(Arc::new(NoObserver)), CancellationToken::new());
        let (journal, waiting) = Journal::new(1_000, shutdown.clone());
        let in_flight = Arc::new(InFlight::default());
        let (settled, results) = mpsc::channel(4);
        let writer =
            Writer { waiting, stores: stores.clone(), in_flight: Arc::clone(&in_flight), results: settled };
        let (fan_out, follower) = FanOut::new(Arc::clone(&stores.log), in_flight, Arc::clone(&hub));
        tokio::spawn(writer.run(shutdown.clone()));
        let feed = Feed::open(Arc::clone(&stores.log), &TaskTracker::new(), shutdown.clone());
        tokio::spawn(fan_out.run(results, feed));
        Self { stores, hub, journal, follower, shutdown, _dir: dir }
    }

    /// A stream of a user, subscribed to some rooms.
    async fn stream(&self, user: &User, rooms: &[RoomId]) -> Stream {
        let hour = std::time::Duration::from_secs(3_600);
        let lifetimes = Lifetimes { token: hour, session: hour };
        let claims = Claims::issue(user.id.0, &user.username, 1, web::now_secs(), lifetimes);
        let (sending, arrived) = mpsc::unbounded_channel();
        let sink = Arc::new(StreamSink { id: OnceLock::new(), arrived: sending });
        let subscription = Arc::new(Subscription::new(
            Principal::of_session(&claims),
            builders::sender(user),
            ClientCapabilities::default(),
            Arc::clone(&sink) as _,
        ));
        sink.id.set(subscription.id).unwrap();
        for room in rooms {
            self.hub.subscribe(&subscription, *room);
            assert!(self.follower.follow(*room).await);
        }
        self.hub.register(&subscription);
        Stream { subscription, arrived }
    }

    fn send(&self, stream: &Stream, room: RoomId, text: &str) -> oneshot::Receiver<Result<Sent, Refusal>> {
        let (reply, answer) = oneshot::channel();
        let queued = QueuedMessage {
            entry: entry(stream.subscription.sender(), room, text),
            has_own_id: false,
            unverified: None,
            origin: Some(stream.subscription.id),
            reply: Box::new(move |result| drop(reply.send(result))),
        };
        assert!(self.journal.accept(queued));
        answer
    }

    /// Appends past this process, as another node does.
    async fn append_elsewhere(&self, user: &User, room: RoomId, text: &str) {
        builders::stored(
            self.stores.log.append(&[entry(builders::sender(user), room, text)]).await.remove(0),
        );
    }
}

impl Drop for LogFixture {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

impl Stream {
    async fn next(&mut self) -> (RoomId, u64, String) {
        wait::in_time("an entry arrives", self.arrived.recv()).await.unwrap()
    }
}

fn entry(sender: Sender, room: RoomId, text: &str) -> NewEntry {
    let text = MessageText::parse(text).unwrap();
    NewEntry { room, id: ClientId::generate(), sender, text, sent_at: Timestamp::now() }
}

#[tokio::test]
async fn interleaved_sends_reach_only_the_subscribers_of_their_room_in_order() {
    let log = LogFixture::start();
    let [ada, grace, hedy] = [("ada"), ("grace"), ("hedy")].map(|name| builders::sign_up(&log.stores, name));
    let (ada, grace, hedy) = (ada.await, grace.await, hedy.await);
    let (first, second) = (RoomId::generate(), RoomId::generate());
    let mut sending = log.stream(&ada, &[first, second]).await;
    let mut of_first = log.stream(&grace, &[first]).await;
    let mut of_second = log.stream(&hedy, &[second]).await;
    let mut answers = Vec::new();
    for number in 1..=100 {
        for room in [first, second] {
            answers.push((number, log.send(&sending, room, &format!("{room} {number}"))));
        }
    }
    for (number, answer) in answers {
        let sent = wait::in_time("the message is stored", answer).await.unwrap().unwrap();
        assert_eq!((sent.entry.seq, sent.is_resend), (number, false), "each room has numbers of its own");
    }
    for number in 1..=100 {
        assert_eq!(of_first.next().await, (first, number, format!("{first} {number}")));
        assert_eq!(of_second.next().await, (second, number, format!("{second} {number}")));
    }
    log.send(&of_first, first, "the end").await.unwrap().unwrap();
    assert_eq!(sending.next().await, (first, 101, "the end".into()), "nothing of its own came before");
    assert!(of_first.arrived.try_recv().is_err() && of_second.arrived.try_recv().is_err());
}

#[tokio::test]
async fn entries_of_other_nodes_arrive_in_every_room() {
    let log = LogFixture::start();
    let (ada, grace) =
        (builders::sign_up(&log.stores, "ada").await, builders::sign_up(&log.stores, "grace").await);
    let (first, second, third) = (RoomId::generate(), RoomId::generate(), RoomId::generate());
    let mut both = log.stream(&grace, &[first, second]).await;
    for (room, text) in [(first, "one"), (third, "unheard"), (second, "two")] {
        log.append_elsewhere(&ada, room, text).await;
    }
    let mut arrived = [both.next().await, both.next().await];
    arrived.sort_by_key(|(room, ..)| *room != first);
    assert_eq!(arrived, [(first, 1, "one".into()), (second, 1, "two".into())]);
    log.append_elsewhere(&ada, first, "three").await;
    assert_eq!(both.next().await, (first, 2, "three".into()));
}

#[tokio::test]
async fn a_room_is_followed_from_the_end_of_its_log_when_its_first_subscription_comes() {
    let log = LogFixture::start();
    let (ada, grace) =
        (builders::sign_up(&log.stores, "ada").await, builders::sign_up(&log.stores, "grace").await);
    let room = RoomId::generate();
    log.append_elsewhere(&ada, room, "before anybody came").await;
    let (sending, mut early) = (log.stream(&ada, &[]).await, log.stream(&grace, &[room]).await);
    log.send(&sending, room, "first").await.unwrap().unwrap();
    assert_eq!(early.next().await, (room, 2, "first".into()));
    log.hub.leave(&early.subscription);
    assert!(!log.hub.is_subscribed(room) && !log.hub.is_followed(room));
    log.send(&sending, room, "nobody is here").await.unwrap().unwrap();
    let mut late = log.stream(&grace, &[room]).await;
    log.send(&sending, room, "last").await.unwrap().unwrap();
    assert_eq!(late.next().await, (room, 4, "last".into()));
    assert!(early.arrived.try_recv().is_err(), "an ended subscription gets nothing");
}
