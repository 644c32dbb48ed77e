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
use serde::Serialize;
use store::{Accounts, StoreError, Stores};
use tokio::time::timeout;
use utoipa::{OpenApi, ToSchema};

use crate::{Connection, Refusal, metrics};

/// Timeout for the store's answer.
const READY_TIMEOUT: Duration = Duration::from_secs(2);

/// Why a service cannot work although its store answers.
const FULL: &str = "The disk is full. No message can be stored; sign-outs and deletions work.";

/// The routes of a service.
pub(crate) fn routes(stores: &Stores, is_behind_proxy: bool) -> Router {
    let local_metrics = async move |connection: Connection, headers: HeaderMap| {
        metrics(is_behind_proxy, &connection, &headers)
    };
    Router::new()
        .route("/metrics", get(local_metrics))
        .route("/health/live", get(live))
        .route("/health/ready", get(ready))
        .with_state(Arc::clone(&stores.accounts))
}

/// The descriptions of both health calls, for the document of a service.
#[derive(Debug, OpenApi)]
#[openapi(paths(live, ready), tags((name = "health", description = "For load balancers and supervisors")))]
pub struct HealthCalls;

/// The state of a service.
#[derive(Serialize, ToSchema)]
#[schema(as = Health)]
struct HealthBody {
    #[schema(example = "ready")]
    status: &'static str,
}

/// Ask whether the service runs.
#[utoipa::path(
    get,
    path = "/health/live",
    tag = "health",
    responses((status = 200, description = "It runs", body = HealthBody)),
)]
async fn live() -> Json<HealthBody> {
    Json(HealthBody { status: "live" })
}

/// Ask whether the service can work: it runs, its store answers, and there is room for messages on the store's disk.
#[utoipa::path(
    get,
    path = "/health/ready",
    tag = "health",
    responses((status = 200, description = "It can work", body = HealthBody)),
)]
async fn ready(State(accounts): State<Arc<dyn Accounts>>) -> Result<Json<HealthBody>, Refusal> {
    match timeout(READY_TIMEOUT, accounts.ping()).await {
        Ok(Err(StoreError::Full)) => return Err(Refusal::unavailable().with_detail(FULL)),
        Ok(answered) => answered?,
        Err(_) => return Err(Refusal::unavailable()),
    }
    Ok(Json(HealthBody { status: "ready" }))
}

/// Answers this machine only. Behind a proxy it refuses every request: the proxy may run on this machine, and may not
/// report for which client it forwards.
fn metrics(is_behind_proxy: bool, connection: &Connection, headers: &HeaderMap) -> Response {
    if is_behind_proxy {
        let detail = "Behind a proxy (TRUSTED_PROXY_HOPS) metrics are served at METRICS_ADDR only.";
        return Refusal::forbidden(detail).into_response();
    }
    if is_local(connection.peer().ip(), headers) {
        return metrics::render();
    }
    Refusal::forbidden("Metrics are served to this machine only, or at METRICS_ADDR.").into_response()
}

/// A request that a proxy on this machine forwards is not local.
fn is_local(peer: IpAddr, headers: &HeaderMap) -> bool {
    let forwarded = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"];
    peer.to_canonical().is_loopback() && !forwarded.iter().any(|name| headers.contains_key(*name))
}
