//! The registry, what presence learns from it, and that entries go to each sink once.

use std::sync::atomic::{AtomicUsize, Ordering};

use store::{RoomId, Sender, UserId};

use super::*;
use crate::presence::{Presence, Snapshot};
use crate::test_principal::requester;
use crate::test_sink::{SinkCall, sink};

const LOBBY: RoomId = RoomId::LOBBY;

/// Counts the deliveries to a sink and the ends of its subscriptions.
#[derive(Default)]
struct Counts {
    deliveries: AtomicUsize,
    closed: AtomicUsize,
    disconnected: AtomicUsize,
    watching: AtomicUsize,
    notified: AtomicUsize,
    admitted: Mutex<Vec<RoomId>>,
    dismissed: Mutex<Vec<RoomId>>,
}

impl Counts {
    fn count(&self, call: &SinkCall<'_>) {
        let counted = match call {
            SinkCall::Deliver(_) => &self.deliveries,
            SinkCall::Notify => &self.notified,
            SinkCall::Watch => &self.watching,
            SinkCall::CloseForGood => &self.closed,
            SinkCall::Disconnect => &self.disconnected,
            SinkCall::Unwatch => {
                self.watching.fetch_sub(1, Ordering::SeqCst);
                return;
            }
            SinkCall::Admit(room, ..) => return self.admitted.lock().push(*room),
            SinkCall::Dismiss(room) => return self.dismissed.lock().push(*room),
            SinkCall::Send(..) | SinkCall::LogHead(..) => return,
        };
        counted.fetch_add(1, Ordering::SeqCst);
    }
}

/// A subscription that is not registered yet.
fn subscription(name: &str, sink: &Arc<dyn Sink>) -> Arc<Subscription> {
    let sender = Sender { id: UserId::new(), username: name.into(), display_name: name.into() };
    let requester = requester(sender.id, name);
    Arc::new(Subscription::new(requester, sender, ClientCapabilities::default(), Arc::clone(sink)))
}

fn hub() -> (Arc<Presence>, Arc<Hub>, Arc<dyn Sink>) {
    let presence = Arc::new(Presence::default());
    let hub = Hub::new(Arc::clone(&presence) as _);
    (presence, hub, sink(|_| {}))
}

/// A hub, a sink, and the counts of its calls.
fn counted() -> (Arc<Presence>, Arc<Hub>, Arc<dyn Sink>, Arc<Counts>) {
    let (presence, hub, _) = hub();
    let counts: Arc<Counts> = Arc::default();
    let counting = Arc::clone(&counts);
    (presence, hub, sink(move |call| counting.count(&call)), counts)
}

#[test]
fn what_a_client_says_before_it_is_registered_counts() {
    let (presence, hub, sink) = hub();
    let ada = subscription("ada", &sink);
    presence.attend(&ada, true);
    hub.subscribe(&ada, &[LOBBY]);
    assert_eq!(presence.snapshot(LOBBY).count, 0);
    hub.register(&ada);
    assert!(presence.snapshot(LOBBY).people[0].away);
    presence.attend(&ada, false);
    assert!(!presence.snapshot(LOBBY).people[0].away);
}

#[test]
fn a_client_that_left_before_it_was_registered_is_not_here() {
    let (presence, hub, sink) = hub();
    let ada = subscription("ada", &sink);
    hub.subscribe(&ada, &[LOBBY]);
    hub.leave(&ada);
    hub.register(&ada);
    presence.type_on(LOBBY, &ada);
    presence.sent(LOBBY, Some(ada.id), ada.user());
    assert_eq!(presence.snapshot(LOBBY), Snapshot::default());
    assert!(hub.all().is_empty());
}

#[test]
fn a_client_is_here_whichever_rooms_it_subscribed_to() {
    let (presence, hub, sink) = hub();
    let ada = subscription("ada", &sink);
    hub.subscribe(&ada, &[RoomId::generate()]);
    hub.register(&ada);
    assert_eq!(presence.snapshot(LOBBY).count, 1);
}

#[test]
fn a_room_has_its_registered_subscriptions_of_every_sink() {
    let (_, hub, shared) = hub();
    let (room, other) = (RoomId::generate(), RoomId::generate());
    let [ada, grace, unregistered] = ["ada", "grace", "hedy"].map(|name| subscription(name, &shared));
    let (alone, elsewhere) = (subscription("ken", &sink(|_| {})), subscription("bob", &shared));
    // In another order than that of their ids.
    for subscription in [&alone, &unregistered, &grace, &ada] {
        hub.subscribe(subscription, &[room, LOBBY]);
    }
    hub.subscribe(&elsewhere, &[other]);
    [&ada, &grace, &alone, &elsewhere].iter().for_each(|subscription| hub.register(subscription));
    let users = |room| HashSet::from_iter(hub.subscribed_to(room).iter().map(|it| it.user()));
    assert_eq!(users(room), HashSet::from([ada.user(), grace.user(), alone.user()]));
    assert!(hub.unsubscribe(&grace, room));
    hub.leave(&alone);
    assert_eq!(users(room), HashSet::from([ada.user()]));
    assert_eq!(users(LOBBY), HashSet::from([ada.user(), grace.user()]));
    hub.close_for_good(&ada);
    assert_eq!(users(room), HashSet::new());
    assert_eq!(users(RoomId::generate()), HashSet::new());
}

#[tokio::test]
async fn a_sink_gets_a_delivery_once_for_all_its_subscriptions_of_the_room() {
    let (_, hub, sink, counts) = counted();
    let (ada, grace, other) = (subscription("ada", &sink), subscription("grace", &sink), RoomId::generate());
    [&ada, &grace].iter().for_each(|subscription| hub.subscribe(subscription, &[LOBBY]));
    let deliver = async |room| hub.deliver(Delivery { room, entries: &[], senders: &[] }).await;
    deliver(LOBBY).await;
    deliver(other).await;
    assert_eq!(counts.deliveries.load(Ordering::SeqCst), 1);
    hub.leave(&ada);
    deliver(LOBBY).await;
    assert_eq!(counts.deliveries.load(Ordering::SeqCst), 2, "one is left");
    hub.leave(&grace);
    deliver(LOBBY).await;
    assert_eq!(counts.deliveries.load(Ordering::SeqCst), 2, "nobody is left");
    hub.subscribe(&grace, &[LOBBY]);
    deliver(LOBBY).await;
    assert_eq!(counts.deliveries.load(Ordering::SeqCst), 2, "one that ended gets nothing any more");
}

#[test]
fn an_end_comes_once_and_its_kinds_are_not_confused() {
    let (presence, hub, sink, counts) = counted();
    let [ada, grace] = ["ada", "grace"].map(|name| subscription(name, &sink));
    for subscription in [&ada, &grace] {
        hub.subscribe(subscription, &[LOBBY]);
        hub.register(subscription);
    }
    hub.close_for_good(&ada);
    hub.close_for_good(&ada);
    hub.disconnect(ada.id, Cause::Slow);
    hub.disconnect(grace.id, Cause::Slow);
    hub.close_for_good(&grace);
    assert_eq!((counts.closed.load(Ordering::SeqCst), counts.disconnected.load(Ordering::SeqCst)), (1, 1));
    assert!(hub.of(ada.user()).is_empty() && hub.of(grace.user()).is_empty());
    let here: Vec<_> = presence.snapshot(LOBBY).people.into_iter().map(|person| person.username).collect();
    assert_eq!(here, ["grace"], "a client that may come back lingers");
}

#[tokio::test]
async fn a_watcher_gets_what_is_announced_until_it_unwatches_or_ends() {
    let (_, hub, sink, counts) = counted();
    let [ada, grace] = ["ada", "grace"].map(|name| subscription(name, &sink));
    let room = RoomId::generate();
    for subscription in [&ada, &grace] {
        hub.register(subscription);
        assert_eq!(hub.watch(subscription, room), Ok(()));
    }
    let notified = async |count: usize| {
        assert!(hub.notify_watchers(room, "typing", &()).await);
        assert_eq!(counts.notified.load(Ordering::SeqCst), count);
    };
    notified(1).await;
    hub.unwatch(&ada, room);
    hub.unwatch(&ada, room);
    notified(2).await;
    hub.leave(&grace);
    notified(2).await;
    assert_eq!(hub.watch(&grace, room), Err(NotWatched::Ended));
    notified(2).await;
    assert_eq!(counts.watching.load(Ordering::SeqCst), 0, "the sink learns each end");
}

#[test]
fn a_subscription_watches_a_bounded_number_of_rooms() {
    let (_, hub, sink) = hub();
    let (ada, rooms) =
        (subscription("ada", &sink), Vec::from_iter((0..MAX_WATCHED_ROOMS).map(|_| RoomId::generate())));
    hub.register(&ada);
    assert!(rooms.iter().all(|room| hub.watch(&ada, *room) == Ok(())));
    assert_eq!(hub.watch(&ada, rooms[0]), Ok(()), "it is watched already");
    assert_eq!(hub.watch(&ada, LOBBY), Err(NotWatched::TooMany));
    hub.unwatch(&ada, rooms[0]);
    assert_eq!(hub.watch(&ada, LOBBY), Ok(()));
    hub.leave(&ada);
    assert!(ada.watched().is_empty());
}

#[test]
fn a_subscription_joins_and_leaves_rooms_while_it_is_open() {
    let (_, hub, sink, counts) = counted();
    let (ada, first, second) = (subscription("ada", &sink), RoomId::generate(), RoomId::generate());
    hub.subscribe(&ada, &[LOBBY]);
    hub.register(&ada);
    hub.subscribe(&ada, &[second, first, LOBBY]);
    assert_eq!(ada.room_ids(), [LOBBY, first, second], "each once, in order");
    assert!(hub.set_followed(first, 7));
    let reported = Mutex::new(Vec::new());
    hub.admit(&ada, first, "room", |last| reported.lock().push(last));
    assert_eq!(
        (reported.into_inner(), counts.admitted.lock().clone()),
        (vec![7], vec![first]),
        "from entry 8 on"
    );
    assert!(hub.unsubscribe(&ada, first) && !hub.unsubscribe(&ada, first));
    assert_eq!((ada.room_ids(), counts.dismissed.lock().clone()), (vec![LOBBY, second], vec![first]));
    hub.admit(&ada, first, "room", |_| -> u64 { unreachable!("it left before it was admitted") });
    assert_eq!(hub.take_abandoned(), HashSet::from([first]));
    assert!(hub.delivered(first).is_none() && hub.take_abandoned().is_empty());
    hub.leave(&ada);
    assert!(!hub.set_followed(second, 1), "nobody is left");
    hub.subscribe(&ada, &[second]);
    assert_eq!(hub.take_abandoned(), HashSet::from([LOBBY, second]), "one that has ended joins nothing");
}
