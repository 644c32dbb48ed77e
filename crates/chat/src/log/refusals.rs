//! Why a message is not stored.

use std::time::Duration;

use web::{Code, FieldError, Refusal};

/// The time after which a client may send the same again.
const RESEND_DELAY: Duration = Duration::from_secs(1);

pub(crate) fn id_reused() -> Refusal {
    Refusal::invalid_field(
        "id",
        FieldError::new(Code::IdReused, "names another message of yours; nothing was stored"),
    )
}

pub(crate) fn queue_full() -> Refusal {
    Refusal::new(Code::Overloaded, "Too much is waiting already; nothing was stored.")
        .retry_after(RESEND_DELAY)
}

pub(crate) fn not_stored() -> Refusal {
    Refusal::new(Code::Unavailable, "The store does not answer, or is full; nothing was stored.")
        .retry_after(RESEND_DELAY)
}

pub(crate) fn stopping() -> Refusal {
    Refusal::new(Code::Unavailable, "The server is stopping; nothing was stored.").retry_after(RESEND_DELAY)
}

/// A message without an id of its client cannot be sent again under the same id.
pub(crate) fn unknown_outcome(has_own_id: bool) -> Refusal {
    let refusal = Refusal::new(Code::UnknownOutcome, "Whether it was stored is not known yet.");
    if has_own_id { refusal.retry_after(RESEND_DELAY) } else { refusal }
}
