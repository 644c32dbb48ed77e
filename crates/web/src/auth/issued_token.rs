//! A token as it is sent to its user.

use serde::Serialize;
use utoipa::ToSchema;

use super::Principal;

/// A token as it is answered (the field names of RFC 6749, section 5.1).
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Token)]
pub struct IssuedToken {
    /// The token.
    pub token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// Seconds until it expires.
    pub expires_in: u64,
}

impl IssuedToken {
    /// A token with the principal that it stands for.
    pub fn new(token: String, principal: &Principal) -> Self {
        Self { token, token_type: "Bearer", expires_in: principal.expires_in_secs() }
    }
}
