//! The book of a run: what each client got, when, and how its sends were answered.

use std::time::{Duration, Instant};

use super::faults::Faults;
use super::latencies::Latencies;
use super::message::number_in;
use super::receipts::Receipts;
use super::swarm::Receive;

const EVENT: &[u8] = b"42";
const ACK: &[u8] = b"43";
const NOT_OK: &[u8] = br#"[{"ok":false"#;

/// How a server says that a message is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answers {
    /// By an acknowledgement to its sender.
    Ack,
    /// Not at all, but it delivers a message when it is stored: the first client that is no sender watches.
    Delivery,
}

/// When each message is meant to be sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timetable {
    pub(crate) start: Instant,
    pub(crate) interval: Duration,
    pub(crate) first: u32,
}

impl Timetable {
    /// When message `number` is due.
    #[inline]
    pub(crate) fn due(&self, number: u32) -> Duration {
        Duration::from_nanos(u64::from(number - self.first) * self.interval.as_nanos() as u64)
    }
}

/// What happened in a run.
pub(crate) struct Book {
    /// The first clients send, each the messages of its turn.
    senders: u32,
    first: u32,
    answers: Answers,
    clients: Vec<(Receipts, usize)>,
    /// With a timetable, latencies are noted from the message on that is given with it.
    timetable: Option<(Timetable, u32)>,
    now: Duration,
    /// From the time when a message was due.
    pub(super) latencies: Latencies,
    /// Messages of this run that came, duplicates too.
    pub(crate) deliveries: u64,
    /// Sends that were answered, by sender.
    pub(crate) answered: Vec<u32>,
    /// Sends that were refused.
    pub(super) refused: u64,
    /// The first refusal.
    refusal: Option<String>,
}

impl Book {
    /// Of a run whose messages are numbered from `first` on. Lanes are those of [`Receipts`].
    pub(crate) fn new(clients: usize, senders: u32, lanes: u32, first: u32, answers: Answers) -> Self {
        Self {
            senders,
            first,
            answers,
            clients: (0..clients).map(|_| (Receipts::new(first, senders, lanes), 0)).collect(),
            timetable: None,
            now: Duration::ZERO,
            latencies: Latencies::default(),
            deliveries: 0,
            answered: vec![0; senders as usize],
            refused: 0,
            refusal: None,
        }
    }

    /// Notes latencies of the messages from `noted` on.
    pub(crate) fn note_latencies(&mut self, timetable: Timetable, noted: u32) {
        self.timetable = Some((timetable, noted));
    }

    /// The time for what is noted next. One reading serves all messages of a read.
    fn read_clock(&mut self) {
        if let Some((timetable, _)) = &self.timetable {
            self.now = timetable.start.elapsed();
        }
    }

    #[inline]
    fn message(&mut self, client: usize, packet: &[u8]) {
        let (receipts, place) = &mut self.clients[client];
        let Some(number) = number_in(packet, place).filter(|&number| number >= self.first) else { return };
        receipts.note(number);
        self.deliveries += 1;
        if self.answers == Answers::Delivery && client as u32 == self.senders {
            self.answered[(number % self.senders) as usize] += 1;
        }
        if let Some((timetable, noted)) = &self.timetable
            && number >= *noted
        {
            self.latencies.note(self.now.saturating_sub(timetable.due(number)));
        }
    }

    fn acknowledgement(&mut self, client: usize, packet: &[u8]) {
        if let Some(answered) = self.answered.get_mut(client) {
            *answered += 1;
        }
        let digits = packet.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if packet[digits..].starts_with(NOT_OK) {
            self.refused += 1;
            self.refusal.get_or_insert_with(|| String::from_utf8_lossy(&packet[digits..]).into_owned());
        }
    }

    /// What went wrong with the messages up to `end` (excluded). Each client gets all but its own. `closed` clients
    /// lost their connection.
    pub(super) fn faults(&self, end: u32, closed: usize) -> Faults {
        let mut faults =
            Faults { refused: self.refused, refusal: self.refusal.clone(), closed, ..Faults::default() };
        for ((receipts, _), client) in self.clients.iter().zip(0_u32..) {
            faults.lost += receipts.lost(end, self.own(client));
            faults.duplicates += receipts.duplicates;
            faults.reordered += receipts.reordered;
        }
        faults
    }

    fn own(&self, client: u32) -> Option<u32> {
        (client < self.senders).then_some(client)
    }

    /// Number of deliveries that the messages up to `end` (excluded) make.
    pub(crate) fn expected(&self, end: u32) -> u64 {
        u64::from(end - self.first) * (self.clients.len() as u64 - 1)
    }
}

impl Receive for Book {
    fn begin(&mut self) {
        self.read_clock();
    }

    #[inline]
    fn packet(&mut self, client: usize, packet: &[u8]) {
        if packet.starts_with(EVENT) {
            self.message(client, packet);
        } else if self.answers == Answers::Ack && packet.starts_with(ACK) {
            self.acknowledgement(client, packet);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::message::text;
    use super::*;

    fn event(number: u32) -> Vec<u8> {
        format!(r#"42["chat message","ada : {}"]"#, text(number)).into_bytes()
    }

    #[test]
    fn what_clients_did_not_get_is_lost_but_for_ones_own() {
        let mut book = Book::new(3, 2, 2, 4, Answers::Ack);
        // Message 4 comes from client 0, and 5 from client 1.
        [(1, 4), (2, 4), (0, 5)].into_iter().for_each(|(client, number)| book.packet(client, &event(number)));
        assert_eq!((book.deliveries, book.expected(6), book.faults(6, 0).lost), (3, 4, 1));
        book.packet(2, &event(3));
        assert_eq!(book.deliveries, 3, "a message of an earlier run does not count");
    }

    #[test]
    fn sends_are_answered_by_acknowledgements_and_some_are_refusals() {
        let mut book = Book::new(2, 1, 1, 0, Answers::Ack);
        book.packet(0, br#"430[{"ok":true,"message":{}}]"#);
        book.packet(0, br#"431[{"ok":false,"code":"overloaded"}]"#);
        assert_eq!((book.answered[0], book.refused), (2, 1));
        assert_eq!(book.refusal.as_deref(), Some(r#"[{"ok":false,"code":"overloaded"}]"#));
    }

    #[test]
    fn sends_are_answered_by_their_delivery_to_the_first_reader() {
        let mut book = Book::new(4, 2, 2, 0, Answers::Delivery);
        book.packet(0, &event(1));
        book.packet(3, &event(1));
        assert_eq!(book.answered, [0, 0]);
        book.packet(2, &event(1));
        assert_eq!(book.answered, [0, 1]);
    }

    #[test]
    fn latency_counts_from_when_a_message_was_due() {
        let mut book = Book::new(2, 1, 1, 0, Answers::Ack);
        let timetable = Timetable { start: Instant::now(), interval: Duration::from_millis(10), first: 0 };
        book.note_latencies(timetable, 1);
        book.now = Duration::from_millis(25);
        [0, 1, 2].into_iter().for_each(|number| book.packet(1, &event(number)));
        // Message 0 belongs to the warm-up; 1 was due at 10 ms and 2 at 20 ms.
        assert_eq!(book.latencies.len(), 2);
        assert_eq!((book.latencies.millis(0.0).round(), book.latencies.millis(1.0).round()), (5.0, 15.0));
    }
}
