//! Origins at which a service is reached, and the `Host`s that a request may name.

use std::collections::HashSet;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use std::sync::Arc;

use url::{Host, Url};

/// A scheme, host and port as a browser sends them in `Origin`: `http://localhost:3000`, without a default port and without
/// a path (RFC 6454, section 6.2).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin {
    text: String,
    host: String,
    secure: bool,
}

/// What is wrong with an origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    /// Not a URL, or not an http one.
    #[error("must be a URL that begins with http:// or https://")]
    NotHttp,
    /// It has a path, query, fragment or user.
    #[error("must end after the host and port")]
    NotAnOrigin,
}

impl Origin {
    /// The origin as text, without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host without the port; an IPv6 address in brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether it is https.
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// The URL of a path, which begins with `/`, at this origin.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.text)
    }
}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        let url = Url::parse(text).map_err(|_| OriginError::NotHttp)?;
        let (true, Some(host)) = (matches!(url.scheme(), "http" | "https"), url.host_str()) else {
            return Err(OriginError::NotHttp);
        };
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        if !bare || !url.username().is_empty() || url.password().is_some() {
            return Err(OriginError::NotAnOrigin);
        }
        let secure = url.scheme() == "https";
        Ok(Self { text: url.origin().ascii_serialization(), host: host.to_owned(), secure })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The names of this machine that need no parsing.
const LOOPBACK_NAMES: [&str; 2] = ["localhost", "127.0.0.1"];

/// The host names that a request may name. Without this check a page of another site could point its own name at this
/// machine (DNS rebinding) and read everything. Ports are ignored.
#[derive(Debug, Clone)]
pub struct Hosts {
    named: Arc<HashSet<String>>,
}

impl Hosts {
    /// The hosts of the URLs, loopback, and the listed ones.
    pub fn new<'a>(urls: impl IntoIterator<Item = &'a Origin>, listed: &[String]) -> Self {
        let urls = urls.into_iter().map(|url| url.host().to_owned());
        Self { named: Arc::new(urls.chain(listed.iter().filter_map(|host| name_in(host))).collect()) }
    }

    /// Whether a `Host` value (a name or address, perhaps with a port) is one of them.
    pub fn allow(&self, host: &str) -> bool {
        let is_named = written_name(host).is_some_and(|name| self.named.contains(name));
        is_named || is_loopback_host(host) || name_in(host).is_some_and(|name| self.named.contains(&name))
    }
}

/// Whether a `Host` value names this machine.
pub(crate) fn is_loopback_host(host: &str) -> bool {
    written_name(host).is_some_and(|name| LOOPBACK_NAMES.contains(&name))
        || name_in(host).is_some_and(|name| is_loopback(&name))
}

/// The host of `host[:port]` as it is written, for a comparison with names in the form of [`name_in`]: nearly every
/// request has such a name, and to parse it would take longer than all else that is done with it. `None` if it has to be
/// parsed.
fn written_name(host: &str) -> Option<&str> {
    match host.split_once(':') {
        None => Some(host),
        Some((name, port)) => {
            let is_port = port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok();
            is_port.then_some(name)
        }
    }
}

/// The host of `host[:port]` in the form that browsers and [`Origin`] use.
fn name_in(host: &str) -> Option<String> {
    if host.contains(['/', '?', '#', '@', '\\']) {
        return None;
    }
    let url = Url::parse(&format!("http://{host}")).ok()?;
    url.host_str().map(|name| name.trim_end_matches('.').to_owned())
}

fn is_loopback(name: &str) -> bool {
    match Host::parse(name) {
        Ok(Host::Domain(name)) => name == "localhost",
        Ok(Host::Ipv4(ip)) => ip.is_loopback(),
        Ok(Host::Ipv6(ip)) => IpAddr::V6(ip).to_canonical().is_loopback(),
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_written_as_browsers_send_it() {
        let origin: Origin = "HTTPS://Chat.Example:443/".parse().unwrap();
        assert_eq!(
            (origin.as_str(), origin.host(), origin.is_secure()),
            ("https://chat.example", "chat.example", true)
        );
        assert_eq!("http://localhost:3001".parse::<Origin>().unwrap().as_str(), "http://localhost:3001");
        assert_eq!("http://[::1]:3001".parse::<Origin>().unwrap().host(), "[::1]");
        assert_eq!("ftp://example".parse::<Origin>(), Err(OriginError::NotHttp));
        assert_eq!("localhost:3000".parse::<Origin>(), Err(OriginError::NotHttp));
        assert_eq!("http://example/chat".parse::<Origin>(), Err(OriginError::NotAnOrigin));
        assert_eq!("http://me@example".parse::<Origin>(), Err(OriginError::NotAnOrigin));
    }

    #[test]
    fn only_the_urls_hosts_loopback_and_listed_names_are_allowed() {
        let chat = "https://chat.example".parse().unwrap();
        let hosts = Hosts::new([&chat], &["Proxy.Internal".into(), "[2001:db8::1]".into()]);
        for good in [
            "chat.example",
            "CHAT.example:8443",
            "localhost:3000",
            "127.0.0.1",
            "[::1]:3000",
            "proxy.internal",
        ] {
            assert!(hosts.allow(good), "{good}");
        }
        assert!(hosts.allow("[2001:db8::1]:3000"));
        for bad in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "",
            "chat.example@evil",
            "chat.example:port",
            "chat.example:65536",
            "localhost:+80",
            "localhost:80:80",
            "10.0.0.1",
        ] {
            assert!(!hosts.allow(bad), "{bad}");
        }
    }
}
