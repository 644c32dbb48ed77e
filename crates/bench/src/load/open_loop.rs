//! Sends at a rate, whatever the server does, and notes how late each message came: from the time when it was due, so that
//! a server that stalls is not asked less.

use std::time::{Duration, Instant};

use super::TURN;
use super::book::{Answers, Book, Timetable};
use super::faults::Faults;
use super::sends::{Numbers, drain, send};
use super::swarm::Swarm;
use crate::Result;
use crate::machine::Usage;

/// What is sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// The first clients, which take turns.
    pub(crate) senders: u32,
    /// Messages a second of all senders together.
    pub(crate) rate: f64,
    /// Time before anything is noted.
    pub(crate) warm_up: Duration,
    /// Time that is noted.
    pub(crate) time: Duration,
    pub(crate) answers: Answers,
}

/// What came of it.
#[derive(Clone, Debug)]
pub(crate) struct Findings {
    /// Messages a second that were asked for.
    pub(crate) rate: f64,
    /// Deliveries a second in the noted time.
    pub(crate) deliveries_per_second: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    pub(crate) faults: Faults,
    /// CPU seconds of the server for a million deliveries.
    pub(crate) cpu_seconds_per_million: f64,
    pub(crate) usage: Usage,
}

/// Sends as planned. `server` is the id of the server's process.
///
/// # Errors
/// When the server's process or the system fails.
pub(crate) fn run(swarm: &mut Swarm, server: u32, plan: &Plan, numbers: &mut Numbers) -> Result<Findings> {
    let first = numbers.first(plan.senders);
    let noted = first + messages(plan.rate, plan.warm_up);
    let end = first + messages(plan.rate, plan.warm_up + plan.time);
    let interval = Duration::from_secs_f64(1.0 / plan.rate);
    let timetable = Timetable { start: Instant::now(), interval, first };
    let mut book = Book::new(swarm.len(), plan.senders, plan.senders, first, plan.answers);
    book.note_latencies(timetable, noted);
    let mut sender = Sending { swarm, plan, timetable, next: first };

    sender.send_until(noted, &mut book)?;
    let before = book.deliveries;
    let usage = Usage::of(server, || sender.send_until(end, &mut book))?;
    let delivered = (book.deliveries - before) as f64;
    drain(swarm, &mut book, end)?;
    numbers.end(end);

    Ok(Findings {
        rate: plan.rate,
        deliveries_per_second: delivered / usage.seconds,
        p50_ms: book.latencies.millis(0.5),
        p99_ms: book.latencies.millis(0.99),
        faults: book.faults(end, swarm.closed()),
        cpu_seconds_per_million: usage.server_cpu_for(delivered / 1e6),
        usage,
    })
}

fn messages(rate: f64, time: Duration) -> u32 {
    (rate * time.as_secs_f64()).ceil() as u32
}

struct Sending<'a> {
    swarm: &'a mut Swarm,
    plan: &'a Plan,
    timetable: Timetable,
    next: u32,
}

impl Sending<'_> {
    /// Sends what is due and receives what comes, until everything before `end` is sent.
    fn send_until(&mut self, end: u32, book: &mut Book) -> Result<()> {
        while self.next < end {
            self.send_due(end);
            let due = self.timetable.due(self.next);
            let wait = due.saturating_sub(self.timetable.start.elapsed()).min(TURN);
            self.swarm.turn(wait, book)?;
        }
        Ok(())
    }

    /// What a sender sends at the same time goes out in one write.
    fn send_due(&mut self, end: u32) {
        let (now, from) = (self.timetable.start.elapsed(), self.next);
        while self.next < end && self.timetable.due(self.next) <= now {
            send(self.swarm, self.next, self.plan.senders, None, self.plan.answers);
            self.next += 1;
        }
        let senders = (self.next - from).min(self.plan.senders);
        for number in from..from + senders {
            self.swarm.flush((number % self.plan.senders) as usize);
        }
    }
}
