//! The bodies of calls and answers, as the document describes them. What they describe knows nothing of it.

use std::collections::BTreeMap;

use utoipa::ToSchema;

/// A token.
#[derive(ToSchema)]
#[schema(as = Token)]
#[expect(dead_code, reason = "describes web::session::Issued")]
pub(crate) struct TokenBody {
    token: String,
    #[schema(example = "Bearer")]
    token_type: String,
    /// Seconds.
    expires_in: u64,
}

/// What went wrong (RFC 9457).
#[derive(ToSchema)]
#[schema(as = Problem)]
#[expect(dead_code, reason = "describes web::Problem")]
pub(crate) struct ProblemBody {
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
    /// Where no good token came with the request.
    #[schema(example = "Token didn't match")]
    message: Option<String>,
}
