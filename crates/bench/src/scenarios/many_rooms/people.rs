//! People of a server, and the rooms that they make.

use serde_json::json;

use crate::Result;
use crate::load::Swarm;
use crate::load::sparse_loop::Room;
use crate::net::request::{bearer, post_once, put_once};
use crate::servers::Running;

/// Clients that connect at a time.
const CONNECTING: usize = 64;

/// A server, and people by number.
pub(super) struct People {
    pub(super) server: Running,
    tokens: Vec<String>,
}

impl People {
    pub(super) fn sign_up(server: Running, count: usize) -> Result<Self> {
        let tokens = (0..count).map(|person| server.sign_up(&username(person))).collect::<Result<_>>()?;
        Ok(Self { server, tokens })
    }

    pub(super) fn token(&self, person: usize) -> &str {
        &self.tokens[person]
    }

    /// A client of each person, in their order, which gets the messages of all rooms of its person.
    pub(super) fn connect(&self) -> Result<Swarm> {
        let mut swarm = Swarm::of_rooms(self.server.chat)?;
        swarm.connect(&self.tokens.iter().map(String::as_str).collect::<Vec<_>>(), CONNECTING)?;
        Ok(swarm)
    }

    /// A private room that one person makes, who adds the others.
    pub(super) fn make_room(&self, number: usize, maker: usize, members: &[usize]) -> Result<Room> {
        let (chat, token) = (self.server.chat, bearer(self.token(maker)));
        let body = json!({"name": format!("Room {number}"), "kind": "private"});
        let made = post_once(chat, "/rooms", &token, &body)?;
        let id = made["id"].as_str().ok_or("a room without an id")?.to_owned();
        for &member in members.iter().filter(|&&member| member != maker) {
            put_once(chat, &format!("/rooms/{id}/members/{}", username(member)), &token, &json!({}))?;
        }
        Ok(Room { id, members: members.to_vec() })
    }

    pub(super) fn post(&self, person: usize, room: &Room, text: &str) -> Result<()> {
        let path = format!("/rooms/{}/messages", room.id);
        post_once(self.server.chat, &path, &bearer(self.token(person)), &json!({"text": text}))?;
        Ok(())
    }
}

fn username(person: usize) -> String {
    format!("person{person:03}")
}
