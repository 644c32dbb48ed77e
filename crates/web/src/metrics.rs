//! Metrics of this process in Prometheus' text form. Other crates count through the `metrics` crate's macros.
//!
//! Nothing that a client can choose freely becomes a label.

use std::sync::OnceLock;
use std::time::Duration;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::time::interval;
use tokio_util::sync::CancellationToken;

use crate::Refusal;

/// Bounds of the duration histograms, in seconds.
const BUCKETS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// How often samples are moved into buckets; otherwise they would grow without bound while nothing reads the metrics.
const UPKEEP_INTERVAL: Duration = Duration::from_secs(5);

static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Installs the recorder of this process, once; [`crate::Middleware::apply`] calls it too.
pub fn install() {
    let _ = handle();
}

/// `/metrics` for a listener of its own, which answers every client that can reach it.
pub fn router() -> Router {
    install();
    Router::new().route("/metrics", get(async || render()))
}

/// Moves the samples into buckets until the shutdown.
pub(crate) async fn upkeep(shutdown: CancellationToken) {
    let Some(handle) = handle() else { return };
    let mut tick = interval(UPKEEP_INTERVAL);
    while shutdown.run_until_cancelled(tick.tick()).await.is_some() {
        handle.run_upkeep();
    }
}

fn handle() -> Option<&'static PrometheusHandle> {
    let install = || PrometheusBuilder::new().set_buckets(BUCKETS).ok()?.install_recorder().ok();
    HANDLE.get_or_init(install).as_ref()
}

/// The answer with all metrics.
pub(crate) fn render() -> Response {
    match handle() {
        Some(handle) => {
            ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], handle.render()).into_response()
        }
        None => Refusal::not_found("Another recorder has the metrics of this process.").into_response(),
    }
}
