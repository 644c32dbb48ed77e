//! The timeout of handlers.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::Middleware;
use crate::Refusal;

pub(super) async fn limit(
    State(middleware): State<Arc<Middleware>>,
    request: Request,
    next: Next,
) -> Response {
    if middleware.is_long_lived(request.uri().path()) {
        return next.run(request).await;
    }
    let answer = tokio::time::timeout(middleware.timers.handler, next.run(request)).await;
    answer.unwrap_or_else(|_| Refusal::unavailable().into_response())
}
