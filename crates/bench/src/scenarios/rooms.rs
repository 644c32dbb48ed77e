//! What grows with a room: history pages of a large one, and the rate of a sender with many messages.

use std::time::{Duration, Instant};

use super::pages::load;
use super::{Context, DISTURBED, Figure, Scenario, generator_mark};
use crate::Result;
use crate::load::{Numbers, Swarm, closed_loop};
use crate::machine::undisturbed;
use crate::net::request::{bearer, get};
use crate::servers::{Contender, Running};

const SMALL_ROOM: u32 = 1_000;
const FILL_TIMEOUT: Duration = Duration::from_secs(600);
/// Messages in flight while a room is filled.
const FILL_WINDOW: u32 = 32;
const FILL_SENDERS: u32 = 10;
/// Pages in a round of requests, all at different places.
const PLACES: u32 = 97;

/// Time that a sender's rate is measured: short, because the first measurement sends many messages itself.
const RATE_TIME: Duration = Duration::from_secs(1);
/// Messages in flight of one sender.
const WINDOW: u32 = 8;
/// A sender that is slower does not get to the end.
const ENDURANCE_TIMEOUT: Duration = Duration::from_secs(90);

/// History pages all over a room of a thousand messages, then of a million.
pub(super) fn history(scenario: &Scenario, context: &Context, contender: &Contender) -> Result<Vec<Figure>> {
    let server = context.start(contender, scenario.store)?;
    let mut swarm = server.swarm(FILL_SENDERS + 1, FILL_SENDERS)?;
    let mut numbers = Numbers::default();
    let token = server.sign_up("historian")?;
    fill(&server, &mut swarm, &mut numbers, SMALL_ROOM)?;
    let small = history_pages(context, &server, &token, SMALL_ROOM)?;
    let large = context.amount(scenario.size, scenario.size / 10);
    fill(&server, &mut swarm, &mut numbers, large - SMALL_ROOM)?;
    let large = history_pages(context, &server, &token, large)?;
    let (rate, cpu) = (&large[0], &large[1]);
    Ok(vec![
        rate.clone(),
        Figure {
            what: "CPU of a page, large ÷ small room",
            value: cpu.value / small[1].value,
            ..cpu.clone()
        },
    ])
}

fn fill(server: &Running, swarm: &mut Swarm, numbers: &mut Numbers, messages: u32) -> Result<()> {
    let plan = plan(server, FILL_SENDERS, FILL_WINDOW, Duration::ZERO);
    let took = closed_loop::send_all(swarm, &plan, messages, FILL_TIMEOUT, numbers)?;
    println!("    {messages} messages in {took:.1?}");
    Ok(())
}

fn history_pages(context: &Context, server: &Running, token: &str, room: u32) -> Result<Vec<Figure>> {
    let before = |place: u32| 51 + (room - 51) / PLACES * place;
    let request =
        |place| get(server.chat, &format!("/messages?limit=50&before={}", before(place)), &bearer(token));
    // A large prime step, so that successive pages are far from each other.
    let requests: Vec<_> = (0..PLACES).map(|turn| request(turn * 37 % PLACES)).collect();
    load(context, server, &requests, || Ok(()))
}

/// One sender's rate at first, and after many messages.
pub(super) fn endurance(
    scenario: &Scenario,
    context: &Context,
    contender: &Contender,
) -> Result<Vec<Figure>> {
    let server = context.start(contender, scenario.store)?;
    let mut swarm = server.swarm(2, 1)?;
    let mut numbers = Numbers::default();
    let messages = context.amount(scenario.size, scenario.size / 10);
    let rate = |swarm: &mut Swarm, numbers: &mut Numbers| {
        let plan = plan(&server, 1, WINDOW, RATE_TIME);
        undisturbed(&context.own(&server), || closed_loop::run(swarm, server.id(), &plan, numbers))
    };
    let early = rate(&mut swarm, &mut numbers)?;
    let (sent, start) = (numbers.first(1), Instant::now());
    let filling = plan(&server, 1, WINDOW, Duration::ZERO);
    let (step, mut left) = (1_000, messages.saturating_sub(sent));
    while left > 0 && start.elapsed() < ENDURANCE_TIMEOUT {
        closed_loop::send_all(&mut swarm, &filling, step.min(left), FILL_TIMEOUT, &mut numbers)?;
        left -= step.min(left);
    }
    let late = rate(&mut swarm, &mut numbers)?;
    let (first, last) = (early.value.answered_per_second, late.value.answered_per_second);
    println!("    {first:.0}/s at first, {last:.0}/s after {} messages", numbers.first(1));
    let mark = (early.is_disturbed || late.is_disturbed).then_some(DISTURBED);
    let mark = mark.or(generator_mark(late.value.generator_share)).or((left > 0).then_some("not to the end"));
    Ok(vec![
        Figure::more("acknowledged/s afterwards", last).marked(mark),
        Figure::more("afterwards ÷ at first", last / first).marked(mark),
    ])
}

fn plan(server: &Running, senders: u32, window: u32, time: Duration) -> closed_loop::Plan {
    closed_loop::Plan { senders, window, warm_up: time / 6, time, answers: server.answers }
}
