//! The urlencoded body of a form.

use axum::extract::{FromRequest, Request};

use super::{Fields, read_body};
use crate::{Problem, media};

/// The fields of a form. A page reads them itself ([`Fields::read`]), since it shows them again when they are wrong.
/// Rejects with 415, 413 and 408.
#[derive(Debug)]
pub struct Form(pub Fields);

impl<S: Sync> FromRequest<S> for Form {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        if !media::is_form(request.headers()) {
            return Err(Problem::unsupported_media_type("application/x-www-form-urlencoded"));
        }
        Ok(Self(Fields::from_form(&read_body(request).await?)))
    }
}
