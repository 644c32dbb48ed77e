//! A server without work: how soon it answers, and what it holds.

use std::time::Duration;

use super::{Context, Figure, Scenario};
use crate::Result;
use crate::machine::resident_kib;
use crate::servers::Contender;

const KIB_PER_MIB: f64 = 1_024.0;

/// The time from the start of the process to the first answer, and its memory after sign-ups and a rest.
pub(super) fn cold(scenario: &Scenario, context: &Context, contender: &Contender) -> Result<Vec<Figure>> {
    let server = context.start(contender, scenario.store)?;
    let start = Figure::less("ms to the first answer", server.start_took.as_secs_f64() * 1e3);
    for user in 0..scenario.size {
        server.sign_up(&format!("user{user:04}"))?;
    }
    std::thread::sleep(Duration::from_secs(context.amount(60, 5).into()));
    let memory = resident_kib(server.id())? / KIB_PER_MIB;
    println!("    {:.1} ms, {memory:.1} MiB", start.value);
    Ok(vec![start, Figure::less("MiB idle after 100 sign-ups", memory)])
}
