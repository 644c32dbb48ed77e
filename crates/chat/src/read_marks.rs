//! Read marks on their way to the store: those of all users that come within a moment are written together. So a thousand
//! readers of a busy room cost a write or two, and a user who marks often holds up no message.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use store::{Membership, ReadMark, RoomId, Rooms, StoreError, UserId};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use web::{Code, Refusal};

use crate::access::Access;
use crate::hub::SubscriptionId;

/// Minimum time between the beginnings of two writes.
const WRITE_INTERVAL: Duration = Duration::from_millis(100);
/// Maximum requests that wait for a write.
const MAX_WAITING: usize = 4_096;
/// Marks of a write after which it takes no further request: the next ones wait for their own.
const ENOUGH_MARKS: usize = 2_000;
/// When to try again.
const RETRY_DELAY: Duration = Duration::from_secs(1);

/// Marks of one user that are set together.
struct Request {
    marks: Vec<ReadMark>,
    by: Option<SubscriptionId>,
    written: oneshot::Sender<Result<Vec<Membership>, StoreError>>,
}

/// The way to the writer.
pub(crate) struct ReadMarks {
    queue: mpsc::Sender<Request>,
}

/// The task that writes.
pub(crate) struct ReadMarkWriter {
    waiting: mpsc::Receiver<Request>,
    rooms: Arc<dyn Rooms>,
    access: Arc<Access>,
}

impl ReadMarks {
    /// The way to the writer, and the writer.
    pub(crate) fn new(rooms: &Arc<dyn Rooms>, access: &Arc<Access>) -> (Self, ReadMarkWriter) {
        let (queue, waiting) = mpsc::channel(MAX_WAITING);
        let (rooms, access) = (Arc::clone(rooms), Arc::clone(access));
        (Self { queue }, ReadMarkWriter { waiting, rooms, access })
    }

    /// Sets marks of one user, also back, and waits until they are stored. Returns the memberships as they are now; those of
    /// rooms that the user is not in are missing. `by` is the subscription that set them.
    ///
    /// # Errors
    /// `overloaded` when too many wait, `unavailable`.
    pub(crate) async fn set(
        &self,
        marks: Vec<ReadMark>,
        by: Option<SubscriptionId>,
    ) -> Result<Vec<Membership>, Refusal> {
        let (written, answer) = oneshot::channel();
        let request = Request { marks, by, written };
        self.queue.try_send(request).map_err(|_| Refusal::overloaded())?;
        match answer.await {
            Ok(written) => Ok(written?),
            Err(_) => Err(Refusal::new(Code::Unavailable, "The server is stopping; nothing was marked.")
                .retry_after(RETRY_DELAY)),
        }
    }
}

impl ReadMarkWriter {
    /// Writes until `stop`, and then what was asked for before it.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        let mut next_at = Instant::now();
        loop {
            let first = tokio::select! {
                biased;
                Some(first) = self.waiting.recv() => first,
                () = stop.cancelled() => return,
            };
            stop.run_until_cancelled(sleep_until(next_at)).await;
            next_at = Instant::now() + WRITE_INTERVAL;
            let mut requests = vec![first];
            let mut count = requests[0].marks.len();
            while count < ENOUGH_MARKS
                && let Ok(request) = self.waiting.try_recv()
            {
                count += request.marks.len();
                requests.push(request);
            }
            self.write(requests).await;
        }
    }

    async fn write(&self, requests: Vec<Request>) {
        let marks: Vec<ReadMark> =
            requests.iter().flat_map(|request| request.marks.iter().copied()).collect();
        let written = self.rooms.set_read(&marks).await;
        let memberships = written.map(|memberships| {
            let keyed =
                memberships.into_iter().map(|membership| ((membership.room, membership.user), membership));
            keyed.collect::<HashMap<_, _>>()
        });
        for request in requests {
            let written = match &memberships {
                Ok(memberships) => Ok(self.announce(&request, memberships)),
                Err(error) => Err(error.clone()),
            };
            // The client may have gone away.
            let _ = request.written.send(written);
        }
    }

    /// Announces the memberships that a request moved, and returns those of its marks. Of two requests for one mark the later
    /// one counts, and announces it.
    fn announce(
        &self,
        request: &Request,
        memberships: &HashMap<(RoomId, UserId), Membership>,
    ) -> Vec<Membership> {
        let found = |mark: &ReadMark| Some((mark.seq, memberships.get(&(mark.room, mark.user))?.clone()));
        let found: Vec<(u64, Membership)> = request.marks.iter().filter_map(found).collect();
        let moved = found.iter().filter(|(seq, membership)| *seq == membership.read_seq);
        self.access.absorb_reads(moved.map(|(_, membership)| membership.clone()).collect(), request.by);
        found.into_iter().map(|(_, membership)| membership).collect()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;
    use store::RoomKind;
    use testkit::builders;
    use testkit::faulty::Faults;

    use super::*;

    #[tokio::test]
    async fn the_marks_of_many_readers_are_written_together_and_announced_once() {
        let dir = tempfile::tempdir().unwrap();
        let faults = Faults::default();
        let stores = faults.wrap(store::sqlite::open(dir.path()).unwrap());
        let access = Access::new(Arc::clone(&stores.rooms));
        let (marks, writer) = ReadMarks::new(&stores.rooms, &access);
        let (stop, mut changes) = (CancellationToken::new(), access.changes());
        let writing = tokio::spawn(writer.run(stop.clone()));
        let mut users = Vec::new();
        for number in 0..50 {
            users.push(builders::sign_up(&stores, &format!("user{number}")).await);
        }
        let private = builders::make_room(&stores, RoomKind::Private, "Plans", &users[0], &[]).await.id;
        let mark = |user: UserId, room, seq| marks.set(vec![ReadMark { room, user, seq }], None);
        let set = join_all(users.iter().map(|user| mark(user.id, RoomId::LOBBY, 7))).await;
        for (user, set) in users.iter().zip(set) {
            let set: Vec<_> = set.unwrap().iter().map(|set| (set.user, set.read_seq)).collect();
            assert_eq!(set, [(user.id, 7)]);
        }
        assert!(faults.mark_sizes().len() <= 2, "{:?}", faults.mark_sizes());
        let mut announced = Vec::new();
        while let Ok(change) = changes.try_recv() {
            announced.extend(change.reads.iter().map(|read| read.user));
        }
        assert_eq!(announced, users.iter().map(|user| user.id).collect::<Vec<_>>());
        let ada = users[0].id;
        let both = tokio::join!(mark(ada, RoomId::LOBBY, 9), mark(ada, RoomId::LOBBY, 3));
        assert_eq!(both.0.unwrap()[0].read_seq, 3, "the later one counts");
        assert_eq!(both.1.unwrap()[0].read_seq, 3);
        assert!(mark(users[1].id, private, 1).await.unwrap().is_empty(), "of a room of others");
        faults.set_rooms_unavailable(true);
        assert_eq!(mark(ada, RoomId::LOBBY, 1).await.unwrap_err().code(), Code::Unavailable);
        stop.cancel();
        writing.await.unwrap();
        assert_eq!(mark(ada, RoomId::LOBBY, 1).await.unwrap_err().code(), Code::Overloaded);
    }
}
