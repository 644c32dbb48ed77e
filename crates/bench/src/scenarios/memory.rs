//! Many sockets: how fast they connect, and what they hold.

use std::time::{Duration, Instant};

use super::{Context, Figure, Scenario, mark};
use crate::Result;
use crate::load::{Ignore, Numbers, Swarm, closed_loop};
use crate::machine::{Usage, resident_kib, undisturbed};
use crate::servers::{Contender, Running};

/// Clients that connect at a time.
const CONNECTING: usize = 64;
/// A server's memory is calm when it did not fall for this time. It is longer than what servers keep for the next log-in or
/// request is kept.
const CALM_TIME: Duration = Duration::from_secs(3);
/// Memory that falls less is calm.
const CALM_KIB: f64 = 64.0;
/// Longest wait for it.
const CALM_TIMEOUT: Duration = Duration::from_secs(60);
/// Messages that every socket gets.
const MESSAGES: u32 = 100;
/// Time from one message to the next, for every socket to get each.
const MESSAGE_INTERVAL: Duration = Duration::from_millis(50);
const MESSAGES_TIMEOUT: Duration = Duration::from_secs(90);

/// Connections a second until all are open: all of one person, each with the token of a session of its own.
pub(super) fn connects(scenario: &Scenario, context: &Context, contender: &Contender) -> Result<Vec<Figure>> {
    let clients = scenario.size(context);
    let server = context.start(contender, scenario.store)?;
    let tokens = server.tokens("reader", clients as usize)?;
    let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
    let run = undisturbed(&context.own(&server), || {
        let mut swarm = Swarm::new(server.chat)?;
        Usage::of(server.id(), || swarm.connect(&tokens, CONNECTING))
    })?;
    let (usage, mark) = (run.value, mark(run.is_disturbed, &run.value));
    let per_second = f64::from(clients) / usage.seconds;
    println!("    {per_second:.0}/s, {}", usage.shares());
    Ok(vec![
        Figure::more("connects/s", per_second).marked(mark),
        Figure::less("CPU s per thousand", usage.server_cpu_for(f64::from(clients) / 1e3)).marked(mark),
    ])
}

/// Resident memory for each socket: idle, after messages, and what is given back when all leave.
pub(super) fn of_sockets(
    scenario: &Scenario,
    context: &Context,
    contender: &Contender,
) -> Result<Vec<Figure>> {
    let clients = scenario.size(context);
    let mut sockets = Sockets::open(context.start(contender, scenario.store)?)?;
    let tokens = sockets.server.tokens("idler", clients as usize)?;
    // What the log-ins took is given back before the sockets are counted.
    let before = sockets.calm_kib()?;
    let each = |kib: f64| (kib - before) / f64::from(clients);
    sockets.many.connect(&tokens.iter().map(String::as_str).collect::<Vec<_>>(), CONNECTING)?;
    let idle = each(sockets.calm_kib()?);
    sockets.send()?;
    let after = each(sockets.calm_kib()?);
    sockets.many = Swarm::new(sockets.server.chat)?;
    let (rest, given_back) = context.choose([
        (Duration::from_secs(60), "% given back in a minute"),
        (Duration::from_secs(10), "% given back in 10 s"),
    ]);
    sockets.rest(rest)?;
    let left = each(resident_kib(sockets.server.id())?);
    println!("    {idle:.1} KiB idle, {after:.1} after {MESSAGES} messages, {left:.1} left after {rest:?}");
    Ok(vec![
        Figure::less("KiB a socket, idle", idle),
        Figure::less("KiB a socket after 100 messages", after),
        Figure::more(given_back, (1.0 - left / after) * 100.0),
    ])
}

/// A server with many sockets, and a few more that talk.
struct Sockets {
    server: Running,
    many: Swarm,
    few: Swarm,
}

impl Sockets {
    /// Without the many.
    fn open(server: Running) -> Result<Self> {
        let (many, few) = (Swarm::new(server.chat)?, server.swarm(2, 1)?);
        Ok(Self { server, many, few })
    }

    /// Lets time pass, and answers pings.
    fn rest(&mut self, time: Duration) -> Result<()> {
        let start = Instant::now();
        while start.elapsed() < time {
            self.many.turn(Duration::from_millis(10), &mut Ignore)?;
            self.few.turn(Duration::from_millis(1), &mut Ignore)?;
        }
        if self.many.closed() + self.few.closed() > 0 {
            return Err("the server ends connections".into());
        }
        Ok(())
    }

    /// Resident memory of the server once it no longer falls.
    fn calm_kib(&mut self) -> Result<f64> {
        let (start, mut kib) = (Instant::now(), f64::INFINITY);
        loop {
            self.rest(CALM_TIME)?;
            let now = resident_kib(self.server.id())?;
            if now > kib - CALM_KIB || start.elapsed() > CALM_TIMEOUT {
                return Ok(now);
            }
            kib = now;
        }
    }

    /// Sends the messages one after the other.
    fn send(&mut self) -> Result<()> {
        let answers = self.server.answers;
        let (warm_up, time) = (Duration::ZERO, Duration::ZERO);
        let plan = closed_loop::Plan { senders: 1, rooms: &[], window: 1, warm_up, time, answers };
        let (mut numbers, start) = (Numbers::default(), Instant::now());
        for _ in 0..MESSAGES {
            closed_loop::send_all(&mut self.few, &plan, 1, MESSAGES_TIMEOUT, &mut numbers)?;
            self.rest(MESSAGE_INTERVAL)?;
            if start.elapsed() > MESSAGES_TIMEOUT {
                return Err("the messages take too long".into());
            }
        }
        Ok(())
    }
}
