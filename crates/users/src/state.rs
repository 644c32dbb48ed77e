//! What the handlers share.

use auth::{Hasher, Lifetimes};
use axum::extract::FromRef;
use store::Stores;
use web::{Authenticator, Origin, SessionRoutes};

use crate::Config;
use crate::ops::UserService;

/// The state of the service. Clones share everything.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) ops: UserService,
    pub(crate) authenticator: Authenticator,
    pub(crate) session_routes: SessionRoutes,
    pub(crate) lifetimes: Lifetimes,
    pub(crate) chat_url: Origin,
    /// Whether browsers reach this service over https.
    pub(crate) is_https: bool,
}

impl App {
    pub(crate) fn new(config: &Config, authenticator: Authenticator, stores: Stores) -> Self {
        Self {
            ops: UserService::new(stores, Hasher::new(config.hash_queue), authenticator.clone()),
            session_routes: SessionRoutes::new(
                authenticator.clone(),
                &config.shared.users_url,
                &config.shared,
            ),
            authenticator,
            lifetimes: config.shared.lifetimes,
            chat_url: config.shared.chat_url.clone(),
            is_https: config.shared.users_url.is_secure(),
        }
    }

    /// The URL of the chat page with a token as its parameter. A token consists of base64url and dots, which need no
    /// escaping.
    pub(crate) fn chat_link(&self, token: &str) -> String {
        self.chat_url.join(&format!("/?jwt={token}"))
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
