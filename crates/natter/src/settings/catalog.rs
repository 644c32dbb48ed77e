//! Every setting by name: its meaning, its unit and its default.
//!
//! `--help` is made from this table and `.env.example` is tested against it. It is the only place that states a default.
//! It never reads or checks a value.

/// One setting. Its flag is its name in small letters with dashes.
#[derive(Debug)]
pub(crate) struct Setting {
    pub(crate) name: &'static str,
    pub(crate) group: &'static str,
    /// The placeholder for the value in `--help`: the unit, if there is one.
    pub(crate) unit: &'static str,
    /// The value if none is given; empty where an unset value has a meaning of its own.
    pub(crate) default: &'static str,
    pub(crate) meaning: &'static str,
    /// Whether the value is never shown.
    pub(crate) secret: bool,
}

/// The setting called `name`.
pub(crate) fn find(name: &str) -> &'static Setting {
    CATALOG.iter().find(|setting| setting.name == name).expect("only names of the catalog are used")
}

const fn plain(
    group: &'static str,
    name: &'static str,
    unit: &'static str,
    default: &'static str,
    meaning: &'static str,
) -> Setting {
    Setting { name, group, unit, default, meaning, secret: false }
}

const fn secret(
    group: &'static str,
    name: &'static str,
    unit: &'static str,
    meaning: &'static str,
) -> Setting {
    Setting { name, group, unit, default: "", meaning, secret: true }
}

const ADDRESSES: &str = "Addresses";
const STORE: &str = "Store";
const TOKENS: &str = "Tokens";
const WATCHING: &str = "Logs and metrics";
const RATES: &str = "Rates, a node each (0 = off)";
const LIMITS: &str = "Limits, a node each";

/// All settings, in the order in which `--help` shows them.
pub(crate) const CATALOG: &[Setting] = &[
    plain(
        ADDRESSES,
        "USERS_ADDR",
        "IP:PORT",
        "127.0.0.1:3000",
        "Where the users service listens; a loopback address on [::1] too",
    ),
    plain(
        ADDRESSES,
        "CHAT_ADDR",
        "IP:PORT",
        "127.0.0.1:3001",
        "Where the chat service listens; a loopback address on [::1] too",
    ),
    plain(
        ADDRESSES,
        "USERS_URL",
        "URL",
        "",
        "How browsers reach the users service [default: http://localhost:PORT; required with a wildcard address]",
    ),
    plain(
        ADDRESSES,
        "CHAT_URL",
        "URL",
        "",
        "How browsers reach the chat service [default: http://localhost:PORT; required with a wildcard address]",
    ),
    plain(
        ADDRESSES,
        "ALLOWED_ORIGINS",
        "URL,…",
        "",
        "Further origins whose pages may open a chat connection [default: none]",
    ),
    plain(
        ADDRESSES,
        "ALLOWED_HOSTS",
        "HOST,…",
        "",
        "Further names allowed in a request's Host, besides the URLs' hosts and loopback [default: none]",
    ),
    plain(
        ADDRESSES,
        "TRUSTED_PROXY_HOPS",
        "COUNT",
        "0",
        "Number of proxies in front that add to X-Forwarded-For",
    ),
    plain(STORE, "DATA_DIR", "PATH", "./data", "Folder of the embedded store, created if it is missing"),
    secret(
        STORE,
        "MONGODB_URI",
        "URI",
        "MongoDB instead of the embedded store, for as many nodes as needed [default: unset]",
    ),
    plain(
        STORE,
        "RETENTION_DAYS",
        "DAYS",
        "0",
        "Messages that are older are dropped for good, but never the newest one of a room; 0: none",
    ),
    secret(
        TOKENS,
        "ACCESS_TOKEN_SECRET",
        "TEXT",
        "Key that signs the tokens, 32 bytes or more [default: created once and kept in DATA_DIR; required with MONGODB_URI]",
    ),
    plain(TOKENS, "TOKEN_LIFETIME_SECS", "SECONDS", "86400", "How long a token is valid"),
    plain(
        TOKENS,
        "SESSION_LIFETIME_SECS",
        "SECONDS",
        "2592000",
        "How long a session lasts from its log-in, with all renewals of its token",
    ),
    plain(
        WATCHING,
        "METRICS_ADDR",
        "IP:PORT",
        "",
        "Where /metrics listens for other machines; with TRUSTED_PROXY_HOPS above 0 it is served nowhere else [default: unset]",
    ),
    plain(
        WATCHING,
        "LOG",
        "FILTER",
        "info",
        "Level of the log: error, warn, info, debug, trace or off, also by part, as in `info,chat=debug`",
    ),
    plain(WATCHING, "LOG_FORMAT", "text|json", "text", "Format of the log lines"),
    plain(RATES, "SEND_RATE", "PER_SECOND", "50", "Messages a second from a user"),
    plain(RATES, "SEND_RATE_PER_ADDRESS", "PER_SECOND", "500", "Messages a second from an address"),
    plain(
        RATES,
        "READ_RATE",
        "PER_SECOND",
        "50",
        "Reads a second by a user, of each service: parts of the log, rooms, users, pages",
    ),
    plain(
        RATES,
        "INVITE_RATE",
        "PER_MINUTE",
        "120",
        "Rooms created, direct messages begun and people added a minute, by a user",
    ),
    plain(RATES, "LOGIN_RATE_PER_ADDRESS", "PER_MINUTE", "120", "Wrong passwords a minute from an address"),
    plain(
        RATES,
        "LOGIN_RATE_PER_ACCOUNT",
        "PER_MINUTE",
        "10",
        "Wrong passwords a minute for an account, from an address, a known browser or a session",
    ),
    plain(RATES, "SIGNUP_RATE_PER_ADDRESS", "PER_HOUR", "300", "Sign-ups an hour from an address"),
    plain(LIMITS, "MAX_SOCKETS", "COUNT", "100000", "Chat connections at once"),
    plain(LIMITS, "MAX_SOCKETS_PER_ADDRESS", "COUNT", "1000", "Chat connections at once from an address"),
    plain(LIMITS, "MAX_SOCKETS_PER_USER", "COUNT", "20", "Chat connections at once of a user"),
    plain(LIMITS, "MAX_CONNECTIONS", "COUNT", "", "TCP connections at once [default: MAX_SOCKETS + 1024]"),
    plain(LIMITS, "MAX_CONNECTIONS_PER_ADDRESS", "COUNT", "2000", "TCP connections at once from an address"),
    plain(
        LIMITS,
        "JOURNAL_QUEUE",
        "MESSAGES",
        "8192",
        "Maximum number of messages that wait to be stored; more are refused. One user or address may fill an eighth",
    ),
    plain(
        LIMITS,
        "HASH_QUEUE",
        "PASSWORDS",
        "256",
        "Maximum number of passwords that wait to be hashed; more are refused. One user or address may fill an eighth",
    ),
];
