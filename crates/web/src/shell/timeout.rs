//! No handler keeps a client waiting for ever.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::Problem;
use crate::shell::Shell;

pub(super) async fn limit(State(shell): State<Arc<Shell>>, request: Request, next: Next) -> Response {
    if shell.is_long_lived(request.uri().path()) {
        return next.run(request).await;
    }
    let answer = tokio::time::timeout(shell.timers.handler, next.run(request)).await;
    answer.unwrap_or_else(|_| Problem::unavailable().into_response())
}
