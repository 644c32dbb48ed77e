//! What could grow with a room: the time of its history pages, and of a sender's messages.

use std::time::{Duration, Instant};

use super::pages::load;
use super::{Context, Figure, Scenario, mark};
use crate::Result;
use crate::load::{Numbers, Swarm, closed_loop};
use crate::machine::{Measured, undisturbed};
use crate::median::median;
use crate::net::request::{bearer, get};
use crate::servers::{Contender, Running};

const SMALL_ROOM: u32 = 1_000;
const FILL_TIMEOUT: Duration = Duration::from_secs(600);
/// Messages in flight while a room is filled.
const FILL_WINDOW: u32 = 32;
const FILL_SENDERS: u32 = 10;
const PAGE: u32 = 50;
/// Different pages of a room that are requested at most, a prime number.
const MAX_PLACES: u32 = 9_973;
/// A large prime step, so that successive pages are far from each other.
const PLACE_STEP: u32 = 3_701;

/// Time that a sender's rate is measured, short because a new room grows in it.
const RATE_TIME: Duration = Duration::from_millis(500);
const RATE_WARM_UP: Duration = Duration::from_millis(200);
/// New rooms that are compared with the one that has many messages, in a full run and in a quick one.
const PAIRS: [usize; 2] = [9, 5];
/// Messages in flight of one sender.
const WINDOW: u32 = 8;
/// Messages that are sent between looks at the clock.
const STEP: u32 = 1_000;
/// A sender that is slower does not get to the end.
const ENDURANCE_TIMEOUT: Duration = Duration::from_secs(90);

/// History pages all over a room of a thousand messages, then of a million.
pub(super) fn history(scenario: &Scenario, context: &Context, contender: &Contender) -> Result<Vec<Figure>> {
    let mut room = Room::open(scenario, context, contender, FILL_SENDERS)?;
    let token = room.server.sign_up("historian")?;
    room.fill(SMALL_ROOM)?;
    let small = history_pages(context, &room.server, &token, SMALL_ROOM)?;
    let messages = scenario.size(context);
    room.fill(messages - SMALL_ROOM)?;
    let large = history_pages(context, &room.server, &token, messages)?;
    let mark = small[0].mark.or(large[0].mark);
    let (slower, dearer) = (small[0].value / large[0].value, large[1].value / small[1].value);
    Ok(vec![
        large[0].clone(),
        Figure::less("time of a page ÷ in a room of 1,000", slower).marked(mark),
        Figure::less("CPU of a page ÷ in a room of 1,000", dearer).marked(mark),
    ])
}

fn history_pages(context: &Context, server: &Running, token: &str, messages: u32) -> Result<Vec<Figure>> {
    let places = (messages - PAGE).min(MAX_PLACES);
    let before = |turn: u32| PAGE + 1 + turn * PLACE_STEP % places * ((messages - PAGE) / places);
    let request =
        |turn| get(server.chat, &format!("/messages?limit={PAGE}&before={}", before(turn)), &bearer(token));
    let requests: Vec<_> = (0..places).map(request).collect();
    load(context, server, &requests, || Ok(()))
}

/// One sender's rate in rooms that are new, and in one with many messages, in turn.
pub(super) fn endurance(
    scenario: &Scenario,
    context: &Context,
    contender: &Contender,
) -> Result<Vec<Figure>> {
    let mut full = Room::open(scenario, context, contender, 1)?;
    let is_full = full.fill_for(scenario.size(context), ENDURANCE_TIMEOUT)?;
    let (mut rates, mut ratios) = (Vec::new(), Vec::new());
    let mut limit = (!is_full).then_some("not to the end");
    for _ in 0..context.choose(PAIRS) {
        let mut new = Room::open(scenario, context, contender, 1)?;
        let (at_first, afterwards) = (new.rate(context)?, full.rate(context)?);
        let (first, last) = (at_first.value.answered_per_second, afterwards.value.answered_per_second);
        println!("    {first:.0}/s at first, {last:.0}/s after {} messages", full.numbers.first(1));
        limit = limit.or(mark(at_first.is_disturbed || afterwards.is_disturbed, &afterwards.value.usage));
        rates.push(last);
        ratios.push(last / first);
    }
    let median = |values| median(values).ok_or("nothing was measured");
    Ok(vec![
        Figure::more("acknowledged/s", median(rates)?).marked(limit),
        Figure::more("÷ in a new room", median(ratios)?).marked(limit),
    ])
}

/// A server whose room gets messages.
struct Room {
    server: Running,
    swarm: Swarm,
    senders: u32,
    numbers: Numbers,
}

impl Room {
    /// A new room with senders, and one client that only reads.
    fn open(scenario: &Scenario, context: &Context, contender: &Contender, senders: u32) -> Result<Self> {
        let server = context.start(contender, scenario.store)?;
        let swarm = server.swarm(senders + 1, senders)?;
        Ok(Self { server, swarm, senders, numbers: Numbers::default() })
    }

    /// Sends messages.
    fn fill(&mut self, messages: u32) -> Result<()> {
        let plan = self.plan(FILL_WINDOW);
        let took = closed_loop::send_all(&mut self.swarm, &plan, messages, FILL_TIMEOUT, &mut self.numbers)?;
        println!("    {messages} messages in {took:.1?}");
        Ok(())
    }

    /// Sends as many as the time allows. Returns whether these are all.
    fn fill_for(&mut self, messages: u32, time: Duration) -> Result<bool> {
        let (start, plan, mut left) = (Instant::now(), self.plan(WINDOW), messages);
        while left > 0 && start.elapsed() < time {
            closed_loop::send_all(&mut self.swarm, &plan, STEP.min(left), FILL_TIMEOUT, &mut self.numbers)?;
            left -= STEP.min(left);
        }
        Ok(left == 0)
    }

    fn rate(&mut self, context: &Context) -> Result<Measured<closed_loop::Findings>> {
        let plan = self.plan(WINDOW);
        let found = undisturbed(&context.own(&self.server), || {
            closed_loop::run(&mut self.swarm, self.server.id(), &plan, &mut self.numbers)
        })?;
        found.value.faults.or_else_fail()?;
        Ok(found)
    }

    fn plan(&self, window: u32) -> closed_loop::Plan<'static> {
        let (senders, answers) = (self.senders, self.server.answers);
        closed_loop::Plan { senders, rooms: &[], window, warm_up: RATE_WARM_UP, time: RATE_TIME, answers }
    }
}
