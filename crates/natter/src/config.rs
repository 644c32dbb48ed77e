//! The configuration of each service, made from the settings.
//!
//! It decides nothing; it only passes each setting on to where it is used.

use std::time::Duration;

use auth::{Lifetimes, TokenKey};
use web::{ConnectionLimits, Origin, Timers};

use crate::settings::Settings;

/// Maximum number of connections to the listener for metrics; usually there is one scraper.
const MAX_METRICS_CONNECTIONS: usize = 64;

/// The configuration that both services share.
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

/// The configuration of the users service.
pub(crate) fn users(settings: &Settings, shared: &web::Settings) -> users::Config {
    users::Config {
        shared: shared.clone(),
        hash_queue: settings.limits.hash_queue as usize,
        sign_up_per_address_per_hour: settings.rates.signup_per_address_per_hour,
        log_in_per_address_per_minute: settings.rates.login_per_address_per_minute,
        log_in_per_account_per_minute: settings.rates.login_per_account_per_minute,
        read_per_second: settings.rates.read_per_second,
    }
}

/// The configuration of the chat service.
pub(crate) fn chat(settings: &Settings, shared: &web::Settings) -> chat::Config {
    chat::Config {
        shared: shared.clone(),
        allowed_origins: settings.allowed_origins.clone(),
        max_sockets: settings.limits.max_sockets as usize,
        max_sockets_per_address: settings.limits.max_sockets_per_address as usize,
        max_sockets_per_user: settings.limits.max_sockets_per_user as usize,
        journal_queue: settings.limits.journal_queue as usize,
        retention_days: settings.retention_days,
        send_per_second: settings.rates.send_per_second,
        send_per_address_per_second: settings.rates.send_per_address_per_second,
        read_per_second: settings.rates.read_per_second,
        invite_per_minute: settings.rates.invite_per_minute,
    }
}

/// The limits of the listener for metrics.
pub(crate) fn metrics_limits() -> ConnectionLimits {
    ConnectionLimits { total: MAX_METRICS_CONNECTIONS, per_address: None, timers: Timers::default() }
}
