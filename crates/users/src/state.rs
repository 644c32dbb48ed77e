//! What the handlers share.

use std::ops::Deref;
use std::sync::Arc;

use auth::Lifetimes;
use axum::extract::FromRef;
use store::{Stores, UserId, UserPage};
use web::{Authenticator, MadeParts, Origin, SessionRoutes};

use crate::Config;
use crate::ops::UserService;

/// Maximum bytes of the answers with parts of the list of users that are kept.
const MAX_LIST_BYTES: u64 = 8 * 1024 * 1024;

/// The state of the service. Clones share everything.
#[derive(Clone)]
pub(crate) struct App(Arc<Parts>);

/// The parts of the state.
pub(crate) struct Parts {
    pub(crate) ops: UserService,
    pub(crate) authenticator: Authenticator,
    pub(crate) session_routes: SessionRoutes,
    pub(crate) lifetimes: Lifetimes,
    pub(crate) chat_url: Origin,
    /// Whether browsers reach this service over https.
    pub(crate) is_https: bool,
    /// The answers with parts of the list of users, by what was asked for: after which user, and how many.
    pub(crate) lists: MadeParts<(Option<UserId>, u32), UserPage>,
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    pub(crate) fn new(config: &Config, authenticator: Authenticator, stores: Stores) -> Self {
        Self(Arc::new(Parts {
            ops: UserService::new(config, stores, authenticator.clone()),
            session_routes: SessionRoutes::new(
                authenticator.clone(),
                &config.shared.users_url,
                &config.shared,
            ),
            authenticator,
            lifetimes: config.shared.lifetimes,
            chat_url: config.shared.chat_url.clone(),
            is_https: config.shared.users_url.is_secure(),
            lists: MadeParts::new(MAX_LIST_BYTES),
        }))
    }

    /// The URL of a page of the chat with a token as its parameter. A token consists of base64url and dots, which need no
    /// escaping.
    pub(crate) fn chat_link(&self, path: &str, token: &str) -> String {
        self.chat_url.join(&format!("{path}?jwt={token}"))
    }
}

impl FromRef<App> for Authenticator {
    fn from_ref(app: &App) -> Self {
        app.authenticator.clone()
    }
}

impl FromRef<App> for SessionRoutes {
    fn from_ref(app: &App) -> Self {
        app.session_routes.clone()
    }
}
