//! Administrative commands for a server of the tests.

use mongodb::Client;
use mongodb::bson::{Document, doc};
use mongodb::error::Error;

use crate::wait;

/// Initiates a replica set whose first member is always the primary, with explicit addresses: the default host name may
/// not resolve.
pub(super) async fn initiate(ports: &[u16], set: &str) {
    let member = |(index, port): (usize, &u16)| {
        let priority = i32::from(index == 0);
        doc! {"_id": index as i32, "host": format!("127.0.0.1:{port}"), "priority": priority}
    };
    let members: Vec<_> = ports.iter().enumerate().map(member).collect();
    let config = doc! {"_id": set, "members": members};
    admin(ports[0], doc! {"replSetInitiate": config}).await.expect("the replica set can be initiated");
}

/// Waits until a member follows the primary.
pub(super) async fn wait_secondary(port: u16) {
    wait::until("a secondary follows", async || {
        let reply = admin(port, doc! {"hello": 1}).await.ok()?;
        reply.get_bool("secondary").unwrap_or(false).then_some(())
    })
    .await;
}

/// Makes a secondary apply nothing more.
pub(super) async fn lock(port: u16) {
    admin(port, doc! {"fsync": 1, "lock": true}).await.expect("the secondary can be locked");
}

/// Reverts [`lock`].
pub(super) async fn unlock(port: u16) {
    admin(port, doc! {"fsyncUnlock": 1}).await.expect("the secondary can be unlocked");
}

/// Waits until the server accepts writes: as a standalone server, or as the primary of its set.
pub(super) async fn wait_writable(port: u16) {
    wait::until("MongoDB accepts writes", async || {
        let reply = admin(port, doc! {"hello": 1}).await.ok()?;
        reply.get_bool("isWritablePrimary").unwrap_or(false).then_some(())
    })
    .await;
}

/// Makes the server a secondary, for longer than any test.
pub(super) async fn step_down(port: u16) {
    let command = doc! {"replSetStepDown": 600, "secondaryCatchUpPeriodSecs": 0, "force": true};
    admin(port, command).await.expect("the server steps down");
}

/// Reverts [`step_down`].
pub(super) async fn step_up(port: u16) {
    admin(port, doc! {"replSetFreeze": 0}).await.expect("the server can be elected again");
    wait_writable(port).await;
}

async fn admin(port: u16, command: Document) -> Result<Document, Error> {
    let uri = format!("mongodb://127.0.0.1:{port}/?directConnection=true&serverSelectionTimeoutMS=5000");
    Client::with_uri_str(uri).await?.database("admin").run_command(command).await
}
