//! Reads each setting into its typed field.
//!
//! It states the ranges. `parse` checks the syntax, and `rules` whether settings fit together.

use std::path::PathBuf;

use super::parse::{self, Allowed};
use super::reader::Reader;
use super::{Limits, MongoDbUri, Rates, Secret, Settings};

/// Reads every setting. An invalid one is noted, and its default used.
pub(crate) fn settings(from: &mut Reader<'_>) -> Settings {
    Settings {
        users_addr: from.read("USERS_ADDR", parse::address),
        chat_addr: from.read("CHAT_ADDR", parse::address),
        users_url: from.read_set("USERS_URL", parse::origin),
        chat_url: from.read_set("CHAT_URL", parse::origin),
        allowed_origins: from.read("ALLOWED_ORIGINS", parse::origins),
        allowed_hosts: from.read("ALLOWED_HOSTS", parse::hosts),
        trusted_proxy_hops: from.read("TRUSTED_PROXY_HOPS", |text| parse::number(text, 0..=16)),
        data_dir: from.read("DATA_DIR", |text| Ok(PathBuf::from(text))),
        mongodb_uri: from.read_set("MONGODB_URI", |text| {
            MongoDbUri::parse(text).ok_or_else(|| "mongodb://HOST… or mongodb+srv://HOST…".into())
        }),
        retention_days: from.read("RETENTION_DAYS", |text| parse::number(text, 0..=36_500)),
        access_token_secret: from.read_set("ACCESS_TOKEN_SECRET", |text| {
            Secret::parse(text).ok_or_else(|| format!("{} bytes or more", Secret::MIN_BYTES))
        }),
        token_lifetime_secs: from.read("TOKEN_LIFETIME_SECS", lifetime),
        session_lifetime_secs: from.read("SESSION_LIFETIME_SECS", lifetime),
        metrics_addr: from.read_set("METRICS_ADDR", parse::address),
        log: from.read("LOG", parse::log_filter),
        log_format: from.read("LOG_FORMAT", parse::log_format),
        rates: read_rates(from),
        limits: read_limits(from),
    }
}

fn read_rates(from: &mut Reader<'_>) -> Rates {
    let mut rate = |name| from.read(name, |text| parse::number(text, 0..=1_000_000));
    Rates {
        send_per_second: rate("SEND_RATE"),
        send_per_address_per_second: rate("SEND_RATE_PER_ADDRESS"),
        read_per_second: rate("READ_RATE"),
        invite_per_minute: rate("INVITE_RATE"),
        login_per_address_per_minute: rate("LOGIN_RATE_PER_ADDRESS"),
        login_per_account_per_minute: rate("LOGIN_RATE_PER_ACCOUNT"),
        signup_per_address_per_hour: rate("SIGNUP_RATE_PER_ADDRESS"),
    }
}

fn read_limits(from: &mut Reader<'_>) -> Limits {
    let max_connections = from.read_set("MAX_CONNECTIONS", limit);
    let mut maximum = |name| from.read(name, limit);
    let max_sockets = maximum("MAX_SOCKETS");
    Limits {
        max_sockets,
        max_sockets_per_address: maximum("MAX_SOCKETS_PER_ADDRESS"),
        max_sockets_per_user: maximum("MAX_SOCKETS_PER_USER"),
        max_connections: max_connections.unwrap_or(max_sockets + 1024),
        max_connections_per_address: maximum("MAX_CONNECTIONS_PER_ADDRESS"),
        journal_queue: maximum("JOURNAL_QUEUE"),
        hash_queue: maximum("HASH_QUEUE"),
    }
}

/// At most ten years, so that no time computed from it overflows.
fn lifetime(text: &str) -> Result<u32, Allowed> {
    parse::number(text, 1..=315_360_000)
}

fn limit(text: &str) -> Result<u32, Allowed> {
    parse::number(text, 1..=10_000_000)
}
