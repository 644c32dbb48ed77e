//! The rules that concern more than one setting.
//!
//! Each break of one is told under the name of the setting to change. No value is altered here.

use std::net::SocketAddr;

use super::reader::Reader;
use super::{Command, Services, Settings};

/// Notes every rule that `settings` break for what is asked for.
pub(crate) fn judge_together(settings: &Settings, command: &Command, reader: &mut Reader<'_>) {
    match command {
        Command::Serve(services) => {
            judge_store(settings, *services, reader);
            judge_urls(settings, *services, reader);
            judge_addresses(settings, *services, reader);
        }
        Command::Backup(_) | Command::Restore(_) if settings.mongodb_uri.is_some() => {
            reader.refuse(
                "MONGODB_URI",
                "unset: this command is for the embedded store; for MongoDB there are mongodump and mongorestore",
            );
        }
        _ => {}
    }
}

/// Nodes share one store and one key, or they would not be one system.
fn judge_store(settings: &Settings, services: Services, reader: &mut Reader<'_>) {
    if services != Services::Both && settings.mongodb_uri.is_none() {
        let meets =
            "set, since a service alone meets the other one in MongoDB; run plain `natter` without it";
        reader.require("MONGODB_URI", meets);
    }
    if settings.mongodb_uri.is_some() && settings.access_token_secret.is_none() {
        let alike = "set with MONGODB_URI, to 32 bytes or more that are the same on every node";
        reader.require("ACCESS_TOKEN_SECRET", alike);
    }
}

/// Both services need both URLs: each leads people to the other one.
fn judge_urls(settings: &Settings, services: Services, reader: &mut Reader<'_>) {
    for (addr, addr_name, url, url_name, runs_here) in [
        (settings.users_addr, "USERS_ADDR", &settings.users_url, "USERS_URL", services.has_users()),
        (settings.chat_addr, "CHAT_ADDR", &settings.chat_url, "CHAT_URL", services.has_chat()),
    ] {
        let tells_no_name = addr.ip().is_unspecified() || (addr.port() == 0 && !runs_here);
        if tells_no_name && url.is_none() {
            reader.refuse(url_name, &format!("set, since {addr_name} {addr} does not tell browsers a name"));
        }
    }
    if settings.users_url.is_some() && settings.users_url == settings.chat_url {
        reader.refuse("CHAT_URL", "another than USERS_URL");
    }
}

fn judge_addresses(settings: &Settings, services: Services, reader: &mut Reader<'_>) {
    let bound: Vec<_> = bound(settings, services).collect();
    for (at, (name, addr)) in bound.iter().enumerate() {
        if let Some((other, _)) = bound[..at].iter().find(|(_, earlier)| earlier == addr && addr.port() != 0)
        {
            reader.refuse(name, &format!("another than {other}"));
        }
    }
}

/// The addresses that this process will listen at.
fn bound(settings: &Settings, services: Services) -> impl Iterator<Item = (&'static str, SocketAddr)> {
    let users = services.has_users().then_some(settings.users_addr);
    let chat = services.has_chat().then_some(settings.chat_addr);
    let named = [("USERS_ADDR", users), ("CHAT_ADDR", chat), ("METRICS_ADDR", settings.metrics_addr)];
    named.into_iter().filter_map(|(name, addr)| Some((name, addr?)))
}
