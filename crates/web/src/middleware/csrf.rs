//! Protection against requests that a page of another site makes a browser send (CSRF).

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use tower_http::csrf::{CsrfLayer, ProtectionError};

use crate::{Middleware, Origin, Problem};

/// Refuses requests that another site made a browser send. `Origin: null` passes only with `Sec-Fetch-Site: same-origin`;
/// [`remove_cookies`](crate::auth::remove_cookies_of_unknown_sender) handles the exception.
pub(super) fn layer(middleware: &Arc<Middleware>) -> CsrfLayer<fn(ProtectionError) -> Response> {
    let trust = |layer: CsrfLayer, origin: &Origin| {
        layer.add_trusted_origin(origin.as_str()).expect("an Origin is in the form that browsers send")
    };
    let layer = middleware.trusted.iter().fold(CsrfLayer::new(), trust);
    let middleware = Arc::clone(middleware);
    layer
        .with_insecure_bypass(move |_, uri| middleware.is_long_lived(uri.path()))
        .with_rejection_response(|_| Problem::cross_site().into_response())
}
