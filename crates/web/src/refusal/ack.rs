//! A refusal as the acknowledgement of an event.

use serde::Serialize;

use super::{Code, Refusal, STORE_RETRY_DELAY};

/// `{ok: false, code, detail, retry_after_ms?}`. `retry_after_ms` is present if the same may be sent again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ack<'a> {
    ok: bool,
    code: &'static str,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_ms: Option<u64>,
}

impl Refusal {
    /// The object that acknowledges an event.
    pub fn ack(&self) -> Ack<'_> {
        // Clients know no code for a fault of the server.
        let is_internal = self.code == Code::Internal;
        let code = if is_internal { Code::Unavailable } else { self.code };
        let delay = self.retry_after.or(is_internal.then_some(STORE_RETRY_DELAY));
        let retry_after_ms = delay.map(|delay| u64::try_from(delay.as_millis()).unwrap_or(u64::MAX));
        Ack { ok: false, code: code.as_str(), detail: &self.detail, retry_after_ms }
    }
}
