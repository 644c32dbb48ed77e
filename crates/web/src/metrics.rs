//! Metrics of this process in Prometheus' text form. Other crates count through the `metrics` crate's macros.
//!
//! Nothing that a client can choose freely becomes a label.

use std::net::IpAddr;
use std::sync::OnceLock;
use std::time::Duration;

use axum::Router;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::time::interval;
use tokio_util::sync::CancellationToken;

use crate::{Connection, Problem};

/// Bounds of the duration histograms, in seconds.
const BUCKETS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// Samples are gathered into buckets so often; without it they would pile up while nobody reads.
const UPKEEP: Duration = Duration::from_secs(5);

static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Makes this process count, once; called by [`crate::dress`] too.
pub fn install() {
    let _ = handle();
}

/// `/metrics` for a listener of its own, which answers to whoever can reach it.
pub fn router() -> Router {
    install();
    Router::new().route("/metrics", get(async || render()))
}

/// `/metrics` among a service's routes, which answers to this machine only; to nobody behind a proxy, which may run on
/// this machine and say nothing of whom it forwards.
pub(crate) fn local_routes<S: Clone + Send + Sync + 'static>(is_behind_proxy: bool) -> Router<S> {
    let answer = async move |connection: Connection, headers: HeaderMap| {
        if is_behind_proxy {
            let detail = "Behind a proxy (TRUSTED_PROXY_HOPS) metrics are given at METRICS_ADDR only.";
            return Problem::forbidden(detail).into_response();
        }
        if is_local(connection.peer().ip(), &headers) {
            return render();
        }
        Problem::forbidden("Metrics are given to this machine only, or at METRICS_ADDR.").into_response()
    };
    Router::new().route("/metrics", get(answer))
}

/// Gathers the samples until the shutdown.
pub(crate) async fn upkeep(shutdown: CancellationToken) {
    let Some(handle) = handle() else { return };
    let mut tick = interval(UPKEEP);
    while shutdown.run_until_cancelled(tick.tick()).await.is_some() {
        handle.run_upkeep();
    }
}

fn handle() -> Option<&'static PrometheusHandle> {
    let install = || PrometheusBuilder::new().set_buckets(BUCKETS).ok()?.install_recorder().ok();
    HANDLE.get_or_init(install).as_ref()
}

fn render() -> Response {
    match handle() {
        Some(handle) => {
            ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], handle.render()).into_response()
        }
        None => Problem::not_found("Another recorder keeps the metrics of this process.").into_response(),
    }
}

/// What a proxy on this machine forwards is not local.
fn is_local(peer: IpAddr, headers: &HeaderMap) -> bool {
    let forwarded = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"];
    peer.to_canonical().is_loopback() && !forwarded.iter().any(|name| headers.contains_key(*name))
}
