//! What the log says of sockets that are not let in, or are ended for what they sent: who and why, in one line, and not more
//! of them than a log can bear. Never a token or a query.

use std::net::IpAddr;

use socketioxide::socket::DisconnectReason;
use store::UserId;
use web::LogBudget;

use super::connect::ConnectError;
use super::engine_sessions::EngineSession;

/// Such lines a second.
const LINES_PER_SECOND: u32 = 20;

static BUDGET: LogBudget = LogBudget::new(LINES_PER_SECOND);

/// A CONNECT that is refused.
#[derive(Debug)]
pub(super) struct Refused {
    /// What the client is told; without it its connection is shut.
    pub(super) told: Option<ConnectError>,
    pub(super) why: &'static str,
    /// Whose token it was, if that is known.
    pub(super) user: Option<UserId>,
}

impl Refused {
    /// The token does not let its client in, and the client is told.
    pub(super) fn bad(why: &'static str, user: Option<UserId>) -> Self {
        Self { told: Some(ConnectError::TokenRefused), why, user }
    }

    /// It cannot be let in at present.
    pub(super) fn for_now(why: &'static str, user: Option<UserId>) -> Self {
        Self { told: None, why, user }
    }

    /// Its user has as many sockets as one may have. A client that would not come back after it is not told.
    pub(super) fn full(user: Option<UserId>, wants_reason: bool) -> Self {
        let told = wants_reason.then_some(ConnectError::TooManySockets);
        Self { told, why: "MAX_SOCKETS_PER_USER", user }
    }

    /// Writes it down.
    pub(super) fn note(&self, session: &EngineSession) {
        session.mark_explained();
        write("refused a CONNECT", session.address(), self.user, self.why);
    }
}

/// A socket of somebody ended.
pub(super) fn ended(session: &EngineSession, user: UserId, reason: DisconnectReason) {
    let why = match reason {
        DisconnectReason::PacketParsingError => "it sent what is no packet of the protocol, or is too large",
        DisconnectReason::MultipleHttpPollingError => "it polled twice at once",
        DisconnectReason::TransportError => "its connection broke, or sent more than one message may hold",
        _ => return,
    };
    write("ended a socket", session.address(), Some(user), why);
}

/// A session ended without any CONNECT that was answered here.
pub(super) fn never_connected(address: IpAddr) {
    write("ended a session", address, None, "no CONNECT to the namespace / came, perhaps one to another");
}

fn write(what: &'static str, client: IpAddr, user: Option<UserId>, reason: &'static str) {
    metrics::counter!("natter_socket_refusals_total", "what" => what, "reason" => reason).increment(1);
    let Some(left_out) = BUDGET.take() else { return };
    match user {
        Some(user) => tracing::info!(%client, %user, reason, left_out, "{what}"),
        None => tracing::info!(%client, reason, left_out, "{what}"),
    }
}
