//! What the store promises across restarts and crashes.

use std::process::Stdio;

use store::AppendOutcome;
use testkit::builders::{new_entry, username};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::fixture::Fixture;

/// Set for the process that writes until it is killed: the store's address.
const WRITER: &str = "NATTER_CONTRACT_WRITER";
/// Number of acknowledged messages before the kill.
const MIN_ACKNOWLEDGED: usize = 200;

pub(crate) async fn everything_is_there_after_reopening(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    let entry = fixture.say(&ada, "a", "hello").await;
    let (fixture, ()) = fixture.closed_during(async |_| ()).await;
    assert_eq!(fixture.stores.accounts.by_id(ada.id).await.unwrap().as_ref(), Some(&ada));
    assert_eq!(fixture.whole_log().await, [entry]);
    assert_eq!(fixture.say(&ada, "b", "again").await.seq, 2);
}

pub(crate) async fn what_was_acknowledged_survives_a_killed_process(fixture: Fixture) {
    fixture.user("ada").await;
    let (fixture, acknowledged) = fixture.closed_during(kill_a_writing_process).await;
    let log = fixture.whole_log().await;
    for (position, entry) in log.iter().enumerate() {
        assert_eq!(entry.seq, position as u64 + 1, "no gap");
    }
    for id in &acknowledged {
        assert_eq!(log.iter().filter(|entry| entry.id == *id).count(), 1, "{id} is there once");
    }
    let ada = fixture.stores.accounts.by_username(&username("ada")).await.unwrap().unwrap();
    let resent = fixture.append(&[new_entry(&ada, &acknowledged[0], "hello")]).await;
    assert!(matches!(&resent[0], AppendOutcome::Resent(_)));
}

/// Starts this test binary as a writer and kills it while it writes. Returns the ids that it reported as stored.
async fn kill_a_writing_process(address: &str) -> Vec<String> {
    let mut writer = start_writer(address);
    let mut lines = BufReader::new(writer.stdout.take().unwrap()).lines();
    let mut acknowledged = Vec::new();
    while acknowledged.len() < MIN_ACKNOWLEDGED {
        let line = lines.next_line().await.unwrap().expect("the writer writes until it is killed");
        acknowledged.extend(line.split_once("stored ").map(|(_, id)| id.to_owned()));
    }
    writer.kill().await.unwrap();
    while let Ok(Some(line)) = lines.next_line().await {
        acknowledged.extend(line.strip_prefix("stored ").map(str::to_owned));
    }
    acknowledged
}

fn start_writer(address: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "survival::writes_until_killed", "--nocapture"])
        .env(WRITER, address)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

/// The writing process. It does nothing without an address in its environment.
#[tokio::test]
async fn writes_until_killed() {
    let Ok(address) = std::env::var(WRITER) else { return };
    let stores = Fixture::open(&address).await;
    let ada = stores.accounts.by_username(&username("ada")).await.unwrap().unwrap();
    for batch in 0.. {
        let entries: Vec<_> =
            (0..5).map(|number| new_entry(&ada, &format!("{batch}-{number}"), "hello")).collect();
        for (entry, outcome) in entries.iter().zip(stores.log.append(&entries).await) {
            assert!(matches!(outcome, AppendOutcome::Stored(_)));
            println!("stored {}", entry.id.as_str());
        }
    }
}
