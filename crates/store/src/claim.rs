//! A claim to the deletion of a user: who holds it works at it, and nobody else.

use std::time::Duration;

use uuid::Uuid;

/// Time after which a claim ends unless it is renewed: its holder has died, or stands still.
pub const DELETION_CLAIM_TIMEOUT: Duration = Duration::from_secs(30);

/// The holder of a claim: one task of one process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimId(pub(crate) Uuid);

impl ClaimId {
    /// A holder that nobody else is.
    pub fn generate() -> Self {
        Self(Uuid::new_v4())
    }
}
