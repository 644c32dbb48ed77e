//! Request bodies: a deadline for the whole of one, and the one place that reads one.

use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::RequestExt;
use axum::body::to_bytes;
use axum::extract::Request;
use bytes::Bytes;
use http_body_util::LengthLimitError;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

use super::bom::bytes_without_bom;
use crate::Problem;

/// A body that must be there as a whole in a given time, counted from the first wait for it.
pub(crate) struct Deadlined<B> {
    body: B,
    limit: Duration,
    deadline: Option<Pin<Box<Sleep>>>,
}

/// The body did not come in time.
#[derive(Debug, thiserror::Error)]
#[error("the request's body did not come in time")]
struct Late;

impl<B> Deadlined<B> {
    pub(crate) fn new(body: B, limit: Duration) -> Self {
        Self { body, limit, deadline: None }
    }
}

impl<B> Body for Deadlined<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let limit = self.limit;
        let deadline = self.deadline.get_or_insert_with(|| Box::pin(sleep(limit)));
        deadline.as_mut().poll(cx).map(|()| Some(Err(Late.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The whole text that is the body of a request, within the route's limit, without a byte order mark.
///
/// # Errors
/// 413 when it is larger, 408 when it is late, 400 when it breaks off.
pub(crate) async fn read(request: Request) -> Result<Bytes, Problem> {
    to_bytes(request.into_limited_body(), usize::MAX).await.map(bytes_without_bom).map_err(|error| {
        if is_caused_by::<LengthLimitError>(&error) {
            Problem::too_large()
        } else if is_caused_by::<Late>(&error) {
            Problem::too_slow()
        } else {
            Problem::unparsable("The request's body broke off.")
        }
    })
}

fn is_caused_by<E: Error + 'static>(error: &(dyn Error + 'static)) -> bool {
    error.is::<E>() || error.source().is_some_and(is_caused_by::<E>)
}
