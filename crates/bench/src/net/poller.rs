//! Waits for connections that are ready, with epoll, level-triggered: a connection is reported until nothing is left.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use rustix::event::epoll::{self, CreateFlags, Event, EventData, EventFlags};
use rustix::time::Timespec;

/// Maximum number of connections that one wait reports.
const MAX_READY: usize = 1024;

/// A set of connections by number.
pub(crate) struct Poller {
    epoll: OwnedFd,
    ready: Vec<Event>,
}

impl Poller {
    /// An empty set.
    ///
    /// # Errors
    /// When the system has no descriptor left.
    pub(crate) fn new() -> io::Result<Self> {
        let epoll = epoll::create(CreateFlags::CLOEXEC)?;
        Ok(Self { epoll, ready: Vec::with_capacity(MAX_READY) })
    }

    /// Reports a connection when there is something to read, or its end.
    ///
    /// # Errors
    /// When the system refuses.
    pub(crate) fn add(&self, number: usize, connection: impl AsFd) -> io::Result<()> {
        Ok(epoll::add(&self.epoll, connection, EventData::new_u64(number as u64), EventFlags::IN)?)
    }

    /// Reports a connection also when it takes more to send, or no longer.
    ///
    /// # Errors
    /// When the connection is not in the set.
    pub(crate) fn want_write(&self, number: usize, connection: impl AsFd, wanted: bool) -> io::Result<()> {
        let flags = if wanted { EventFlags::IN | EventFlags::OUT } else { EventFlags::IN };
        Ok(epoll::modify(&self.epoll, connection, EventData::new_u64(number as u64), flags)?)
    }

    /// Takes a connection out of the set.
    ///
    /// # Errors
    /// When it is not in the set.
    pub(crate) fn remove(&self, connection: impl AsFd) -> io::Result<()> {
        Ok(epoll::delete(&self.epoll, connection)?)
    }

    /// Waits until one is ready, at most for `timeout`. Fills `ready` with numbers.
    ///
    /// # Errors
    /// When the system refuses.
    pub(crate) fn wait(&mut self, timeout: Duration, ready: &mut Vec<usize>) -> io::Result<()> {
        ready.clear();
        self.ready.clear();
        let timeout = Timespec {
            tv_sec: i64::try_from(timeout.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: timeout.subsec_nanos().into(),
        };
        match epoll::wait(&self.epoll, rustix::buffer::spare_capacity(&mut self.ready), Some(&timeout)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        ready.extend(self.ready.iter().map(|event| event.data.u64() as usize));
        Ok(())
    }
}
