//! A long way between a browser and a port: all takes its time, and the round trips are counted.
//!
//! They are counted by a logical clock and not by time. What the browser says belongs to the round trip after the last
//! one of which it heard anything; what the server says, to the last one of which *it* heard. A new connection takes a
//! round trip of its own before anything goes over it, as TCP's does. What is asked for side by side thus counts once.
//! The delay only makes visible what does not wait for what: it is long beside what the browser computes.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep, sleep_until};

use crate::wait;

/// One way, for whatever is said.
const ONE_WAY: Duration = Duration::from_millis(200);
/// Whoever says nothing for so long is not about to: a word and its answer are heard in half of it.
const QUIET: Duration = Duration::from_millis(800);
const CHUNK: usize = 64 * 1024;

/// A port that leads to another one, far away.
#[derive(Debug)]
pub struct Distance {
    /// The port to connect to instead.
    pub port: u16,
    target: watch::Sender<Option<SocketAddr>>,
    /// Ends the connections that are open.
    ends: watch::Sender<()>,
    clock: Arc<Clock>,
}

/// What both ends have heard of.
#[derive(Debug, Default)]
struct Clock {
    browser: AtomicU64,
    server: AtomicU64,
    said_at: Mutex<Option<Instant>>,
    awaited: Mutex<Option<Awaited>>,
}

/// What somebody waits for the server to say.
#[derive(Debug)]
struct Awaited {
    text: &'static [u8],
    since: u64,
    heard: oneshot::Sender<u64>,
}

/// How many round trips something takes.
#[derive(Debug)]
pub struct RoundTrips(oneshot::Receiver<u64>);

impl Distance {
    /// A port that leads nowhere yet.
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

    /// Leads to `port` of this machine from now on.
    pub fn lead_to(&self, port: u16) {
        self.target.send_replace(Some(SocketAddr::from(([127, 0, 0, 1], port))));
    }

    /// Ends every connection, as time does with idle ones.
    pub fn end_connections(&self) {
        self.ends.send_replace(());
    }

    /// Waits until both ends have no more to say, such as a page that is loaded and goes on over a websocket.
    ///
    /// # Panics
    /// When they go on for too long.
    pub async fn falls_quiet(&self) {
        wait::until("both ends fall quiet", async || {
            let said_at = *self.clock.said_at.lock().expect("no holder of the lock panics");
            said_at.is_some_and(|at| at.elapsed() > QUIET).then_some(())
        })
        .await;
    }

    /// Counts from now until the browser has heard `text`. What goes over a websocket from there is not masked, so it can
    /// be found too.
    pub fn until_heard(&self, text: &'static str) -> RoundTrips {
        let (heard, hears) = oneshot::channel();
        let since = self.clock.browser.load(Ordering::SeqCst).max(self.clock.server.load(Ordering::SeqCst));
        self.clock.browser.store(since, Ordering::SeqCst);
        *self.clock.awaited() = Some(Awaited { text: text.as_bytes(), since, heard });
        RoundTrips(hears)
    }
}

impl RoundTrips {
    /// Waits until it was heard; gives the number.
    ///
    /// # Panics
    /// When it is not heard in time.
    pub async fn counted(self) -> u64 {
        wait::in_time("the browser hears it", self.0).await.expect("the clock outlives the count")
    }
}

impl Clock {
    fn awaited(&self) -> std::sync::MutexGuard<'_, Option<Awaited>> {
        self.awaited.lock().expect("no holder of the lock panics")
    }

    /// The browser says something: the round trip that it begins.
    fn browser_says(&self) -> u64 {
        self.browser.load(Ordering::SeqCst) + 1
    }

    fn hears_something(&self) {
        *self.said_at.lock().expect("no holder of the lock panics") = Some(Instant::now());
    }

    fn browser_hears(&self, round: u64, bytes: &[u8]) {
        self.hears_something();
        self.browser.fetch_max(round, Ordering::SeqCst);
        let mut awaited = self.awaited();
        let is_it = |it: &mut Awaited| bytes.windows(it.text.len()).any(|part| part == it.text);
        if let Some(it) = awaited.take_if(is_it) {
            // Whoever waited may have given up.
            let _ = it.heard.send(round - it.since);
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
    let connecting = clock.browser_says();
    sleep(2 * ONE_WAY).await;
    clock.browser_hears(connecting, &[]);
    let Ok(server) = TcpStream::connect(target).await else { return };
    let _ = (browser.set_nodelay(true), server.set_nodelay(true));
    let ((from_browser, to_browser), (from_server, to_server)) = (browser.into_split(), server.into_split());
    let (there, back) = (Arc::clone(&clock), clock);
    let (said, heard) = (Arc::clone(&there), Arc::clone(&back));
    tokio::join!(
        late(
            from_browser,
            to_server,
            move || said.browser_says(),
            move |round, _| {
                there.hears_something();
                there.server.fetch_max(round, Ordering::SeqCst);
            }
        ),
        late(
            from_server,
            to_browser,
            move || heard.server.load(Ordering::SeqCst),
            move |round, bytes| {
                back.browser_hears(round, bytes);
            }
        )
    );
}

/// Carries bytes until their end, each chunk after its delay. `says` gives the round trip of a chunk, `hears` takes it
/// when the chunk arrives.
async fn late(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    says: impl Fn() -> u64,
    hears: impl Fn(u64, &[u8]),
) {
    let (sender, mut on_its_way) = mpsc::unbounded_channel();
    let reading = async move {
        let mut chunk = vec![0; CHUNK];
        while let Ok(count @ 1..) = from.read(&mut chunk).await {
            let _ = sender.send((Instant::now() + ONE_WAY, says(), chunk[..count].to_vec()));
        }
    };
    let writing = async move {
        while let Some((due, round, bytes)) = on_its_way.recv().await {
            sleep_until(due).await;
            hears(round, &bytes);
            if to.write_all(&bytes).await.is_err() {
                return;
            }
        }
        // The other end may be gone already.
        let _ = to.shutdown().await;
    };
    tokio::join!(reading, writing);
}
