//! What those who publish to a broadcast can do, and need to know, while nobody joins or leaves it.

use serde::Serialize;
use socketioxide::socket::Sid;

use super::super::library_event::LibraryEvent;
use super::super::websocket::append_event;
use super::{Broadcast, Pending};
use crate::hub::SubscriptionId;

/// Publishes to one broadcast, while nobody else does.
pub(in super::super) struct Publisher<'a> {
    pub(super) broadcast: &'a Broadcast,
    pub(super) pending: &'a mut Pending,
}

impl Publisher<'_> {
    /// Publishes an event to every socket that gets frames but one. `arguments` is a tuple.
    pub(in super::super) fn event(
        &mut self,
        name: &str,
        arguments: &impl Serialize,
        except: Option<SubscriptionId>,
    ) {
        let begin = self.pending.end();
        append_event(&mut self.pending.frames, name, arguments);
        let end = self.pending.end();
        if let Some(id) = except {
            self.broadcast.members.lock().skip(id, self.broadcast.id, begin..end);
        }
    }

    /// Whether a socket gets this broadcast as frames.
    pub(in super::super) fn reaches(&self, id: SubscriptionId) -> bool {
        self.broadcast.members.lock().contains(id)
    }

    /// Whether there are sockets that get it as frames.
    pub(in super::super) fn has_members(&self) -> bool {
        !self.broadcast.members.lock().is_empty()
    }

    /// Whether there are sockets that the library serves.
    pub(in super::super) fn has_polling(&self) -> bool {
        !self.pending.polling.is_empty()
    }

    /// Counts an event that the library is about to send to all of those but one. Returns them, and those of them that do not
    /// keep up.
    pub(in super::super) fn count(
        &self,
        event: &LibraryEvent<'_>,
        except: Option<SubscriptionId>,
    ) -> (Vec<Sid>, Vec<SubscriptionId>) {
        let (mut recipients, mut slow) = (Vec::new(), Vec::new());
        for (id, socket) in self.pending.polling.iter().filter(|(id, _)| Some(**id) != except) {
            recipients.push(socket.socket_id);
            if !event.count_in(&socket.backlog) {
                slow.push(*id);
            }
        }
        (recipients, slow)
    }
}
