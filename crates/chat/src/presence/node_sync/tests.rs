//! Publishing and polling, with tokio's paused clock.

use std::collections::HashMap;

use async_trait::async_trait;
use parking_lot::Mutex;
use store::{NodeReport, OtherNode, Person, RoomId, RoomReport, Sender, UserId};
use tokio::task::JoinHandle;

use super::*;
use crate::hub::SubscriptionId;

const SHORTLY: Duration = Duration::from_millis(100);

/// The reports of all nodes. There is one other node, with one person.
struct FakeNodes {
    other: NodeReport,
    is_away: Mutex<bool>,
    reports: Mutex<Vec<(Instant, NodeReport)>>,
    left: Mutex<Vec<NodeId>>,
}

#[async_trait]
impl Nodes for FakeNodes {
    async fn report(&self, report: &NodeReport) -> Result<(), StoreError> {
        assert!(self.left.lock().is_empty(), "nothing is reported after the removal");
        self.answer(())?;
        self.reports.lock().push((Instant::now(), report.clone()));
        Ok(())
    }

    async fn others(&self, _: NodeId, known: &HashMap<NodeId, u64>) -> Result<Vec<OtherNode>, StoreError> {
        let id = self.other.id;
        let new_report = (!known.contains_key(&id)).then(|| self.other.clone());
        self.answer(vec![OtherNode { id, new_report }])
    }

    async fn leave(&self, node: NodeId) -> Result<(), StoreError> {
        self.left.lock().push(node);
        Ok(())
    }
}

impl FakeNodes {
    fn new() -> Self {
        let (id, username) = (UserId::new(), "grace".to_owned());
        let grace = Person { id, display_name: username.clone(), username, away: false };
        let lobby = RoomReport { room: RoomId::LOBBY, count: 1, people: vec![id], typing: Vec::new() };
        Self {
            other: NodeReport { id: NodeId::new(), version: 1, people: vec![grace], rooms: vec![lobby] },
            is_away: Mutex::default(),
            reports: Mutex::default(),
            left: Mutex::default(),
        }
    }

    fn answer<T>(&self, answer: T) -> Result<T, StoreError> {
        match *self.is_away.lock() {
            true => Err(StoreError::Unavailable("a test took it away".into())),
            false => Ok(answer),
        }
    }

    fn set_away(&self, is_away: bool) {
        *self.is_away.lock() = is_away;
    }

    /// When each report was made.
    fn reported_at(&self) -> Vec<Instant> {
        self.reports.lock().iter().map(|(at, _)| *at).collect()
    }

    /// The number of people in the lobby by the last report, counted and listed.
    fn last_reported(&self) -> (u64, usize) {
        let reports = self.reports.lock();
        let lobby = &reports.last().unwrap().1.rooms[0];
        (lobby.count, lobby.people.len())
    }
}

/// A node that runs beside the other one.
struct Node {
    presence: Arc<Presence>,
    nodes: Arc<FakeNodes>,
    stop: CancellationToken,
    running: JoinHandle<()>,
}

impl Node {
    fn start() -> Self {
        let (presence, nodes) = (Arc::new(Presence::default()), Arc::new(FakeNodes::new()));
        let stop = CancellationToken::new();
        let syncing = sync_nodes(Arc::clone(&presence), Arc::clone(&nodes) as _, stop.clone());
        Self { presence, nodes, stop, running: tokio::spawn(syncing) }
    }

    fn add_person(&self) {
        let (id, username) = (UserId::new(), "ada".to_owned());
        let sender = Sender { id, display_name: username.clone(), username };
        self.presence.change(|rosters, now| {
            rosters.join(&[RoomId::LOBBY], SubscriptionId::new(), sender, None, now);
        });
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
    node.nodes.set_away(true);
    sleep(NODE_TIMEOUT - 2 * SHORTLY).await;
    assert_eq!(node.count(), 2, "a short outage is not seen");
    sleep(SYNC_INTERVAL + SHORTLY).await;
    assert_eq!(node.count(), 1, "only the people of this node");
    node.nodes.set_away(false);
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
    assert_eq!(gaps(&node.nodes.reported_at()), [SYNC_INTERVAL; 3], "no more and no less");
    sleep(SYNC_INTERVAL).await;
    assert_eq!(node.nodes.last_reported(), (35, 35));
}

#[tokio::test(start_paused = true)]
async fn a_node_without_changes_reports_that_it_is_alive() {
    let node = Node::start();
    sleep(10 * KEEPALIVE_INTERVAL).await;
    let gaps = gaps(&node.nodes.reported_at());
    assert!(gaps.len() >= 9 && gaps.iter().all(|gap| *gap <= KEEPALIVE_INTERVAL + SHORTLY), "{gaps:?}");
    node.add_person();
    sleep(SHORTLY).await;
    assert_eq!(node.nodes.last_reported(), (1, 1), "after a quiet second a change is reported at once");
}

#[tokio::test(start_paused = true)]
async fn a_change_during_an_outage_is_reported_after_it() {
    let node = Node::start();
    sleep(SHORTLY).await;
    node.nodes.set_away(true);
    node.add_person();
    sleep(10 * SYNC_INTERVAL).await;
    assert_eq!(node.nodes.reported_at().len(), 1);
    node.nodes.set_away(false);
    sleep(SYNC_INTERVAL + SHORTLY).await;
    assert_eq!((node.nodes.reported_at().len(), node.nodes.last_reported()), (2, (1, 1)));
}

#[tokio::test(start_paused = true)]
async fn a_node_that_stops_is_removed_after_its_last_report() {
    let node = Node::start();
    node.add_person();
    sleep(SHORTLY).await;
    node.add_person();
    node.stop.cancel();
    node.running.await.unwrap();
    let id = node.nodes.reports.lock()[0].1.id;
    assert_eq!(*node.nodes.left.lock(), [id]);
}
