//! Every failure over HTTP in one form: `application/problem+json` (RFC 9457).
//!
//! The HTTP form of a [`Refusal`], and failures that only HTTP has, such as 413 and 415.

mod from_refusal;
mod page;

use axum::Json as JsonBody;
use axum::http::header::{CACHE_CONTROL, CONNECTION, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{FieldErrors, Refusal};

pub use page::ProblemPage;

/// The seed's message for a client without a valid token.
pub const TOKEN_REFUSED: &str = "Token didn't match";

/// The `code` of a request for a different user than the one that is signed in.
pub const SOMEBODY_ELSE: &str = "somebody_else";

/// A failure as clients see it. Every response made from one has it in its extensions; where a browser navigates,
/// [`crate::Middleware`] makes a page of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(description = "Why a request failed (RFC 9457).")]
pub struct Problem {
    /// The status in words.
    title: &'static str,
    #[serde(serialize_with = "as_number")]
    #[schema(value_type = u16)]
    status: StatusCode,
    /// For people.
    detail: String,
    /// For programs.
    #[schema(example = "unavailable")]
    code: &'static str,
    /// For 422: a message for each wrong field.
    // Boxed, because a problem is the error of many results.
    #[serde(skip_serializing_if = "FieldErrors::is_empty")]
    #[schema(value_type = Option<std::collections::BTreeMap<String, String>>)]
    errors: Box<FieldErrors>,
    /// For 401.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Token didn't match")]
    message: Option<&'static str>,
    #[serde(skip)]
    retry_after_secs: Option<u64>,
}

impl Problem {
    /// A problem with a status, a `code` for programs and a `detail` for people.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            title: status.canonical_reason().unwrap_or("Error"),
            status,
            detail: detail.into(),
            code,
            errors: Box::default(),
            message: None,
            retry_after_secs: None,
        }
    }

    /// 400: the request cannot be parsed.
    pub fn unparsable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "unparsable", detail)
    }

    /// 401, with the `message` that clients of the seed look for.
    pub(crate) fn without_token() -> Self {
        let detail = "A valid token is required. There was none, or it has expired or its session has ended. Log in \
                      again.";
        Self::new(StatusCode::UNAUTHORIZED, "signed_out", detail).with_message(TOKEN_REFUSED)
    }

    /// 403: another site made a browser send the request.
    pub(crate) fn cross_site() -> Self {
        let detail = "Another site sent this request; only pages of this system may. If this page is one of them, its \
                      operator must set USERS_URL and CHAT_URL to the addresses that browsers use, or list the name in \
                      ALLOWED_HOSTS. A proxy must pass the headers Host and Origin on.";
        Self::new(StatusCode::FORBIDDEN, "cross_site", detail)
    }

    /// 409: a form that was opened as another user. All tabs share the cookie, so two tabs may be two users.
    pub fn somebody_else(username: &str) -> Self {
        let detail = format!("Nothing was done: in this browser you are now signed in as {username}.");
        Self::new(StatusCode::CONFLICT, SOMEBODY_ELSE, detail)
    }

    /// 409: a page of one account, requested as another user.
    pub fn somebody_elses_page(username: &str) -> Self {
        let detail = format!(
            "This page belongs to another account: in this browser you are now signed in as {username}."
        );
        Self::new(StatusCode::CONFLICT, SOMEBODY_ELSE, detail)
    }

    /// 408: the request's body did not come in time. The connection is closed with the answer.
    pub fn too_slow() -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "too_slow", "The request's body did not come in time.")
    }

    /// 413: the request's body is larger than the route allows.
    pub fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "The request's body is too large.")
    }

    /// 415: the request's body has another media type than the route accepts.
    pub fn unsupported_media_type(wanted: &str) -> Self {
        let detail = format!("The request's body must be of the media type {wanted}.");
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail)
    }

    /// 422 with every wrong field.
    pub(crate) fn of_errors(errors: FieldErrors) -> Self {
        let detail = "Some fields are missing, unknown or invalid: see `errors`.";
        Self { errors: Box::new(errors), ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail) }
    }

    /// The problem for a bare status.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Refusal::not_found("There is nothing at this address.").into(),
            StatusCode::METHOD_NOT_ALLOWED => {
                Self::new(status, "method_not_allowed", "The method is not among those that `Allow` lists.")
            }
            StatusCode::PAYLOAD_TOO_LARGE => Self::too_large(),
            status if status.is_server_error() => Self { status, ..Refusal::internal().into() },
            status => Self::new(status, "bad_request", "The request is not valid."),
        }
    }

    /// With the seconds of `Retry-After`.
    #[must_use]
    pub fn retry_after(self, secs: u64) -> Self {
        Self { retry_after_secs: Some(secs), ..self }
    }

    /// With a member `message`, for clients that read it.
    #[must_use]
    pub fn with_message(self, message: &'static str) -> Self {
        Self { message: Some(message), ..self }
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The status as text.
    pub fn title(&self) -> &'static str {
        self.title
    }

    /// The text for people.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The code for programs.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The wrong fields; empty except for 422.
    pub fn errors(&self) -> &FieldErrors {
        &self.errors
    }

    /// The seconds of `Retry-After`.
    pub fn retry_after_secs(&self) -> Option<u64> {
        self.retry_after_secs
    }

    fn add_headers(&self, response: &mut Response) {
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(secs) = self.retry_after_secs {
            headers.insert(RETRY_AFTER, secs.into());
        }
        match self.status {
            StatusCode::UNAUTHORIZED => headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")),
            StatusCode::REQUEST_TIMEOUT => headers.insert(CONNECTION, HeaderValue::from_static("close")),
            _ => None,
        };
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, JsonBody(&self)).into_response();
        self.add_headers(&mut response);
        response.extensions_mut().insert(self);
        response
    }
}

/// For what a [`Refusal`] is made of.
impl From<store::StoreError> for Problem {
    fn from(error: store::StoreError) -> Self {
        Refusal::from(error).into()
    }
}

fn as_number<S: serde::Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}
