//! The id of a room: the key of its log and its subscriptions.

use std::fmt;

use uuid::Uuid;

use crate::UserId;

/// The id of a room, which may or may not exist. Its text form is `lobby`, or a UUID in lower case with hyphens (RFC 9562,
/// section 4).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoomId(Uuid);

impl RoomId {
    /// The room that every user is in. Internally it is the nil UUID, which no other room has.
    pub const LOBBY: Self = Self(Uuid::nil());

    /// An id for a new room (UUIDv7).
    pub fn generate() -> Self {
        Self(Uuid::now_v7())
    }

    /// The id of the direct room of these people, whatever their order (UUIDv5).
    pub(crate) fn direct(people: &[UserId]) -> Self {
        let mut people: Vec<_> = people.iter().map(|user| user.0.into_bytes()).collect();
        people.sort_unstable();
        people.dedup();
        Self(Uuid::new_v5(&DIRECT_ROOMS, people.as_flattened()))
    }

    /// Reads the text form. `None` for other texts, including other forms of a UUID: each room has exactly one text form.
    pub fn parse(text: &str) -> Option<Self> {
        if text == LOBBY {
            return Some(Self::LOBBY);
        }
        let room = Self(Uuid::try_parse(text).ok()?);
        (room != Self::LOBBY && room.to_string() == text).then_some(room)
    }
}

/// The namespace of the ids of direct rooms. A random one, and never changed.
const DIRECT_ROOMS: Uuid = Uuid::from_u128(0xe0c4_9f3a_6b1d_4c52_9a87_2d5e_71f0_83b6);

/// The text form of [`RoomId::LOBBY`].
const LOBBY: &str = "lobby";

impl fmt::Display for RoomId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::LOBBY { f.write_str(LOBBY) } else { self.0.as_hyphenated().fmt(f) }
    }
}

impl fmt::Debug for RoomId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RoomId({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_is_read_back_from_its_text() {
        for room in [RoomId::LOBBY, RoomId::generate()] {
            assert_eq!(RoomId::parse(&room.to_string()), Some(room));
        }
        assert_eq!(RoomId::LOBBY.to_string(), "lobby");
    }

    #[test]
    fn the_same_people_have_the_same_direct_room() {
        let people = |ids: &[u128]| {
            RoomId::direct(&ids.iter().map(|&id| UserId(Uuid::from_u128(id))).collect::<Vec<_>>())
        };
        assert_eq!(people(&[1, 2]), people(&[2, 1]));
        assert_eq!(
            people(&[1, 2]).to_string(),
            "65856d26-dca8-5196-bb48-d4a85aed286b",
            "stored rooms depend on it"
        );
        assert_ne!(people(&[1, 2]), people(&[1, 2, 3]));
    }

    #[test]
    fn a_room_has_one_spelling() {
        let room = RoomId::generate().to_string();
        let spellings = [
            room.to_uppercase(),
            room.replace('-', ""),
            format!("{{{room}}}"),
            Uuid::nil().to_string(),
            "Lobby".to_owned(),
            String::new(),
        ];
        for text in spellings {
            assert_eq!(RoomId::parse(&text), None, "{text}");
        }
    }
}
