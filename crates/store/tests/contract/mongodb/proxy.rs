//! A proxy in front of MongoDB that counts requests, holds some back, drops replies, and may be far away.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use store::Stores;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::sleep;

use crate::fixture::Fixture;

/// Bytes that only a request of one kind contains.
pub(crate) type Kind = &'static [u8];
/// The key and type of an `insert` command.
pub(crate) const INSERT: Kind = b"\x02insert\0";
/// The key and type of a `find` command.
pub(crate) const FIND: Kind = b"\x02find\0";
/// An option of the query that sorts what one sender wrote.
pub(crate) const SORT: Kind = b"allowDiskUse";
/// A part of the query for a page that a client reads backward.
pub(crate) const BACKWARD: Kind = b"\x12$lt\0";
/// The key and type of a `killCursors` command.
pub(crate) const KILL_CURSORS: Kind = b"\x02killCursors\0";
/// A part of the `getMore` command of a stream on the collection `nodes`.
pub(crate) const NEXT_REPORT: Kind = b"\x02collection\0\x06\0\0\0nodes\0";

/// The key and collection of a `find` command for the requests for turns.
pub(crate) const LOOK: Kind = b"\x02find\0\x06\0\0\0turns\0";

/// Time between the driver's heartbeats, in milliseconds: the minimum.
const HEARTBEAT: u32 = 500;

/// The proxy. It runs until the test ends.
pub(crate) struct Proxy {
    port: u16,
    traffic: Arc<Traffic>,
}

#[derive(Default)]
struct Traffic {
    requests: AtomicUsize,
    inserts: AtomicUsize,
    finds: AtomicUsize,
    sorts: AtomicUsize,
    backward: AtomicUsize,
    looks: AtomicUsize,
    killed_cursors: AtomicUsize,
    next_reports: AtomicUsize,
    dropping: AtomicBool,
    delay: Duration,
    held: watch::Sender<Option<Kind>>,
    holding_replies: watch::Sender<bool>,
}

impl Proxy {
    pub(crate) async fn start() -> Self {
        Self::at_distance(Duration::ZERO).await
    }

    /// A proxy that passes each message on after a delay.
    pub(crate) async fn at_distance(delay: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let traffic = Arc::new(Traffic { delay, ..Traffic::default() });
        let passed = Arc::clone(&traffic);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let Ok(server) = TcpStream::connect(mongod_address()).await else { continue };
                let (from_client, to_client) = client.into_split();
                let (from_server, to_server) = server.into_split();
                tokio::spawn(requests(Arc::clone(&passed), from_client, to_server));
                tokio::spawn(replies(Arc::clone(&passed), from_server, to_client));
            }
        });
        Self { port, traffic }
    }

    /// A store behind this proxy, in the database of a fixture.
    pub(crate) async fn store(&self, fixture: &Fixture) -> Stores {
        let uri = fixture.address();
        let (_, rest) = uri.split_once("://").unwrap();
        let (_, database) = rest.split_once('/').unwrap();
        let database = database.split('?').next().unwrap();
        let uri = format!(
            "mongodb://127.0.0.1:{}/{database}?directConnection=true&heartbeatFrequencyMS={HEARTBEAT}",
            self.port
        );
        store::mongodb::open(&uri).await.unwrap()
    }

    /// Number of requests, including the driver's heartbeats.
    pub(crate) fn requests(&self) -> usize {
        self.traffic.requests.load(Ordering::SeqCst)
    }

    /// Number of requests of a kind, including those that are held.
    pub(crate) fn seen(&self, kind: Kind) -> usize {
        self.traffic.counter(kind).load(Ordering::SeqCst)
    }

    /// Holds requests of a kind back until [`Proxy::release`].
    pub(crate) fn hold(&self, kind: Kind) {
        self.traffic.held.send_replace(Some(kind));
    }

    pub(crate) fn release(&self) {
        self.traffic.held.send_replace(None);
    }

    /// Whether all replies wait, those to the driver's heartbeats too, as if the server stood still after its work.
    pub(crate) fn hold_replies(&self, holding: bool) {
        self.traffic.holding_replies.send_replace(holding);
    }

    /// Whether connections are closed instead of passing a reply on.
    pub(crate) fn drop_replies(&self, dropping: bool) {
        self.traffic.dropping.store(dropping, Ordering::SeqCst);
    }
}

impl Traffic {
    fn counter(&self, kind: Kind) -> &AtomicUsize {
        match kind {
            INSERT => &self.inserts,
            FIND => &self.finds,
            BACKWARD => &self.backward,
            LOOK => &self.looks,
            KILL_CURSORS => &self.killed_cursors,
            NEXT_REPORT => &self.next_reports,
            _ => &self.sorts,
        }
    }

    async fn count_and_hold(&self, request: &[u8]) {
        self.requests.fetch_add(1, Ordering::SeqCst);
        let is = |kind: Kind| request.windows(kind.len()).any(|part| part == kind);
        let kinds = [INSERT, FIND, LOOK, BACKWARD, SORT, KILL_CURSORS, NEXT_REPORT];
        for kind in kinds.into_iter().filter(|&kind| is(kind)) {
            self.counter(kind).fetch_add(1, Ordering::SeqCst);
            let _ = self.held.subscribe().wait_for(|&held| held != Some(kind)).await;
        }
    }
}

async fn requests(traffic: Arc<Traffic>, mut from: OwnedReadHalf, mut to: OwnedWriteHalf) {
    while let Some(request) = next_message(&mut from).await {
        traffic.count_and_hold(&request).await;
        sleep(traffic.delay).await;
        if to.write_all(&request).await.is_err() {
            return;
        }
    }
}

async fn replies(traffic: Arc<Traffic>, mut from: OwnedReadHalf, mut to: OwnedWriteHalf) {
    while let Some(reply) = next_message(&mut from).await {
        sleep(traffic.delay).await;
        let _ = traffic.holding_replies.subscribe().wait_for(|holding| !holding).await;
        if traffic.dropping.load(Ordering::SeqCst) || to.write_all(&reply).await.is_err() {
            return;
        }
    }
}

/// The next whole message of MongoDB's wire protocol. It begins with its length in four bytes, themselves included.
async fn next_message(from: &mut OwnedReadHalf) -> Option<Vec<u8>> {
    let length = from.read_i32_le().await.ok()?;
    let mut message = length.to_le_bytes().to_vec();
    message.resize(usize::try_from(length).ok()?, 0);
    from.read_exact(&mut message[4..]).await.ok()?;
    Some(message)
}

fn mongod_address() -> String {
    let uri = std::env::var("MONGODB_URI").unwrap();
    uri.trim_start_matches("mongodb://").split('/').next().unwrap().to_owned()
}
