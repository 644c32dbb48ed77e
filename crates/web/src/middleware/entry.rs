//! What every request passes before its handler, in order: the checks of its head, then the timeout. Whatever refuses it,
//! here or further inside, gets the form that its client expects.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use super::problem_pages::Expected;
use super::{host, repeated_headers, timeout};
use crate::Middleware;
use crate::auth::remove_cookies_of_unknown_sender;

pub(super) async fn admit(
    State(middleware): State<Arc<Middleware>>,
    mut request: Request,
    next: Next,
) -> Response {
    let expected = Expected::of(&request, &middleware);
    let response = match refusal(&request, &middleware) {
        Some(refusal) => refusal,
        None => {
            remove_cookies_of_unknown_sender(&mut request);
            timeout::limit(&middleware, request, next).await
        }
    };
    expected.apply(response, &middleware)
}

fn refusal(request: &Request, middleware: &Middleware) -> Option<Response> {
    repeated_headers::refusal(request.headers()).or_else(|| host::refusal(request, middleware))
}
