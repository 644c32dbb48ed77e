//! The machine: cores, processes, what else runs, and limits of the system.

mod cores;
mod process;
mod quiet;

use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::time::{ClockId, clock_gettime};

use crate::Result;

pub(crate) use cores::{cores, on_server_core, spawn_on_server_core, take_generator_core};
pub(crate) use process::{cpu_seconds, process_of, resident_kib};
pub(crate) use quiet::{undisturbed, undisturbed_unless};

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

/// Measures which share of its core this thread uses.
#[derive(Debug)]
pub(crate) struct OwnShare {
    start: Instant,
    cpu: Duration,
}

impl OwnShare {
    /// Begins now.
    pub(crate) fn begin() -> Self {
        Self { start: Instant::now(), cpu: thread_cpu() }
    }

    /// The share until now, from 0 to 1.
    pub(crate) fn until_now(&self) -> f64 {
        (thread_cpu() - self.cpu).as_secs_f64() / self.start.elapsed().as_secs_f64()
    }
}

fn thread_cpu() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs() as u32)
}
