//! Watching the people of a room: a snapshot, and from then on every change. Only members watch a room.

use std::sync::Arc;

use store::RoomId;
use tokio::sync::MutexGuard;
use web::{Fields, FromFields, Refusal};

use super::admission::{Admission, Caller, admit, verify};
use super::operation::Operation;
use crate::access::room_field;
use crate::chat::Chat;
use crate::hub::{MAX_WATCHED_ROOMS, NotWatched, Subscription};
use crate::presence::Snapshot;

/// `room?`, `away?`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WatchRequest {
    room: RoomId,
    /// Whether the client is unattended, if it sends that.
    away: Option<bool>,
}

#[cfg(test)]
impl WatchRequest {
    pub(crate) fn of(room: RoomId) -> Self {
        Self { room, away: None }
    }
}

impl FromFields for WatchRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let (room, away) = (room_field(fields), fields.optional_bool("away"));
        Some(Self { room: room?, away })
    }
}

/// A watch that was admitted.
pub(crate) struct AdmittedWatch {
    request: WatchRequest,
    admission: Admission,
}

/// The snapshot. No change is announced until it is dropped: the snapshot must reach the client first.
pub(crate) struct Watched<'a> {
    pub(crate) snapshot: Snapshot,
    _nothing_is_announced: MutexGuard<'a, ()>,
}

/// Admits a watch. The field `away` takes effect at once, in the order of these calls, unless the
/// session or the room must be verified first.
///
/// # Errors
/// Those of the admission.
pub(crate) fn begin(
    chat: &Chat,
    subscription: &Arc<Subscription>,
    request: WatchRequest,
) -> Result<AdmittedWatch, Refusal> {
    let admission = admit(chat, Operation::Watch, Caller::Subscription(subscription), request.room)?;
    if let (true, Some(away)) = (admission.is_settled(), request.away) {
        chat.presence.attend(subscription, away);
    }
    Ok(AdmittedWatch { request, admission })
}

/// Makes the subscription a watcher and takes the snapshot, both between two announcements: the client misses no change,
/// and no departure of a person that it was not shown. If somebody goes out of a room in the meantime, the user's own
/// membership is looked at once more.
///
/// # Errors
/// Those of the verification, and `forbidden` for one room too many.
pub(crate) async fn finish<'a>(
    chat: &'a Chat,
    subscription: &Arc<Subscription>,
    AdmittedWatch { request, admission }: AdmittedWatch,
) -> Result<Watched<'a>, Refusal> {
    let was_settled = admission.is_settled();
    verify(chat, Caller::Subscription(subscription), admission).await?;
    if let (false, Some(away)) = (was_settled, request.away) {
        chat.presence.attend(subscription, away);
    }
    chat.presence.open(&*chat.stores.rooms, request.room).await?;
    loop {
        let departures = chat.presence.departures();
        let standing = chat.access.ask(subscription.user(), request.room).await?;
        Operation::Watch.rule().judge(&standing)?;
        let nothing_is_announced = chat.presence.between_announcements().await;
        chat.hub.watch(subscription, request.room).map_err(refusal)?;
        if departures == chat.presence.departures() {
            let snapshot = chat.presence.snapshot(request.room);
            return Ok(Watched { snapshot, _nothing_is_announced: nothing_is_announced });
        }
        chat.hub.unwatch(subscription, request.room);
    }
}

/// `room?`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct UnwatchRequest {
    room: RoomId,
}

impl FromFields for UnwatchRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        room_field(fields).map(|room| Self { room })
    }
}

/// Ends a subscription's watch of a room. Whether there is such a room or watch makes no difference to the answer.
///
/// # Errors
/// `rate_limited`.
pub(crate) fn unwatch(
    chat: &Chat,
    subscription: &Arc<Subscription>,
    UnwatchRequest { room }: UnwatchRequest,
) -> Result<(), Refusal> {
    chat.rates.presence(subscription.user())?;
    chat.hub.unwatch(subscription, room);
    Ok(())
}

fn refusal(not_watched: NotWatched) -> Refusal {
    match not_watched {
        NotWatched::Ended => Refusal::signed_out(),
        NotWatched::TooMany => Refusal::forbidden(format!(
            "A socket watches at most {MAX_WATCHED_ROOMS} rooms. Send unwatch for another one first."
        )),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use web::Code;

    use super::*;

    fn parse(args: &Value) -> Result<WatchRequest, (Code, String)> {
        let arguments = serde_json::from_value(args.clone()).unwrap();
        let request = Fields::from_arguments(arguments, &[]).and_then(Fields::read);
        request.map_err(|refusal| (refusal.code(), refusal.detail().to_owned()))
    }

    #[test]
    fn everything_may_be_left_out() {
        for args in [
            json!([]),
            json!([{}]),
            json!([null]),
            json!([{"room": "lobby"}]),
            json!([{"room": null, "away": null}]),
        ] {
            assert_eq!(parse(&args), Ok(WatchRequest { room: RoomId::LOBBY, away: None }));
        }
        assert_eq!(parse(&json!([{"away": true}])).unwrap().away, Some(true));
    }

    #[test]
    fn each_wrong_option_is_named() {
        let cases = [
            (json!(["lobby"]), Code::Invalid, "options"),
            (json!([{"room": 7}]), Code::Invalid, "room"),
            (json!([{"room": "attic"}]), Code::UnknownRoom, "room"),
            (json!([{"hidden": true}]), Code::Invalid, "hidden"),
            (json!([{"away": "yes"}]), Code::Invalid, "away"),
            (json!([{"away": 1}]), Code::Invalid, "away"),
            (json!([{}, {}]), Code::Invalid, "at most one"),
        ];
        for (args, code, names) in cases {
            let (seen, detail) = parse(&args).unwrap_err();
            assert!(seen == code && detail.starts_with(names), "{args}: {detail}");
        }
    }
}
