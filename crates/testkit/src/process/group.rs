//! A process and its children, which end together. Browsers would leave children behind.

use std::process::{ExitStatus, Stdio};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tokio::process::{Child, Command};

use crate::wait;

/// A running process in its own group. The group is killed when this is dropped.
#[derive(Debug)]
pub(crate) struct ProcessGroup {
    pub(crate) child: Child,
    leader: Pid,
}

impl ProcessGroup {
    /// Starts `command` with piped streams.
    pub(crate) fn start(command: &mut Command) -> Self {
        let program = command.as_std().get_program().to_owned();
        let child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {}: {error}", program.display()));
        let id = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        Self { child, leader: id.expect("a new process has an id") }
    }

    /// The leader's process id.
    pub(crate) fn id(&self) -> i32 {
        self.leader.as_raw_nonzero().get()
    }

    /// Sends a signal to the leader.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.leader, signal).expect("the process still exists");
    }

    /// Waits until the leader ends.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        wait::in_time("the process ends", self.child.wait()).await.expect("the status can be read")
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        // The group may have ended already.
        let _ = kill_process_group(self.leader, Signal::KILL);
    }
}
