//! The timeout of handlers.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::Middleware;
use crate::Refusal;

pub(super) async fn limit(middleware: &Middleware, request: Request, next: Next) -> Response {
    if middleware.is_long_lived(request.uri().path()) {
        return next.run(request).await;
    }
    let answer = tokio::time::timeout(middleware.timers.handler, next.run(request)).await;
    answer.unwrap_or_else(|_| Refusal::unavailable().into_response())
}
