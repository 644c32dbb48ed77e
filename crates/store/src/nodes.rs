//! The trait by which the nodes of a system tell one another who is with them.
//!
//! Nothing of it is kept for good: a report is true for some seconds, and lost without harm.

use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use uuid::Uuid;

use crate::{StoreError, UserId};

/// The most people whom a report may name: a document has a bound.
pub const MAX_REPORTED: usize = 2_000;
/// A node that did not report for so long is dead.
pub const NODE_TIMEOUT: Duration = Duration::from_secs(15);
/// So long a report outlives its node's orderly end.
pub const LEAVE_GRACE: Duration = Duration::from_secs(2);

/// One running chat service; another one after each start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub Uuid);

impl NodeId {
    /// A new id.
    #[expect(clippy::new_without_default, reason = "a default that differs each time would mislead")]
    pub fn new() -> Self {
        Self(Uuid::now_v7())
    }
}

/// Somebody who is in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The user.
    pub id: UserId,
    /// The user's name.
    pub username: String,
    /// What others read.
    pub display_name: String,
    /// Whether all of the user's sockets are unattended.
    pub away: bool,
}

/// Who is with a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeReport {
    /// The node.
    pub id: NodeId,
    /// Another one for each report that differs from the one before.
    pub version: u64,
    /// How many people are with it, also those whom it does not name.
    pub count: u64,
    /// At most [`MAX_REPORTED`].
    pub people: Vec<Person>,
    /// Who of them are writing.
    pub typing: Vec<Person>,
}

/// Another node that is alive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherNode {
    /// The node.
    pub id: NodeId,
    /// What it reported, unless that is known already.
    pub news: Option<NodeReport>,
}

/// Where the nodes of a system meet. Clocks are compared at the store alone.
#[async_trait]
pub trait Nodes: Send + Sync {
    /// Replaces what a node reported before, and shows that it is alive.
    async fn report(&self, report: &NodeReport) -> Result<(), StoreError>;

    /// The nodes besides `node` that reported within [`NODE_TIMEOUT`], each with its report if its version is another than
    /// the one that is `known`.
    async fn others(&self, node: NodeId, known: &HashMap<NodeId, u64>) -> Result<Vec<OtherNode>, StoreError>;

    /// A node stops. What it reported stands for [`LEAVE_GRACE`], in which its people come back elsewhere, so that nobody
    /// sees them go.
    async fn leave(&self, node: NodeId) -> Result<(), StoreError>;
}
