//! Publishes entries: as frames for websockets, and by the library for polling sockets, in one order.

use serde::{Serialize, Serializer};
use store::Entry;

use super::super::broadcast::{Format, Publisher};
use super::super::library_event::LibraryEvent;
use super::SocketSink;
use crate::hub::{Delivery, SubscriptionId};
use crate::wire;

/// Maximum entries in one `chat messages` event.
const MAX_BATCH: usize = 100;
/// Bytes of text after which it takes no more entries.
const MAX_BATCH_TEXT_BYTES: usize = 64 * 1024;

/// An event for the sockets of a room, and the socket that does not get it.
struct Event<A> {
    name: &'static str,
    arguments: A,
    except: Option<SubscriptionId>,
}

/// An entry, and the subscription that sent it if it is one of this process.
type Sent<'a> = (&'a Entry, Option<SubscriptionId>);

impl SocketSink {
    /// Publishes entries in one format. Polling sockets that do not keep up are disconnected.
    pub(super) async fn deliver_as(&self, format: Format, delivery: Delivery<'_>) {
        let sent: Vec<Sent<'_>> = delivery.entries.iter().zip(delivery.senders.iter().copied()).collect();
        let mut left = sent.as_slice();
        while let Some(broadcast) = self.broadcasts.find(delivery.room, format).filter(|_| !left.is_empty()) {
            let (group, rest) = left.split_at(group_length(left));
            // None: it was removed just now, and there may be another one.
            let publish = |publisher: &mut Publisher<'_>| self.publish(format, publisher, group);
            let Some(slow) = broadcast.publish(publish) else { continue };
            self.disconnect_slow(&slow);
            left = rest;
            broadcast.room().await;
        }
    }

    fn publish(
        &self,
        format: Format,
        publisher: &mut Publisher<'_>,
        sent: &[Sent<'_>],
    ) -> Vec<SubscriptionId> {
        match format {
            Format::Single => {
                let events: Vec<_> = sent.iter().filter_map(single).collect();
                publish_frames(publisher, &events);
                self.send_to_polling(publisher, &events, |event, (line, entry)| event.with(line).with(entry))
            }
            Format::Batch => {
                publish_frames(publisher, &batches(sent, |id| publisher.reaches(id)));
                let events = if publisher.has_polling() { batches(sent, |_| true) } else { Vec::new() };
                self.send_to_polling(publisher, &events, |event, (entries,)| event.with(entries))
            }
        }
    }

    /// Has the library send events to the polling sockets, if there are any. Returns those that do not keep up.
    fn send_to_polling<A>(
        &self,
        publisher: &Publisher<'_>,
        events: &[Event<A>],
        encode: impl Fn(LibraryEvent<'static>, &A) -> LibraryEvent<'static>,
    ) -> Vec<SubscriptionId> {
        if !publisher.has_polling() {
            return Vec::new();
        }
        let send = |Event { name, arguments, except }: &Event<A>| {
            let event = encode(LibraryEvent::new(name), arguments);
            self.library.send_to_polling(publisher, &event, *except)
        };
        events.iter().flat_map(send).collect()
    }
}

/// How many of these entries are published at once.
fn group_length(sent: &[Sent<'_>]) -> usize {
    let mut bytes = 0;
    let fit = sent.iter().take(MAX_BATCH).take_while(|(entry, _)| {
        let fits = bytes < MAX_BATCH_TEXT_BYTES;
        bytes += entry.text.as_ref().map_or(0, |text| text.len());
        fits
    });
    fit.count()
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
    let excepted = |(entry, sent_by): &Sent<'a>| (*entry, sent_by.filter(|sent_by| is_reached(*sent_by)));
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
