//! HTTP requests as fast as the server answers: a few connections that stay open, one request at a time on each.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::TURN;
use super::latencies::Latencies;
use crate::Result;
use crate::machine::Usage;
use crate::net::response::Reading;
use crate::net::{Connection, Poller, ReadBuffer};

/// What is requested.
#[derive(Clone, Debug)]
pub(crate) struct Plan<'a> {
    pub(crate) server: SocketAddr,
    /// Whole requests, sent in turn.
    pub(crate) requests: &'a [Vec<u8>],
    /// The status of every answer.
    pub(crate) status: u16,
    pub(crate) connections: usize,
    pub(crate) warm_up: Duration,
    /// Time that is noted.
    pub(crate) time: Duration,
}

/// What came of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Findings {
    pub(crate) requests_per_second: f64,
    /// CPU seconds of the server for a thousand requests.
    pub(crate) cpu_seconds_per_thousand: f64,
    pub(crate) p99_ms: f64,
    pub(crate) usage: Usage,
}

/// An open connection with a request that waits for its answer.
struct Slot {
    connection: Connection,
    reading: Reading,
    sent: Instant,
}

/// All connections, and what was answered.
pub(crate) struct HttpLoop<'a> {
    plan: &'a Plan<'a>,
    poller: Poller,
    slots: Vec<Slot>,
    buffer: ReadBuffer,
    ready: Vec<usize>,
    asked: usize,
    answered: u64,
    latencies: Latencies,
}

/// Requests for the time of the plan, with `between` called between turns. `server` is the id of the server's process.
///
/// # Errors
/// When an answer has another status, a connection ends, or the system fails.
pub(crate) fn run(plan: &Plan<'_>, server: u32, mut between: impl FnMut() -> Result<()>) -> Result<Findings> {
    let mut state = HttpLoop::new(plan)?;
    state.request_for(plan.warm_up, &mut between)?;
    state.latencies.clear();
    let before = state.answered;
    let usage = Usage::of(server, || state.request_for(plan.time, &mut between))?;
    let answered = (state.answered - before) as f64;
    Ok(Findings {
        requests_per_second: answered / usage.seconds,
        cpu_seconds_per_thousand: usage.server_cpu_for(answered / 1e3),
        p99_ms: state.latencies.millis(0.99),
        usage,
    })
}

impl<'a> HttpLoop<'a> {
    fn new(plan: &'a Plan<'a>) -> Result<Self> {
        let mut state = Self {
            plan,
            poller: Poller::new()?,
            slots: Vec::new(),
            buffer: ReadBuffer::default(),
            ready: Vec::new(),
            asked: 0,
            answered: 0,
            latencies: Latencies::default(),
        };
        for number in 0..plan.connections {
            let connection = Connection::open(plan.server)?;
            state.poller.add(number, &connection)?;
            state.slots.push(Slot { connection, reading: Reading::default(), sent: Instant::now() });
            state.ask(number)?;
        }
        Ok(state)
    }

    fn ask(&mut self, slot: usize) -> Result<()> {
        let request = &self.plan.requests[self.asked % self.plan.requests.len()];
        self.asked += 1;
        let slot = &mut self.slots[slot];
        slot.sent = Instant::now();
        slot.connection.out().extend(request);
        if slot.connection.flush()? {
            Ok(())
        } else {
            Err("a request is larger than what the system takes".into())
        }
    }

    fn request_for(&mut self, time: Duration, between: &mut impl FnMut() -> Result<()>) -> Result<()> {
        let start = Instant::now();
        while start.elapsed() < time {
            self.turn()?;
            between()?;
        }
        Ok(())
    }

    fn turn(&mut self) -> Result<()> {
        let mut ready = std::mem::take(&mut self.ready);
        self.poller.wait(TURN, &mut ready)?;
        for &number in &ready {
            if self.receive(number)? {
                self.answered += 1;
                self.latencies.note(self.slots[number].sent.elapsed());
                self.ask(number)?;
            }
        }
        self.ready = ready;
        Ok(())
    }

    /// Reads once. Returns whether the answer is complete.
    fn receive(&mut self, number: usize) -> Result<bool> {
        let slot = &mut self.slots[number];
        let Some(bytes) = slot.connection.read(&mut self.buffer)? else { return Ok(false) };
        let progress = slot.reading.advance(bytes, self.plan.status)?;
        slot.connection.keep(&bytes[progress.used..]);
        Ok(progress.is_complete)
    }
}
