//! The log lines about sockets that are not admitted, or are ended for what they sent: user and reason, in one line each,
//! at a bounded rate. Never a token or a query.

use std::net::IpAddr;

use socketioxide::socket::DisconnectReason;
use store::UserId;
use web::LogBudget;

/// Maximum of such lines a second.
const MAX_LINES_PER_SECOND: u32 = 20;

static BUDGET: LogBudget = LogBudget::new(MAX_LINES_PER_SECOND);

/// A CONNECT was refused.
pub(super) fn connect_refused(client: IpAddr, user: Option<UserId>, reason: &'static str) {
    write("refused a CONNECT", client, user, reason);
}

/// A socket of a user ended.
pub(super) fn ended(client: IpAddr, user: UserId, reason: DisconnectReason) {
    let reason = match reason {
        DisconnectReason::PacketParsingError => "its packet is not valid, or too large",
        DisconnectReason::MultipleHttpPollingError => "it polled twice at once",
        DisconnectReason::TransportError => "its connection broke, or sent more than one message may hold",
        _ => return,
    };
    write("ended a socket", client, Some(user), reason);
}

/// An engine session ended without a CONNECT that was answered here.
pub(super) fn never_connected(client: IpAddr) {
    write("ended a session", client, None, "no CONNECT to the namespace / came, perhaps one to another");
}

fn write(what: &'static str, client: IpAddr, user: Option<UserId>, reason: &'static str) {
    metrics::counter!("natter_socket_refusals_total", "what" => what, "reason" => reason).increment(1);
    let Some(left_out) = BUDGET.take() else { return };
    match user {
        Some(user) => tracing::info!(%client, %user, reason, left_out, "{what}"),
        None => tracing::info!(%client, reason, left_out, "{what}"),
    }
}
