//! What both loops of messages share: their numbers, a send, and the wait for the last deliveries.

use std::time::{Duration, Instant};

use super::book::{Answers, Book};
use super::swarm::Swarm;
use super::{TURN, message};
use crate::Result;

/// How long messages may still come after the last send.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(2);

/// Numbers of messages: each run goes on where the last one ended, so that a late message is not taken for one of this run.
#[derive(Debug, Default)]
pub(crate) struct Numbers(u32);

impl Numbers {
    /// The first number of a run: a multiple of `senders`.
    pub(crate) fn first(&self, senders: u32) -> u32 {
        self.0.next_multiple_of(senders)
    }

    /// Ends a run before this number.
    pub(super) fn end(&mut self, next: u32) {
        self.0 = next;
    }
}

/// Appends message `number` to what its sender sends.
pub(super) fn send(swarm: &mut Swarm, number: u32, senders: u32, answers: Answers) {
    let text = message::text(number);
    let packet = match answers {
        Answers::Ack => format!(r#"42{number}["chat message","{text}"]"#),
        Answers::Delivery => format!(r#"42["chat message","{text}"]"#),
    };
    swarm.push((number % senders) as usize, packet.as_bytes());
}

/// Receives until every message before `end` came to every client, or the time is over.
pub(super) fn drain(swarm: &mut Swarm, book: &mut Book, end: u32) -> Result<()> {
    let start = Instant::now();
    while book.deliveries < book.expected(end) && start.elapsed() < DRAIN_TIMEOUT {
        swarm.turn(TURN, book)?;
    }
    Ok(())
}
