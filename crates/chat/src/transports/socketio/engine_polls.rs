//! The polls of an engine session, up to its upgrade to a websocket.
//!
//! The library fills a poll's answer up to its limit and keeps the packet that does not fit aside for the next poll. It
//! would never send that packet after an upgrade. So a session is upgraded only while nothing is kept aside, and from then
//! on the library gets no poll before it has begun the upgrade itself.
//!
//! Invariant: the library's polls are answered under the lock of `state`, so `is_drained` and `is_over` hold whenever it
//! is not locked.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Poll, Waker};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::extract::Request;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::response::Parts;
use axum::http::{StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::time::timeout;

use super::backlog::{Backlog, counted_bytes};

/// Maximum time that a first poll waits for the CONNECT that its client sends beside it.
const FIRST_POLL_GRACE: Duration = Duration::from_secs(1);
/// Maximum time that an upgrade waits for its client to poll for what is kept aside. Stock clients poll until their probe is
/// answered.
const UPGRADE_TIMEOUT: Duration = Duration::from_secs(5);
/// Bytes after which the answer to a poll takes no more of the library's answers. Each has at most
/// [`super::MAX_MESSAGE_BYTES`], or one packet.
const FULL_POLL_BYTES: u64 = 4 * super::MAX_MESSAGE_BYTES as u64;
/// Separates the packets of an answer.
const SEPARATOR: u8 = 0x1e;
/// The packet that ends a poll with nothing.
const NOOP: &str = "6";

/// The polls of one session.
pub(super) struct Polls {
    /// Whether its first CONNECT was answered.
    is_settled: AtomicBool,
    settled: Notify,
    state: Mutex<State>,
    drained: Notify,
    backlog: Arc<Backlog>,
}

struct State {
    /// Whether the library keeps nothing aside.
    is_drained: bool,
    /// Whether the library gets no poll any more.
    is_over: bool,
    /// A poll that waits for a packet.
    waiting: Option<Waker>,
}

impl Polls {
    /// Of a session with this backlog.
    pub(super) fn new(backlog: Arc<Backlog>) -> Self {
        Self {
            is_settled: AtomicBool::new(false),
            settled: Notify::new(),
            state: Mutex::new(State { is_drained: true, is_over: false, waiting: None }),
            drained: Notify::new(),
            backlog,
        }
    }

    /// There is an answer for a first poll.
    pub(super) fn settle(&self) {
        self.is_settled.store(true, Ordering::SeqCst);
        self.settled.notify_waiters();
    }

    /// Waits until there is an answer for a first poll, for a bounded time. The library pings at once, which would end that
    /// poll and leave the answer to CONNECT, which the client sends beside it, to the next one: a round trip later.
    async fn until_settled(&self) {
        let settled = self.settled.notified();
        if !self.is_settled.load(Ordering::SeqCst) {
            let _ = timeout(FIRST_POLL_GRACE, settled).await;
        }
    }

    /// The answer to a poll: by the library while the session polls, and nothing once it is being upgraded.
    pub(super) async fn answer(&self, request: Request, next: Next) -> Response {
        self.until_settled().await;
        let (parts, packets) = joined(self.library_answers(request, next).await).await;
        let taken = packets.split(|&byte| byte == SEPARATOR);
        self.backlog.remove(taken.map(|packet| counted_bytes(packet, packet.len())).sum());
        Response::from_parts(parts, Body::from(packets))
    }

    async fn library_answers(&self, request: Request, next: Next) -> Vec<Response> {
        let uri = request.uri().clone();
        let mut first = pin!(next.clone().run(request));
        poll_fn(|cx| {
            let mut state = self.state.lock();
            if state.is_over {
                return Poll::Ready(vec![
                    ([(CONTENT_TYPE, "text/plain; charset=UTF-8")], NOOP).into_response(),
                ]);
            }
            let Poll::Ready(first) = first.as_mut().poll(cx) else {
                state.waiting = Some(cx.waker().clone());
                self.set_drained(&mut state, true);
                return Poll::Pending;
            };
            let (answers, is_drained) = all_that_waits(first, &uri, &next);
            self.set_drained(&mut state, is_drained);
            Poll::Ready(answers)
        })
        .await
    }

    fn set_drained(&self, state: &mut State, is_drained: bool) {
        state.is_drained = is_drained;
        if is_drained {
            self.drained.notify_waiters();
        }
    }

    /// Ends polling, and the poll that waits, once nothing is kept aside. False if the client does not poll for it in time.
    pub(super) async fn end(&self) -> bool {
        let ended = async {
            loop {
                let drained = self.drained.notified();
                if self.end_if_drained() {
                    return;
                }
                drained.await;
            }
        };
        timeout(UPGRADE_TIMEOUT, ended).await.is_ok()
    }

    fn end_if_drained(&self) -> bool {
        let mut state = self.state.lock();
        state.is_over |= state.is_drained;
        if state.is_over {
            state.waiting.take().into_iter().for_each(Waker::wake);
        }
        state.is_over
    }
}

/// The library's answers to a poll and to further ones, until none is ready, and whether that was reached. A poll that is
/// not ready has taken nothing.
fn all_that_waits(first: Response, uri: &Uri, next: &Next) -> (Vec<Response>, bool) {
    let mut bytes = first.body().size_hint().lower();
    let mut answers = vec![first];
    while bytes < FULL_POLL_BYTES {
        let mut request = Request::new(Body::empty());
        request.uri_mut().clone_from(uri);
        let more = next.clone().run(request).now_or_never();
        let Some(more) = more.filter(|more| more.status() == StatusCode::OK) else {
            // An error ends the session.
            return (answers, true);
        };
        bytes += more.body().size_hint().lower();
        answers.push(more);
    }
    (answers, false)
}

/// Answers as one: the head, and the packets of all.
async fn joined(answers: Vec<Response>) -> (Parts, Bytes) {
    let mut answers = answers.into_iter();
    let (mut parts, body) = answers.next().unwrap_or_default().into_parts();
    let first = to_bytes(body, usize::MAX).await.unwrap_or_default();
    if answers.len() == 0 {
        return (parts, first);
    }
    let mut packets = first.to_vec();
    for answer in answers {
        packets.push(SEPARATOR);
        packets.extend_from_slice(&to_bytes(answer.into_body(), usize::MAX).await.unwrap_or_default());
    }
    parts.headers.insert(CONTENT_LENGTH, packets.len().into());
    (parts, packets.into())
}
