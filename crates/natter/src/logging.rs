//! The log: to standard error, as text or JSON, as much as `LOG` says.
//!
//! A token, a password or a message's text never appears in it, at any level. What other people's code
//! logs in detail is therefore left out: their `debug` and `trace` lines hold whole packets.

use tracing::Metadata;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt};

use crate::settings::LogFormat;

/// The parts whose every line was written with the promise above in mind.
const OURS: [&str; 6] = ["auth", "chat", "natter", "store", "users", "web"];

/// Starts logging, once in the process's life.
pub(crate) fn start(filter: &str, format: LogFormat) {
    let lines = fmt::layer().with_writer(std::io::stderr).log_internal_errors(false);
    let lines = match format {
        LogFormat::Text => lines.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).boxed(),
        LogFormat::Json => lines.json().boxed(),
    };
    let asked_for = EnvFilter::try_new(filter).expect("the settings accepted this filter");
    tracing_subscriber::registry().with(lines.with_filter(filter_fn(is_safe))).with(asked_for).init();
}

fn is_safe(metadata: &Metadata<'_>) -> bool {
    let part = metadata.target().split("::").next().unwrap_or_default();
    OURS.contains(&part) || *metadata.level() <= LevelFilter::INFO
}
