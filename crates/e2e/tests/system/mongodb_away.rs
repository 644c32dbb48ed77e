//! MongoDB crashes, freezes or steps down, and comes back: nothing is lost, and nobody has to restart anything.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use testkit::http::{Answer, call};
use testkit::process::backend::{fresh_database, on_database};
use testkit::process::cluster::Cluster;
use testkit::process::mongod::Mongod;
use testkit::process::natter::{Natter, Part};
use testkit::process::people::Person;
use testkit::process::stream::{Acknowledged, WINDOW, assert_kept, ids, send_round, wait_for_log_after};
use testkit::socket_io::{Client, Received};
use testkit::wait::{until, until_within, within};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinHandle;

/// So soon all must be well again, without a restart.
const RECOVERY: Duration = Duration::from_secs(5);
/// What the machine may add while other tests run.
const SLACK: Duration = Duration::from_secs(1);
/// No read may wait longer, however MongoDB is: an operation has five seconds.
const NO_READ_WAITS_LONGER: Duration = Duration::from_secs(7);
/// A send may wait for the one batch before its own; each has an operation, and another that looks what became of it.
const NO_SEND_WAITS_LONGER: Duration = Duration::from_secs(22);

/// A way of being away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// Ended as by a crash.
    Killed,
    /// Connections stand, and nothing is answered.
    Frozen,
    /// It answers, but takes no writes and is no primary to read from.
    SteppedDown,
}

impl Fault {
    async fn strike(self, mongod: &mut Mongod) {
        match self {
            Self::Killed => mongod.kill().await,
            Self::Frozen => mongod.freeze(),
            Self::SteppedDown => mongod.step_down().await,
        }
    }

    async fn end(self, mongod: &mut Mongod) {
        match self {
            Self::Killed => mongod.restart().await,
            Self::Frozen => mongod.thaw(),
            Self::SteppedDown => mongod.step_up().await,
        }
    }
}

#[tokio::test]
async fn killed_it_is_missed_politely_and_found_again_within_five_seconds() {
    goes_and_comes_back(Fault::Killed).await;
}

#[tokio::test]
async fn frozen_it_is_missed_politely_and_found_again_within_five_seconds() {
    goes_and_comes_back(Fault::Frozen).await;
}

#[tokio::test]
async fn stepped_down_it_is_missed_politely_and_found_again_within_five_seconds() {
    goes_and_comes_back(Fault::SteppedDown).await;
}

async fn goes_and_comes_back(fault: Fault) {
    let mut scene = Scene::set().await;
    let stream = scene.stream_of_sends().await;
    fault.strike(&mut scene.mongod).await;
    let start = Instant::now();
    scene.is_missed_politely().await;
    let (acknowledged, sent) = stream.await.unwrap();
    println!("{fault:?}: all was answered within {:?}", start.elapsed());
    fault.end(&mut scene.mongod).await;
    let back = Instant::now();
    within(RECOVERY + SLACK, "all is well again", scene.is_well_again()).await;
    println!("{fault:?}: all was well {:?} after its return", back.elapsed());
    scene.has_lost_nothing(acknowledged, &sent).await;
}

/// Two people on two nodes, who have heard each other before.
struct Scene {
    mongod: Mongod,
    cluster: Cluster,
    ann: Person,
    ben: Person,
    anns: Client,
    bens: UnboundedReceiver<Received>,
}

impl Scene {
    async fn set() -> Self {
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

    /// Sends are on their way, until one is refused.
    async fn stream_of_sends(&self) -> JoinHandle<(Acknowledged, Vec<String>)> {
        let node = &self.cluster.nodes[0];
        let socket = Client::connect(&node.chat_url, &self.ann.token).await;
        let stream = tokio::spawn(send_until_refused(socket));
        wait_for_log_after(node, &self.ann, 100).await;
        stream
    }

    /// Everything is answered in time, negatively, and as something that may be tried again.
    async fn is_missed_politely(&mut self) {
        let Self { cluster, ann, anns, .. } = self;
        let [first, second] = &cluster.nodes[..] else { panic!("there are two nodes") };
        let arguments = [json!("meanwhile"), json!({"id": "meanwhile"})];
        let nack = within(
            NO_SEND_WAITS_LONGER,
            "the send is answered",
            anns.emit_with_ack("chat message", &arguments),
        );
        let (nack, (), (), (), (), (), ()) = tokio::join!(
            nack,
            refuses_a_post(&first.chat_url, ann),
            refuses(format!("{}/messages", first.chat_url), ann),
            refuses(format!("{}/messages?after=0", second.chat_url), ann),
            refuses(format!("{}/users/me", cluster.users.users_url), ann),
            is_not_ready(&first.chat_url),
            is_not_ready(&cluster.users.users_url),
        );
        assert_may_be_sent_again(&nack);
    }

    /// All processes are ready, and what is sent on one node is heard on the other by the connections from before.
    async fn is_well_again(&mut self) {
        let ready = async {
            for natter in self.cluster.nodes.iter().chain([&self.cluster.users]) {
                natter.becomes_ready().await;
            }
        };
        let anns = &mut self.anns;
        let taken = until("sends are taken again", async || {
            let answer =
                anns.emit_with_ack("chat message", &[json!("meanwhile"), json!({"id": "meanwhile"})]).await;
            (answer["ok"] == json!(true)).then(|| answer["message"].clone())
        });
        let ((), entry) = tokio::join!(ready, taken);
        loop {
            match self.bens.recv().await.expect("the connection stands") {
                Received::Event(_, arguments) if arguments[1] == entry => return,
                Received::Event(..) => {}
                other => panic!("a message was expected, not {other:?}"),
            }
        }
    }

    /// What was not acknowledged is sent again, and everything stands in the log once.
    async fn has_lost_nothing(&mut self, mut acknowledged: Acknowledged, sent: &[String]) {
        let missing: Vec<_> = sent.iter().filter(|id| !acknowledged.contains_key(*id)).cloned().collect();
        println!("{} were acknowledged, {} are sent again", acknowledged.len(), missing.len());
        acknowledged.extend(send_round(&mut self.anns, &missing).await.acknowledged());
        assert_eq!(acknowledged.len(), sent.len());
        let log = self.ben.whole_log(&self.cluster.nodes[1]).await;
        assert_kept(&acknowledged, &log);
        let others = log.iter().filter(|entry| !acknowledged.contains_key(entry["id"].as_str().unwrap()));
        // The post was refused, but may have been stored all the same.
        let texts: Vec<_> = others.map(|entry| &entry["text"]).filter(|text| **text != "posted").collect();
        assert_eq!(texts, ["before", "meanwhile"]);
    }
}

async fn send_until_refused(mut socket: Client) -> (Acknowledged, Vec<String>) {
    let (mut acknowledged, mut sent) = (Acknowledged::new(), Vec::new());
    loop {
        let own = ids("stream", sent.len(), WINDOW);
        let round = send_round(&mut socket, &own).await;
        sent.extend(own);
        assert!(!round.was_cut, "live connections stay");
        acknowledged.extend(round.acknowledged());
        round.refusals().for_each(assert_may_be_sent_again);
        if round.refusals().next().is_some() {
            return (acknowledged, sent);
        }
    }
}

async fn refuses(url: String, person: &Person) {
    until_within(NO_READ_WAITS_LONGER, &format!("{url} is refused"), async || {
        let answer = read(&url, &person.token).await;
        (answer.status != 200).then(|| assert_is_away(&answer))
    })
    .await;
}

async fn refuses_a_post(chat_url: &str, person: &Person) {
    let (url, body) = (format!("{chat_url}/messages"), json!({"text": "posted", "id": "posted"}));
    let post = call(Method::POST, &url, &person.token, &body);
    let answer = within(NO_SEND_WAITS_LONGER, "the post is answered", post).await;
    assert_eq!(answer.status, 503, "{}", answer.text);
    assert!(!answer.header("retry-after").is_empty(), "{:?}", answer.headers);
}

async fn is_not_ready(service: &str) {
    until_within(NO_READ_WAITS_LONGER, &format!("{service} is not ready"), async || {
        (read(&format!("{service}/health/ready"), "").await.status == 503).then_some(())
    })
    .await;
}

async fn read(url: &str, token: &str) -> Answer {
    let answer = call(Method::GET, url, token, &Value::Null);
    within(NO_READ_WAITS_LONGER, &format!("{url} is answered"), answer).await
}

fn assert_is_away(answer: &Answer) {
    answer.problem(503, "unavailable");
    assert!(!answer.header("retry-after").is_empty(), "{:?}", answer.headers);
}

/// A negative answer that lets a client send the same id again.
fn assert_may_be_sent_again(answer: &Value) {
    let code = answer["code"].as_str().unwrap_or_default();
    assert_eq!(answer["ok"], json!(false), "{answer}");
    assert!(["unavailable", "unknown_outcome"].contains(&code), "{answer}");
    assert!(answer["retry_after_ms"].is_u64(), "{answer}");
}

#[tokio::test]
async fn a_start_without_it_says_so_and_goes_on_when_it_is_there() {
    let mut mongod = Mongod::replica_set().await;
    let settings = on_database(&fresh_database(&mongod.uri()));
    mongod.kill().await;
    let natter = Natter::launch(Part::Both, settings);
    until("Natter says that it waits", async || {
        natter
            .printed()
            .lines()
            .any(|line| line.contains("WARN") && line.contains("MongoDB is away"))
            .then_some(())
    })
    .await;
    mongod.restart().await;
    let natter = within(RECOVERY + SLACK, "Natter runs", natter.wait_ready()).await;
    Person::sign_up(&natter, "Ann").await.post(&natter, "here at last").await;
    let told = natter.printed().lines().filter(|line| line.contains("MongoDB is away")).count();
    assert_eq!(told, 1, "it says so once:\n{}", natter.printed());
}

#[tokio::test]
async fn a_start_that_waits_ends_when_it_is_told_to() {
    let mut mongod = Mongod::replica_set().await;
    let settings = on_database(&fresh_database(&mongod.uri()));
    mongod.kill().await;
    let mut natter = Natter::launch(
        Part::Chat,
        [settings, vec![("USERS_URL".into(), "http://localhost:3000".into())]].concat(),
    );
    until("Natter says that it waits", async || natter.printed().contains("MongoDB is away").then_some(()))
        .await;
    natter.terminate();
    let status = within(Duration::from_secs(2), "it ends", natter.ended()).await;
    assert_eq!(status.code(), Some(0), "{}", natter.printed());
}
