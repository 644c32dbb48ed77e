//! A sink for unit tests: each call of a method becomes a value for a function. It is no part of the service.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::value::RawValue;
use store::RoomId;

use crate::hub::{Cause, Delivery, Sink, SubscriptionId};

/// A call of a method of [`Sink`], with what tests look at.
pub(crate) enum SinkCall<'a> {
    Deliver(Delivery<'a>),
    /// A room, and the event that comes before its entries.
    Admit(RoomId, &'a str, Box<RawValue>),
    Dismiss(RoomId),
    Send(&'a str, &'a RawValue),
    LogHead(RoomId, u64),
    Notify,
    Watch,
    Unwatch,
    CloseForGood,
    Disconnect,
}

/// A sink that passes every call to a function.
pub(crate) fn sink(take: impl Fn(SinkCall<'_>) + Send + Sync + 'static) -> Arc<dyn Sink> {
    Arc::new(Passing(take))
}

struct Passing<F>(F);

#[async_trait]
impl<F: Fn(SinkCall<'_>) + Send + Sync> Sink for Passing<F> {
    async fn deliver(&self, delivery: Delivery<'_>) {
        (self.0)(SinkCall::Deliver(delivery));
    }

    fn admit(&self, _: SubscriptionId, room: RoomId, event: &str, data: &dyn Fn() -> Box<RawValue>) {
        (self.0)(SinkCall::Admit(room, event, data()));
    }

    fn dismiss(&self, _: SubscriptionId, room: RoomId) {
        (self.0)(SinkCall::Dismiss(room));
    }

    fn send(&self, _: SubscriptionId, event: &str, data: &RawValue) {
        (self.0)(SinkCall::Send(event, data));
    }

    async fn send_log_head(&self, room: RoomId, last_seq: u64) {
        (self.0)(SinkCall::LogHead(room, last_seq));
    }

    async fn notify_watchers(&self, _: RoomId, _: &str, _: &RawValue) -> bool {
        (self.0)(SinkCall::Notify);
        true
    }

    fn watch(&self, _: SubscriptionId, _: RoomId) {
        (self.0)(SinkCall::Watch);
    }

    fn unwatch(&self, _: SubscriptionId, _: RoomId) {
        (self.0)(SinkCall::Unwatch);
    }

    fn close_for_good(&self, _: SubscriptionId) {
        (self.0)(SinkCall::CloseForGood);
    }

    fn disconnect(&self, _: SubscriptionId, _: Cause) {
        (self.0)(SinkCall::Disconnect);
    }
}
