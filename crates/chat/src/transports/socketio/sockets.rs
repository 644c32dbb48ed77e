//! The sockets that are in: who they are, what they asked for, and how they end.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::engine_sessions::EngineSession;
use super::read_budget::Reads;
use parking_lot::{Mutex, MutexGuard};
use socketioxide::SocketIo;
use socketioxide::socket::Sid;
use store::{Sender, Timestamp, User, UserId};
use web::Principal;

use crate::presence::Presence;

/// A kicked client gets so long to hear that it was, before its connection is closed.
const FAREWELL: Duration = Duration::from_millis(100);

/// Everybody who is in.
pub(crate) struct Members {
    most_per_user: usize,
    presence: Arc<Presence>,
    registry: Mutex<Registry>,
}

#[derive(Default)]
struct Registry {
    by_sid: HashMap<Sid, Arc<Member>>,
    by_user: HashMap<UserId, Vec<Sid>>,
    /// Sockets that are in or on their way in.
    seats: HashMap<UserId, usize>,
}

/// One socket of somebody with a good token. It does not hold the library's socket, which holds it.
pub(crate) struct Member {
    pub(crate) sid: Sid,
    pub(crate) principal: Arc<Principal>,
    pub(crate) session: Arc<EngineSession>,
    pub(crate) wishes: ClientCapabilities,
    pub(crate) reads: Reads,
    names: Mutex<Names>,
    said_away: Mutex<Option<bool>>,
    _seat: Seat,
}

/// Who somebody is to others, and as of which change of the user.
struct Names {
    sender: Sender,
    as_of: Timestamp,
}

/// What a client asked for as it connected.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ClientCapabilities {
    /// `chat messages` instead of one event for each entry.
    pub(crate) batch: bool,
    /// To be told where the log ends.
    pub(crate) tip: bool,
}

impl ClientCapabilities {
    /// Whether the client can tell by itself that it missed something.
    pub(crate) fn notices_gaps(self) -> bool {
        self.batch || self.tip
    }
}

/// One of the sockets that a user may have; given back when dropped.
pub(crate) struct Seat {
    members: Arc<Members>,
    user: UserId,
}

impl Members {
    pub(crate) fn new(most_per_user: usize, presence: Arc<Presence>) -> Arc<Self> {
        Arc::new(Self { most_per_user, presence, registry: Mutex::default() })
    }

    /// A seat for one more socket of a user, unless all are taken.
    pub(super) fn seat(self: &Arc<Self>, user: UserId) -> Option<Seat> {
        let mut registry = self.registry();
        let taken = registry.seats.entry(user).or_default();
        if *taken >= self.most_per_user {
            return None;
        }
        *taken += 1;
        Some(Seat { members: Arc::clone(self), user })
    }

    pub(super) fn join(&self, member: Arc<Member>) {
        self.leave(member.sid);
        let mut registry = self.registry();
        registry.by_user.entry(member.user()).or_default().push(member.sid);
        self.presence.join(&member);
        registry.by_sid.insert(member.sid, member);
    }

    /// A socket is gone, and may be back in a moment.
    pub(super) fn leave(&self, sid: Sid) {
        self.remove(sid, true);
    }

    fn remove(&self, sid: Sid, lingers: bool) {
        let left = {
            let mut registry = self.registry();
            let left = registry.by_sid.remove(&sid);
            if let Some(member) = &left
                && let Some(theirs) = registry.by_user.get_mut(&member.user())
            {
                theirs.retain(|other| *other != sid);
                if theirs.is_empty() {
                    registry.by_user.remove(&member.user());
                }
            }
            // Under the lock, lest a join and a leave of one socket change places.
            if let Some(member) = &left {
                self.presence.leave(sid, member.user(), lingers);
            }
            left
        };
        // Dropped only now: it gives its seat back, which takes the lock again.
        drop(left);
    }

    /// A user's sockets.
    pub(crate) fn of(&self, user: UserId) -> Vec<Arc<Member>> {
        let registry = self.registry();
        let theirs = registry.by_user.get(&user).into_iter().flatten();
        theirs.filter_map(|sid| registry.by_sid.get(sid).cloned()).collect()
    }

    /// Everybody's sockets.
    pub(crate) fn all(&self) -> Vec<Arc<Member>> {
        self.registry().by_sid.values().cloned().collect()
    }

    /// Ends a socket whose session is over. It is deaf and dumb at once; the client is told by a disconnect, after
    /// which stock clients do not come back, and then loses its connection.
    pub(crate) fn kick(&self, io: &SocketIo, member: &Member) {
        if !member.session.end() {
            return;
        }
        self.remove(member.sid, false);
        self.expel(io, member.sid, |socket| {
            // With a full buffer it fails, and closing the connection does all.
            let _ = socket.disconnect();
        });
        let session = Arc::clone(&member.session);
        tokio::spawn(async move {
            tokio::time::sleep(FAREWELL).await;
            session.shut();
        });
    }

    /// Ends a socket that may come back: its connection closes, which is how it is told.
    pub(crate) fn cut(&self, io: &SocketIo, sid: Sid) {
        let member = self.registry().by_sid.get(&sid).cloned();
        let Some(member) = member else { return };
        if member.session.end() {
            tracing::info!(%sid, user = %member.user(), "a socket that did not keep up was cut");
            metrics::counter!("natter_sockets_cut_total").increment(1);
            self.expel(io, sid, drop);
            member.session.shut();
        }
    }

    fn expel(&self, io: &SocketIo, sid: Sid, then: impl FnOnce(socketioxide::extract::SocketRef)) {
        if let Some(socket) = io.get_socket(sid) {
            socket.leave_all();
            then(socket);
        }
        self.leave(sid);
    }

    fn registry(&self) -> MutexGuard<'_, Registry> {
        self.registry.lock()
    }
}

impl Member {
    pub(super) fn new(
        sid: Sid,
        principal: Principal,
        session: Arc<EngineSession>,
        wishes: ClientCapabilities,
        user: User,
        seat: Seat,
    ) -> Self {
        Self {
            sid,
            principal: Arc::new(principal),
            session,
            wishes,
            reads: Reads::default(),
            names: Mutex::new(Names { sender: sender(user), as_of: Timestamp::from_millis(0) }),
            said_away: Mutex::default(),
            _seat: seat,
        }
    }

    pub(crate) fn user(&self) -> UserId {
        self.principal.user_id
    }

    /// Who this is, by the names of this moment.
    pub(crate) fn sender(&self) -> Sender {
        self.names().sender.clone()
    }

    /// Whether its names are from before a change of the user.
    pub(super) fn is_outdated(&self, changed_at: Timestamp) -> bool {
        self.names().as_of < changed_at
    }

    /// Takes notice of what the user is called since a change.
    pub(super) fn rename(&self, user: User, as_of: Timestamp) {
        *self.names() = Names { sender: sender(user), as_of };
    }

    /// What it last said of whether it is unattended.
    pub(crate) fn said_away(&self) -> Option<bool> {
        *self.said_away.lock()
    }

    /// It says whether it is unattended.
    pub(crate) fn say_away(&self, away: bool) {
        *self.said_away.lock() = Some(away);
    }

    fn names(&self) -> MutexGuard<'_, Names> {
        self.names.lock()
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut registry = self.members.registry();
        if let Some(taken) = registry.seats.get_mut(&self.user) {
            *taken -= 1;
            if *taken == 0 {
                registry.seats.remove(&self.user);
            }
        }
    }
}

/// A user as the sender of entries.
pub(crate) fn sender(user: User) -> Sender {
    Sender { id: user.id, username: user.username, display_name: user.display_name }
}
