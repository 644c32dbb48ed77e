//! A log with its tasks on a store, and subscriptions that note what arrives.

use std::sync::{Arc, OnceLock};
use std::time::Instant;

use store::{ClientId, MessageText, NewEntry, RoomId, RoomKind, Sender, Stores, Timestamp, User};
use tempfile::TempDir;
use testkit::faulty::Faults;
use testkit::{builders, wait};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use web::Refusal;

use crate::access::Access;
use crate::hub::{ClientCapabilities, Delivery, Hub, Observer, Subscription, SubscriptionId};
use crate::log::follower::Follower;
use crate::log::journal::{Journal, QueuedMessage, Sent};
use crate::log::tasks::LogTasks;
use crate::test_principal::requester;
use crate::test_sink::{SinkCall, sink};

/// A log with its tasks, and the hub that it delivers to.
pub(super) struct LogFixture {
    pub(super) stores: Stores,
    /// What the log was asked.
    pub(super) faults: Faults,
    pub(super) hub: Arc<Hub>,
    journal: Journal,
    follower: Follower,
    shutdown: CancellationToken,
    _dir: TempDir,
}

/// A subscription with a sink of its own, as a stream has it, and what arrived there.
pub(super) struct Stream {
    pub(super) subscription: Arc<Subscription>,
    pub(super) arrived: mpsc::UnboundedReceiver<(RoomId, u64, String)>,
    pub(super) log_heads: mpsc::UnboundedReceiver<(RoomId, u64)>,
}

struct NoObserver;

impl Observer for NoObserver {
    fn joined(&self, _: &Subscription) {}

    fn left(&self, _: &Subscription, _: bool) {}

    fn watches(&self, _: &Subscription, _: RoomId) {}

    fn unwatches(&self, _: &Subscription, _: RoomId) {}
}

impl LogFixture {
    pub(super) fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let faults = Faults::default();
        let stores = faults.wrap(store::sqlite::open(dir.path()).unwrap());
        let access = Access::new(Arc::clone(&stores.rooms));
        let (hub, shutdown) = (Hub::new(Arc::new(NoObserver)), CancellationToken::new());
        let (journal, follower, tasks) = LogTasks::new(&stores, &access, &hub, 10_000, shutdown.clone());
        tasks.spawn(&TaskTracker::new(), shutdown.clone());
        Self { stores, faults, hub, journal, follower, shutdown, _dir: dir }
    }

    /// A stream of a user, subscribed to some rooms.
    pub(super) async fn stream(&self, user: &User, rooms: &[RoomId]) -> Stream {
        self.stream_with(user, rooms, ClientCapabilities::default()).await
    }

    /// The same, of a client that detects gaps by itself.
    pub(super) async fn stream_that_detects_gaps(&self, user: &User, rooms: &[RoomId]) -> Stream {
        self.stream_with(user, rooms, ClientCapabilities { log_head: true, ..ClientCapabilities::default() })
            .await
    }

    async fn stream_with(&self, user: &User, rooms: &[RoomId], capabilities: ClientCapabilities) -> Stream {
        let (sending, arrived) = mpsc::unbounded_channel();
        let (sending_heads, log_heads) = mpsc::unbounded_channel();
        let own_id: Arc<OnceLock<SubscriptionId>> = Arc::default();
        let own = Arc::clone(&own_id);
        let sink = sink(move |call| match call {
            SinkCall::Deliver(Delivery { room, entries, senders }) => {
                let all = entries.iter().zip(senders);
                for (entry, _) in all.filter(|(_, sent_by)| **sent_by != own.get().copied()) {
                    let text = entry.text.clone().unwrap_or_default();
                    sending.send((room, entry.seq, text)).unwrap();
                }
            }
            SinkCall::LogHead(room, last_seq) => sending_heads.send((room, last_seq)).unwrap(),
            _ => {}
        });
        let requester = requester(user.id, &user.username);
        let subscription = Arc::new(Subscription::new(requester, builders::sender(user), capabilities, sink));
        own_id.set(subscription.id).unwrap();
        self.hub.subscribe(&subscription, rooms);
        assert!(self.follower.follow(rooms).await);
        self.hub.register(&subscription);
        Stream { subscription, arrived, log_heads }
    }

    /// A room that a user and others are in.
    pub(super) async fn room(&self, user: &User, others: &[&User]) -> RoomId {
        builders::make_room(&self.stores, RoomKind::Private, "Plans", user, others).await.id
    }

    pub(super) fn send(
        &self,
        stream: &Stream,
        room: RoomId,
        text: &str,
    ) -> oneshot::Receiver<Result<Sent, Refusal>> {
        self.queue(stream, entry(stream.subscription.sender(), room, text))
    }

    /// Sends to the lobby a message whose sender's session was checked at a time.
    pub(super) fn send_checked(
        &self,
        stream: &Stream,
        text: &str,
        sender_checked_at: Option<Instant>,
    ) -> oneshot::Receiver<Result<Sent, Refusal>> {
        let new = entry(stream.subscription.sender(), RoomId::LOBBY, text);
        self.queue(stream, NewEntry { sender_checked_at, ..new })
    }

    fn queue(&self, stream: &Stream, entry: NewEntry) -> oneshot::Receiver<Result<Sent, Refusal>> {
        let (reply, answer) = oneshot::channel();
        let queued = QueuedMessage {
            entry,
            has_own_id: false,
            principal: Arc::clone(&stream.subscription.principal),
            sent_by: Some(stream.subscription.id),
            reply: Box::new(move |result| drop(reply.send(result))),
            _places: self.journal.places(stream.subscription.user(), stream.subscription.network).unwrap(),
        };
        assert!(self.journal.accept(queued));
        answer
    }

    /// Appends many entries past this process.
    pub(super) async fn append_many_elsewhere(&self, user: &User, room: RoomId, count: usize) {
        for _ in 0..count / 500 {
            let batch: Vec<_> = (0..500).map(|_| entry(builders::sender(user), room, "hello")).collect();
            self.stores
                .log
                .append(&batch)
                .await
                .into_iter()
                .for_each(|outcome| drop(builders::stored(outcome)));
        }
    }

    /// Appends past this process, as another node does.
    pub(super) async fn append_elsewhere(&self, user: &User, room: RoomId, text: &str) {
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
    pub(super) async fn next(&mut self) -> (RoomId, u64, String) {
        wait::in_time("an entry arrives", self.arrived.recv()).await.unwrap()
    }
}

fn entry(sender: Sender, room: RoomId, text: &str) -> NewEntry {
    let text = MessageText::parse(text).unwrap();
    let sent_at = Timestamp::now();
    NewEntry {
        room,
        id: ClientId::generate(),
        sender,
        text,
        mentions: Vec::new(),
        sent_at,
        sender_checked_at: None,
    }
}
