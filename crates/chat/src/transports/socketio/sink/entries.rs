//! Publishes entries: as frames for websockets, and by the library for polling sockets, in one order.

use serde::{Serialize, Serializer};
use store::{Entry, RoomId};

use super::super::broadcast::{Format, Publisher};
use super::super::socket_rooms::Audience;
use super::SocketSink;
use crate::hub::{Delivery, SubscriptionId};
use crate::wire;

/// Maximum entries in one `chat messages` event.
const MAX_BATCH: usize = 100;

/// An event for the sockets of a room, and the subscription that does not get it.
pub(super) struct Event<A> {
    pub(super) name: &'static str,
    pub(super) arguments: A,
    pub(super) except: Option<SubscriptionId>,
}

/// An entry, and the subscription that sent it if it is one of this process.
type Sent<'a> = (&'a Entry, Option<SubscriptionId>);

impl SocketSink {
    /// Publishes entries in one format. False when a polling socket's buffer was full.
    pub(super) async fn deliver_as(&self, format: Format, delivery: Delivery<'_>) -> bool {
        let Some(broadcast) = self.broadcasts.find(delivery.room, format) else { return true };
        let sent: Vec<Sent<'_>> = delivery.entries.iter().zip(delivery.senders.iter().copied()).collect();
        let mut reached_all = true;
        for sent in sent.chunks(MAX_BATCH) {
            let reached = broadcast.publish(|publisher| self.publish(format, publisher, delivery.room, sent));
            if reached_all && !reached {
                // At once, while the full buffer is still full.
                self.disconnect_the_stalled(delivery.room, Audience::from(format));
            }
            reached_all &= reached;
            broadcast.room().await;
        }
        reached_all
    }

    fn publish(
        &self,
        format: Format,
        publisher: &mut Publisher<'_>,
        room: RoomId,
        sent: &[Sent<'_>],
    ) -> bool {
        let to = Audience::from(format).of(room);
        match format {
            Format::Single => {
                let events: Vec<_> = sent.iter().filter_map(single).collect();
                publish_frames(publisher, &events);
                !publisher.has_polling() || self.emit(&to, &events)
            }
            Format::Batch => {
                publish_frames(publisher, &batches(sent, |id| publisher.reaches(id)));
                !publisher.has_polling() || self.emit(&to, &batches(sent, |_| true))
            }
        }
    }
}

fn publish_frames(publisher: &mut Publisher<'_>, events: &[Event<impl Serialize>]) {
    if publisher.has_members() {
        events.iter().for_each(|event| publisher.event(event.name, &event.arguments, event.except));
    }
}

/// `chat message (line, entry)`. An entry that was erased before its delivery has no text, and no event.
fn single<'a>(&(entry, sent_by): &Sent<'a>) -> Option<Event<(Line<'a>, wire::Entry<'a>)>> {
    let line = Line { username: &entry.sender.as_ref()?.username, text: entry.text.as_deref()? };
    Some(Event { name: "chat message", arguments: (line, wire::Entry::from(entry)), except: sent_by })
}

/// `chat messages ([entry, …])`. A sender gets the entries of others only, so the entries of each that `is_reached` are an
/// event of their own.
fn batches<'a>(sent: &[Sent<'a>], is_reached: impl Fn(SubscriptionId) -> bool) -> Vec<Event<(List<'a>,)>> {
    let excepted = |(entry, sent_by): &Sent<'a>| (*entry, sent_by.filter(|id| is_reached(*id)));
    let sent: Vec<Sent<'a>> = sent.iter().map(excepted).collect();
    let runs = sent.chunk_by(|(_, one), (_, next)| one == next);
    let batch = |run: &[Sent<'a>]| Event {
        name: "chat messages",
        arguments: (List(run.iter().map(|(entry, _)| wire::Entry::from(*entry)).collect()),),
        except: run[0].1,
    };
    runs.map(batch).collect()
}

/// What stock clients show: `username : text`.
struct Line<'a> {
    username: &'a str,
    text: &'a str,
}

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{} : {}", self.username, self.text))
    }
}

/// Entries as one argument: socketioxide would spread a list over several.
struct List<'a>(Vec<wire::Entry<'a>>);

impl Serialize for List<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&self.0)
    }
}
