//! A process with all that it starts, ended together: a browser leaves children behind otherwise.

use std::process::{ExitStatus, Stdio};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tokio::process::{Child, Command};

use crate::wait;

/// A running process in a group of its own; the group is killed when this is dropped.
#[derive(Debug)]
pub(crate) struct ProcessGroup {
    pub(crate) child: Child,
    leader: Pid,
}

impl ProcessGroup {
    /// Starts `command` with its three streams piped.
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
        Self { child, leader: id.expect("a process just started has an id") }
    }

    /// The leader's process id.
    pub(crate) fn id(&self) -> i32 {
        self.leader.as_raw_nonzero().get()
    }

    /// Sends the leader a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.leader, signal).expect("the process is still there to be signalled");
    }

    /// Waits for the leader's end.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        wait::in_time("the process ends", self.child.wait()).await.expect("its status can be asked for")
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        // The group may be gone already, which is as good.
        let _ = kill_process_group(self.leader, Signal::KILL);
    }
}
