//! Entries on their way into sockets. A socket that does not keep up is cut, never skipped in silence.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use serde::{Serialize, Serializer, ser};
use socketioxide::extract::SocketRef;
use socketioxide::socket::Sid;
use socketioxide::{SendError, SocketError, SocketIo};
use store::{Entry, RoomName};

use crate::socket::{Audience, Member, Members, Wishes};

/// Entries in one `chat messages` event.
const BATCH: usize = 100;
/// A client that notices by itself what it missed may stay full for so long before it is cut.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where a log ends.
#[derive(Serialize)]
struct Tip {
    room: RoomName,
    last_seq: u64,
}

/// The way to every socket of this process.
#[derive(Clone)]
pub(crate) struct Broadcaster {
    io: SocketIo,
    members: Arc<Members>,
}

impl Broadcaster {
    pub(crate) fn new(io: SocketIo, members: Arc<Members>) -> Self {
        Self { io, members }
    }

    /// Sends entries to everybody in a room but the socket that each came from. False when somebody's buffer was
    /// full.
    pub(crate) async fn send(&self, room: RoomName, entries: &[Entry], origins: &[Option<Sid>]) -> bool {
        let one_by_one = self.send_one_by_one(room, entries, origins).await;
        let in_batches = self.send_in_batches(room, entries, origins).await;
        one_by_one && in_batches
    }

    /// `chat message (line, entry)`; the line is what clients of the first hour understand.
    async fn send_one_by_one(&self, room: RoomName, entries: &[Entry], origins: &[Option<Sid>]) -> bool {
        let mut reached_all = true;
        for (entry, origin) in entries.iter().zip(origins) {
            // An entry erased before it could be delivered has nobody's words to tell.
            let (Some(sender), Some(text)) = (&entry.sender, &entry.text) else { continue };
            let line = format!("{} : {text}", sender.username);
            let to = match origin.and_then(|sid| self.io.get_socket(sid)) {
                Some(socket) => socket.to(Audience::Singles.of(room)),
                None => self.io.to(Audience::Singles.of(room)),
            };
            reached_all &= to.emit("chat message", &(line, entry)).await.is_ok();
        }
        reached_all
    }

    /// `chat messages ([entry, …])`, for those who asked for it; a sender gets the others' alone.
    async fn send_in_batches(&self, room: RoomName, entries: &[Entry], origins: &[Option<Sid>]) -> bool {
        let senders: HashSet<Sid> =
            origins.iter().flatten().copied().filter(|sid| self.wishes(*sid).batch).collect();
        let mut reached_all = true;
        for (entries, origins) in entries.chunks(BATCH).zip(origins.chunks(BATCH)) {
            let others =
                senders.iter().fold(self.io.to(Audience::Batches.of(room)), |to, sid| to.except(*sid));
            reached_all &= others.emit("chat messages", &List(entries)).await.is_ok();
            for sid in &senders {
                let theirs: Vec<&Entry> = entries
                    .iter()
                    .zip(origins)
                    .filter(|(_, origin)| origin.as_ref() != Some(sid))
                    .map(|(entry, _)| entry)
                    .collect();
                let socket = self.io.get_socket(*sid).filter(|_| !theirs.is_empty());
                let sent = socket.map(|socket| socket.emit("chat messages", &List(&theirs)));
                reached_all &= !sent.is_some_and(|sent| is_full(&sent));
            }
        }
        reached_all
    }

    /// Tells those who asked where the log ends. Volatile: only the latest matters.
    pub(crate) async fn tip(&self, room: RoomName, last_seq: u64) {
        let to = self.io.to(Audience::Tips.of(room)).volatile();
        if let Err(error) = to.emit("tip", &Tip { room, last_seq }).await {
            tracing::debug!(%error, "a tip did not reach everybody");
        }
    }

    /// A broadcast's error names no socket, so the room's sockets are probed: a full one that could not notice by
    /// itself is cut now, the others if they are still full after a while.
    pub(crate) fn cut_the_stalled(&self, room: RoomName) {
        let full = |audience: Audience| -> Vec<Sid> {
            let sockets = self.io.within(audience.of(room)).sockets();
            sockets.iter().filter(|socket| probe(socket)).map(|socket| socket.id).collect()
        };
        let (now, later): (Vec<_>, Vec<_>) = full(Audience::Singles)
            .into_iter()
            .chain(full(Audience::Batches))
            .partition(|sid| !self.wishes(*sid).notices_gaps());
        now.into_iter().for_each(|sid| self.members.cut(&self.io, sid));
        if !later.is_empty() {
            let this = self.clone();
            tokio::spawn(async move {
                tokio::time::sleep(PATIENCE).await;
                later.into_iter().for_each(|sid| this.cut_if_full(sid));
            });
        }
    }

    /// What a socket asked for; nothing when it is gone.
    fn wishes(&self, sid: Sid) -> Wishes {
        let socket = self.io.get_socket(sid);
        let member = socket.and_then(|socket| socket.extensions.get::<Arc<Member>>());
        member.map(|member| member.wishes).unwrap_or_default()
    }

    /// Cuts a socket whose buffer has no room.
    pub(crate) fn cut_if_full(&self, sid: Sid) {
        if self.io.get_socket(sid).is_some_and(|socket| probe(&socket)) {
            self.members.cut(&self.io, sid);
        }
    }
}

/// A slice as one argument: socketioxide would spread an array over several.
struct List<'a, T>(&'a [T]);

impl<T: Serialize> Serialize for List<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0)
    }
}

/// Something that cannot be written. Emitting it asks for room in a socket's buffer and then gives up, so nothing is
/// ever sent.
struct Nothing;

impl Serialize for Nothing {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(ser::Error::custom("a probe is never sent"))
    }
}

/// Whether a socket's buffer is full.
fn probe(socket: &SocketRef) -> bool {
    is_full(&socket.emit("probe", &Nothing))
}

fn is_full(sent: &Result<(), SendError>) -> bool {
    matches!(sent, Err(SendError::Socket(SocketError::InternalChannelFull)))
}
