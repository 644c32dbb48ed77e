//! The one place that reads the body of a request.

use std::error::Error;

use axum::RequestExt;
use axum::body::to_bytes;
use axum::extract::Request;
use bytes::Bytes;
use http_body_util::LengthLimitError;
use tower_http::timeout::TimeoutError;

use super::bom::bytes_without_bom;
use crate::Problem;

/// The body of a request as text, within the route's limit, without a byte order mark.
///
/// # Errors
/// 413 when it is larger, 408 when it is late, 400 when it breaks off.
pub(crate) async fn read(request: Request) -> Result<Bytes, Problem> {
    to_bytes(request.into_limited_body(), usize::MAX).await.map(bytes_without_bom).map_err(|error| {
        if is_caused_by::<LengthLimitError>(&error) {
            Problem::too_large()
        } else if is_caused_by::<TimeoutError>(&error) {
            Problem::too_slow()
        } else {
            Problem::unparsable("The request's body broke off.")
        }
    })
}

fn is_caused_by<E: Error + 'static>(error: &(dyn Error + 'static)) -> bool {
    error.is::<E>() || error.source().is_some_and(is_caused_by::<E>)
}
