//! What the parts of the chat service share.

use std::sync::Arc;

use axum::extract::FromRef;
use store::Stores;
use web::{Authenticator, Settings};

use crate::log::journal::Journal;
use crate::presence::Presence;
use crate::transports::socketio::{EngineSessions, Members};

/// One chat service.
pub(crate) struct Chat {
    pub(crate) settings: Settings,
    pub(crate) authenticator: Authenticator,
    /// Log-ins: what leaves their tokens with browsers, renews and ends them.
    pub(crate) logins: web::SessionRoutes,
    pub(crate) stores: Stores,
    pub(crate) journal: Journal,
    pub(crate) presence: Arc<Presence>,
    pub(crate) members: Arc<Members>,
    pub(crate) sessions: Arc<EngineSessions>,
}

/// The state of the service's routes.
#[derive(Clone)]
pub(crate) struct ChatState(pub(crate) Arc<Chat>);

impl FromRef<ChatState> for Authenticator {
    fn from_ref(state: &ChatState) -> Self {
        state.0.authenticator.clone()
    }
}
