//! A server without work: how soon it answers, and what it holds.

use std::time::Duration;

use super::{Context, DISTURBED, Figure, Scenario};
use crate::Result;
use crate::machine::{resident_kib, undisturbed};
use crate::median::median;
use crate::servers::{Contender, Running};

/// Number of starts. Their median counts.
const STARTS: usize = 5;
const KIB_PER_MIB: f64 = 1_024.0;

/// The time from the start of the process to the first answer, and its memory after sign-ups and a rest.
pub(super) fn cold(scenario: &Scenario, context: &Context, contender: &Contender) -> Result<Vec<Figure>> {
    let own: Vec<u32> = context.mongod.into_iter().collect();
    let start = undisturbed(&own, || {
        let starts =
            (0..STARTS).map(|_| Ok(context.start(contender, scenario.store)?.start_took.as_secs_f64()));
        Ok(median(starts.collect::<Result<_>>()?).ok_or("no start")? * 1e3)
    })?;
    let (rest, idle) = context.choose([
        (Duration::from_secs(60), "MiB a minute after 100 sign-ups"),
        (Duration::from_secs(5), "MiB 5 s after 100 sign-ups"),
    ]);
    let memory = idle_mib(scenario.size(context), rest, &context.start(contender, scenario.store)?)?;
    println!("    {:.1} ms, {memory:.1} MiB {rest:?} after the sign-ups", start.value);
    let mark = start.is_disturbed.then_some(DISTURBED);
    Ok(vec![Figure::less("ms to the first answer", start.value).marked(mark), Figure::less(idle, memory)])
}

fn idle_mib(sign_ups: u32, rest: Duration, server: &Running) -> Result<f64> {
    for user in 0..sign_ups {
        server.sign_up(&format!("user{user:04}"))?;
    }
    std::thread::sleep(rest);
    Ok(resident_kib(server.id())? / KIB_PER_MIB)
}
