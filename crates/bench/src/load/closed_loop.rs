//! Sends as fast as the server answers: each sender has a window of messages that are not answered yet.

use std::time::{Duration, Instant};

use super::TURN;
use super::book::{Answers, Book};
use super::faults::Faults;
use super::sends::{Numbers, drain, send};
use super::swarm::Swarm;
use crate::Result;
use crate::machine::Usage;

/// What is sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan<'a> {
    /// The first clients.
    pub(crate) senders: u32,
    /// The rooms where each sender sends in turn; the lobby if there are none. All clients are in all of them.
    pub(crate) rooms: &'a [String],
    /// Messages of one sender that may wait for an answer.
    pub(crate) window: u32,
    pub(crate) warm_up: Duration,
    /// Time that is noted.
    pub(crate) time: Duration,
    pub(crate) answers: Answers,
}

impl Plan<'_> {
    fn lanes(&self) -> u32 {
        self.senders * self.rooms.len().max(1) as u32
    }

    fn room(&self, number: u32) -> Option<&str> {
        let turn = (number / self.senders) as usize;
        (!self.rooms.is_empty()).then(|| self.rooms[turn % self.rooms.len()].as_str())
    }
}

/// What came of it.
#[derive(Clone, Debug)]
pub(crate) struct Findings {
    /// Answered messages a second.
    pub(crate) answered_per_second: f64,
    /// CPU seconds of the server for a thousand answered messages.
    pub(crate) cpu_seconds_per_thousand: f64,
    pub(crate) faults: Faults,
    pub(crate) usage: Usage,
}

/// Sends for the time of the plan. `server` is the id of the server's process.
///
/// # Errors
/// When the server's process or the system fails.
pub(crate) fn run(
    swarm: &mut Swarm,
    server: u32,
    plan: &Plan<'_>,
    numbers: &mut Numbers,
) -> Result<Findings> {
    let first = numbers.first(plan.lanes());
    let mut book = Book::new(swarm.len(), plan.senders, plan.lanes(), first, plan.answers);
    let mut sending = Sending::new(swarm, plan, first);
    sending.send_for(plan.warm_up, &mut book)?;
    let before = sum(&book.answered);
    let usage = Usage::of(server, || sending.send_for(plan.time, &mut book))?;
    let answered = f64::from(sum(&book.answered) - before);
    let end = sending.finish(&mut book)?;
    numbers.end(end);
    Ok(Findings {
        answered_per_second: answered / usage.seconds,
        cpu_seconds_per_thousand: usage.server_cpu_for(answered / 1e3),
        faults: book.faults(end, swarm.closed()),
        usage,
    })
}

/// Sends `count` messages and waits until they are answered. Returns the time that it took.
///
/// # Errors
/// When not all are answered after `timeout`, or the system fails.
pub(crate) fn send_all(
    swarm: &mut Swarm,
    plan: &Plan<'_>,
    count: u32,
    timeout: Duration,
    numbers: &mut Numbers,
) -> Result<Duration> {
    let first = numbers.first(plan.lanes());
    let mut book = Book::new(swarm.len(), plan.senders, plan.lanes(), first, plan.answers);
    let mut sending = Sending::new(swarm, plan, first);
    sending.max_each = count.div_ceil(plan.senders);
    let start = Instant::now();
    while sum(&book.answered) < count {
        sending.turn(&mut book)?;
        if start.elapsed() > timeout || book.refused > 0 || sending.swarm.closed() > 0 {
            let (answered, faults) = (sum(&book.answered), book.faults(first, sending.swarm.closed()));
            return Err(format!("{answered} of {count} messages are answered, {faults}").into());
        }
    }
    let took = start.elapsed();
    let end = sending.finish(&mut book)?;
    numbers.end(end);
    Ok(took)
}

struct Sending<'a> {
    swarm: &'a mut Swarm,
    plan: &'a Plan<'a>,
    first: u32,
    /// Messages sent, by sender.
    sent: Vec<u32>,
    /// Messages that each sender may send.
    max_each: u32,
}

impl<'a> Sending<'a> {
    fn new(swarm: &'a mut Swarm, plan: &'a Plan<'a>, first: u32) -> Self {
        Self { swarm, plan, first, sent: vec![0; plan.senders as usize], max_each: u32::MAX }
    }

    fn send_for(&mut self, time: Duration, book: &mut Book) -> Result<()> {
        let start = Instant::now();
        while start.elapsed() < time {
            self.turn(book)?;
        }
        Ok(())
    }

    /// Fills every window, and receives what comes.
    fn turn(&mut self, book: &mut Book) -> Result<()> {
        for sender in 0..self.plan.senders {
            let sent = &mut self.sent[sender as usize];
            let may = (book.answered[sender as usize] + self.plan.window).min(self.max_each);
            if *sent < may {
                while *sent < may {
                    let number = self.first + *sent * self.plan.senders + sender;
                    send(self.swarm, number, self.plan.senders, self.plan.room(number), self.plan.answers);
                    *sent += 1;
                }
                self.swarm.flush(sender as usize);
            }
        }
        Ok(self.swarm.turn(TURN, book)?)
    }

    /// Lets all senders send the same number of messages, so that losses can be counted. Returns the number after the last.
    fn finish(&mut self, book: &mut Book) -> Result<u32> {
        let each = self.sent.iter().copied().max().unwrap_or_default();
        for sender in 0..self.plan.senders {
            for turn in self.sent[sender as usize]..each {
                let number = self.first + turn * self.plan.senders + sender;
                send(self.swarm, number, self.plan.senders, self.plan.room(number), self.plan.answers);
            }
            self.swarm.flush(sender as usize);
        }
        let end = self.first + each * self.plan.senders;
        drain(self.swarm, book, end)?;
        Ok(end)
    }
}

fn sum(answered: &[u32]) -> u32 {
    answered.iter().sum()
}
