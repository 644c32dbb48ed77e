//! The rules that concern more than one setting.
//!
//! Each break of one is told under the name of the setting to change. No value is altered here.

use super::Settings;
use super::reader::Reader;

/// Notes every rule that `settings` break.
pub(crate) fn judge_together(settings: &Settings, reader: &mut Reader<'_>) {
    for (addr, addr_name, url, url_name) in [
        (settings.users_addr, "USERS_ADDR", &settings.users_url, "USERS_URL"),
        (settings.chat_addr, "CHAT_ADDR", &settings.chat_url, "CHAT_URL"),
    ] {
        if addr.ip().is_unspecified() && url.is_none() {
            reader.refuse(url_name, &format!("set, since {addr_name} {addr} does not tell browsers a name"));
        }
    }
    if settings.users_url.is_some() && settings.users_url == settings.chat_url {
        reader.refuse("CHAT_URL", "another than USERS_URL");
    }
    let addresses = [("USERS_ADDR", Some(settings.users_addr)), ("CHAT_ADDR", Some(settings.chat_addr))];
    let addresses = addresses.into_iter().chain([("METRICS_ADDR", settings.metrics_addr)]);
    let bound: Vec<_> = addresses.filter_map(|(name, addr)| Some((name, addr?))).collect();
    for (at, (name, addr)) in bound.iter().enumerate() {
        if let Some((other, _)) = bound[..at].iter().find(|(_, earlier)| earlier == addr && addr.port() != 0)
        {
            reader.refuse(name, &format!("another than {other}"));
        }
    }
}
