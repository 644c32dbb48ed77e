//! The accept loop: hyper with the timers, socket options, caps and handles that `axum::serve` has not.
//!
//! It never waits for an upgraded connection: whoever upgraded it drains it.

mod head_timer;
mod limits;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use crate::LogBudget;
use crate::slots::{Full, Slots};
use head_timer::HeadTimer;
pub use limits::{ConnectionLimits, Timers};

use crate::connection::Connection;
use crate::connection::Line;
use crate::input::Deadlined;
use crate::metrics::upkeep as metrics_upkeep;
use crate::wire::Wire;

/// What is sent and not acknowledged for so long ends the connection: a reader that stalls (RFC 5482).
const TCP_USER_TIMEOUT: Duration = Duration::from_secs(10);
/// Bytes that the kernel may hold for one slow reader.
const SEND_BUFFER_BYTES: usize = 64 * 1024;
/// Bytes of a request's head, and of what is read ahead.
const READ_BUFFER_BYTES: usize = 32 * 1024;
/// After an accept that failed for want of file descriptors or memory.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// Serves a router on listeners until the shutdown, and then until its HTTP connections are done or the time for
/// that ([`Timers::drain`]) is over. Each request bears a [`Connection`] in its extensions.
///
/// # Errors
/// When there is no listener. An accept that fails is logged and tried again.
pub async fn serve(
    listeners: Vec<TcpListener>,
    app: Router,
    limits: ConnectionLimits,
    shutdown: CancellationToken,
) -> io::Result<()> {
    if listeners.is_empty() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "there is no listener to serve"));
    }
    let tasks = TaskTracker::new();
    let server = Arc::new(Server {
        app,
        timers: limits.timers,
        slots: Slots::new("natter_connections", limits.total, limits.per_address),
        shutdown: shutdown.clone(),
        hurry: CancellationToken::new(),
    });
    for listener in listeners {
        tasks.spawn(Arc::clone(&server).accept(listener, tasks.clone()));
    }
    tasks.spawn(metrics_upkeep(shutdown.clone()));
    shutdown.cancelled().await;
    tasks.close();
    if timeout(server.timers.drain, tasks.wait()).await.is_err() {
        tracing::info!(connections = tasks.len(), "closing the connections that did not finish in time");
        server.hurry.cancel();
        tasks.wait().await;
    }
    Ok(())
}

struct Server {
    app: Router,
    timers: Timers,
    slots: Slots,
    shutdown: CancellationToken,
    hurry: CancellationToken,
}

impl Server {
    async fn accept(self: Arc<Self>, listener: TcpListener, tasks: TaskTracker) {
        loop {
            let accepted = tokio::select! {
                biased;
                () = self.shutdown.cancelled() => return,
                accepted = listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, peer)) => self.admit(stream, peer, &tasks),
                Err(error) if is_one_connections(&error) => {}
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection, trying again");
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    /// A connection beyond a cap is closed at once.
    fn admit(self: &Arc<Self>, stream: TcpStream, peer: SocketAddr, tasks: &TaskTracker) {
        let slot = match self.slots.take(peer.ip()) {
            Ok(slot) => slot,
            Err(full) => return refused(peer, full),
        };
        if let Err(error) = set_options(&stream) {
            tracing::debug!(%error, "a connection was gone before it was served");
            return;
        }
        let line = Line::new(stream);
        let connection = Connection::of(&line, peer);
        tasks.spawn(Arc::clone(self).converse(Wire::new(line, slot), connection));
    }

    async fn converse(self: Arc<Self>, wire: Wire, connection: Connection) {
        let service = service_fn(|request| self.answer(request, &connection));
        let http = self.http(&connection).serve_connection(TokioIo::new(wire), service).with_upgrades();
        let mut http = pin!(http);
        tokio::select! {
            ended = http.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "a connection broke");
                }
                return;
            }
            () = self.shutdown.cancelled() => http.as_mut().graceful_shutdown(),
        }
        tokio::select! {
            _ = http => {}
            () = self.hurry.cancelled() => {}
        }
    }

    fn http(&self, connection: &Connection) -> http1::Builder {
        let timer = HeadTimer::new(connection.clone(), self.timers);
        let mut http = http1::Builder::new();
        http.timer(timer).header_read_timeout(self.timers.header).max_buf_size(READ_BUFFER_BYTES);
        http
    }

    async fn answer(
        &self,
        request: Request<Incoming>,
        connection: &Connection,
    ) -> Result<Response, Infallible> {
        let mut request = request.map(|body| Body::new(Deadlined::new(body, self.timers.body)));
        request.extensions_mut().insert(connection.clone());
        self.app.clone().oneshot(request).await
    }
}

/// Its line is one of so many a second: nothing is cheaper than to be refused here.
fn refused(peer: SocketAddr, full: Full) {
    static BUDGET: LogBudget = LogBudget::new(10);
    metrics::counter!("natter_connections_refused_total").increment(1);
    let reason = match full {
        Full::Total => "MAX_CONNECTIONS",
        Full::Network => "MAX_CONNECTIONS_PER_ADDRESS",
    };
    if let Some(left_out) = BUDGET.take() {
        tracing::warn!(client = %peer.ip(), reason, left_out, "refused a connection");
    }
}

fn set_options(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let socket = SockRef::from(stream);
    socket.set_send_buffer_size(SEND_BUFFER_BYTES)?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(TCP_USER_TIMEOUT))?;
    Ok(())
}

/// Whether only the connection that would have been accepted is at fault.
fn is_one_connections(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn sockets_send_at_once_buffer_little_and_give_up_on_who_stalls() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let _client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        set_options(&stream).unwrap();
        let socket = SockRef::from(&stream);
        assert!(socket.tcp_nodelay().unwrap());
        // The kernel doubles what it is told, for its own bookkeeping (socket(7)).
        assert!(socket.send_buffer_size().unwrap() <= 2 * SEND_BUFFER_BYTES);
        #[cfg(target_os = "linux")]
        assert_eq!(socket.tcp_user_timeout().unwrap(), Some(TCP_USER_TIMEOUT));
    }
}
