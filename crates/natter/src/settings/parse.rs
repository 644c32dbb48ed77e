//! Parses a setting's text into a typed value.
//!
//! For an invalid text each function returns what is allowed, as the end of the sentence "NAME is …: must be". No
//! function quotes the text itself.

use std::net::SocketAddr;
use std::ops::RangeInclusive;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;
use url::Host;
use web::Origin;

use super::LogFormat;

/// What is allowed instead of an invalid text.
pub(crate) type Allowed = String;

/// An IP address with a port; port 0 lets the system choose one.
pub(crate) fn address(text: &str) -> Result<SocketAddr, Allowed> {
    text.parse()
        .map_err(|_| "an IP address and a port, like 127.0.0.1:3000, 0.0.0.0:3000 or [::1]:3000".into())
}

/// Scheme, host and port of a service, without a path.
pub(crate) fn origin(text: &str) -> Result<Origin, Allowed> {
    text.parse().map_err(|_| {
        "http:// or https:// with a host and an optional port, like https://chat.example.org, without a path".into()
    })
}

/// Origins with commas between them.
pub(crate) fn origins(text: &str) -> Result<Vec<Origin>, Allowed> {
    let origins: Result<Vec<_>, _> = list(text).map(origin).collect();
    origins.map_err(|allowed| format!("a list with commas, each entry {allowed}"))
}

/// Host names or IP addresses, without ports, with commas between them.
pub(crate) fn hosts(text: &str) -> Result<Vec<String>, Allowed> {
    let hosts: Result<Vec<_>, _> =
        list(text).map(|host| Host::parse(host).map(|host| host.to_string())).collect();
    hosts.map_err(|_| "a list with commas, each entry a host name or IP address without a port".into())
}

fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|entry| !entry.is_empty())
}

/// A whole number within `range`.
pub(crate) fn number(text: &str, range: RangeInclusive<u32>) -> Result<u32, Allowed> {
    let number = text.parse().ok().filter(|number| range.contains(number));
    number.ok_or_else(|| format!("a whole number from {} to {}", range.start(), range.end()))
}

/// The filter of the log, in the syntax of `tracing_subscriber`'s `EnvFilter`.
pub(crate) fn log_filter(text: &str) -> Result<String, Allowed> {
    let allowed = "error, warn, info, debug, trace or off, or parts with commas like info,chat=debug";
    // `EnvFilter` reads any single word as the name of a part, so a mistyped level would switch the log off.
    let is_level = |word: &str| word.parse::<LevelFilter>().is_ok();
    let words_are_levels = text.split(',').all(|part| part.contains('=') || is_level(part.trim()));
    let accepted = words_are_levels && EnvFilter::try_new(text).is_ok();
    if accepted { Ok(text.to_owned()) } else { Err(allowed.into()) }
}

/// The format of log lines.
pub(crate) fn log_format(text: &str) -> Result<LogFormat, Allowed> {
    match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err("text or json".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::{address, hosts, number, origin, origins};

    #[test]
    fn an_address_needs_an_ip_and_a_port() {
        assert!(address("127.0.0.1:0").is_ok());
        assert!(address("[::]:3000").is_ok());
        for bad in ["localhost:3000", "127.0.0.1", "3000", "127.0.0.1:65536", ""] {
            assert!(address(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_origin_has_nothing_behind_its_port() {
        assert!(origin("https://chat.example.org").is_ok());
        assert!(origin("http://localhost:3001/").is_ok());
        for bad in [
            "chat.example.org",
            "ftp://example.org",
            "http://example.org/chat",
            "http://example.org/?a",
            "http://example.org/#a",
            "http://me:secret@example.org",
            "http://",
        ] {
            assert!(origin(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn lists_are_split_at_commas() {
        assert_eq!(origins("https://a.example, https://b.example").unwrap().len(), 2);
        assert_eq!(
            hosts("Chat.Example.org,10.0.0.7,[::1]").unwrap(),
            ["chat.example.org", "10.0.0.7", "[::1]"]
        );
        assert!(hosts("chat.example.org:80").is_err());
        assert!(origins("https://a.example,nonsense").is_err());
    }

    #[test]
    fn an_error_about_a_number_states_the_range() {
        assert_eq!(number("7", 1..=9), Ok(7));
        for bad in ["0", "10", "-1", "1.5", "many", ""] {
            assert_eq!(number(bad, 1..=9).unwrap_err(), "a whole number from 1 to 9");
        }
    }
}
