//! A message as a client sent it, made sure of.

use serde_json::Value;
use store::{ClientId, MessageText, MessageTextError, RoomId};

use crate::args::Args;
use crate::nack::{Code, Nack};

/// What a client wants to say, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SendRequest {
    pub(crate) room: RoomId,
    pub(crate) text: MessageText,
    /// The client's own id, if it made one.
    pub(crate) id: Option<ClientId>,
}

impl SendRequest {
    /// Reads the arguments of a `chat message` event: `(text, {id?, room?}?)`.
    pub(crate) fn from_event(mut args: Args) -> Result<Self, Nack> {
        let (text, options) = (args.next("text"), args.options());
        args.nothing_else("at most two arguments: the text, and an object of options")?;
        let Some(Value::String(text)) = text? else {
            return Err(Nack::invalid("text: must be a string, the first argument"));
        };
        let mut options = options?;
        let draft = Self {
            room: room(options.take("room")?)?,
            text: MessageText::parse(&text).map_err(refused_text)?,
            id: options.take("id")?.map(id).transpose()?,
        };
        options.nothing_else()?;
        Ok(draft)
    }
}

/// The room that options name; the lobby when they name none.
pub(crate) fn room(room: Option<Value>) -> Result<RoomId, Nack> {
    match room {
        None => Ok(RoomId::LOBBY),
        Some(Value::String(name)) => existing_room(&name).ok_or_else(Nack::unknown_room),
        Some(_) => Err(Nack::invalid("room: must be a string")),
    }
}

/// The room of that name, if there is one: the lobby is the only one.
pub(crate) fn existing_room(name: &str) -> Option<RoomId> {
    RoomId::parse(name).filter(|room| *room == RoomId::LOBBY)
}

fn id(id: Value) -> Result<ClientId, Nack> {
    let Value::String(id) = id else { return Err(Nack::invalid("id: must be a string")) };
    ClientId::parse(id).map_err(|error| Nack::invalid(format!("id: {error}")))
}

fn refused_text(error: MessageTextError) -> Nack {
    let code = match error {
        MessageTextError::TooLong(_) => Code::TooLong,
        MessageTextError::Empty | MessageTextError::Control(_) => Code::Invalid,
    };
    Nack::new(code, format!("text: {error}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(args: Value) -> Result<SendRequest, Nack> {
        SendRequest::from_event(Args::of(&args))
    }

    fn refusal(args: Value) -> (Code, String) {
        let nack = read(args).unwrap_err();
        assert_eq!(nack.retry_after_ms, None, "the same again would be refused again");
        (nack.code, nack.detail.into_owned())
    }

    #[test]
    fn a_text_alone_goes_to_the_lobby() {
        let draft = read(json!(["hello"])).unwrap();
        assert_eq!((draft.room, draft.text.as_str(), draft.id), (RoomId::LOBBY, "hello", None));
        let draft = read(json!(["hello", {"id": "a-1", "room": "lobby"}])).unwrap();
        assert_eq!(draft.id.unwrap().as_str(), "a-1");
        for nothing in [json!(["hello", null]), json!(["hello", {"id": null, "room": null}])] {
            let draft = read(nothing).unwrap();
            assert_eq!((draft.room, draft.id), (RoomId::LOBBY, None), "null is absent");
        }
    }

    #[test]
    fn each_wrong_argument_is_named() {
        let cases = [
            (json!([]), Code::Invalid, "text"),
            (json!([{"text": "hello"}]), Code::Invalid, "text"),
            (json!([" \n"]), Code::Invalid, "text"),
            (json!(["a\u{0}"]), Code::Invalid, "text"),
            (
                json!(["a\u{b}b\u{1b}"]),
                Code::Invalid,
                "text: must not hold control characters, and U+001B stands in line 2 at character 2",
            ),
            (json!(["x".repeat(4_001)]), Code::TooLong, "text"),
            (json!(["hello", "options"]), Code::Invalid, "options"),
            (json!(["hello", {"id": 7}]), Code::Invalid, "id"),
            (json!(["hello", {"id": "a b"}]), Code::Invalid, "id"),
            (json!(["hello", {"room": 7}]), Code::Invalid, "room"),
            (json!(["hello", {"room": "attic"}]), Code::UnknownRoom, "room"),
            (json!(["hello", {"rom": "lobby"}]), Code::Invalid, "rom"),
            (json!(["hello", {}, 3]), Code::Invalid, "at most two"),
        ];
        for (args, code, names) in cases {
            let (seen, detail) = refusal(args.clone());
            assert!(seen == code && detail.starts_with(names), "{args}: {seen:?} {detail}");
        }
    }
}
