//! Protection against requests that a page of another site makes a browser send (CSRF).

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use tower_http::csrf::{CsrfLayer, ProtectionError};

use crate::{Middleware, Origin, Problem};

/// Refuses requests that another site made a browser send. `Origin: null` passes only with `Sec-Fetch-Site: same-origin`;
/// [`super::unknown_sender`] handles the exception.
pub(super) fn layer(middleware: &Arc<Middleware>) -> CsrfLayer<fn(ProtectionError) -> Response> {
    let trust = |layer: CsrfLayer, origin: &Origin| {
        layer.add_trusted_origin(origin.as_str()).expect("an Origin is in the form that browsers send")
    };
    let layer = middleware.trusted.iter().fold(CsrfLayer::new(), trust);
    let middleware = Arc::clone(middleware);
    layer
        .with_insecure_bypass(move |_, uri| middleware.is_long_lived(uri.path()))
        .with_rejection_response(|_| cross_site().into_response())
}

/// 403: another site made a browser send the request.
pub(crate) fn cross_site() -> Problem {
    let detail = "Another site sent this request; only pages of this system may. If this page is one of them, its \
                  operator must set USERS_URL and CHAT_URL to the addresses that browsers use, or list the name in \
                  ALLOWED_HOSTS. A proxy must pass the headers Host and Origin on.";
    Problem::new(StatusCode::FORBIDDEN, "cross_site", detail)
}
