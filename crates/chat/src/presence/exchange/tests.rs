//! What is told to other nodes and heard of them, by a clock that runs as fast as it can.

use std::collections::HashMap;
use std::sync::Mutex;

use crate::hub::SubscriptionId;
use async_trait::async_trait;
use store::{NodeReport, OtherNode, Person, Sender, UserId};
use tokio::task::JoinHandle;

use super::*;

/// A place to meet with one other node, which has one person.
struct Place {
    other: NodeReport,
    is_away: Mutex<bool>,
    reports: Mutex<Vec<(Instant, NodeReport)>>,
    left: Mutex<Vec<NodeId>>,
}

#[async_trait]
impl Nodes for Place {
    async fn report(&self, report: &NodeReport) -> Result<(), StoreError> {
        assert!(self.left.lock().unwrap().is_empty(), "nothing is told after the leave");
        self.answer(())?;
        self.reports.lock().unwrap().push((Instant::now(), report.clone()));
        Ok(())
    }

    async fn others(&self, _: NodeId, known: &HashMap<NodeId, u64>) -> Result<Vec<OtherNode>, StoreError> {
        let id = self.other.id;
        let news = (!known.contains_key(&id)).then(|| self.other.clone());
        self.answer(vec![OtherNode { id, news }])
    }

    async fn leave(&self, node: NodeId) -> Result<(), StoreError> {
        self.left.lock().unwrap().push(node);
        Ok(())
    }
}

impl Place {
    fn answer<T>(&self, answer: T) -> Result<T, StoreError> {
        match *self.is_away.lock().unwrap() {
            true => Err(StoreError::Unavailable("a test took it away".into())),
            false => Ok(answer),
        }
    }

    fn is_away(&self, away: bool) {
        *self.is_away.lock().unwrap() = away;
    }
}

/// A node beside another one.
struct Node {
    presence: Arc<Presence>,
    place: Arc<Place>,
    stop: CancellationToken,
    running: JoinHandle<()>,
}

impl Node {
    fn start() -> Self {
        let (id, username) = (UserId::new(), "grace".to_owned());
        let grace = Person { id, display_name: username.clone(), username, away: false };
        let other =
            NodeReport { id: NodeId::new(), version: 1, count: 1, people: vec![grace], typing: Vec::new() };
        let place =
            Place { other, is_away: Mutex::default(), reports: Mutex::default(), left: Mutex::default() };
        let (presence, place, stop) =
            (Arc::new(Presence::default()), Arc::new(place), CancellationToken::new());
        let running = tokio::spawn(exchange(Arc::clone(&presence), Arc::clone(&place) as _, stop.clone()));
        Self { presence, place, stop, running }
    }

    fn somebody_joins(&self) {
        let (id, username) = (UserId::new(), "ada".to_owned());
        let sender = Sender { id, display_name: username.clone(), username };
        self.presence.change(|roster, now| roster.join(SubscriptionId::new(), sender, None, now));
    }

    /// The moments of all reports.
    fn reported_at(&self) -> Vec<Instant> {
        self.place.reports.lock().unwrap().iter().map(|(at, _)| *at).collect()
    }
}

fn gaps(moments: &[Instant]) -> Vec<Duration> {
    moments.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

const MOMENT: Duration = Duration::from_millis(100);

#[tokio::test(start_paused = true)]
async fn the_people_of_other_nodes_fade_when_nothing_is_heard_for_fifteen_seconds() {
    let node = Node::start();
    node.somebody_joins();
    let count = || node.presence.ask().count;
    sleep(MOMENT).await;
    assert_eq!(count(), 2);
    node.place.is_away(true);
    sleep(NODE_TIMEOUT - 2 * MOMENT).await;
    assert_eq!(count(), 2, "a short outage is not seen");
    sleep(PACE + MOMENT).await;
    assert_eq!(count(), 1, "only those who are here");
    node.place.is_away(false);
    sleep(PACE + MOMENT).await;
    assert_eq!(count(), 2);
}

#[tokio::test(start_paused = true)]
async fn changes_are_told_within_a_second_and_not_more_often() {
    let node = Node::start();
    for _ in 0..35 {
        sleep(MOMENT).await;
        node.somebody_joins();
    }
    let at = node.reported_at();
    assert_eq!(gaps(&at), [PACE; 3], "no more and no less");
    sleep(PACE).await;
    let last = node.place.reports.lock().unwrap().last().unwrap().1.clone();
    assert_eq!((last.count, last.people.len()), (35, 35));
}

#[tokio::test(start_paused = true)]
async fn a_node_to_which_nothing_happens_shows_that_it_is_alive() {
    let node = Node::start();
    sleep(10 * ALIVE_AT_LEAST).await;
    let gaps = gaps(&node.reported_at());
    assert!(gaps.len() >= 9 && gaps.iter().all(|gap| *gap <= ALIVE_AT_LEAST + MOMENT), "{gaps:?}");
    node.somebody_joins();
    sleep(MOMENT).await;
    let last = node.place.reports.lock().unwrap().last().unwrap().1.clone();
    assert_eq!(last.count, 1, "after a pause a change is told at once");
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_told_is_told_when_the_store_is_back() {
    let node = Node::start();
    sleep(MOMENT).await;
    node.place.is_away(true);
    node.somebody_joins();
    sleep(10 * PACE).await;
    assert_eq!(node.reported_at().len(), 1);
    node.place.is_away(false);
    sleep(PACE + MOMENT).await;
    assert_eq!(node.place.reports.lock().unwrap()[1].1.count, 1);
}

#[tokio::test(start_paused = true)]
async fn a_node_that_stops_takes_leave_last() {
    let node = Node::start();
    node.somebody_joins();
    sleep(MOMENT).await;
    node.somebody_joins();
    node.stop.cancel();
    node.running.await.unwrap();
    let id = node.place.reports.lock().unwrap()[0].1.id;
    assert_eq!(*node.place.left.lock().unwrap(), [id]);
}
