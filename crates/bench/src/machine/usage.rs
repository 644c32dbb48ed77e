//! What a measured time costs: the server's CPU time, and the share of its core that each side uses.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

use super::process::cpu_seconds;
use crate::Result;

/// Share of its core above which the generator may be the limit.
const MAX_GENERATOR_SHARE: f64 = 0.8;
/// A server that uses this share of its core could do less than 4 % more, which is the precision of a search.
const BUSY_SERVER_SHARE: f64 = 0.96;

/// What was used in a measured time.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Usage {
    pub(crate) seconds: f64,
    /// CPU seconds of the server, in user and system mode.
    pub(crate) server_cpu: f64,
    /// CPU seconds of this thread.
    pub(crate) generator_cpu: f64,
}

impl Usage {
    /// Of `work`. `server` is the id of the server's process.
    ///
    /// # Errors
    /// Those of `work`, or when the server's process has ended.
    pub(crate) fn of(server: u32, work: impl FnOnce() -> Result<()>) -> Result<Self> {
        let (cpu, own, start) = (cpu_seconds(server)?, thread_cpu(), Instant::now());
        work()?;
        let seconds = start.elapsed().as_secs_f64();
        let generator_cpu = (thread_cpu() - own).as_secs_f64();
        Ok(Self { seconds, server_cpu: cpu_seconds(server)? - cpu, generator_cpu })
    }

    /// CPU seconds of the server for each of `count`.
    pub(crate) fn server_cpu_for(&self, count: f64) -> f64 {
        self.server_cpu / count
    }

    /// Whether the server may be able to do more than this generator asks for and takes in.
    pub(crate) fn is_limited_by_generator(&self) -> bool {
        self.generator_share() > MAX_GENERATOR_SHARE && self.server_share() < BUSY_SERVER_SHARE
    }

    /// The shares as a part of a line, in per cent.
    pub(crate) fn shares(&self) -> String {
        format!(
            "server {:.0} %, generator {:.0} %",
            self.server_share() * 100.0,
            self.generator_share() * 100.0
        )
    }

    /// Both have one core.
    fn server_share(&self) -> f64 {
        self.server_cpu / self.seconds
    }

    fn generator_share(&self) -> f64 {
        self.generator_cpu / self.seconds
    }
}

fn thread_cpu() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_limited_by_generator(server_cpu: f64, generator_cpu: f64) -> bool {
        Usage { seconds: 2.0, server_cpu, generator_cpu }.is_limited_by_generator()
    }

    #[test]
    fn a_busy_generator_is_the_limit_unless_the_server_is_busy_too() {
        assert!(is_limited_by_generator(1.8, 1.7));
        assert!(!is_limited_by_generator(1.95, 1.7), "the server has no more to give");
        assert!(!is_limited_by_generator(1.0, 1.0));
    }

    #[test]
    fn work_is_measured() {
        let usage = Usage::of(std::process::id(), || Ok(())).unwrap();
        assert!(usage.seconds > 0.0 && usage.generator_cpu > 0.0 && usage.server_cpu >= 0.0, "{usage:?}");
        let failed = Usage::of(std::process::id(), || Err("no".into()));
        assert_eq!(failed.unwrap_err().to_string(), "no");
    }
}
