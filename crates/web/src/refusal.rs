//! Why an operation is not done: one type for acknowledgements, problem documents and pages.
//!
//! An operation returns a [`Refusal`] and knows no transport. It has two forms: [`Refusal::ack`] for an event, and
//! [`Problem`](crate::Problem) for HTTP, from which the pages take their texts too. A store's error becomes a refusal here;
//! its cause is logged once and never shown.

mod ack;
mod code;
mod field_errors;

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
        let (code, detail) = errors.first().map_or((Code::Invalid, String::new()), |(field, error)| {
            (error.code, first_detail(field, error))
        });
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
        Self::new(Code::Overloaded, "Too many requests at once. Try again in a moment.")
            .retry_after(OVERLOAD_RETRY_DELAY)
    }

    /// A fault of the server. The code that returns it logs the cause.
    pub fn internal() -> Self {
        Self::new(Code::Internal, "An internal error occurred. It is in the server's log.")
    }

    /// With the delay after which the same may be tried again.
    #[must_use]
    pub fn retry_after(self, delay: Duration) -> Self {
        Self { retry_after: Some(delay), ..self }
    }

    /// The same with another detail.
    #[must_use]
    pub fn with_detail(self, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { detail: detail.into(), ..self }
    }

    /// The same for a thing that no field names, such as one in a path: its first error as a sentence.
    #[must_use]
    pub fn without_field(self) -> Self {
        let Some((_, error)) = self.errors.first() else { return self };
        let mut message = error.message.chars();
        let first = message.next().map(char::to_uppercase);
        let detail = first.into_iter().flatten().chain(message).chain(['.']).collect::<String>();
        Self { retry_after: self.retry_after, ..Self::new(error.code, detail) }
    }

    /// The code for programs.
    pub fn code(&self) -> Code {
        self.code
    }

    /// The reason for people; for wrong fields that of the first one, as `field: message`.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The wrong fields; empty for any other reason.
    pub fn errors(&self) -> &FieldErrors {
        &self.errors
    }

    /// The delay after which the same may be tried again.
    pub fn delay(&self) -> Option<Duration> {
        self.retry_after
    }
}

/// A client chooses the names of unknown fields, so a name is cut.
fn first_detail(field: &str, error: &FieldError) -> String {
    const MAX_NAME_CHARS: usize = 32;
    let name: String = field.chars().take(MAX_NAME_CHARS).collect();
    format!("{name}: {}", error.message)
}

/// Unavailable while the store is not available or full, internal when it holds what cannot be.
impl From<store::StoreError> for Refusal {
    fn from(error: store::StoreError) -> Self {
        match &error {
            store::StoreError::Unavailable(_) => {
                tracing::warn!(%error, "the store did not answer a request");
                Self::unavailable()
            }
            // The store reports it once.
            store::StoreError::Full => Self::unavailable(),
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
