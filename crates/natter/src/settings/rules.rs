//! The rules about more than one setting.
//!
//! Each violation is reported with the name of the setting to change. No value is changed here.

use std::net::SocketAddr;

use super::reader::Reader;
use super::{Command, Services, Settings};

/// Reports every rule that `settings` violate for `command`.
pub(crate) fn check(settings: &Settings, command: &Command, reader: &mut Reader<'_>) {
    match command {
        Command::Serve(services) => {
            check_store(settings, *services, reader);
            check_urls(settings, *services, reader);
            check_addresses(settings, *services, reader);
        }
        Command::Backup(_) | Command::Restore(_) if settings.mongodb_uri.is_some() => {
            reader.refuse(
                "MONGODB_URI",
                "unset: this command is for the embedded store; for MongoDB there are mongodump and mongorestore",
            );
        }
        Command::Move => reader.require("MONGODB_URI", "set to the database to move to"),
        _ => {}
    }
}

/// All nodes need the same store and the same key.
fn check_store(settings: &Settings, services: Services, reader: &mut Reader<'_>) {
    if services != Services::Both && settings.mongodb_uri.is_none() {
        let needed = "set, since a service alone shares its data with the other one by MongoDB; without it run plain `natter`";
        reader.require("MONGODB_URI", needed);
    }
    if settings.mongodb_uri.is_some() && settings.access_token_secret.is_none() {
        let needed = "set with MONGODB_URI, to 32 bytes or more that are the same on every node";
        reader.require("ACCESS_TOKEN_SECRET", needed);
    }
}

/// Each service needs both URLs, since each links to the other one.
fn check_urls(settings: &Settings, services: Services, reader: &mut Reader<'_>) {
    for (addr, addr_name, url, url_name, runs_here) in [
        (settings.users_addr, "USERS_ADDR", &settings.users_url, "USERS_URL", services.has_users()),
        (settings.chat_addr, "CHAT_ADDR", &settings.chat_url, "CHAT_URL", services.has_chat()),
    ] {
        let has_no_name = addr.ip().is_unspecified() || (addr.port() == 0 && !runs_here);
        if has_no_name && url.is_none() {
            reader.refuse(url_name, &format!("set, since {addr_name} {addr} does not give browsers a name"));
        }
    }
    if settings.users_url.is_some() && settings.users_url == settings.chat_url {
        reader.refuse("CHAT_URL", "different from USERS_URL");
    }
}

fn check_addresses(settings: &Settings, services: Services, reader: &mut Reader<'_>) {
    let bound: Vec<_> = bound(settings, services).collect();
    for (at, (name, addr)) in bound.iter().enumerate() {
        if let Some((other, _)) = bound[..at].iter().find(|(_, earlier)| earlier == addr && addr.port() != 0)
        {
            reader.refuse(name, &format!("different from {other}"));
        }
    }
}

/// The addresses at which this process will listen.
fn bound(settings: &Settings, services: Services) -> impl Iterator<Item = (&'static str, SocketAddr)> {
    let users = services.has_users().then_some(settings.users_addr);
    let chat = services.has_chat().then_some(settings.chat_addr);
    let named = [("USERS_ADDR", users), ("CHAT_ADDR", chat), ("METRICS_ADDR", settings.metrics_addr)];
    named.into_iter().filter_map(|(name, addr)| Some((name, addr?)))
}
