//! What each service is told, made from the settings.
//!
//! Nothing is decided here; a setting goes to where it is used.

use std::time::Duration;

use auth::{Lifetimes, TokenKey};
use web::{ConnectionLimits, Origin, Timers};

use crate::settings::Settings;

/// Scrapers at once; more than one is a mistake already.
const METRICS_CONNECTIONS: usize = 64;

/// What both services share.
pub(crate) fn shared(
    settings: &Settings,
    token_key: TokenKey,
    users_url: Origin,
    chat_url: Origin,
) -> web::Settings {
    web::Settings {
        users_url,
        chat_url,
        allowed_hosts: settings.allowed_hosts.clone(),
        trusted_proxy_hops: settings.trusted_proxy_hops as usize,
        max_connections: settings.limits.max_connections as usize,
        max_connections_per_address: settings.limits.max_connections_per_address as usize,
        timers: Timers::default(),
        token_key,
        lifetimes: Lifetimes {
            token: Duration::from_secs(settings.token_lifetime_secs.into()),
            session: Duration::from_secs(settings.session_lifetime_secs.into()),
        },
    }
}

/// What the users service is told.
pub(crate) fn users(settings: &Settings, shared: &web::Settings) -> users::Config {
    users::Config { shared: shared.clone(), hash_queue: settings.limits.hash_queue as usize }
}

/// What the chat service is told.
pub(crate) fn chat(settings: &Settings, shared: &web::Settings) -> chat::Config {
    chat::Config {
        shared: shared.clone(),
        allowed_origins: settings.allowed_origins.clone(),
        max_sockets: settings.limits.max_sockets as usize,
        max_sockets_per_address: settings.limits.max_sockets_per_address as usize,
        max_sockets_per_user: settings.limits.max_sockets_per_user as usize,
        journal_queue: settings.limits.journal_queue as usize,
    }
}

/// The caps of the listener for metrics.
pub(crate) fn metrics_limits() -> ConnectionLimits {
    ConnectionLimits { total: METRICS_CONNECTIONS, per_address: None, timers: Timers::default() }
}
