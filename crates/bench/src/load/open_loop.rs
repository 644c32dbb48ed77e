//! Sends at a rate, whatever the server does, and notes how late each message came: from the time when it was due, so that
//! a server that stalls is not asked less.

use std::time::{Duration, Instant};

use super::book::{Answers, Book, Timetable};
use super::message;
use super::swarm::Swarm;
use crate::Result;
use crate::machine::{OwnShare, cpu_seconds};

/// Longest wait for messages.
const TURN: Duration = Duration::from_millis(10);
/// How long messages may still come after the last send.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(2);

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
#[derive(Clone, Debug, Default)]
pub(crate) struct Findings {
    /// Messages a second that were asked for.
    pub(crate) rate: f64,
    /// Deliveries a second in the noted time.
    pub(crate) deliveries_per_second: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    /// Deliveries that did not happen.
    pub(crate) lost: u64,
    pub(crate) duplicates: u64,
    pub(crate) reordered: u64,
    /// Sends that the server refused.
    pub(crate) refused: u64,
    /// The first refusal.
    pub(crate) refusal: Option<String>,
    /// Clients whose connection ended.
    pub(crate) closed: usize,
    /// CPU seconds of the server for a million deliveries.
    pub(crate) cpu_seconds_per_million: f64,
    /// Share of its core that the generator used.
    pub(crate) generator_share: f64,
}

/// Numbers of messages: each run goes on where the last one ended, so that a late message is not taken for one of this run.
#[derive(Debug, Default)]
pub(crate) struct Numbers(u32);

impl Numbers {
    /// The first number of a run: a multiple of `senders`.
    pub(crate) fn first(&self, senders: u32) -> u32 {
        self.0.next_multiple_of(senders)
    }

    /// Ends a run before this number.
    pub(crate) fn end(&mut self, next: u32) {
        self.0 = next;
    }
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
    let mut book = Book::new(swarm.len(), plan.senders, first, plan.answers);
    book.note_latencies(timetable, noted);
    let mut sender = Sending { swarm, plan, timetable, next: first };

    sender.send_until(noted, &mut book)?;
    let (before, cpu, share) = (book.deliveries, cpu_seconds(server)?, OwnShare::begin());
    let start = Instant::now();
    sender.send_until(end, &mut book)?;
    let (seconds, cpu) = (start.elapsed().as_secs_f64(), cpu_seconds(server)? - cpu);
    let (delivered, share) = (book.deliveries - before, share.until_now());
    drain(swarm, &mut book, end)?;
    numbers.end(end);

    let mut findings = findings(&book, end, swarm.closed());
    findings.rate = plan.rate;
    findings.deliveries_per_second = delivered as f64 / seconds;
    findings.cpu_seconds_per_million = cpu * 1e6 / delivered as f64;
    findings.generator_share = share;
    Ok(findings)
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
            send(self.swarm, self.next, self.plan.senders, self.plan.answers);
            self.next += 1;
        }
        let senders = (self.next - from).min(self.plan.senders);
        for number in from..from + senders {
            self.swarm.flush((number % self.plan.senders) as usize);
        }
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

/// Receives until everything came, or the time is over.
pub(super) fn drain(swarm: &mut Swarm, book: &mut Book, end: u32) -> Result<()> {
    let start = Instant::now();
    while book.deliveries < book.expected(end) && start.elapsed() < DRAIN_TIMEOUT {
        swarm.turn(TURN, book)?;
    }
    Ok(())
}

fn findings(book: &Book, end: u32, closed: usize) -> Findings {
    let millis = |quantile| book.latencies.value_at_quantile(quantile) as f64 / 1_000.0;
    Findings {
        p50_ms: millis(0.5),
        p99_ms: millis(0.99),
        lost: book.lost(end),
        duplicates: book.duplicates(),
        reordered: book.reordered(),
        refused: book.refused,
        refusal: book.refusal.clone(),
        closed,
        ..Findings::default()
    }
}
