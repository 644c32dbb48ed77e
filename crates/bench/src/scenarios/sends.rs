//! Stored and acknowledged messages a second.

use super::{Context, DISTURBED, Figure, Scenario, WARM_UP, generator_mark};
use crate::Result;
use crate::load::{Numbers, closed_loop};
use crate::machine::undisturbed;
use crate::servers::Contender;

const SENDERS: u32 = 10;

/// Ten senders, each with a window of messages in flight, and one client that only reads.
pub(super) fn acknowledged(
    scenario: &Scenario,
    context: &Context,
    contender: &Contender,
) -> Result<Vec<Figure>> {
    let server = context.start(contender, scenario.store)?;
    let mut swarm = server.swarm(SENDERS + 1, SENDERS)?;
    let (window, answers) = (scenario.size, server.answers);
    let plan =
        closed_loop::Plan { senders: SENDERS, window, warm_up: WARM_UP, time: context.time(), answers };
    let mut numbers = Numbers::default();
    let run = undisturbed(&context.own(&server), || {
        closed_loop::run(&mut swarm, server.id(), &plan, &mut numbers)
    })?;
    let found = run.value;
    let closed_loop::Findings {
        answered_per_second, lost, refused, refusal, closed, generator_share, ..
    } = found;
    println!("    {answered_per_second:.0}/s, generator {:.0} %", generator_share * 100.0);
    if lost + refused + closed as u64 > 0 {
        let first = refusal.unwrap_or_default();
        return Err(
            format!("{lost} deliveries lost, {refused} sends refused {first}, {closed} clients cut").into()
        );
    }
    let mark = run.is_disturbed.then_some(DISTURBED).or(generator_mark(found.generator_share));
    Ok(vec![
        Figure::more("acknowledged/s", found.answered_per_second).marked(mark),
        Figure::less("CPU s per thousand", found.cpu_seconds_per_thousand).marked(mark),
    ])
}
