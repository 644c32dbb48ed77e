//! Reports of the nodes of a system about the people who are connected to them, and the trait that keeps them.
//!
//! Nothing here is kept: a report is valid for some seconds, and its loss does no harm.

use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use uuid::Uuid;

use crate::{RoomId, StoreError, UserId};

/// Maximum number of people whom a report names.
pub const MAX_REPORTED_PEOPLE: usize = 2_000;
/// Maximum number of listings of those who are typing in a report: a room is one, and so is each person listed in it.
pub const MAX_REPORTED_TYPING: usize = 10_000;
/// A node that has not reported for this long is dead.
pub const NODE_TIMEOUT: Duration = Duration::from_secs(15);
/// How long a report outlives its node's orderly stop.
pub const LEAVE_GRACE: Duration = Duration::from_secs(2);

/// Identifies one run of a chat service. Each start makes a new id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub Uuid);

impl NodeId {
    /// A new id.
    #[expect(clippy::new_without_default, reason = "a default that differs each time would mislead")]
    pub fn new() -> Self {
        Self(Uuid::now_v7())
    }
}

/// A person who is connected to a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The user.
    pub id: UserId,
    /// The user's name.
    pub username: String,
    /// The name that other people see.
    pub display_name: String,
    /// Whether all of the user's sockets are unattended.
    pub away: bool,
}

/// The people who are connected to a node, each once, in however many rooms they are, and who is typing where.
///
/// A report has bounds, since it is one document: it names at most [`MAX_REPORTED_PEOPLE`], and lists at most
/// [`MAX_REPORTED_TYPING`] as typing. Other people are only counted, others who are typing left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeReport {
    /// The node.
    pub id: NodeId,
    /// Differs from the version of the node's report before, unless nothing changed.
    pub version: u64,
    /// Number of people, named or not.
    pub count: u64,
    /// The people who are named, each once.
    pub people: Vec<Person>,
    /// The rooms where somebody is typing, each once.
    pub typing: Vec<TypingReport>,
}

/// The people of one node who are typing in one room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypingReport {
    /// The room.
    pub room: RoomId,
    /// Ids from [`NodeReport::people`].
    pub users: Vec<UserId>,
}

/// Another node that is alive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherNode {
    /// The node.
    pub id: NodeId,
    /// Its report, unless the caller has that version already.
    pub new_report: Option<NodeReport>,
}

/// The reports of all nodes of a system. Only the store's clock counts.
#[async_trait]
pub trait Nodes: Send + Sync {
    /// Replaces a node's report, and marks the node as alive.
    async fn report(&self, report: &NodeReport) -> Result<(), StoreError>;

    /// Returns the nodes other than `node` that reported within [`NODE_TIMEOUT`]; each with its report if its version
    /// differs from the one in `known`.
    async fn others(&self, node: NodeId, known: &HashMap<NodeId, u64>) -> Result<Vec<OtherNode>, StoreError>;

    /// Removes a node that stops. Its report stays valid for [`LEAVE_GRACE`]: in that time its people connect to other nodes,
    /// and nobody sees them leave and return.
    async fn leave(&self, node: NodeId) -> Result<(), StoreError>;
}
