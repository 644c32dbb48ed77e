//! What both services are told alike.

use auth::{Lifetimes, TokenKey};

use crate::{ConnectionLimits, Hosts, Origin, Timers};

/// The settings that the users service and the chat service share.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where browsers reach the users service.
    pub users_url: Origin,
    /// Where browsers reach the chat service.
    pub chat_url: Origin,
    /// Names by which the services are reached besides their URLs' hosts and loopback.
    pub allowed_hosts: Vec<String>,
    /// How many proxies in front are believed about whom they forward.
    pub trusted_proxy_hops: usize,
    /// TCP connections at once, for each service.
    pub max_connections: usize,
    /// TCP connections at once from one client network, for each service. Not looked at behind a proxy.
    pub max_connections_per_address: usize,
    /// How long connections and handlers may take for what.
    pub timers: Timers,
    /// The key of every token.
    pub token_key: TokenKey,
    /// How long tokens and sessions live.
    pub lifetimes: Lifetimes,
}

impl Settings {
    /// The caps of the accept loop.
    pub fn connection_limits(&self) -> ConnectionLimits {
        let per_address = (self.trusted_proxy_hops == 0).then_some(self.max_connections_per_address);
        ConnectionLimits { total: self.max_connections, per_address, timers: self.timers }
    }

    /// The hosts that a request may be addressed to.
    pub fn hosts(&self) -> Hosts {
        Hosts::new([&self.users_url, &self.chat_url], &self.allowed_hosts)
    }
}
