//! The users service: the pages to sign up, log in and manage one's account, and the REST API for the same.
//!
//! Its one entry is [`serve()`]. `router` lists the routes; `ops` holds the operations; `api` and `pages` only translate
//! between HTTP and operations. This crate knows no room: an export returns messages as the store returns them. It reads
//! no token from a request; that is the job of `web`.

#![warn(clippy::too_many_lines)]

mod api;
mod download;
mod input;
mod openapi;
mod ops;
mod pages;
mod password_client;
mod rates;
mod render;
mod router;
mod state;

use std::io;

use store::Stores;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use web::{Authenticator, Middleware, Settings};

use state::App;

/// The settings of the users service.
#[derive(Debug, Clone)]
pub struct Config {
    /// The settings that it shares with the chat service.
    pub shared: Settings,
    /// Maximum number of passwords that wait to be hashed.
    pub hash_queue: usize,
    /// Sign-ups an hour from a client network; 0: no limit.
    pub sign_up_per_address_per_hour: u32,
    /// Wrong passwords a minute from a client network; 0: no limit.
    pub log_in_per_address_per_minute: u32,
    /// Wrong passwords a minute for an account from a client network; 0: no limit.
    pub log_in_per_account_per_minute: u32,
    /// Reads a second by a user; 0: no limit.
    pub read_per_second: u32,
}

/// Serves the users service until the shutdown, and finishes unfinished deletions in the background.
///
/// # Errors
/// When `listeners` is empty.
pub async fn serve(
    config: Config,
    stores: Stores,
    listeners: Vec<TcpListener>,
    shutdown: CancellationToken,
) -> io::Result<()> {
    let authenticator = Authenticator::new(&config.shared, stores.tokens.clone());
    tokio::spawn(authenticator.clone().poll(shutdown.clone()));
    tokio::spawn(ops::resume_deletions(stores.clone(), shutdown.clone()));
    let app = App::new(&config, authenticator, stores.clone());
    let app = middleware(&config.shared, &stores).apply(router::router().with_state(app));
    web::serve(listeners, app, config.shared.connection_limits(), shutdown).await
}

fn middleware(settings: &Settings, stores: &Stores) -> Middleware {
    let mut middleware = Middleware::new("users", settings, stores);
    // The redirect after a sign-up or log-in leads to the chat service.
    middleware.form_action = vec![settings.chat_url.to_string()];
    middleware.referrer_policy = "same-origin";
    middleware.problem_page = Some(pages::problem::renderer(settings));
    middleware
}
