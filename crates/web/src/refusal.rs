//! Why an operation is not done: one type for acknowledgements, problem documents and pages.
//!
//! An operation returns a [`Refusal`] and knows no transport. Its two faces stand here and nowhere else:
//! [`Refusal::ack`] for an event, and [`Problem`](crate::Problem) for HTTP, from which the pages take their texts too.
//! A store's error becomes a refusal here; its cause is logged once and never shown.

mod ack;
mod code;
mod field_errors;
mod http;

use std::borrow::Cow;
use std::time::Duration;

pub use ack::Ack;
pub use code::Code;
pub use field_errors::{FieldError, FieldErrors};

/// When to try again after the store did not answer.
const STORE_RETRY_DELAY: Duration = Duration::from_secs(2);
/// When to try again after too much was going on.
const OVERLOAD_RETRY_DELAY: Duration = Duration::from_secs(1);

/// Why an operation is not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    code: Code,
    detail: Cow<'static, str>,
    errors: FieldErrors,
    retry_after: Option<Duration>,
}

impl Refusal {
    /// A refusal with a code for programs and a detail for people.
    pub fn new(code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { code, detail: detail.into(), errors: FieldErrors::default(), retry_after: None }
    }

    /// Some fields are wrong. The code and the detail are those of the first error.
    pub fn invalid(errors: FieldErrors) -> Self {
        let (code, detail) = errors
            .first()
            .map_or((Code::Invalid, String::new()), |(field, error)| (error.code, in_words(field, error)));
        Self { errors, ..Self::new(code, detail) }
    }

    /// One field is wrong.
    pub fn invalid_field(field: &str, error: impl Into<FieldError>) -> Self {
        Self::invalid(FieldErrors::of(field, error))
    }

    /// There is no token, or it is not valid, or not any more.
    pub fn signed_out() -> Self {
        Self::new(Code::SignedOut, "You are signed out.")
    }

    /// A valid token, but not for this.
    pub fn forbidden(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Code::Forbidden, detail)
    }

    /// There is no such thing.
    pub fn not_found(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Code::NotFound, detail)
    }

    /// The store does not answer, or something took too long.
    pub fn unavailable() -> Self {
        Self::new(Code::Unavailable, "This cannot be done right now. Try again in a moment.")
            .retry_after(STORE_RETRY_DELAY)
    }

    /// Too much of this is being done already.
    pub fn overloaded() -> Self {
        Self::new(Code::Overloaded, "Too many are asking for this at once. Try again in a moment.")
            .retry_after(OVERLOAD_RETRY_DELAY)
    }

    /// A fault of the server. The code that returns it logs the cause.
    pub fn internal() -> Self {
        Self::new(Code::Internal, "Something went wrong here. It has been noted.")
    }

    /// With the time after which the same may be tried again.
    #[must_use]
    pub fn retry_after(self, delay: Duration) -> Self {
        Self { retry_after: Some(delay), ..self }
    }

    /// What programs go by.
    pub fn code(&self) -> Code {
        self.code
    }

    /// The reason in words; of wrong fields the first one, as `field: message`.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The wrong fields; empty when the reason is another one.
    pub fn errors(&self) -> &FieldErrors {
        &self.errors
    }
}

/// A client chooses the names of unknown fields, so a name is cut.
fn in_words(field: &str, error: &FieldError) -> String {
    const MAX_NAME_CHARS: usize = 32;
    let name: String = field.chars().take(MAX_NAME_CHARS).collect();
    format!("{name}: {}", error.message)
}

/// Unavailable while the store is away, internal when it holds what cannot be.
impl From<store::StoreError> for Refusal {
    fn from(error: store::StoreError) -> Self {
        match &error {
            store::StoreError::Unavailable(_) => {
                tracing::warn!(%error, "the store did not answer a request");
                Self::unavailable()
            }
            store::StoreError::Corrupt(_) => {
                tracing::error!(%error, "the store could not answer a request");
                Self::internal()
            }
        }
    }
}

impl From<auth::Busy> for Refusal {
    fn from(_: auth::Busy) -> Self {
        Self::overloaded()
    }
}

impl From<crate::AuthError> for Refusal {
    fn from(error: crate::AuthError) -> Self {
        match error {
            crate::AuthError::Invalid => Self::signed_out(),
            crate::AuthError::Unavailable => Self::unavailable(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::Problem;

    fn faces(refusal: &Refusal) -> (Value, Value, u16) {
        let problem = Problem::from(refusal.clone());
        let status = problem.status().as_u16();
        (serde_json::to_value(refusal.ack()).unwrap(), serde_json::to_value(problem).unwrap(), status)
    }

    #[test]
    fn an_ack_names_the_first_wrong_field_and_a_problem_all_of_them() {
        let mut errors = FieldErrors::of("text", FieldError::new(Code::TooLong, "must be shorter"));
        errors.insert("id", "must be a string");
        errors.insert("text", "is given twice");
        let (ack, problem, status) = faces(&Refusal::invalid(errors));
        assert_eq!(ack, json!({"ok": false, "code": "too_long", "detail": "text: must be shorter"}));
        assert_eq!((status, &problem["code"]), (422, &json!("invalid")));
        assert_eq!(problem["errors"], json!({"id": "must be a string", "text": "must be shorter"}));
        assert!(problem["detail"].as_str().unwrap().contains("`errors`"), "{problem}");
    }

    #[test]
    fn the_delay_is_in_milliseconds_for_an_ack_and_in_whole_seconds_for_http() {
        let refusal =
            Refusal::new(Code::UnknownOutcome, "It is not known.").retry_after(Duration::from_millis(1_500));
        let (ack, _, status) = faces(&refusal);
        assert_eq!((&ack["retry_after_ms"], status), (&json!(1_500), 503));
        assert_eq!(Problem::from(refusal).retry_after_secs(), Some(2));
    }

    #[test]
    fn a_signed_out_client_of_the_seed_finds_its_message() {
        let (ack, problem, status) = faces(&Refusal::signed_out());
        assert_eq!(ack, json!({"ok": false, "code": "signed_out", "detail": "You are signed out."}));
        assert_eq!((status, &problem["message"]), (401, &json!("Token didn't match")));
    }

    #[test]
    fn an_unknown_fields_name_is_cut() {
        let refusal = Refusal::invalid_field(&"x".repeat(1_000), "is not known here");
        assert_eq!(refusal.detail(), format!("{}: is not known here", "x".repeat(32)));
    }
}
