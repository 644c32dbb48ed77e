//! One websocket: its TCP connection and the state of its two writers, shared by the library's stream, by broadcasts and
//! by the task that follows a slow client.

use std::io;
use std::net::Shutdown;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker, ready};

use parking_lot::Mutex;
use tokio::io::ReadBuf;
use web::TrackedStream;

use super::super::backlog::{Backlog, MAX_BACKLOG_BYTES};
use super::batch::Batch;
use super::cursor::{BroadcastId, Pushed};
use super::output::{Next, Output};

/// Maximum events of one client that are not answered yet. Then nothing is read from it: all answers fit the library's buffer.
const MAX_UNANSWERED: usize = 768;
/// Maximum bytes of the library that wait while more is read: half of what ends the client, for answers that are under way.
const MAX_WAITING_BYTES: u64 = MAX_BACKLOG_BYTES / 2;

/// A websocket.
pub(in super::super) struct Wire {
    tcp: TrackedStream,
    state: Mutex<State>,
    unanswered: AtomicUsize,
    backlog: Arc<Backlog>,
}

#[derive(Default)]
struct State {
    output: Output,
    /// Whether a task waits until the connection takes more.
    is_catching_up: bool,
    is_over: bool,
    /// The library's reader, while its client has too much to take.
    reader: Option<Waker>,
}

/// An event that is being answered.
pub(in super::super) struct Unanswered {
    wire: Option<Arc<Wire>>,
}

impl Wire {
    /// Over a connection. What the library writes is uncounted in the backlog of its session.
    pub(super) fn new(tcp: TrackedStream, backlog: Arc<Backlog>) -> Arc<Self> {
        Arc::new(Self { tcp, state: Mutex::default(), unanswered: AtomicUsize::new(0), backlog })
    }

    /// Holds entries back until the library has written a fence for it.
    pub(in super::super) fn hold(&self) {
        self.state.lock().output.hold();
    }

    /// Takes back a hold whose fence was not sent.
    pub(in super::super) fn release(self: &Arc<Self>) {
        let mut state = self.state.lock();
        state.output.release();
        self.resume(&mut state);
    }

    /// Gets a broadcast from a position on.
    pub(in super::super) fn follow(&self, of: BroadcastId, at: u64) {
        let mut state = self.state.lock();
        if !state.is_over {
            state.output.follow(of, at);
        }
    }

    /// Gets nothing more of a broadcast.
    pub(in super::super) fn unfollow(&self, of: BroadcastId) {
        self.state.lock().output.unfollow(of);
    }

    /// Leaves out frames of a broadcast that are not distributed yet.
    pub(in super::super) fn skip(&self, of: BroadcastId, frames: Range<u64>) {
        self.state.lock().output.skip(of, frames);
    }

    /// Offers a batch. It goes out when the connection takes it, together with `more` of other broadcasts on their way.
    pub(in super::super) fn push(
        self: &Arc<Self>,
        of: BroadcastId,
        batch: &Arc<Batch>,
        more: bool,
    ) -> Pushed {
        let mut state = self.state.lock();
        match state.output.push(of, batch, more, &self.tcp) {
            Ok(Pushed::Done) => {
                self.resume(&mut state);
                Pushed::Done
            }
            Ok(pushed) => pushed,
            Err(_) => {
                self.end_now(&mut state);
                Pushed::Gone
            }
        }
    }

    /// Bytes of entries that its client has yet to take.
    pub(in super::super) fn behind_bytes(&self) -> u64 {
        self.state.lock().output.behind_bytes()
    }

    /// Writes what waited for an answer that did not come.
    pub(in super::super) fn go_on(self: &Arc<Self>) {
        self.resume(&mut self.state.lock());
    }

    /// Ends the connection at once: the library's reader finds its end, also one that waits for answers.
    pub(in super::super) fn end(&self) {
        self.end_now(&mut self.state.lock());
    }

    fn end_now(&self, state: &mut State) {
        state.is_over = true;
        state.output.unfollow_all();
        self.tcp.shut(Shutdown::Both);
        state.reader.take().into_iter().for_each(Waker::wake);
    }

    /// Goes on with entries, now or in a task.
    fn resume(self: &Arc<Self>, state: &mut State) {
        if state.is_catching_up || state.is_over {
            return;
        }
        match state.output.flush(&self.tcp) {
            Ok(Next::Nobody | Next::Library) => {}
            Ok(Next::Entries) => {
                state.is_catching_up = true;
                tokio::spawn(Arc::clone(self).catch_up());
            }
            Err(_) => self.end_now(state),
        }
    }

    /// Follows a client that reads slowly, until everything is written.
    async fn catch_up(self: Arc<Self>) {
        while self.tcp.writable().await.is_ok() {
            let mut state = self.state.lock();
            match state.output.flush(&self.tcp) {
                _ if state.is_over => break,
                Ok(Next::Entries) => continue,
                Ok(Next::Nobody | Next::Library) => {
                    // Under the lock, so that what comes next starts a new task.
                    state.is_catching_up = false;
                    return;
                }
                Err(_) => self.end_now(&mut state),
            }
        }
        self.state.lock().is_catching_up = false;
    }

    /// Reads for the library.
    pub(super) fn poll_read(&self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.tcp.poll_read(cx, buf)
    }

    /// Waits while too many events of the client are unanswered, or too much waits for it.
    pub(super) fn poll_may_read(&self, cx: &mut Context<'_>) -> Poll<()> {
        if self.may_read() {
            return Poll::Ready(());
        }
        let mut state = self.state.lock();
        state.reader = Some(cx.waker().clone());
        // An answer or a write in between has found no reader.
        if self.may_read() || state.is_over { Poll::Ready(()) } else { Poll::Pending }
    }

    fn may_read(&self) -> bool {
        self.unanswered.load(Ordering::SeqCst) < MAX_UNANSWERED && self.backlog.bytes() <= MAX_WAITING_BYTES
    }

    /// Writes for the library, and goes on with entries.
    pub(super) fn poll_write(
        self: &Arc<Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let mut state = self.state.lock();
        loop {
            match state.output.write_library(bytes, &self.tcp) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    ready!(self.tcp.poll_write_ready(cx))?
                }
                Err(error) => {
                    // The library's reader ends too: it may wait for answers that cannot be written any more.
                    self.end_now(&mut state);
                    return Poll::Ready(Err(error));
                }
                Ok(written) => {
                    self.resume(&mut state);
                    self.unanswer(state.output.take_acks());
                    self.backlog.remove(state.output.take_counted_bytes());
                    let reader = state.reader.take_if(|_| self.may_read());
                    drop(state);
                    reader.into_iter().for_each(Waker::wake);
                    return Poll::Ready(Ok(written));
                }
            }
        }
    }

    /// Whether the library has written whole frames.
    pub(super) fn is_library_done(&self) -> bool {
        self.state.lock().output.is_library_done()
    }

    /// The library writes nothing any more.
    pub(super) fn shut_write(&self) {
        self.tcp.shut(Shutdown::Write);
    }

    /// Counts an event until its answer is written.
    pub(in super::super) fn begin_answer(self: &Arc<Self>) -> Unanswered {
        self.unanswered.fetch_add(1, Ordering::SeqCst);
        Unanswered { wire: Some(Arc::clone(self)) }
    }

    /// Counts events as answered. Returns how many were unanswered before.
    fn unanswer(&self, events: usize) -> usize {
        let subtract = |unanswered: usize| Some(unanswered.saturating_sub(events));
        self.unanswered.fetch_update(Ordering::SeqCst, Ordering::SeqCst, subtract).unwrap_or_default()
    }
}

impl Unanswered {
    /// The answer is in the library's buffer: it counts until it is written.
    pub(in super::super) fn sent(mut self) {
        self.wire = None;
    }
}

impl Drop for Unanswered {
    fn drop(&mut self) {
        if let Some(wire) = self.wire.take()
            && wire.unanswer(1) >= MAX_UNANSWERED
        {
            // The lock orders this after a reader that is about to wait.
            let reader = wire.state.lock().reader.take();
            reader.into_iter().for_each(Waker::wake);
        }
    }
}
