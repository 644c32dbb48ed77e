//! A network with a long delay between a browser and a port, which counts round trips.
//!
//! A logical clock counts them, not time. Data from the browser belongs to the round trip after the last one that reached
//! the browser; data from the server belongs to the last one that reached the server. A new connection takes one round
//! trip, as TCP does. Parallel requests therefore count once. The delay is long compared with the browser's own work, so
//! that requests that do not wait for each other are sent in the same round trip.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep, sleep_until};

use crate::wait;

/// Delay in each direction.
const ONE_WAY_DELAY: Duration = Duration::from_millis(200);
/// Both ends are idle after this time without data: twice the time of a round trip.
const IDLE_TIMEOUT: Duration = Duration::from_millis(800);
const CHUNK_BYTES: usize = 64 * 1024;

/// A port that forwards to another one over the slow network.
#[derive(Debug)]
pub struct SlowNetwork {
    /// The port to connect to instead.
    pub port: u16,
    target: watch::Sender<Option<SocketAddr>>,
    /// Ends the open connections.
    ends: watch::Sender<()>,
    clock: Arc<Clock>,
}

/// The last round trip that reached each end.
#[derive(Debug, Default)]
struct Clock {
    browser: AtomicU64,
    server: AtomicU64,
    last_data_at: Mutex<Option<Instant>>,
    awaited: Mutex<Option<Awaited>>,
}

/// A text from the server that a test waits for.
#[derive(Debug)]
struct Awaited {
    text: &'static [u8],
    since: u64,
    arrived: oneshot::Sender<u64>,
}

/// A count of round trips that is not finished yet.
#[derive(Debug)]
pub struct RoundTrips(oneshot::Receiver<u64>);

impl SlowNetwork {
    /// Starts without a target.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port is found");
        let port = listener.local_addr().expect("a bound listener has an address").port();
        let (target, ends, clock) =
            (watch::Sender::new(None), watch::Sender::new(()), Arc::<Clock>::default());
        tokio::spawn(accept(listener, target.subscribe(), ends.clone(), Arc::clone(&clock)));
        Self { port, target, ends, clock }
    }

    /// The address for a browser, as an origin.
    pub fn url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Forwards to `port` of this machine from now on.
    pub fn forward_to(&self, port: u16) {
        self.target.send_replace(Some(SocketAddr::from(([127, 0, 0, 1], port))));
    }

    /// Ends every connection, as idle timeouts do.
    pub fn end_connections(&self) {
        self.ends.send_replace(());
    }

    /// Waits until both ends send nothing more, such as after a page is loaded and its websocket is open.
    ///
    /// # Panics
    /// On a timeout.
    pub async fn wait_idle(&self) {
        wait::until("both ends are idle", async || {
            let last_data_at = *self.clock.last_data_at.lock().expect("no holder of the lock panics");
            last_data_at.is_some_and(|at| at.elapsed() > IDLE_TIMEOUT).then_some(())
        })
        .await;
    }

    /// Counts from now until `text` reaches the browser. Servers do not mask websocket frames, so text in them is found
    /// too.
    pub fn count_until(&self, text: &'static str) -> RoundTrips {
        let (arrived, count) = oneshot::channel();
        let since = self.clock.browser.load(Ordering::SeqCst).max(self.clock.server.load(Ordering::SeqCst));
        self.clock.browser.store(since, Ordering::SeqCst);
        *self.clock.awaited() = Some(Awaited { text: text.as_bytes(), since, arrived });
        RoundTrips(count)
    }
}

impl RoundTrips {
    /// Waits for the text and returns the number of round trips.
    ///
    /// # Panics
    /// On a timeout.
    pub async fn count(self) -> u64 {
        wait::in_time("the text reaches the browser", self.0).await.expect("the clock outlives the count")
    }
}

impl Clock {
    fn awaited(&self) -> std::sync::MutexGuard<'_, Option<Awaited>> {
        self.awaited.lock().expect("no holder of the lock panics")
    }

    /// The round trip of data that the browser sends now.
    fn browser_sends(&self) -> u64 {
        self.browser.load(Ordering::SeqCst) + 1
    }

    fn note_data(&self) {
        *self.last_data_at.lock().expect("no holder of the lock panics") = Some(Instant::now());
    }

    fn browser_receives(&self, round: u64, bytes: &[u8]) {
        self.note_data();
        self.browser.fetch_max(round, Ordering::SeqCst);
        let mut awaited = self.awaited();
        let contains =
            |wanted: &mut Awaited| bytes.windows(wanted.text.len()).any(|part| part == wanted.text);
        if let Some(wanted) = awaited.take_if(contains) {
            // The test may have stopped waiting.
            let _ = wanted.arrived.send(round - wanted.since);
        }
    }
}

async fn accept(
    listener: TcpListener,
    target: watch::Receiver<Option<SocketAddr>>,
    ends: watch::Sender<()>,
    clock: Arc<Clock>,
) {
    while let Ok((browser, _)) = listener.accept().await {
        let target = *target.borrow();
        if let Some(target) = target {
            let (carried, mut end) = (carry(browser, target, Arc::clone(&clock)), ends.subscribe());
            tokio::spawn(async move {
                tokio::select! {
                    () = carried => {}
                    _ = end.changed() => {}
                }
            });
        }
    }
}

async fn carry(browser: TcpStream, target: SocketAddr, clock: Arc<Clock>) {
    let connecting = clock.browser_sends();
    sleep(2 * ONE_WAY_DELAY).await;
    clock.browser_receives(connecting, &[]);
    let Ok(server) = TcpStream::connect(target).await else { return };
    let _ = (browser.set_nodelay(true), server.set_nodelay(true));
    let ((from_browser, to_browser), (from_server, to_server)) = (browser.into_split(), server.into_split());
    let (there, back) = (Arc::clone(&clock), clock);
    let (from_clock, to_clock) = (Arc::clone(&there), Arc::clone(&back));
    tokio::join!(
        forward_delayed(
            from_browser,
            to_server,
            move || from_clock.browser_sends(),
            move |round, _| {
                there.note_data();
                there.server.fetch_max(round, Ordering::SeqCst);
            }
        ),
        forward_delayed(
            from_server,
            to_browser,
            move || to_clock.server.load(Ordering::SeqCst),
            move |round, bytes| {
                back.browser_receives(round, bytes);
            }
        )
    );
}

/// Forwards bytes until the stream ends, each chunk after the delay. `sent` returns the round trip of a chunk; `received`
/// is called with it when the chunk arrives.
async fn forward_delayed(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    sent: impl Fn() -> u64,
    received: impl Fn(u64, &[u8]),
) {
    let (sender, mut in_flight) = mpsc::unbounded_channel();
    let reading = async move {
        let mut chunk = vec![0; CHUNK_BYTES];
        while let Ok(count @ 1..) = from.read(&mut chunk).await {
            let _ = sender.send((Instant::now() + ONE_WAY_DELAY, sent(), chunk[..count].to_vec()));
        }
    };
    let writing = async move {
        while let Some((due, round, bytes)) = in_flight.recv().await {
            sleep_until(due).await;
            received(round, &bytes);
            if to.write_all(&bytes).await.is_err() {
                return;
            }
        }
        // The other end may be closed already.
        let _ = to.shutdown().await;
    };
    tokio::join!(reading, writing);
}
