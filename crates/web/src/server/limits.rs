//! The maximum number of connections, and their timeouts.

use std::time::Duration;

/// Maximum numbers of TCP connections, and their timeouts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// Connections at once, upgraded ones included.
    pub total: usize,
    /// Connections at once from one client network ([`crate::ClientNetwork`]). `None` behind a proxy, whose address
    /// all of them would share.
    pub per_address: Option<usize>,
    /// The timeouts.
    pub timers: Timers,
}

/// The timeouts of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timers {
    /// From the connection's start, or from the first byte of a further request, until a whole head is read.
    pub header: Duration,
    /// From the last answer on a connection until the next request begins. Longer than that of load balancers (60 s
    /// mostly), which must close first: otherwise they send a request into a connection that is being closed.
    pub idle: Duration,
    /// From a request's head until all of its body is read.
    pub body: Duration,
    /// From a request until its answer, for ordinary routes.
    pub handler: Duration,
    /// From the shutdown until what is still unanswered is closed.
    pub drain: Duration,
}

impl Default for Timers {
    fn default() -> Self {
        Self {
            header: Duration::from_secs(10),
            idle: Duration::from_secs(75),
            body: Duration::from_secs(15),
            handler: Duration::from_secs(30),
            drain: Duration::from_secs(5),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_idle_connection_outlives_the_timeout_of_load_balancers() {
        assert_eq!(Timers::default().idle, Duration::from_secs(75));
        assert!(Timers::default().header < Duration::from_secs(60), "a slow head does not");
    }
}
