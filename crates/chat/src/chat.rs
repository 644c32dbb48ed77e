//! What the operations and transports of one chat service share.

use std::sync::Arc;

use axum::extract::FromRef;
use store::Stores;
use web::{Authenticator, Reads, SessionRoutes, Settings};

use crate::access::Access;
use crate::hub::Hub;
use crate::log::follower::Follower;
use crate::log::journal::Journal;
use crate::presence::Presence;
use crate::rates::Rates;
use crate::read_marks::ReadMarks;
use crate::recent::Recent;

/// One chat service.
pub(crate) struct Chat {
    pub(crate) settings: Settings,
    pub(crate) authenticator: Authenticator,
    /// The routes that leave, renew and end a browser's log-in.
    pub(crate) session_routes: SessionRoutes,
    pub(crate) stores: Stores,
    pub(crate) access: Arc<Access>,
    pub(crate) rates: Rates,
    pub(crate) reads: Reads,
    pub(crate) recent: Recent,
    pub(crate) journal: Journal,
    pub(crate) read_marks: ReadMarks,
    pub(crate) follower: Follower,
    pub(crate) presence: Arc<Presence>,
    pub(crate) hub: Arc<Hub>,
}

/// The state of the service's routes.
#[derive(Clone)]
pub(crate) struct ChatState(pub(crate) Arc<Chat>);

impl FromRef<ChatState> for Authenticator {
    fn from_ref(state: &ChatState) -> Self {
        state.0.authenticator.clone()
    }
}

impl FromRef<ChatState> for SessionRoutes {
    fn from_ref(state: &ChatState) -> Self {
        state.0.session_routes.clone()
    }
}
