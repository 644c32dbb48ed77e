//! Stored and acknowledged messages a second.

use super::{Context, Figure, Scenario, WARM_UP, mark};
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
    let (window, answers) = (scenario.size(context), server.answers);
    let plan = closed_loop::Plan {
        senders: SENDERS,
        rooms: &[],
        window,
        warm_up: WARM_UP,
        time: context.time(),
        answers,
    };
    let mut numbers = Numbers::default();
    let run = undisturbed(&context.own(&server), || {
        closed_loop::run(&mut swarm, server.id(), &plan, &mut numbers)
    })?;
    let closed_loop::Findings { answered_per_second, cpu_seconds_per_thousand, faults, usage } = run.value;
    println!("    {answered_per_second:.0}/s, {}", usage.shares());
    faults.or_else_fail()?;
    let mark = mark(run.is_disturbed, &usage);
    Ok(vec![
        Figure::more("acknowledged/s", answered_per_second).marked(mark),
        Figure::less("CPU s per thousand", cpu_seconds_per_thousand).marked(mark),
    ])
}
