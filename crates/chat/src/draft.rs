//! A message as a client sent it, made sure of.

use serde_json::{Map, Value};
use store::{ClientId, MessageText, MessageTextError, RoomName};

use crate::nack::{Code, Nack};

/// What a client wants to say, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Draft {
    pub(crate) room: RoomName,
    pub(crate) text: MessageText,
    /// The client's own id, if it made one.
    pub(crate) id: Option<ClientId>,
}

impl Draft {
    /// Reads the arguments of a `chat message` event: `(text, {id?, room?}?)`.
    pub(crate) fn from_event(args: Vec<Value>) -> Result<Self, Nack> {
        let mut args = args.into_iter();
        let (text, options, rest) = (args.next(), args.next(), args.next());
        if rest.is_some() {
            return Err(Nack::invalid("at most two arguments: the text, and an object of options"));
        }
        let Some(Value::String(text)) = text else {
            return Err(Nack::invalid("text: must be a string, the first argument"));
        };
        let mut options = object(options)?;
        let draft = Self {
            room: room(options.remove("room"))?,
            text: MessageText::parse(&text).map_err(refused_text)?,
            id: options.remove("id").map(id).transpose()?,
        };
        nothing_else(&options)?;
        Ok(draft)
    }
}

/// The options of an event, which may be left out or null.
pub(crate) fn object(options: Option<Value>) -> Result<Map<String, Value>, Nack> {
    match options {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(options)) => Ok(options),
        Some(_) => Err(Nack::invalid("options: must be an object")),
    }
}

/// The room that options name; the lobby when they name none.
pub(crate) fn room(room: Option<Value>) -> Result<RoomName, Nack> {
    match room {
        None => Ok(RoomName::Lobby),
        Some(Value::String(name)) => RoomName::parse(&name).ok_or_else(Nack::unknown_room),
        Some(_) => Err(Nack::invalid("room: must be a string")),
    }
}

/// Refuses options that nobody asked for: they may be misspelt.
pub(crate) fn nothing_else(options: &Map<String, Value>) -> Result<(), Nack> {
    match options.keys().next() {
        Some(name) => Err(Nack::invalid(format!("{}: is not an option here", shortened(name)))),
        None => Ok(()),
    }
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

/// A client's own word in an answer to it, of bounded length.
fn shortened(name: &str) -> String {
    name.chars().take(32).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(args: Value) -> Result<Draft, Nack> {
        Draft::from_event(args.as_array().unwrap().clone())
    }

    fn refusal(args: Value) -> (Code, String) {
        let nack = read(args).unwrap_err();
        assert_eq!(nack.retry_after_ms, None, "the same again would be refused again");
        (nack.code, nack.detail.into_owned())
    }

    #[test]
    fn a_text_alone_goes_to_the_lobby() {
        let draft = read(json!(["hello"])).unwrap();
        assert_eq!((draft.room, draft.text.as_str(), draft.id), (RoomName::Lobby, "hello", None));
        let draft = read(json!(["hello", {"id": "a-1", "room": "lobby"}])).unwrap();
        assert_eq!(draft.id.unwrap().as_str(), "a-1");
        assert!(read(json!(["hello", null])).is_ok());
    }

    #[test]
    fn each_wrong_argument_is_named() {
        let cases = [
            (json!([]), Code::Invalid, "text"),
            (json!([{"text": "hello"}]), Code::Invalid, "text"),
            (json!([" \n"]), Code::Invalid, "text"),
            (json!(["a\u{0}"]), Code::Invalid, "text"),
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
