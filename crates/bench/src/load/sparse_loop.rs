//! Sends at a rate to rooms of a few people, in turn, and notes who got what: everybody in the room but the sender, once.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use super::book::Answers;
use super::message::number_in;
use super::sends::send_as;
use super::swarm::{Receive, Swarm};
use super::{DRAIN_TIMEOUT, TURN};
use crate::Result;
use crate::machine::Usage;

/// A room, and the clients of its members.
#[derive(Clone, Debug)]
pub(crate) struct Room {
    pub(crate) id: String,
    pub(crate) members: Vec<usize>,
}

/// What is sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan<'a> {
    /// The rooms that get a message in turn. In each of them the members send in turn.
    pub(crate) rooms: &'a [Room],
    /// Messages a second in all rooms together.
    pub(crate) rate: f64,
    pub(crate) time: Duration,
}

/// What came of it.
#[derive(Clone, Debug)]
pub(crate) struct Findings {
    /// CPU seconds of the server for a million deliveries.
    pub(crate) cpu_seconds_per_million: f64,
    pub(crate) usage: Usage,
}

/// Sends as planned, messages that are numbered from `next` on. `server` is the id of the server's process.
///
/// # Errors
/// When a message did not come to each other member of its room once, or came to anybody else, or the system fails.
pub(crate) fn run(swarm: &mut Swarm, server: u32, plan: &Plan<'_>, next: &mut u32) -> Result<Findings> {
    let mut notes = Notes { plan, first: *next, arrived: HashSet::new(), unexpected: 0 };
    let usage = Usage::of(server, || send(swarm, plan, next, &mut notes))?;
    let (expected, start) = (notes.expected(*next), Instant::now());
    while notes.arrived.len() < expected && start.elapsed() < DRAIN_TIMEOUT {
        swarm.turn(TURN, &mut notes)?;
    }
    let (arrived, unexpected, closed) = (notes.arrived.len(), notes.unexpected, swarm.closed());
    if arrived != expected || unexpected > 0 || closed > 0 {
        let fault = format!("{arrived} of {expected} deliveries, {unexpected} unexpected, {closed} closed");
        return Err(fault.into());
    }
    Ok(Findings { cpu_seconds_per_million: usage.server_cpu_for(expected as f64 / 1e6), usage })
}

fn send(swarm: &mut Swarm, plan: &Plan<'_>, next: &mut u32, notes: &mut Notes<'_>) -> Result<()> {
    let (start, interval, first) = (Instant::now(), Duration::from_secs_f64(1.0 / plan.rate), *next);
    while start.elapsed() < plan.time {
        if interval * (*next - first) <= start.elapsed() {
            let (room, sender) = plan.place(*next);
            send_as(swarm, sender, *next, Some(&room.id), Answers::Ack);
            swarm.flush(sender);
            *next += 1;
        }
        swarm.turn(TURN, notes)?;
    }
    Ok(())
}

impl Plan<'_> {
    /// The room of a message, and its sender.
    fn place(&self, number: u32) -> (&Room, usize) {
        let (turn, rooms) = (number as usize, self.rooms.len());
        let room = &self.rooms[turn % rooms];
        (room, room.members[turn / rooms % room.members.len()])
    }
}

/// The deliveries of a run.
struct Notes<'a> {
    plan: &'a Plan<'a>,
    first: u32,
    arrived: HashSet<(u32, usize)>,
    /// Deliveries that came again, or to a client outside of the room.
    unexpected: u64,
}

impl Notes<'_> {
    /// Number of deliveries that the messages up to `end` (excluded) make.
    fn expected(&self, end: u32) -> usize {
        (self.first..end).map(|number| self.plan.place(number).0.members.len() - 1).sum()
    }
}

impl Receive for Notes<'_> {
    fn packet(&mut self, client: usize, packet: &[u8]) {
        let number = packet.starts_with(b"42").then(|| number_in(packet, &mut 0)).flatten();
        let Some(number) = number.filter(|&number| number >= self.first) else { return };
        let (room, sender) = self.plan.place(number);
        let is_for_client = client != sender && room.members.contains(&client);
        if !is_for_client || !self.arrived.insert((number, client)) {
            self.unexpected += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::message::text;
    use super::*;

    #[test]
    fn each_other_member_of_a_room_gets_its_messages_once_and_nobody_else() {
        let room = |id: &str, members: [usize; 2]| Room { id: id.to_owned(), members: members.to_vec() };
        let rooms = [room("a", [0, 1]), room("b", [1, 2])];
        let plan = Plan { rooms: &rooms, rate: 1.0, time: Duration::ZERO };
        let senders = [0, 1, 2, 3, 4].map(|number| plan.place(number).1);
        assert_eq!(senders, [0, 1, 1, 2, 0], "rooms take turns, and the members of each");
        let mut notes = Notes { plan: &plan, first: 1, arrived: HashSet::new(), unexpected: 0 };
        let mut deliver = |client: usize, number: u32| {
            let packet = format!(r#"42["chat message","ada : {}"]"#, text(number));
            notes.packet(client, packet.as_bytes());
            (notes.arrived.len(), notes.unexpected)
        };
        assert_eq!(deliver(1, 0), (0, 0), "of an earlier run");
        assert_eq!(deliver(2, 1), (1, 0));
        assert_eq!(deliver(2, 1), (1, 1), "once more");
        assert_eq!(deliver(1, 1), (1, 2), "to its sender");
        assert_eq!(deliver(2, 2), (1, 3), "to somebody outside of its room");
        assert_eq!(notes.expected(5), 4);
    }
}
