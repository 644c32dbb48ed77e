//! The accept loop: hyper with the timers, socket options, caps and shutdown handles that `axum::serve` does not have.
//!
//! It never waits for an upgraded connection: the code that upgraded it drains it.

mod client_address;
mod connection;
mod head_timer;
mod limits;
mod stream;
mod upgrade;

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
use tower_http::timeout::DeadlineBody;

use crate::metrics::upkeep as metrics_upkeep;
use crate::{Full, LogBudget, Permits};
pub(crate) use client_address::client_address;
pub use client_address::{ClientAddress, ClientNetwork};
pub use connection::Connection;
use connection::SharedSocket;
use head_timer::HeadTimer;
pub use limits::{ConnectionLimits, Timers};
pub use stream::TrackedStream;
pub use upgrade::Upgrade;

/// Timeout for the acknowledgement of sent bytes; a reader that stalls longer loses its connection (RFC 5482).
const TCP_USER_TIMEOUT: Duration = Duration::from_secs(10);
/// Maximum size of the kernel's send buffer for one slow reader.
const SEND_BUFFER_BYTES: usize = 64 * 1024;
/// Maximum size of a request's head, and of what is read ahead.
const READ_BUFFER_BYTES: usize = 32 * 1024;
/// Delay after an accept that failed because file descriptors or memory ran out.
const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(200);

/// Serves a router on listeners until the shutdown, and then until its HTTP connections are done or [`Timers::drain`] is
/// over. Each request has a [`Connection`] in its extensions.
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
        permits: Permits::with_gauge("natter_connections", limits.total, limits.per_address),
        shutdown: shutdown.clone(),
        force_close: CancellationToken::new(),
    });
    for listener in listeners {
        tasks.spawn(Arc::clone(&server).accept(listener, tasks.clone()));
    }
    tasks.spawn(metrics_upkeep(shutdown.clone()));
    shutdown.cancelled().await;
    tasks.close();
    if timeout(server.timers.drain, tasks.wait()).await.is_err() {
        tracing::info!(connections = tasks.len(), "closing the connections that did not finish in time");
        server.force_close.cancel();
        tasks.wait().await;
    }
    Ok(())
}

struct Server {
    app: Router,
    timers: Timers,
    permits: Permits<ClientNetwork>,
    shutdown: CancellationToken,
    force_close: CancellationToken,
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
                Err(error) if affects_one_connection(&error) => {}
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection, trying again");
                    sleep(ACCEPT_RETRY_DELAY).await;
                }
            }
        }
    }

    /// A connection beyond a cap is closed at once.
    fn admit(self: &Arc<Self>, stream: TcpStream, peer: SocketAddr, tasks: &TaskTracker) {
        let permit = match self.permits.take(ClientNetwork::of(peer.ip())) {
            Ok(permit) => permit,
            Err(full) => return log_refusal(peer, full),
        };
        if let Err(error) = set_options(&stream) {
            tracing::debug!(%error, "a connection was gone before it was served");
            return;
        }
        let socket = SharedSocket::new(stream);
        let connection = Connection::of(&socket, peer);
        tasks.spawn(Arc::clone(self).serve_connection(TrackedStream::new(socket, permit), connection));
    }

    async fn serve_connection(self: Arc<Self>, stream: TrackedStream, connection: Connection) {
        let service = service_fn(|request| self.respond(request, &connection));
        let http = self.http(&connection).serve_connection(TokioIo::new(stream), service).with_upgrades();
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
            () = self.force_close.cancelled() => {}
        }
    }

    fn http(&self, connection: &Connection) -> http1::Builder {
        let timer = HeadTimer::new(connection.clone(), self.timers);
        let mut http = http1::Builder::new();
        http.timer(timer).header_read_timeout(self.timers.header).max_buf_size(READ_BUFFER_BYTES);
        http
    }

    async fn respond(
        &self,
        request: Request<Incoming>,
        connection: &Connection,
    ) -> Result<Response, Infallible> {
        let mut request = request.map(|body| Body::new(DeadlineBody::new(self.timers.body, body)));
        request.extensions_mut().insert(connection.clone());
        self.app.clone().oneshot(request).await
    }
}

/// Refusals cost a client nothing, so their log lines are limited.
fn log_refusal(peer: SocketAddr, full: Full) {
    static BUDGET: LogBudget = LogBudget::new(10);
    metrics::counter!("natter_connections_refused_total").increment(1);
    let reason = match full {
        Full::Total => "MAX_CONNECTIONS",
        Full::Key => "MAX_CONNECTIONS_PER_ADDRESS",
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

/// Whether the error is of the connection that would have been accepted, and not of the listener.
fn affects_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn sockets_send_at_once_buffer_little_and_drop_stalled_readers() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let _client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        set_options(&stream).unwrap();
        let socket = SockRef::from(&stream);
        assert!(socket.tcp_nodelay().unwrap());
        // The kernel doubles the value, for its own bookkeeping (socket(7)).
        assert!(socket.send_buffer_size().unwrap() <= 2 * SEND_BUFFER_BYTES);
        #[cfg(target_os = "linux")]
        assert_eq!(socket.tcp_user_timeout().unwrap(), Some(TCP_USER_TIMEOUT));
    }
}
