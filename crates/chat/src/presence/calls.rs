//! What a client may ask of presence, made sure of.

use serde_json::Value;
use store::RoomId;

use crate::args::{Args, Options};
use crate::draft::room;
use crate::nack::Nack;

/// `watch ({room?, away?})`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WatchCall {
    pub(crate) room: RoomId,
    /// Whether the socket is unattended, if it says so.
    pub(crate) away: Option<bool>,
}

/// `typing ({room?})`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TypingCall {
    pub(crate) room: RoomId,
}

impl WatchCall {
    pub(crate) fn from_event(args: Args) -> Result<Self, Nack> {
        let mut options = options(args)?;
        let call = Self {
            room: room(options.take("room")?)?,
            away: options.take("away")?.map(|away| truth("away", &away)).transpose()?,
        };
        options.nothing_else()?;
        Ok(call)
    }
}

impl TypingCall {
    pub(crate) fn from_event(args: Args) -> Result<Self, Nack> {
        let mut options = options(args)?;
        let call = Self { room: room(options.take("room")?)? };
        options.nothing_else()?;
        Ok(call)
    }
}

fn options(mut args: Args) -> Result<Options, Nack> {
    let options = args.options()?;
    args.nothing_else("at most one argument: an object of options")?;
    Ok(options)
}

fn truth(name: &str, value: &Value) -> Result<bool, Nack> {
    value.as_bool().ok_or_else(|| Nack::invalid(format!("{name}: must be true or false")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::nack::Code;

    #[test]
    fn everything_may_be_left_out() {
        for args in [
            json!([]),
            json!([{}]),
            json!([null]),
            json!([{"room": "lobby"}]),
            json!([{"room": null, "away": null}]),
        ] {
            let silent = WatchCall { room: RoomId::LOBBY, away: None };
            assert_eq!(WatchCall::from_event(Args::of(&args)), Ok(silent));
        }
        for args in
            [json!([]), json!([{}]), json!([null]), json!([{"room": "lobby"}]), json!([{"room": null}])]
        {
            assert_eq!(TypingCall::from_event(Args::of(&args)), Ok(TypingCall { room: RoomId::LOBBY }));
        }
        let away = WatchCall::from_event(Args::of(&json!([{"away": true}]))).unwrap();
        assert_eq!(away.away, Some(true));
    }

    #[test]
    fn each_wrong_option_is_named() {
        let cases = [
            (json!(["lobby"]), Code::Invalid, "options"),
            (json!([{"room": 7}]), Code::Invalid, "room"),
            (json!([{"room": "attic"}]), Code::UnknownRoom, "room"),
            (json!([{"hidden": true}]), Code::Invalid, "hidden"),
            (json!([{}, {}]), Code::Invalid, "at most one"),
        ];
        for (args, code, names) in cases {
            let watch = WatchCall::from_event(Args::of(&args)).unwrap_err();
            let typing = TypingCall::from_event(Args::of(&args)).unwrap_err();
            for nack in [watch, typing] {
                assert!(nack.code == code && nack.detail.starts_with(names), "{args}: {nack:?}");
            }
        }
        for away in [json!("yes"), json!(1)] {
            let nack = WatchCall::from_event(Args::of(&json!([{"away": away}]))).unwrap_err();
            assert!(nack.code == Code::Invalid && nack.detail.starts_with("away"), "{nack:?}");
        }
        let nack = TypingCall::from_event(Args::of(&json!([{"away": true}]))).unwrap_err();
        assert!(nack.detail.starts_with("away"), "{nack:?}");
    }
}
