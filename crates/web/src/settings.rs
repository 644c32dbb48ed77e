//! The settings of both services.

use auth::{Lifetimes, TokenKey};

use crate::{ConnectionLimits, Hosts, Origin, Timers};

/// The settings that the users service and the chat service share.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where browsers reach the users service.
    pub users_url: Origin,
    /// Where browsers reach the chat service.
    pub chat_url: Origin,
    /// Allowed names in `Host`, besides the URLs' hosts and loopback.
    pub allowed_hosts: Vec<String>,
    /// Number of proxies in front whose `X-Forwarded-For` is trusted.
    pub trusted_proxy_hops: usize,
    /// Maximum number of TCP connections of a service.
    pub max_connections: usize,
    /// Maximum number of TCP connections of a service from one client network; not used behind a proxy.
    pub max_connections_per_address: usize,
    /// The timeouts of connections and handlers.
    pub timers: Timers,
    /// The key of all tokens.
    pub token_key: TokenKey,
    /// The lifetimes of tokens and sessions.
    pub lifetimes: Lifetimes,
}

impl Settings {
    /// The limits of the accept loop.
    pub fn connection_limits(&self) -> ConnectionLimits {
        let per_address = (self.trusted_proxy_hops == 0).then_some(self.max_connections_per_address);
        ConnectionLimits { total: self.max_connections, per_address, timers: self.timers }
    }

    /// The hosts that requests may name.
    pub fn hosts(&self) -> Hosts {
        Hosts::new([&self.users_url, &self.chat_url], &self.allowed_hosts)
    }
}
