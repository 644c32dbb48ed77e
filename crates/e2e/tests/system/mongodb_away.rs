//! MongoDB crashes, freezes or steps down, and recovers: nothing is lost, and nothing needs a restart.

mod scene;

use std::time::{Duration, Instant};

use testkit::process::backend::{fresh_database, on_database};
use testkit::process::mongod::Mongod;
use testkit::process::natter::{Natter, Part};
use testkit::process::people::Person;
use testkit::wait::{until, within};

use scene::{Fault, Scene};

/// Maximum time until everything works again without a restart.
const RECOVERY_TIMEOUT: Duration = Duration::from_secs(5);
/// Tolerance for a busy machine.
const SLACK: Duration = Duration::from_secs(1);

#[tokio::test]
async fn killed_it_is_reported_as_unavailable_and_used_again_within_five_seconds() {
    fails_and_recovers(Fault::Killed).await;
}

#[tokio::test]
async fn frozen_it_is_reported_as_unavailable_and_used_again_within_five_seconds() {
    fails_and_recovers(Fault::Frozen).await;
}

#[tokio::test]
async fn stepped_down_it_is_reported_as_unavailable_and_used_again_within_five_seconds() {
    fails_and_recovers(Fault::SteppedDown).await;
}

async fn fails_and_recovers(fault: Fault) {
    let mut scene = Scene::start().await;
    let sends = scene.start_sending().await;
    fault.begin(&mut scene.mongod).await;
    let start = Instant::now();
    scene.assert_unavailable().await;
    let (acknowledged, sent) = sends.await.unwrap();
    println!("{fault:?}: all was answered within {:?}", start.elapsed());
    fault.end(&mut scene.mongod).await;
    let recovery = Instant::now();
    within(RECOVERY_TIMEOUT + SLACK, "everything works again", scene.wait_recovered()).await;
    println!("{fault:?}: everything worked {:?} after the end of the fault", recovery.elapsed());
    scene.assert_nothing_lost(acknowledged, &sent).await;
}

#[tokio::test]
async fn a_start_without_mongodb_logs_it_and_continues_when_mongodb_is_there() {
    let mut mongod = Mongod::replica_set().await;
    let settings = on_database(&fresh_database(&mongod.uri()));
    mongod.kill().await;
    let natter = Natter::launch(Part::Both, settings);
    until("Natter logs that it waits", async || {
        natter
            .printed()
            .lines()
            .any(|line| line.contains("WARN") && line.contains("MongoDB is not available"))
            .then_some(())
    })
    .await;
    mongod.restart().await;
    let natter = within(RECOVERY_TIMEOUT + SLACK, "Natter is ready", natter.wait_ready()).await;
    Person::sign_up(&natter, "Ann").await.post(&natter, "here at last").await;
    let warnings = natter.printed().lines().filter(|line| line.contains("MongoDB is not available")).count();
    assert_eq!(warnings, 1, "one warning:\n{}", natter.printed());
}

#[tokio::test]
async fn a_start_that_waits_for_mongodb_ends_on_sigterm() {
    let mut mongod = Mongod::replica_set().await;
    let settings = on_database(&fresh_database(&mongod.uri()));
    mongod.kill().await;
    let mut natter = Natter::launch(
        Part::Chat,
        [settings, vec![("USERS_URL".into(), "http://localhost:3000".into())]].concat(),
    );
    until("Natter logs that it waits", async || {
        natter.printed().contains("MongoDB is not available").then_some(())
    })
    .await;
    natter.terminate();
    let status = within(Duration::from_secs(2), "the process ends", natter.ended()).await;
    assert_eq!(status.code(), Some(0), "{}", natter.printed());
}
