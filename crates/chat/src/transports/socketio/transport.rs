//! What the parts of the Socket.IO transport share.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::drain::drain;
use super::engine_sessions::EngineSessions;
use super::sockets::SocketRegistry;
use crate::chat::Chat;
use crate::hub::Sink;

/// How often engine sessions that joined nothing are looked for.
const IDLE_SWEEP_INTERVAL: Duration = Duration::from_secs(1);

/// The Socket.IO transport of one chat service.
pub(crate) struct SocketTransport {
    pub(super) chat: Arc<Chat>,
    pub(super) sessions: Arc<EngineSessions>,
    pub(super) sockets: Arc<SocketRegistry>,
    sink: OnceLock<Arc<dyn Sink>>,
}

impl SocketTransport {
    pub(super) fn new(chat: Arc<Chat>, sessions: Arc<EngineSessions>, sockets: Arc<SocketRegistry>) -> Self {
        Self { chat, sessions, sockets, sink: OnceLock::new() }
    }

    /// Sets the sink, which needs the library's handle. The handle exists only after the state of its handlers.
    pub(super) fn set_sink(&self, sink: Arc<dyn Sink>) {
        let _ = self.sink.set(sink);
    }

    /// The sink of every socket.
    pub(super) fn sink(&self) -> Arc<dyn Sink> {
        Arc::clone(self.sink.get().expect("the sink is set before requests are served"))
    }

    /// Ends engine sessions that joined no namespace in time, until `stop`.
    pub(crate) async fn end_idle_sessions(self: Arc<Self>, stop: CancellationToken) {
        let mut tick = interval(IDLE_SWEEP_INTERVAL);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while stop.run_until_cancelled(tick.tick()).await.is_some() {
            self.sessions.all().iter().filter(|session| session.is_idle()).for_each(|session| session.shut());
        }
    }

    /// Waits until the clients have their last answers, as far as they read. The connections stay open until what is
    /// given back is called.
    pub(crate) async fn drain(&self) -> impl FnOnce() + use<> {
        let sessions = self.sessions.all();
        drain(&sessions).await;
        move || sessions.iter().for_each(|session| session.shut())
    }
}
