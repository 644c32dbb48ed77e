//! The machine: cores, processes, what else runs, and limits of the system.

mod cores;
mod process;
mod quiet;
mod usage;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::Result;

pub(crate) use cores::{cores, on_server_core, spawn_on_server_core, take_generator_core};
pub(crate) use process::{process_of, resident_kib};
pub(crate) use quiet::{Measured, undisturbed, undisturbed_unless};
pub(crate) use usage::Usage;

/// Raises the limit of open files to what the system allows. Servers inherit it.
///
/// # Errors
/// When the system refuses.
pub(crate) fn raise_open_files() -> Result<()> {
    let limit = getrlimit(Resource::Nofile);
    Ok(setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit })?)
}

/// Names the machine: processor, cores, kernel.
pub(crate) fn description() -> String {
    let cpuinfo = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpuinfo.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let model = model.map_or("unknown processor", |(_, name)| name.trim());
    format!("{model}, {} cores, Linux {}", cores(), kernel.trim())
}
