//! What is told to many sockets at once. A socket that does not keep up is cut, never skipped in silence.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use serde::{Serialize, Serializer, ser};
use socketioxide::extract::SocketRef;
use socketioxide::socket::Sid;
use socketioxide::{SendError, SocketError, SocketIo};
use store::{Entry, RoomId};

use crate::transports::socketio::{Audience, ClientCapabilities, Member, Members};
use crate::wire::{self, Tip};

/// Entries in one `chat messages` event.
const BATCH: usize = 100;
/// A client that notices by itself what it missed may stay full for so long before it is cut.
const PATIENCE: Duration = Duration::from_secs(5);

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
    pub(crate) async fn send(&self, room: RoomId, entries: &[Entry], origins: &[Option<Sid>]) -> bool {
        let one_by_one = self.send_one_by_one(room, entries, origins).await;
        let in_batches = self.send_in_batches(room, entries, origins).await;
        one_by_one && in_batches
    }

    /// `chat message (line, entry)`; the line is what clients of the first hour understand.
    async fn send_one_by_one(&self, room: RoomId, entries: &[Entry], origins: &[Option<Sid>]) -> bool {
        let mut reached_all = true;
        for (entry, origin) in entries.iter().zip(origins) {
            // An entry erased before it could be delivered has nobody's words to tell.
            let (Some(sender), Some(text)) = (&entry.sender, &entry.text) else { continue };
            let line = format!("{} : {text}", sender.username);
            let to = match origin.and_then(|sid| self.io.get_socket(sid)) {
                Some(socket) => socket.to(Audience::Singles.of(room)),
                None => self.io.to(Audience::Singles.of(room)),
            };
            let reached = to.emit("chat message", &(line, wire::Entry::from(entry))).await.is_ok();
            if reached_all && !reached {
                // At once, while who is full is still full.
                self.cut_the_stalled(room, Audience::Singles);
            }
            reached_all &= reached;
        }
        reached_all
    }

    /// `chat messages ([entry, …])`, for those who asked for it; a sender gets the others' alone.
    async fn send_in_batches(&self, room: RoomId, entries: &[Entry], origins: &[Option<Sid>]) -> bool {
        let mut reached_all = true;
        for (entries, origins) in entries.chunks(BATCH).zip(origins.chunks(BATCH)) {
            let senders: HashSet<Sid> =
                origins.iter().flatten().copied().filter(|sid| self.wishes(*sid).batch).collect();
            let others =
                senders.iter().fold(self.io.to(Audience::Batches.of(room)), |to, sid| to.except(*sid));
            let mut reached = others.emit("chat messages", &List::of(entries)).await.is_ok();
            for sid in senders {
                reached &= self.send_the_others(sid, entries, origins);
            }
            if reached_all && !reached {
                self.cut_the_stalled(room, Audience::Batches);
            }
            reached_all &= reached;
        }
        reached_all
    }

    /// A batch for one of its senders.
    fn send_the_others(&self, sid: Sid, entries: &[Entry], origins: &[Option<Sid>]) -> bool {
        let of_others = entries.iter().zip(origins).filter(|(_, origin)| **origin != Some(sid));
        let of_others: Vec<&Entry> = of_others.map(|(entry, _)| entry).collect();
        let socket = self.io.get_socket(sid).filter(|_| !of_others.is_empty());
        !socket.is_some_and(|socket| is_full(&socket.emit("chat messages", &List::of(of_others))))
    }

    /// Tells those who asked where the log ends. Volatile: only the latest matters.
    pub(crate) async fn tip(&self, room: RoomId, last_seq: u64) {
        let to = self.io.to(Audience::Tips.of(room)).volatile();
        if let Err(error) = to.emit("tip", &Tip { room, last_seq }).await {
            tracing::debug!(%error, "a tip did not reach everybody");
        }
    }

    /// Tells something to those who watch a room. False when somebody's buffer was full; it may be told again.
    pub(crate) async fn tell_watchers(&self, room: RoomId, event: &str, what: &impl Serialize) -> bool {
        let reached = self.io.to(Audience::Watchers.of(room)).emit(event, what).await.is_ok();
        if !reached {
            self.cut_the_stalled(room, Audience::Watchers);
        }
        reached
    }

    /// A broadcast's error names no socket, so its sockets are probed: a full one that could not notice by itself what
    /// it missed is cut now, the others if they are still full after a while. Who watches could not: people have no
    /// numbers.
    fn cut_the_stalled(&self, room: RoomId, audience: Audience) {
        let sockets = self.io.within(audience.of(room)).sockets();
        let full = sockets.iter().filter(|socket| probe(socket)).map(|socket| socket.id);
        let (later, now): (Vec<_>, Vec<_>) =
            full.partition(|sid| audience.is_numbered() && self.wishes(*sid).notices_gaps());
        now.into_iter().for_each(|sid| self.cut(sid));
        if !later.is_empty() {
            let this = self.clone();
            tokio::spawn(async move {
                tokio::time::sleep(PATIENCE).await;
                later.into_iter().for_each(|sid| this.cut_if_full(sid));
            });
        }
    }

    /// What a socket asked for; nothing when it is gone.
    fn wishes(&self, sid: Sid) -> ClientCapabilities {
        let socket = self.io.get_socket(sid);
        let member = socket.and_then(|socket| socket.extensions.get::<Arc<Member>>());
        member.map(|member| member.wishes).unwrap_or_default()
    }

    /// Cuts a socket to which something could not be said.
    pub(super) fn cut(&self, sid: Sid) {
        self.members.cut(&self.io, sid);
    }

    fn cut_if_full(&self, sid: Sid) {
        if self.io.get_socket(sid).is_some_and(|socket| probe(&socket)) {
            self.cut(sid);
        }
    }
}

/// Entries as one argument: socketioxide would spread a list over several.
struct List<'a>(Vec<wire::Entry<'a>>);

impl<'a> List<'a> {
    fn of(entries: impl IntoIterator<Item = &'a Entry>) -> Self {
        Self(entries.into_iter().map(wire::Entry::from).collect())
    }
}

impl Serialize for List<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&self.0)
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

/// Whether something was not said for want of room.
pub(super) fn is_full(sent: &Result<(), SendError>) -> bool {
    matches!(sent, Err(SendError::Socket(SocketError::InternalChannelFull)))
}
