//! The room of the chat that opens after a log-in or a renewal. It is carried by the addresses of the pages and by a field of
//! their forms.
//!
//! Only the id of a room is taken, never an address: neither a link nor a form can lead anywhere else.

use store::RoomId;

use crate::Fields;

/// The room to open, or the lobby.
#[derive(Clone, Copy, Default)]
pub struct NextRoom(Option<RoomId>);

impl NextRoom {
    /// A room that is known.
    pub fn to(room: RoomId) -> Self {
        Self(Some(room).filter(|room| *room != RoomId::LOBBY))
    }

    /// The field `room` of a query or a form. Anything that is not the id of a room counts as absent.
    pub fn of(fields: &Fields) -> Self {
        fields.text("room").and_then(RoomId::parse).map_or_else(Self::default, Self::to)
    }

    /// The same for the query of a request.
    pub fn of_query(query: Option<&str>) -> Self {
        Self::of(&Fields::from_query(query))
    }

    /// The room's id, for a field of a form and a parameter of a link; empty for the lobby.
    pub fn id(self) -> String {
        self.0.map(|room| room.to_string()).unwrap_or_default()
    }

    /// The page of the room within the chat service.
    pub fn path(self) -> String {
        self.0.map_or_else(|| "/".to_owned(), |room| format!("/rooms/{room}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_id_of_a_room_leads_somewhere() {
        let path = |query: &str| NextRoom::of_query(Some(query)).path();
        let id = "01980000-0000-7000-8000-000000000001";
        assert_eq!(path(&format!("room={id}")), format!("/rooms/{id}"));
        for other in [
            "",
            "room=",
            "room=lobby",
            "room=//evil.example",
            "room=../logout",
            "room=https%3A%2F%2Fevil.example",
        ] {
            assert_eq!(path(other), "/", "{other}");
        }
    }
}
