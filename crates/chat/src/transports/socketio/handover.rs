//! Takes a connection over from HTTP after its upgrade, and gives it to the library's websocket as a [`WireStream`].
//!
//! The library answers the upgrade request, so that it alone decides what a websocket is. But it does not get the
//! connection from the request: that was taken out before.

use std::sync::Arc;

use axum::http::Request;
use socketioxide::SocketIo;
use socketioxide::socket::Sid;
use tower::Service;
use tracing::debug;

use super::engine_sessions::EngineSession;
use super::sockets::SocketSlot;
use super::websocket::{self, Wire, WireStream};
use crate::hub::{Cause, Hub};

/// The way of upgraded connections to the library.
pub(super) struct Handover {
    io: SocketIo,
    hub: Arc<Hub>,
    open: Box<dyn Fn(WireStream, Request<()>) + Send + Sync>,
}

/// A polling session whose websocket is on its way.
struct SessionUpgrade {
    handover: Arc<Handover>,
    session: Arc<EngineSession>,
    engine_id: Sid,
}

impl Handover {
    /// To the library's service.
    pub(super) fn new<S>(io: SocketIo, hub: Arc<Hub>, service: S) -> Self
    where
        S: Service<(WireStream, Request<()>)> + Clone + Send + Sync + 'static,
    {
        let open = move |stream, head| {
            // Its future is ready: the library begins a task of its own.
            drop(service.clone().call((stream, head)));
        };
        Self { io, hub, open: Box::new(open) }
    }

    /// A new session over a websocket.
    pub(super) async fn begin(
        self: Arc<Self>,
        upgrade: web::Upgrade,
        head: Request<()>,
        session: Arc<EngineSession>,
    ) {
        if let Some((stream, wire)) = taken_over(upgrade, &session).await {
            session.carry(&wire);
            (self.open)(stream, head);
        }
    }

    /// A websocket for a session that polls. If its client leaves packets to be polled, the websocket ends and the session
    /// goes on polling.
    pub(super) async fn upgrade(
        self: Arc<Self>,
        upgrade: web::Upgrade,
        head: Request<()>,
        session: Arc<EngineSession>,
        engine_id: Sid,
    ) {
        let Some((stream, _)) = taken_over(upgrade, &session).await else { return };
        let is_drained = match session.polls() {
            Some(polls) => polls.end().await,
            None => true,
        };
        if is_drained {
            let upgrade = SessionUpgrade { handover: Arc::clone(&self), session, engine_id };
            (self.open)(stream.upgrading(upgrade), head);
        }
    }
}

/// The stream over an upgraded connection. None if it broke first.
async fn taken_over(upgrade: web::Upgrade, session: &EngineSession) -> Option<(WireStream, Arc<Wire>)> {
    match upgrade.connection().await {
        Ok((tcp, read_ahead)) => Some(WireStream::new(tcp, read_ahead, Arc::clone(session.backlog()))),
        Err(error) => {
            debug!(%error, "a websocket did not begin");
            None
        }
    }
}

impl websocket::Upgrade for SessionUpgrade {
    fn probed(&self, wire: &Arc<Wire>) {
        self.session.carry(wire);
        let Some(socket) = self.handover.io.get_socket(self.engine_id).filter(|socket| socket.connected())
        else {
            return;
        };
        // Without it, the socket settles when it is connected.
        if let Some(connected) = SocketSlot::get(&socket)
            && !connected.entries.settle(&self.session, &socket)
        {
            self.handover.hub.disconnect(connected.subscription.id, Cause::Slow);
        }
    }

    /// The library leaves a session open whose upgrade failed.
    fn ended(&self, wire: &Arc<Wire>) {
        if self.session.wire().is_none_or(|carrying| Arc::ptr_eq(&carrying, wire)) {
            self.session.shut();
        }
    }
}
