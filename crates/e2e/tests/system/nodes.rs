//! Several processes on one MongoDB are one system.

mod failover;
mod one_log;
mod one_room;

use testkit::process::backend::{fresh_database, shared_uri};
use testkit::process::cluster::Cluster;

/// Every log line about missing or broken change streams contains this.
const CHANGE_STREAM: &str = "change stream";

async fn two_nodes() -> Cluster {
    Cluster::start(&fresh_database(&shared_uri()), 2).await
}
