//! The log: to standard error, as text or JSON, filtered by `LOG`.
//!
//! It never contains a token, a password or a message's text, at any level. So the `debug` and `trace` lines of other
//! crates are left out: they hold whole packets.

use tracing::Metadata;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt};

use crate::settings::LogFormat;

/// The crates whose lines keep that promise at every level.
const OWN_CRATES: [&str; 6] = ["auth", "chat", "natter", "store", "users", "web"];

/// Starts logging; called once.
pub(crate) fn start(filter: &str, format: LogFormat) {
    let lines = fmt::layer().with_writer(std::io::stderr).log_internal_errors(false);
    let lines = match format {
        LogFormat::Text => lines.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).boxed(),
        LogFormat::Json => lines.json().boxed(),
    };
    let configured = EnvFilter::try_new(filter).expect("the settings accepted this filter");
    tracing_subscriber::registry().with(lines.with_filter(filter_fn(is_safe))).with(configured).init();
}

fn is_safe(metadata: &Metadata<'_>) -> bool {
    let crate_name = metadata.target().split("::").next().unwrap_or_default();
    OWN_CRATES.contains(&crate_name) || *metadata.level() <= LevelFilter::INFO
}
