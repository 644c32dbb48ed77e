//! Starts everything in its order and waits for its end.
//!
//! The store comes first, since its lock keeps a second process away from the key beside it; the ports come
//! last, when nothing can fail any more. Whatever fails ends the whole: there is no half a system.

use std::io::{self, Write};
use std::net::SocketAddr;

use auth::TokenKey;
use store::Stores;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::listeners::{self, Bound};
use crate::settings::Settings;
use crate::{descriptors, secret, services, stop};

/// Runs Natter until a signal, or until something fails.
///
/// # Errors
/// What failed, as a sentence for whoever started it.
#[tokio::main]
pub(crate) async fn run(settings: &Settings) -> Result<(), String> {
    descriptors::make_room_for(settings.limits.max_connections);
    let stores = store::sqlite::open(&settings.data_dir).map_err(|error| error.to_string())?;
    let key = token_key(settings)?;
    let users = listen(settings.users_addr, "USERS_ADDR").await?;
    let chat = listen(settings.chat_addr, "CHAT_ADDR").await?;
    let metrics = match settings.metrics_addr {
        Some(address) => Some(listen(address, "METRICS_ADDR").await?),
        None => None,
    };
    let shutdown = CancellationToken::new();
    stop::on_signals(shutdown.clone()).map_err(|error| format!("cannot wait for signals: {error}"))?;
    let shared =
        services::shared(settings, key, users.url(&settings.users_url), chat.url(&settings.chat_url));
    let (users_url, chat_url) = (&shared.users_url, &shared.chat_url);
    tracing::info!(%users_url, %chat_url, users_addr = %users.address, chat_addr = %chat.address, "listening");
    // A closed standard output is no reason not to run.
    let _ = writeln!(io::stdout(), "Natter is running. Sign up at {}", users_url.join("/signup"));
    serve_all(settings, shared, stores, [users, chat], metrics, shutdown).await
}

fn token_key(settings: &Settings) -> Result<TokenKey, String> {
    let secret = match &settings.access_token_secret {
        Some(secret) => secret.clone(),
        None => secret::kept_in(&settings.data_dir)?,
    };
    TokenKey::new(secret.as_bytes()).map_err(|error| error.to_string())
}

async fn listen(address: SocketAddr, name: &str) -> Result<Bound, String> {
    let bound = listeners::bind(address).await;
    bound.map_err(|error| format!("cannot listen at {address} ({name}): {error}"))
}

async fn serve_all(
    settings: &Settings,
    shared: web::Settings,
    stores: Stores,
    [users, chat]: [Bound; 2],
    metrics: Option<Bound>,
    shutdown: CancellationToken,
) -> Result<(), String> {
    let mut running: JoinSet<(&'static str, io::Result<()>)> = JoinSet::new();
    let (config, token) = (services::users(settings, &shared), shutdown.clone());
    let (listeners, kept) = (users.listeners, stores.clone());
    running.spawn(async move { ("users", users::serve(config, kept, listeners, token).await) });
    let (config, token) = (services::chat(settings, &shared), shutdown.clone());
    let listeners = chat.listeners;
    running.spawn(async move { ("chat", chat::serve(config, stores, listeners, token).await) });
    if let Some(Bound { listeners, .. }) = metrics {
        let (limits, token) = (services::metrics_limits(), shutdown.clone());
        running.spawn(async move {
            ("metrics", web::serve(listeners, web::metrics::router(), limits, token).await)
        });
    }
    until_all_end(running, &shutdown).await
}

/// A service that ends before it was told to has failed, also when it says that all is well.
async fn until_all_end(
    mut running: JoinSet<(&'static str, io::Result<()>)>,
    shutdown: &CancellationToken,
) -> Result<(), String> {
    let mut outcome = Ok(());
    while let Some(ended) = running.join_next().await {
        let was_told = shutdown.is_cancelled();
        let failure = match ended {
            Ok((_, Ok(()))) if was_told => continue,
            Ok((service, Ok(()))) => format!("the {service} service ended by itself"),
            Ok((service, Err(error))) => format!("the {service} service failed: {error}"),
            Err(panic) => format!("a service broke: {panic}"),
        };
        outcome = outcome.and(Err(failure));
        shutdown.cancel();
    }
    outcome
}
