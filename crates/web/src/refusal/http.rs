//! A refusal as an HTTP answer.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::{Code, Refusal};
use crate::Problem;

/// Wrong fields are 422 `invalid` with `errors`; every other code has its own status.
impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        if !refusal.errors.is_empty() {
            return Self::of_errors(refusal.errors);
        }
        let status = match refusal.code {
            Code::SignedOut => return Self::without_token(),
            Code::Invalid | Code::TooLong | Code::IdReused | Code::UnknownRoom => {
                return Self::new(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid.as_str(), refusal.detail);
            }
            Code::BadCredentials => StatusCode::UNAUTHORIZED,
            Code::Forbidden => StatusCode::FORBIDDEN,
            Code::NotFound => StatusCode::NOT_FOUND,
            Code::UsernameTaken | Code::ChangedMeanwhile => StatusCode::CONFLICT,
            Code::TooManyExports => StatusCode::TOO_MANY_REQUESTS,
            Code::Overloaded | Code::Unavailable | Code::UnknownOutcome => StatusCode::SERVICE_UNAVAILABLE,
            Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let problem = Self::new(status, refusal.code.as_str(), refusal.detail);
        match refusal.retry_after {
            Some(delay) => problem.retry_after(whole_secs(delay)),
            None => problem,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}

/// `Retry-After` has whole seconds; an earlier retry would be too early.
fn whole_secs(delay: std::time::Duration) -> u64 {
    delay.as_secs() + u64::from(delay.subsec_nanos() > 0)
}
