//! The timeouts for the next request's head: a long one until its first byte, then a short one.
//!
//! hyper has one timeout for both, and asks its timer for it whenever it begins to wait for a head. So the difference is
//! made in the timer. Bytes that came together with the request before are not noticed: such a head counts as idle until
//! its next byte.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use hyper::rt::{Sleep, Timer};
use tokio::time::{Sleep as TokioSleep, sleep_until};

use super::{Connection, Timers};

/// The timer of one connection.
#[derive(Debug)]
pub(super) struct HeadTimer {
    connection: Connection,
    timers: Timers,
}

/// The wait for one head.
struct HeadWait {
    connection: Connection,
    header: Duration,
    /// The bytes that were read when the wait began; `None` once more have come.
    idle_at: Option<u64>,
    sleep: Pin<Box<TokioSleep>>,
}

impl HeadTimer {
    pub(super) fn new(connection: Connection, timers: Timers) -> Self {
        Self { connection, timers }
    }

    /// A connection without an answer yet is not idle: it was opened to send a request.
    fn wait(&self) -> HeadWait {
        let is_idle = self.connection.written() > 0;
        let time = if is_idle { self.timers.idle } else { self.timers.header };
        HeadWait {
            connection: self.connection.clone(),
            header: self.timers.header,
            idle_at: is_idle.then(|| self.connection.read()),
            sleep: Box::pin(sleep_until((Instant::now() + time).into())),
        }
    }
}

impl Timer for HeadTimer {
    fn sleep(&self, _: Duration) -> Pin<Box<dyn Sleep>> {
        Box::pin(self.wait())
    }

    fn sleep_until(&self, _: Instant) -> Pin<Box<dyn Sleep>> {
        Box::pin(self.wait())
    }
}

impl Future for HeadWait {
    type Output = ();

    /// hyper polls it after each read that did not complete a head.
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.idle_at.is_some_and(|read| self.connection.read() > read) {
            self.idle_at = None;
            let deadline = Instant::now() + self.header;
            self.sleep.as_mut().reset(deadline.into());
        }
        self.sleep.as_mut().poll(cx)
    }
}

impl Sleep for HeadWait {}
