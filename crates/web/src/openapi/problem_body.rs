//! The body of every error.

use std::collections::BTreeMap;

use utoipa::ToSchema;

/// Why a request failed (RFC 9457).
#[derive(Debug, ToSchema)]
#[schema(as = Problem)]
#[expect(dead_code, reason = "describes crate::Problem")]
pub struct ProblemBody {
    /// The status in words.
    title: String,
    status: u16,
    /// For people.
    detail: String,
    /// For programs.
    #[schema(example = "unavailable")]
    code: String,
    /// For 422: a message for each wrong field.
    errors: Option<BTreeMap<String, String>>,
    /// For 401.
    #[schema(example = "Token didn't match")]
    message: Option<String>,
}
