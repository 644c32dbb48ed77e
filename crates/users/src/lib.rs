//! The users service: pages to sign up, log in and look after one's account, and the REST API for the same.
//!
//! One door: [`serve()`]. What API and pages both do is done once, in `accounts` and `export`. This crate knows no room;
//! it hands out a person's messages as the store gives them, and reads no token itself: that is `web`'s.

mod accounts;
mod api;
mod export;
mod input;
mod openapi;
mod pages;
mod suggestion;

use std::io;
use std::sync::Arc;

use auth::Lifetimes;
use axum::Router;
use axum::extract::FromRef;
use axum::middleware::from_fn;
use axum::routing::{get, post};
use store::Stores;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::session::Sessions;
use web::{Authenticator, Origin, Settings, Shell};

use accounts::Accounts;
use export::Exports;

/// What the service is told.
#[derive(Debug, Clone)]
pub struct Config {
    /// What it shares with the chat service.
    pub shared: Settings,
    /// Passwords that may wait to be hashed behind those that are being hashed.
    pub hash_queue: usize,
}

/// Serves the users service until the shutdown, and finishes meanwhile the deletions that are not at their end.
///
/// # Errors
/// When there is no listener.
pub async fn serve(
    config: Config,
    stores: Stores,
    listeners: Vec<TcpListener>,
    shutdown: CancellationToken,
) -> io::Result<()> {
    let authenticator = Authenticator::new(&config.shared, stores.users.clone());
    tokio::spawn(authenticator.clone().poll(shutdown.clone()));
    tokio::spawn(accounts::finish_all(stores.clone(), shutdown.clone()));
    let app = App::new(&config, authenticator, stores.clone());
    let app = web::dress(router().with_state(app), &shell(&config.shared, &stores));
    web::serve(listeners, app, config.shared.connection_limits(), shutdown).await
}

/// What the handlers share.
#[derive(Clone)]
pub(crate) struct App {
    accounts: Accounts,
    exports: Exports,
    authenticator: Authenticator,
    sessions: Sessions,
    lifetimes: Lifetimes,
    chat_url: Origin,
    /// Whether this service is reached by https.
    secure: bool,
}

impl App {
    fn new(config: &Config, authenticator: Authenticator, stores: Stores) -> Self {
        Self {
            exports: Exports::new(Arc::clone(&stores.log), authenticator.clone()),
            accounts: Accounts::new(stores, auth::Hasher::new(config.hash_queue), authenticator.clone()),
            sessions: Sessions::new(authenticator.clone(), &config.shared.users_url, &config.shared),
            authenticator,
            lifetimes: config.shared.lifetimes,
            chat_url: config.shared.chat_url.clone(),
            secure: config.shared.users_url.is_secure(),
        }
    }
}

impl FromRef<App> for Authenticator {
    fn from_ref(app: &App) -> Self {
        app.authenticator.clone()
    }
}

/// The table of contents.
fn router() -> Router<App> {
    use pages::account;
    let (api, openapi) = OpenApiRouter::with_openapi(openapi::Document::openapi())
        .routes(routes!(api::register::register, api::read::list))
        .routes(routes!(api::read::one, api::change::patch, api::change::put, api::delete::delete))
        .routes(routes!(api::delete::sign_out_everywhere))
        .routes(routes!(api::export::export))
        .routes(routes!(api::log_in::log_in))
        .routes(routes!(api::session::token))
        .routes(routes!(api::session::log_out))
        .split_for_parts();
    let pages = Router::new()
        .route("/", get(pages::sign_up::start))
        .route("/signup", get(pages::sign_up::show).post(pages::sign_up::submit))
        .route("/login", get(pages::log_in::show))
        .route("/chat", get(pages::go_on::go_on));
    let account = Router::new()
        .route("/account", get(account::show).post(account::change::rename))
        .route("/account/password", post(account::change::change_password))
        .route("/account/sign-out-everywhere", post(account::leave::sign_out_everywhere))
        .route("/account/export", get(account::export::export).post(account::export::export))
        .route("/account/delete", post(account::leave::delete))
        .route("/account/deleted", get(account::leave::deleted))
        .route_layer(from_fn(web::show_form_token));
    api.merge(pages).merge(account).merge(openapi::routes(openapi))
}

fn shell(settings: &Settings, stores: &Stores) -> Shell {
    let mut shell = Shell::new("users", settings, stores);
    // The redirect that answers a sign-up or log-in leads to the chat.
    shell.form_action = vec![settings.chat_url.to_string()];
    shell.referrer_policy = "same-origin";
    shell.page = Some(pages::problem::pages(settings));
    shell
}
