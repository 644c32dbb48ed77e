//! The commands that make a replica set of a server that was just started.

use mongodb::Client;
use mongodb::bson::{Document, doc};
use mongodb::error::Error;

use crate::wait;

/// Makes a set of the one server at `port`, known by an explicit address, since a made-up one may lead nowhere.
pub(super) async fn initiate(port: u16, set: &str) {
    let member = doc! {"_id": 0, "host": format!("127.0.0.1:{port}")};
    let config = doc! {"_id": set, "members": [member]};
    admin(port, doc! {"replSetInitiate": config}).await.expect("the replica set can be initiated");
}

/// Waits until the server at `port` takes writes: alone, or as the primary of its set.
pub(super) async fn takes_writes(port: u16) {
    wait::until("MongoDB takes writes", async || {
        let told = admin(port, doc! {"hello": 1}).await.ok()?;
        told.get_bool("isWritablePrimary").unwrap_or(false).then_some(())
    })
    .await;
}

/// Makes the server at `port` a secondary, for longer than any test.
pub(super) async fn step_down(port: u16) {
    let command = doc! {"replSetStepDown": 600, "secondaryCatchUpPeriodSecs": 0, "force": true};
    admin(port, command).await.expect("it steps down");
}

/// Ends what [`step_down`] began.
pub(super) async fn step_up(port: u16) {
    admin(port, doc! {"replSetFreeze": 0}).await.expect("it may be elected again");
    takes_writes(port).await;
}

async fn admin(port: u16, command: Document) -> Result<Document, Error> {
    let uri = format!("mongodb://127.0.0.1:{port}/?directConnection=true&serverSelectionTimeoutMS=5000");
    Client::with_uri_str(uri).await?.database("admin").run_command(command).await
}
