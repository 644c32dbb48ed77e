//! The routes for monitoring: `/health/live` (the process runs), `/health/ready` (the store answers too) and `/metrics`.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};
use store::{Accounts, Stores};
use tokio::time::timeout;

use crate::{Connection, Problem, metrics};

/// Timeout for the store's answer.
const READY_TIMEOUT: Duration = Duration::from_secs(2);

/// The routes of a service.
pub(crate) fn routes(stores: &Stores, is_behind_proxy: bool) -> Router {
    let local_metrics = async move |connection: Connection, headers: HeaderMap| {
        metrics(is_behind_proxy, &connection, &headers)
    };
    Router::new()
        .route("/metrics", get(local_metrics))
        .route("/health/live", get(async || status("live")))
        .route("/health/ready", get(ready))
        .with_state(Arc::clone(&stores.accounts))
}

async fn ready(State(accounts): State<Arc<dyn Accounts>>) -> Result<Json<Value>, Problem> {
    match timeout(READY_TIMEOUT, accounts.ping()).await {
        Ok(answered) => answered?,
        Err(_) => return Err(Problem::unavailable()),
    }
    Ok(status("ready"))
}

fn status(status: &str) -> Json<Value> {
    Json(json!({ "status": status }))
}

/// Answers this machine only. Behind a proxy it answers nobody: the proxy may run on this machine and not say for which
/// client it forwards.
fn metrics(is_behind_proxy: bool, connection: &Connection, headers: &HeaderMap) -> Response {
    if is_behind_proxy {
        let detail = "Behind a proxy (TRUSTED_PROXY_HOPS) metrics are served at METRICS_ADDR only.";
        return Problem::forbidden(detail).into_response();
    }
    if is_local(connection.peer().ip(), headers) {
        return metrics::render();
    }
    Problem::forbidden("Metrics are served to this machine only, or at METRICS_ADDR.").into_response()
}

/// A request that a proxy on this machine forwards is not local.
fn is_local(peer: IpAddr, headers: &HeaderMap) -> bool {
    let forwarded = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"];
    peer.to_canonical().is_loopback() && !forwarded.iter().any(|name| headers.contains_key(*name))
}
