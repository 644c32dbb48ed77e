//! Two nodes on a MongoDB that fails, and what clients must see before, during and after the fault.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use testkit::http::{Answer, call};
use testkit::process::backend::fresh_database;
use testkit::process::cluster::Cluster;
use testkit::process::mongod::Mongod;
use testkit::process::people::Person;
use testkit::process::send_stream::{Acknowledged, WINDOW, assert_kept, ids, send_round, wait_for_log_after};
use testkit::socket_io::{Client, Received};
use testkit::wait::{until, until_within, within};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinHandle;

/// Timeout for a read: an operation on the store has five seconds.
const READ_TIMEOUT: Duration = Duration::from_secs(7);
/// Timeout for a send. It may wait for one earlier batch; each batch has an operation and a lookup of its outcome.
const SEND_TIMEOUT: Duration = Duration::from_secs(22);

/// How MongoDB is unavailable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The process is killed.
    Killed,
    /// Connections stay open, and nothing is answered.
    Frozen,
    /// It answers, but is no primary: it accepts no writes, and clients do not read from it.
    SteppedDown,
}

impl Fault {
    pub(super) async fn begin(self, mongod: &mut Mongod) {
        match self {
            Self::Killed => mongod.kill().await,
            Self::Frozen => mongod.freeze(),
            Self::SteppedDown => mongod.step_down().await,
        }
    }

    pub(super) async fn end(self, mongod: &mut Mongod) {
        match self {
            Self::Killed => mongod.restart().await,
            Self::Frozen => mongod.thaw(),
            Self::SteppedDown => mongod.step_up().await,
        }
    }
}

/// Two nodes on a MongoDB, each with a connected client.
pub(super) struct Scene {
    pub(super) mongod: Mongod,
    cluster: Cluster,
    ann: Person,
    ben: Person,
    anns: Client,
    bens: UnboundedReceiver<Received>,
}

impl Scene {
    pub(super) async fn start() -> Self {
        let mongod = Mongod::replica_set().await;
        let cluster = Cluster::start(&fresh_database(&mongod.uri()), 2).await;
        let ann = Person::sign_up(&cluster.users, "Ann").await;
        let ben = Person::sign_up(&cluster.users, "Ben").await;
        let mut anns = Client::connect(&cluster.nodes[0].chat_url, &ann.token).await;
        let mut bens = Client::connect(&cluster.nodes[1].chat_url, &ben.token).await;
        anns.send("before").await;
        assert_eq!(bens.next_message().await.0, "Ann : before");
        Self { mongod, cluster, ann, ben, anns, bens: bens.receive_in_background() }
    }

    /// Starts a task that sends until a send is refused.
    pub(super) async fn start_sending(&self) -> JoinHandle<(Acknowledged, Vec<String>)> {
        let node = &self.cluster.nodes[0];
        let socket = Client::connect(&node.chat_url, &self.ann.token).await;
        let sends = tokio::spawn(send_until_refused(socket));
        wait_for_log_after(node, &self.ann, 100).await;
        sends
    }

    /// Checks that every request is refused in time, with an error that allows a retry.
    pub(super) async fn assert_unavailable(&mut self) {
        let Self { cluster, ann, anns, .. } = self;
        let [first, second] = &cluster.nodes[..] else { panic!("there are two nodes") };
        let arguments = [json!("while away"), json!({"id": "while-away"})];
        let refusal =
            within(SEND_TIMEOUT, "the send is answered", anns.emit_with_ack("chat message", &arguments));
        let (refusal, (), (), (), (), (), ()) = tokio::join!(
            refusal,
            assert_post_is_refused(&first.chat_url, ann),
            assert_refused(format!("{}/messages", first.chat_url), ann),
            assert_refused(format!("{}/messages?after=0", second.chat_url), ann),
            assert_refused(format!("{}/users/me", cluster.users.users_url), ann),
            assert_not_ready(&first.chat_url),
            assert_not_ready(&cluster.users.users_url),
        );
        assert_may_be_repeated(&refusal);
    }

    /// Waits until all processes are ready, and a message from one node reaches the other over the old connections.
    pub(super) async fn wait_recovered(&mut self) {
        let ready = async {
            for natter in self.cluster.nodes.iter().chain([&self.cluster.users]) {
                natter.becomes_ready().await;
            }
        };
        let anns = &mut self.anns;
        let accepted = until("sends are accepted again", async || {
            let answer =
                anns.emit_with_ack("chat message", &[json!("while away"), json!({"id": "while-away"})]).await;
            (answer["ok"] == json!(true)).then(|| answer["message"].clone())
        });
        let ((), entry) = tokio::join!(ready, accepted);
        loop {
            match self.bens.recv().await.expect("the connection stays open") {
                Received::Event(_, arguments) if arguments[1] == entry => return,
                Received::Event(..) => {}
                other => panic!("a message was expected, not {other:?}"),
            }
        }
    }

    /// Repeats the sends without an acknowledgement, and checks that the log has every message once.
    pub(super) async fn assert_nothing_lost(&mut self, mut acknowledged: Acknowledged, sent: &[String]) {
        let missing: Vec<_> = sent.iter().filter(|id| !acknowledged.contains_key(*id)).cloned().collect();
        println!("{} were acknowledged, {} are sent again", acknowledged.len(), missing.len());
        acknowledged.extend(send_round(&mut self.anns, &missing).await.acknowledged());
        assert_eq!(acknowledged.len(), sent.len());
        let log = self.ben.whole_log(&self.cluster.nodes[1]).await;
        assert_kept(&acknowledged, &log);
        let others = log.iter().filter(|entry| !acknowledged.contains_key(entry["id"].as_str().unwrap()));
        // The refused post may be stored anyway.
        let texts: Vec<_> = others.map(|entry| &entry["text"]).filter(|text| **text != "posted").collect();
        assert_eq!(texts, ["before", "while away"]);
    }
}

async fn send_until_refused(mut socket: Client) -> (Acknowledged, Vec<String>) {
    let (mut acknowledged, mut sent) = (Acknowledged::new(), Vec::new());
    loop {
        let own = ids("sends", sent.len(), WINDOW);
        let round = send_round(&mut socket, &own).await;
        sent.extend(own);
        assert!(!round.was_cut, "live connections stay open");
        acknowledged.extend(round.acknowledged());
        round.refusals().for_each(assert_may_be_repeated);
        if round.refusals().next().is_some() {
            return (acknowledged, sent);
        }
    }
}

async fn assert_refused(url: String, person: &Person) {
    until_within(READ_TIMEOUT, &format!("{url} is refused"), async || {
        let answer = read(&url, &person.token).await;
        (answer.status != 200).then(|| assert_unavailable_problem(&answer))
    })
    .await;
}

async fn assert_post_is_refused(chat_url: &str, person: &Person) {
    let (url, body) = (format!("{chat_url}/messages"), json!({"text": "posted", "id": "posted"}));
    let post = call(Method::POST, &url, &person.token, &body);
    let answer = within(SEND_TIMEOUT, "the post is answered", post).await;
    assert_eq!(answer.status, 503, "{}", answer.text);
    assert!(!answer.header("retry-after").is_empty(), "{:?}", answer.headers);
}

async fn assert_not_ready(service: &str) {
    until_within(READ_TIMEOUT, &format!("{service} is not ready"), async || {
        (read(&format!("{service}/health/ready"), "").await.status == 503).then_some(())
    })
    .await;
}

async fn read(url: &str, token: &str) -> Answer {
    let answer = call(Method::GET, url, token, &Value::Null);
    within(READ_TIMEOUT, &format!("{url} is answered"), answer).await
}

fn assert_unavailable_problem(answer: &Answer) {
    answer.problem(503, "unavailable");
    assert!(!answer.header("retry-after").is_empty(), "{:?}", answer.headers);
}

/// Checks for a refusal that allows a client to send the same id again.
fn assert_may_be_repeated(answer: &Value) {
    let code = answer["code"].as_str().unwrap_or_default();
    assert_eq!(answer["ok"], json!(false), "{answer}");
    assert!(["unavailable", "unknown_outcome"].contains(&code), "{answer}");
    assert!(answer["retry_after_ms"].is_u64(), "{answer}");
}
