//! What a process used: CPU time and memory, by its id, from `/proc`.

use std::fs;

use crate::Result;

/// Clock ticks a second in `/proc`. Linux reports 100 to programs on all common architectures.
const TICKS_PER_SECOND: f64 = 100.0;
/// Fields of `/proc/PID/stat` after the name: user and system time, and the same of children that have ended.
const TIMES: std::ops::Range<usize> = 11..15;

/// CPU seconds of a running process, in user and system mode.
///
/// # Errors
/// When it does not run.
pub(crate) fn cpu_seconds(pid: u32) -> Result<f64> {
    Ok(seconds(ticks(pid).ok_or("the process does not run")?))
}

/// Resident memory of a running process in KiB.
///
/// # Errors
/// When it does not run.
pub(crate) fn resident_kib(pid: u32) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS in /proc")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

/// The process on this machine that was started to listen at the port of this URI.
pub(crate) fn process_of(uri: &str) -> Option<u32> {
    let port = uri.rsplit_once(':')?.1.split('/').next()?;
    let wanted = format!("--port\0{port}\0");
    pids().find(|pid| {
        let words = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&words).contains(&wanted)
    })
}

fn pids() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

/// CPU ticks of a process; `None` when it does not run.
pub(super) fn ticks(pid: u32) -> Option<u64> {
    let [user, system, ..] = times(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)?;
    Some(user + system)
}

/// CPU ticks of this process, with those of its children that have ended.
pub(super) fn ticks_with_ended_children() -> u64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    times(&stat).map_or(0, |times| times.iter().sum())
}

/// Seconds of a number of ticks.
pub(super) fn seconds(ticks: u64) -> f64 {
    ticks as f64 / TICKS_PER_SECOND
}

/// The name may contain spaces and brackets, so the fields are counted from the last bracket.
fn times(stat: &str) -> Option<[u64; 4]> {
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let times: Option<Vec<u64>> = fields.get(TIMES)?.iter().map(|field| field.parse().ok()).collect();
    times?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_found_after_any_name() {
        let stat = "7 (a) b (c) S 1 2 3 4 5 6 7 8 9 10 250 50 3 4 20 0";
        assert_eq!(times(stat), Some([250, 50, 3, 4]));
        assert_eq!(times("7 (a) S 1"), None);
    }

    #[test]
    fn this_process_is_found() {
        assert!(pids().any(|pid| pid == std::process::id()));
        assert!(resident_kib(std::process::id()).unwrap() > 100.0);
        assert!(cpu_seconds(std::process::id()).is_ok());
    }
}
