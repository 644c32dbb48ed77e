//! Many sockets: how fast they connect, and what they hold.

use std::time::{Duration, Instant};

use super::{Context, DISTURBED, Figure, Scenario, generator_mark};
use crate::Result;
use crate::load::{Ignore, Numbers, Swarm, closed_loop};
use crate::machine::{OwnShare, cpu_seconds, resident_kib, undisturbed};
use crate::servers::{Contender, Running};

/// Clients that connect at a time.
const CONNECTING: usize = 64;
/// Time for a server to do what it does soon after.
const SETTLE: Duration = Duration::from_secs(3);
/// Messages that every socket gets.
const MESSAGES: u32 = 100;
const MESSAGES_TIMEOUT: Duration = Duration::from_secs(90);

/// Connections a second, all of one person, until all are open.
pub(super) fn connects(scenario: &Scenario, context: &Context, contender: &Contender) -> Result<Vec<Figure>> {
    let clients = context.amount(scenario.size, scenario.size / 5);
    let server = context.start(contender, scenario.store)?;
    let token = server.sign_up("reader")?;
    let run = undisturbed(&context.own(&server), || {
        let (cpu, share, start) = (cpu_seconds(server.id())?, OwnShare::begin(), Instant::now());
        let mut swarm = Swarm::new(server.chat)?;
        swarm.connect(&vec![token.as_str(); clients as usize], CONNECTING)?;
        let seconds = start.elapsed().as_secs_f64();
        let per_thousand = (cpu_seconds(server.id())? - cpu) * 1e3 / f64::from(clients);
        Ok((f64::from(clients) / seconds, per_thousand, share.until_now()))
    })?;
    let (per_second, per_thousand, share) = run.value;
    let mark = run.is_disturbed.then_some(DISTURBED).or(generator_mark(share));
    Ok(vec![
        Figure::more("connects/s", per_second).marked(mark),
        Figure::less("CPU s per thousand", per_thousand).marked(mark),
    ])
}

/// Resident memory for each socket: idle, after messages, and what is given back when all leave.
pub(super) fn of_sockets(
    scenario: &Scenario,
    context: &Context,
    contender: &Contender,
) -> Result<Vec<Figure>> {
    let server = context.start(contender, scenario.store)?;
    let clients = context.amount(scenario.size, scenario.size / 5);
    let mut few = server.swarm(2, 1)?;
    let token = server.sign_up("idler")?;
    let mut swarm = Swarm::new(server.chat)?;
    // What the sign-ups took is given back before the sockets are counted.
    let pause = Duration::from_secs(context.amount(60, 10).into());
    settle(&mut swarm, &mut few, pause)?;
    let before = resident_kib(server.id())?;
    swarm.connect(&vec![token.as_str(); clients as usize], CONNECTING)?;
    settle(&mut swarm, &mut few, SETTLE)?;
    let each = |kib: f64| (kib - before) / f64::from(clients);
    let idle = each(resident_kib(server.id())?);
    send(&server, &mut few, &mut swarm)?;
    let after = each(resident_kib(server.id())?);
    drop(swarm);
    settle(&mut Swarm::new(server.chat)?, &mut few, pause)?;
    let left = each(resident_kib(server.id())?);
    println!("    {idle:.1} KiB idle, {after:.1} after {MESSAGES} messages, {left:.1} left after {pause:?}");
    Ok(vec![
        Figure::less("KiB a socket, idle", idle),
        Figure::less("KiB a socket after 100 messages", after),
        Figure::more("% given back", (1.0 - left / after) * 100.0),
    ])
}

/// Keeps both groups alive.
fn settle(many: &mut Swarm, few: &mut Swarm, time: Duration) -> Result<()> {
    let start = Instant::now();
    while start.elapsed() < time {
        many.turn(Duration::from_millis(10), &mut Ignore)?;
        few.turn(Duration::from_millis(1), &mut Ignore)?;
    }
    if many.closed() + few.closed() > 0 { Err("the server ends connections".into()) } else { Ok(()) }
}

/// Sends the messages one after the other, slowly enough for every socket to get each.
fn send(server: &Running, few: &mut Swarm, many: &mut Swarm) -> Result<()> {
    let plan = closed_loop::Plan {
        senders: 1,
        window: 1,
        warm_up: Duration::ZERO,
        time: Duration::ZERO,
        answers: server.answers,
    };
    let mut numbers = Numbers::default();
    let start = Instant::now();
    for _ in 0..MESSAGES {
        closed_loop::send_all(few, &plan, 1, MESSAGES_TIMEOUT, &mut numbers)?;
        settle(many, few, Duration::from_millis(50))?;
        if start.elapsed() > MESSAGES_TIMEOUT {
            return Err("the messages take too long".into());
        }
    }
    settle(many, few, SETTLE)
}
