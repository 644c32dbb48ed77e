//! Which core a process runs on: servers on the first, the generator on the second.

use std::process::{Child, Command};

use rustix::thread::{CpuSet, Pid, sched_getaffinity, sched_setaffinity};

use crate::Result;

/// Core of the server that is measured.
const SERVER_CORE: usize = 0;
/// Core of the generator.
const GENERATOR_CORE: usize = 1;

/// Number of cores of this machine, whatever this thread may use.
pub(crate) fn cores() -> usize {
    let stat = std::fs::read_to_string("/proc/stat").unwrap_or_default();
    let lines = stat.lines().filter(|line| line.starts_with("cpu")).count();
    lines.saturating_sub(1).max(1)
}

/// Puts this thread on the generator's core.
///
/// # Errors
/// When there is only one core.
pub(crate) fn take_generator_core() -> Result<()> {
    if cores() < 2 {
        return Err("two cores are needed: one for the server, one for the generator".into());
    }
    run_on(GENERATOR_CORE)
}

/// Starts a process on the server's core.
///
/// # Errors
/// When it cannot be started.
pub(crate) fn spawn_on_server_core(command: &mut Command) -> Result<Child> {
    on_server_core(|| command.spawn().map_err(Into::into))
}

/// Does `work` in this thread on the server's core.
///
/// # Errors
/// Those of `work`.
pub(crate) fn on_server_core<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    // A new process inherits the core of the thread that starts it.
    let own = sched_getaffinity(None)?;
    run_on(SERVER_CORE)?;
    let result = work();
    sched_setaffinity(None::<Pid>, &own)?;
    result
}

fn run_on(core: usize) -> Result<()> {
    let mut set = CpuSet::new();
    set.set(core);
    Ok(sched_setaffinity(None::<Pid>, &set)?)
}
