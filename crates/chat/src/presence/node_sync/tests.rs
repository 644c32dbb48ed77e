//! Publishing and polling, with tokio's paused clock.

use store::{Person, RoomId, Sender, UserId};
use testkit::fake_nodes::{FakeNodes, report_of};
use tokio::task::JoinHandle;

use super::*;
use crate::hub::SubscriptionId;

const SHORTLY: Duration = Duration::from_millis(100);

/// A node that runs beside another one with one person.
struct Node {
    presence: Arc<Presence>,
    nodes: FakeNodes,
    stop: CancellationToken,
    running: JoinHandle<()>,
}

impl Node {
    fn start() -> Self {
        let (id, username) = (UserId::new(), "grace".to_owned());
        let grace = Person { id, display_name: username.clone(), username, away: false };
        let (presence, nodes) = (Arc::new(Presence::default()), FakeNodes::default());
        nodes.set_others(vec![report_of(vec![grace])]);
        let stop = CancellationToken::new();
        let syncing = sync_nodes(Arc::clone(&presence), Arc::new(nodes.clone()), stop.clone());
        Self { presence, nodes, stop, running: tokio::spawn(syncing) }
    }

    fn add_person(&self) {
        let (id, username) = (UserId::new(), "ada".to_owned());
        let sender = Sender { id, display_name: username.clone(), username };
        self.presence.change(|rosters, now| {
            rosters.join(SubscriptionId::new(), sender, None, now);
        });
    }

    /// When each report was made.
    fn reported_at(&self) -> Vec<Instant> {
        self.nodes.reported().into_iter().map(|(at, _)| at).collect()
    }

    /// The number of people by the last report, counted and named.
    fn last_reported(&self) -> (u64, usize) {
        let reported = self.nodes.last_reported().unwrap();
        (reported.count, reported.people.len())
    }

    fn count(&self) -> u64 {
        self.presence.snapshot(RoomId::LOBBY).count
    }
}

fn gaps(times: &[Instant]) -> Vec<Duration> {
    times.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

#[tokio::test(start_paused = true)]
async fn the_people_of_other_nodes_disappear_when_polls_fail_for_fifteen_seconds() {
    let node = Node::start();
    node.add_person();
    sleep(SHORTLY).await;
    assert_eq!(node.count(), 2);
    node.nodes.set_unavailable(true);
    sleep(NODE_TIMEOUT - 2 * SHORTLY).await;
    assert_eq!(node.count(), 2, "a short outage is not seen");
    sleep(SYNC_INTERVAL + SHORTLY).await;
    assert_eq!(node.count(), 1, "only the people of this node");
    node.nodes.set_unavailable(false);
    sleep(SYNC_INTERVAL + SHORTLY).await;
    assert_eq!(node.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn changes_are_reported_within_a_second_and_not_more_often() {
    let node = Node::start();
    for _ in 0..35 {
        sleep(SHORTLY).await;
        node.add_person();
    }
    assert_eq!(gaps(&node.reported_at()), [SYNC_INTERVAL; 3], "no more and no less");
    sleep(SYNC_INTERVAL).await;
    assert_eq!(node.last_reported(), (35, 35));
}

#[tokio::test(start_paused = true)]
async fn a_node_without_changes_reports_that_it_is_alive() {
    let node = Node::start();
    sleep(10 * KEEPALIVE_INTERVAL).await;
    let gaps = gaps(&node.reported_at());
    assert!(gaps.len() >= 9 && gaps.iter().all(|gap| *gap <= KEEPALIVE_INTERVAL + SHORTLY), "{gaps:?}");
    node.add_person();
    sleep(SHORTLY).await;
    assert_eq!(node.last_reported(), (1, 1), "after a quiet second a change is reported at once");
}

#[tokio::test(start_paused = true)]
async fn a_change_during_an_outage_is_reported_after_it() {
    let node = Node::start();
    sleep(SHORTLY).await;
    node.nodes.set_unavailable(true);
    node.add_person();
    sleep(10 * SYNC_INTERVAL).await;
    assert_eq!(node.reported_at().len(), 1);
    node.nodes.set_unavailable(false);
    sleep(SYNC_INTERVAL + SHORTLY).await;
    assert_eq!((node.reported_at().len(), node.last_reported()), (2, (1, 1)));
}

#[tokio::test(start_paused = true)]
async fn a_node_that_stops_is_removed_after_its_last_report() {
    let node = Node::start();
    node.add_person();
    sleep(SHORTLY).await;
    node.add_person();
    node.stop.cancel();
    node.running.await.unwrap();
    let id = node.nodes.reported()[0].1.id;
    assert_eq!(node.nodes.left(), [id]);
}
