//! Why something was not done, as a Socket.IO acknowledgement tells it.

use std::borrow::Cow;

use serde::Serialize;

/// After so long a client may send the same again.
const RETRY_AFTER_MS: u64 = 1_000;

/// A refusal: `{ok: false, code, detail, retry_after_ms?}`. `retry_after_ms` stands exactly where the same id may be
/// sent again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Nack {
    ok: bool,
    pub(crate) code: Code,
    pub(crate) detail: Cow<'static, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) retry_after_ms: Option<u64>,
}

/// What programs go by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Code {
    Invalid,
    TooLong,
    IdReused,
    UnknownRoom,
    Overloaded,
    Unavailable,
    UnknownOutcome,
    SignedOut,
}

impl Nack {
    pub(crate) fn new(code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { ok: false, code, detail: detail.into(), retry_after_ms: None }
    }

    pub(crate) fn invalid(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Code::Invalid, detail)
    }

    pub(crate) fn unknown_room() -> Self {
        Self::new(Code::UnknownRoom, "room: there is no such room; the only one is lobby")
    }

    pub(crate) fn id_reused() -> Self {
        Self::new(Code::IdReused, "id: names another message of yours, and nothing was stored")
    }

    pub(crate) fn signed_out() -> Self {
        Self::new(Code::SignedOut, "You are signed out.")
    }

    pub(crate) fn overloaded() -> Self {
        Self::new(Code::Overloaded, "Too much is waiting already; nothing was stored.").again()
    }

    pub(crate) fn unavailable() -> Self {
        Self::new(Code::Unavailable, "The store is away or full; nothing was stored.").again()
    }

    pub(crate) fn stopping() -> Self {
        Self::new(Code::Unavailable, "The server is stopping; nothing was stored.").again()
    }

    /// A message that had no id of its client's cannot be sent again under it.
    pub(crate) fn unknown_outcome(has_own_id: bool) -> Self {
        let nack = Self::new(Code::UnknownOutcome, "Whether it was stored is not known yet.");
        if has_own_id { nack.again() } else { nack }
    }

    fn again(self) -> Self {
        Self { retry_after_ms: Some(RETRY_AFTER_MS), ..self }
    }
}
