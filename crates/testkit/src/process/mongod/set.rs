//! A replica set of several servers, whose secondaries can fall behind.

use super::{Mongod, SET, admin};

/// The servers of a replica set. The first one is always the primary. Dropping it kills them.
#[derive(Debug)]
pub struct MongodSet {
    members: Vec<Mongod>,
}

impl MongodSet {
    /// Starts the servers, and waits until the first one accepts writes and the others follow.
    ///
    /// # Panics
    /// As [`Mongod::replica_set`].
    pub async fn start(members: usize) -> Self {
        let mut started = Vec::with_capacity(members);
        for _ in 0..members {
            started.push(Mongod::start(&std::env::temp_dir(), true).await);
        }
        let set = Self { members: started };
        let ports: Vec<u16> = set.members.iter().map(|member| member.port).collect();
        admin::initiate(&ports, SET).await;
        admin::wait_writable(ports[0]).await;
        for &port in &ports[1..] {
            admin::wait_secondary(port).await;
        }
        set
    }

    /// The value for `MONGODB_URI`, without a database.
    pub fn uri(&self) -> String {
        self.members[0].uri()
    }

    /// Makes the secondaries apply nothing more, so that nothing new gets a majority.
    ///
    /// # Panics
    /// When a server rejects the command.
    pub async fn hold_secondaries(&self) {
        for secondary in &self.members[1..] {
            admin::lock(secondary.port).await;
        }
    }

    /// Reverts [`MongodSet::hold_secondaries`].
    ///
    /// # Panics
    /// When a server rejects the command.
    pub async fn release_secondaries(&self) {
        for secondary in &self.members[1..] {
            admin::unlock(secondary.port).await;
        }
    }
}
