//! What the clients are sent, on a service without a transport: after missed changes, and when a read mark moves.

use serde_json::Value;
use serde_json::value::RawValue;
use store::{Membership, Notify, RoomKind, Sender, Timestamp, User};
use tempfile::TempDir;
use testkit::{builders, wait};
use tokio::sync::mpsc;
use tokio_util::task::TaskTracker;

use super::*;
use crate::hub::ClientCapabilities;
use crate::test_chat;
use crate::test_principal::requester;
use crate::test_sink::{SinkCall, sink};

/// A service whose tasks run, but for its transports.
struct Service {
    chat: Arc<Chat>,
    stop: CancellationToken,
    _dir: TempDir,
}

/// A socket of all rooms, and the events that it was sent.
struct Socket {
    subscription: Arc<Subscription>,
    events: mpsc::UnboundedReceiver<(String, Value)>,
}

impl Service {
    async fn start() -> Self {
        let (chat, log, dir) = test_chat::chat_with_log();
        let stop = CancellationToken::new();
        log.spawn(&TaskTracker::new(), stop.clone());
        tokio::spawn(Arc::clone(&chat.access).poll(stop.clone()));
        tokio::spawn(follow_memberships(Arc::clone(&chat), stop.clone()));
        Self { chat, stop, _dir: dir }
    }

    /// A socket that is in the rooms of its user.
    async fn socket(&self, user: &User) -> Socket {
        let (sent, events) = mpsc::unbounded_channel();
        let capabilities = ClientCapabilities { rooms: true, ..ClientCapabilities::default() };
        let send = move |event: &str, data: &RawValue| {
            sent.send((event.to_owned(), serde_json::from_str(data.get()).unwrap())).unwrap();
        };
        let sink = sink(move |call| match call {
            SinkCall::Admit(_, event, data) => send(event, &data),
            SinkCall::Send(event, data) => send(event, data),
            _ => {}
        });
        let requester = requester(user.id, &user.username);
        let subscription = Arc::new(Subscription::new(requester, Sender::from(user), capabilities, sink));
        let rooms = self.chat.access.room_ids_of(user.id).await.unwrap();
        self.chat.hub.subscribe(&subscription, &rooms);
        assert!(self.chat.follower.follow(&rooms).await);
        self.chat.hub.register(&subscription);
        verify(&self.chat, &subscription);
        Socket { subscription, events }
    }

    /// Waits until the poll has answered.
    async fn until_trusted(&self, user: &User) {
        wait::until("the cache is trusted", async || self.chat.access.known_room_ids_of(user.id)).await;
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Socket {
    /// Waits for an event of this name about a room.
    async fn next(&mut self, event: &str, room: RoomId) -> Value {
        let name_of_room = room.to_string();
        wait::in_time("the event comes", async {
            loop {
                let (name, data) = self.events.recv().await.unwrap();
                let of_room =
                    [&data["id"], &data["room"]].iter().any(|id| id.as_str() == Some(&name_of_room));
                if name == event && of_room {
                    return data;
                }
            }
        })
        .await
    }
}

#[tokio::test]
async fn missed_changes_are_found_again() {
    let service = Service::start().await;
    let stores = &service.chat.stores;
    let (ada, grace) = (builders::sign_up(stores, "ada").await, builders::sign_up(stores, "grace").await);
    let left = builders::make_room(stores, RoomKind::Private, "Left", &ada, &[&grace]).await;
    let joined = builders::make_room(stores, RoomKind::Private, "Joined", &ada, &[]).await;
    let mut socket = service.socket(&grace).await;
    service.until_trusted(&grace).await;
    builders::remove_member(stores, &left, &grace).await;
    builders::add_member(stores, &joined, &grace).await;
    // Before the task has a turn, more is announced than waits for it.
    let now = [(left.id, grace.id), (joined.id, grace.id)];
    let memberships = stores.rooms.memberships(&now).await.unwrap().into_values().filter_map(|(_, it)| it);
    service.chat.access.absorb(Vec::new(), memberships.collect(), None);
    for changes in 1..3_000 {
        let of_others = Membership { changes, ..membership(&ada, RoomId::generate()) };
        service.chat.access.absorb(Vec::new(), vec![of_others], None);
    }
    assert_eq!(socket.next("room", left.id).await["gone"], Value::from(true));
    assert_eq!(socket.next("room", joined.id).await["role"], Value::from("member"));
    assert_eq!(socket.subscription.room_ids(), [RoomId::LOBBY, joined.id]);
}

fn membership(user: &User, room: RoomId) -> Membership {
    let changed_at = Timestamp::from_millis(0);
    Membership {
        room,
        user: user.id,
        is_in: true,
        since: changed_at,
        read_seq: 0,
        notify: Notify::All,
        changes: 0,
        changed_at,
    }
}

#[tokio::test]
async fn a_read_mark_is_sent_to_the_other_sockets_of_its_user() {
    let service = Service::start().await;
    let stores = &service.chat.stores;
    let (ada, grace) = (builders::sign_up(stores, "ada").await, builders::sign_up(stores, "grace").await);
    let room = builders::make_room(stores, RoomKind::Private, "Attic", &ada, &[&grace]).await;
    let [mut reading, mut other, mut of_ada] =
        [service.socket(&grace).await, service.socket(&grace).await, service.socket(&ada).await];
    let read = |changes| Membership { changes, ..membership(&grace, room.id) };
    service.chat.access.absorb_reads(vec![read(7)], Some(reading.subscription.id));
    let mark = other.next("read", room.id).await;
    assert_eq!(
        mark,
        serde_json::json!({"room": room.id.to_string(), "seq": 0, "unread": 0, "mentions": 0, "last_seq": 0})
    );
    let marks = |socket: &mut Socket| {
        std::iter::from_fn(|| socket.events.try_recv().ok()).filter(|(name, _)| name == "read").count()
    };
    assert_eq!((marks(&mut reading), marks(&mut of_ada)), (0, 0), "not to the one that read, nor to others");
    service.chat.access.absorb_reads(vec![read(8)], None);
    reading.next("read", room.id).await;
}
