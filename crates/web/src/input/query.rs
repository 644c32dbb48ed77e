//! The query of a request.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::{Fields, FromFields};
use crate::Problem;

/// A query, read field by field. Answers 422 with each wrong field.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<S: Sync, T: FromFields> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Self(Fields::from_query(parts.uri.query()).read()?))
    }
}
