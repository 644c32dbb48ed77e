//! Administrative commands for a server of the tests.

use mongodb::Client;
use mongodb::bson::{Document, doc};
use mongodb::error::Error;

use crate::wait;

/// Initiates a replica set of one node, with an explicit address: the default host name may not resolve.
pub(super) async fn initiate(port: u16, set: &str) {
    let member = doc! {"_id": 0, "host": format!("127.0.0.1:{port}")};
    let config = doc! {"_id": set, "members": [member]};
    admin(port, doc! {"replSetInitiate": config}).await.expect("the replica set can be initiated");
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
