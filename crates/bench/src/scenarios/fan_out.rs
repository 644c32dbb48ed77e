//! One room, many clients: the highest rate, and a calm one.

use std::time::Duration;

use super::{Context, Figure, Scenario, WARM_UP, mark};
use crate::Result;
use crate::load::open_loop::{self, Findings, Plan};
use crate::load::{Numbers, Search, Swarm, closed_loop};
use crate::machine::{Measured, undisturbed, undisturbed_unless};
use crate::servers::{Contender, Running};

const SENDERS: u32 = 10;
const MAX_P99_MS: f64 = 100.0;
/// A first guess: the rate with this many messages in flight.
const PILOT_WINDOW: u32 = 4;
/// Messages a second of the calm room.
const CALM_RATE: f64 = 20.0;

/// The highest rate with a p99 below 100 ms and nothing lost.
pub(super) fn highest_rate(
    scenario: &Scenario,
    context: &Context,
    contender: &Contender,
) -> Result<Vec<Figure>> {
    let mut room = Room::open(scenario, context, contender)?;
    let key = (scenario.name, contender.name.clone());
    let known = context.found_rates.borrow().get(&key).copied();
    let mut search = Search::new(known.map_or_else(|| room.pilot(), Ok)?);
    let (mut best, mut failing) = (None, None);
    while let Some(rate) = search.next() {
        let own = context.own(&room.server);
        let probe = undisturbed_unless(&own, is_settled, || room.probe(rate, context.time()))?;
        let is_good = is_good(&probe.value);
        println!("    {}", line(&probe.value, is_good));
        search.note(rate, is_good);
        if is_good {
            best = Some(probe);
            continue;
        }
        // Each failing rate is lower than the one before, so the last one limits the result.
        failing = Some(probe);
        if room.swarm.closed() > 0 {
            room = Room::open(scenario, context, contender)?;
        }
    }
    let best = best.ok_or("no rate is sustained")?;
    context.found_rates.borrow_mut().insert(key, best.value.rate);
    let mark = failing.as_ref().and_then(probe_mark).or(probe_mark(&best));
    Ok(vec![
        Figure::more("deliveries/s", best.value.deliveries_per_second).marked(mark),
        Figure::less("CPU s per million deliveries", best.value.cpu_seconds_per_million).marked(mark),
    ])
}

fn probe_mark(probe: &Measured<Findings>) -> Option<&'static str> {
    mark(probe.is_disturbed, &probe.value.usage)
}

/// A rate at which no server is busy.
pub(super) fn calm(scenario: &Scenario, context: &Context, contender: &Contender) -> Result<Vec<Figure>> {
    let mut room = Room::open(scenario, context, contender)?;
    let run = undisturbed(&context.own(&room.server), || room.probe(CALM_RATE, context.time() * 2))?;
    let (found, mark) = (&run.value, probe_mark(&run));
    println!("    {}", line(found, is_good(found)));
    found.faults.or_else_fail()?;
    Ok(vec![
        Figure::less("CPU s per million deliveries", found.cpu_seconds_per_million).marked(mark),
        Figure::less("p99 ms", found.p99_ms).marked(mark),
    ])
}

/// A disturbance makes no failing rate good, and clients that were cut cannot go on.
fn is_settled(found: &Findings) -> bool {
    is_good(found) || found.faults.closed > 0
}

/// A server with clients in its room.
struct Room {
    server: Running,
    swarm: Swarm,
    numbers: Numbers,
}

impl Room {
    fn open(scenario: &Scenario, context: &Context, contender: &Contender) -> Result<Self> {
        let server = context.start(contender, scenario.store)?;
        let swarm = server.swarm(scenario.size(context), SENDERS)?;
        Ok(Self { server, swarm, numbers: Numbers::default() })
    }

    fn pilot(&mut self) -> Result<f64> {
        let plan = closed_loop::Plan {
            senders: SENDERS,
            rooms: &[],
            window: PILOT_WINDOW,
            warm_up: WARM_UP / 2,
            time: WARM_UP,
            answers: self.server.answers,
        };
        let found = closed_loop::run(&mut self.swarm, self.server.id(), &plan, &mut self.numbers)?;
        Ok(found.answered_per_second)
    }

    fn probe(&mut self, rate: f64, time: Duration) -> Result<Findings> {
        let answers = self.server.answers;
        let plan = Plan { senders: SENDERS, rate, warm_up: WARM_UP, time, answers };
        open_loop::run(&mut self.swarm, self.server.id(), &plan, &mut self.numbers)
    }
}

fn is_good(found: &Findings) -> bool {
    found.faults.count() == 0 && found.p99_ms < MAX_P99_MS
}

fn line(found: &Findings, is_good: bool) -> String {
    let Findings { rate, deliveries_per_second, p50_ms, p99_ms, faults, cpu_seconds_per_million, usage } =
        found;
    format!(
        "{rate:.0}/s {}: {deliveries_per_second:.0} deliveries/s, p50 {p50_ms:.1} ms, p99 {p99_ms:.1} ms, {faults}, \
         {cpu_seconds_per_million:.3} CPU s per million, {}",
        if is_good { "good" } else { "too much" },
        usage.shares(),
    )
}
