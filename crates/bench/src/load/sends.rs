//! What both loops of messages share: their numbers, a send, and the wait for the last deliveries.

use std::time::Instant;

use super::book::{Answers, Book};
use super::swarm::Swarm;
use super::{DRAIN_TIMEOUT, TURN, message};
use crate::Result;

/// Numbers of messages: each run goes on where the last one ended, so that a late message is not taken for one of this run.
#[derive(Debug, Default)]
pub(crate) struct Numbers(u32);

impl Numbers {
    /// The first number of a run: a multiple of `lanes`.
    pub(crate) fn first(&self, lanes: u32) -> u32 {
        self.0.next_multiple_of(lanes)
    }

    /// Ends a run before this number.
    pub(super) fn end(&mut self, next: u32) {
        self.0 = next;
    }
}

/// Appends message `number` to what its sender sends, to the lobby or to a room.
pub(super) fn send(swarm: &mut Swarm, number: u32, senders: u32, room: Option<&str>, answers: Answers) {
    send_as(swarm, (number % senders) as usize, number, room, answers);
}

/// Appends message `number` to what a client sends, to the lobby or to a room.
pub(super) fn send_as(swarm: &mut Swarm, sender: usize, number: u32, room: Option<&str>, answers: Answers) {
    let text = message::text(number);
    let packet = match (answers, room) {
        (_, Some(room)) => format!(r#"42{number}["chat message","{text}",{{"room":"{room}"}}]"#),
        (Answers::Ack, None) => format!(r#"42{number}["chat message","{text}"]"#),
        (Answers::Delivery, None) => format!(r#"42["chat message","{text}"]"#),
    };
    swarm.push(sender, packet.as_bytes());
}

/// Receives until every message before `end` came to every client, or the time is over.
pub(super) fn drain(swarm: &mut Swarm, book: &mut Book, end: u32) -> Result<()> {
    let start = Instant::now();
    while book.deliveries < book.expected(end) && start.elapsed() < DRAIN_TIMEOUT {
        swarm.turn(TURN, book)?;
    }
    Ok(())
}
