//! The JSON body of a request.

use axum::body::HttpBody;
use axum::extract::{FromRequest, Request};

use super::{Fields, FromFields, Members, NoMembers, read_body};
use crate::{Problem, Refusal, media};

/// A JSON object, read field by field. Rejects with 415 for another media type, 413 and 408 for a body that is too large or
/// too slow, 400 for text that is not JSON, and 422 with each wrong field. Its errors never quote the input.
#[derive(Debug)]
pub struct Json<T>(pub T);

/// As [`Json`]. A request without a body has no fields.
#[derive(Debug)]
pub struct OptionalJson<T>(pub T);

impl<S: Sync, T: FromFields> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        if !media::is_json(request.headers()) {
            return Err(Problem::unsupported_media_type("application/json"));
        }
        let body = read_body(request).await?;
        let members = Members::read(&body).map_err(problem)?;
        Ok(Self(Fields::from_json(members).read()?))
    }
}

impl<S: Sync, T: FromFields> FromRequest<S> for OptionalJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if request.body().is_end_stream() {
            return Ok(Self(Fields::from_json(Members::default()).read()?));
        }
        Json::from_request(request, state).await.map(|Json(read)| Self(read))
    }
}

fn problem(reason: NoMembers) -> Problem {
    match reason {
        NoMembers::NotAnObject => Refusal::invalid_field("body", "must be an object").into(),
        NoMembers::Name(_) => Problem::unparsable(format!("The request's body cannot be taken: {reason}.")),
        NoMembers::NotJson(error) => {
            // The library's message quotes the input in some cases, so only the place is shown.
            let (line, column) = (error.line(), error.column());
            Problem::unparsable(format!("The request's body is not JSON: see line {line}, column {column}."))
        }
    }
}
