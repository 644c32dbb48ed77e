//! `/health/live`: the process runs; `/health/ready`: the store answers too.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use serde_json::{Value, json};
use store::{Stores, Users};
use tokio::time::timeout;

use crate::Problem;

/// Timeout for the store's answer.
const READY_TIMEOUT: Duration = Duration::from_secs(2);

pub(crate) fn routes(stores: &Stores) -> Router {
    Router::new()
        .route("/health/live", get(async || status("live")))
        .route("/health/ready", get(ready))
        .with_state(Arc::clone(&stores.users))
}

async fn ready(State(users): State<Arc<dyn Users>>) -> Result<Json<Value>, Problem> {
    match timeout(READY_TIMEOUT, users.ping()).await {
        Ok(answered) => answered?,
        Err(_) => return Err(Problem::unavailable()),
    }
    Ok(status("ready"))
}

fn status(status: &str) -> Json<Value> {
    Json(json!({ "status": status }))
}
