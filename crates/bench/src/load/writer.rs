//! A sender beside another load: it sends at a rate and never waits, so that the other load does not wait for it either.

use std::time::{Duration, Instant};

use super::book::{Answers, Book, Timetable};
use super::sends::{drain, send};
use super::swarm::Swarm;
use crate::Result;

/// The first client of its swarm sends.
const SENDERS: u32 = 1;

/// A client that sends, and others that receive.
pub(crate) struct Writer {
    swarm: Swarm,
    answers: Answers,
    timetable: Timetable,
    /// Number of the next message.
    next: u32,
    book: Book,
}

impl Writer {
    /// Sends `rate` messages a second from now on, by the first client of a swarm that has sent nothing yet.
    pub(crate) fn new(swarm: Swarm, rate: f64, answers: Answers) -> Self {
        let interval = Duration::from_secs_f64(1.0 / rate);
        let timetable = Timetable { start: Instant::now(), interval, first: 0 };
        let book = Book::new(swarm.len(), SENDERS, SENDERS, 0, answers);
        Self { swarm, answers, timetable, next: 0, book }
    }

    /// Sends what is due, and receives what is there.
    ///
    /// # Errors
    /// When the system refuses.
    pub(crate) fn turn(&mut self) -> Result<()> {
        if self.timetable.due(self.next) <= self.timetable.start.elapsed() {
            send(&mut self.swarm, self.next, SENDERS, None, self.answers);
            self.next += 1;
            self.swarm.flush(0);
        }
        Ok(self.swarm.turn(Duration::ZERO, &mut self.book)?)
    }

    /// Waits for the last deliveries.
    ///
    /// # Errors
    /// When a message was lost, refused, or came in another order.
    pub(crate) fn finish(mut self) -> Result<()> {
        drain(&mut self.swarm, &mut self.book, self.next)?;
        self.book.faults(self.next, self.swarm.closed()).or_else_fail()
    }
}
