//! Starts everything in order and waits for its end.
//!
//! The store comes first, since its lock keeps a second process away from the key beside it. The ports come last, when
//! nothing else can fail any more. One failure ends everything: a part of the system never runs alone.

use std::io::{self, Write};
use std::net::SocketAddr;

use store::Stores;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use web::Origin;

use crate::listeners::{self, Bound};
use crate::settings::{Services, Settings};
use crate::{config, fd_limit, open_store, signals};

/// Runs these services until a signal, or until something fails.
///
/// # Errors
/// What failed, as a sentence for the operator.
#[tokio::main]
pub(crate) async fn run(settings: &Settings, services: Services) -> Result<(), String> {
    fd_limit::raise_for(settings.limits.max_connections);
    let shutdown = CancellationToken::new();
    signals::cancel_on_signal(shutdown.clone())
        .map_err(|error| format!("cannot wait for signals: {error}"))?;
    let Some(stores) = open_store::open(settings, &shutdown).await? else { return Ok(()) };
    let key = open_store::token_key(settings)?;
    let bound = Ports::bind(settings, services).await?;
    let shared = config::shared(settings, key, bound.users_url(settings), bound.chat_url(settings));
    announce(&shared, &bound);
    serve_all(settings, shared, stores, bound, shutdown).await
}

/// The listeners of this process.
struct Ports {
    users: Option<Bound>,
    chat: Option<Bound>,
    metrics: Option<Bound>,
}

impl Ports {
    async fn bind(settings: &Settings, services: Services) -> Result<Self, String> {
        let users = services.has_users().then_some(settings.users_addr);
        let chat = services.has_chat().then_some(settings.chat_addr);
        Ok(Self {
            users: listen(users, "USERS_ADDR").await?,
            chat: listen(chat, "CHAT_ADDR").await?,
            metrics: listen(settings.metrics_addr, "METRICS_ADDR").await?,
        })
    }

    fn users_url(&self, settings: &Settings) -> Origin {
        listeners::url(
            &settings.users_url,
            self.users.as_ref().map_or(settings.users_addr, |own| own.address),
        )
    }

    fn chat_url(&self, settings: &Settings) -> Origin {
        listeners::url(&settings.chat_url, self.chat.as_ref().map_or(settings.chat_addr, |own| own.address))
    }
}

fn announce(shared: &web::Settings, bound: &Ports) {
    let (users_url, chat_url) = (&shared.users_url, &shared.chat_url);
    let address = |bound: &Option<Bound>| bound.as_ref().map(|bound| tracing::field::display(bound.address));
    let (users_addr, chat_addr) = (address(&bound.users), address(&bound.chat));
    tracing::info!(%users_url, %chat_url, users_addr, chat_addr, "listening");
    let running = match (&bound.users, &bound.chat) {
        (_, None) => "Natter's users service is running.",
        (None, _) => "Natter's chat service is running.",
        _ => "Natter is running.",
    };
    // A closed standard output does not stop the services.
    let _ = writeln!(io::stdout(), "{running} Sign up at {}", users_url.join("/signup"));
}

async fn listen(address: Option<SocketAddr>, name: &str) -> Result<Option<Bound>, String> {
    let Some(address) = address else { return Ok(None) };
    let bound = listeners::bind(address).await;
    bound.map(Some).map_err(|error| format!("cannot listen at {address} ({name}): {error}"))
}

async fn serve_all(
    settings: &Settings,
    shared: web::Settings,
    stores: Stores,
    bound: Ports,
    shutdown: CancellationToken,
) -> Result<(), String> {
    let mut running: JoinSet<(&'static str, io::Result<()>)> = JoinSet::new();
    if let Some(Bound { listeners, .. }) = bound.users {
        let (config, token) = (config::users(settings, &shared), shutdown.clone());
        let stores = stores.clone();
        running.spawn(async move { ("users", users::serve(config, stores, listeners, token).await) });
    }
    if let Some(Bound { listeners, .. }) = bound.chat {
        let (config, token) = (config::chat(settings, &shared), shutdown.clone());
        running.spawn(async move { ("chat", chat::serve(config, stores, listeners, token).await) });
    }
    if let Some(Bound { listeners, .. }) = bound.metrics {
        let (limits, token) = (config::metrics_limits(), shutdown.clone());
        running.spawn(async move {
            ("metrics", web::serve(listeners, web::metrics::router(), limits, token).await)
        });
    }
    until_all_end(running, &shutdown).await
}

/// Waits until every service has ended. A service that ends before the shutdown has failed, also if it returns `Ok`.
async fn until_all_end(
    mut running: JoinSet<(&'static str, io::Result<()>)>,
    shutdown: &CancellationToken,
) -> Result<(), String> {
    let mut outcome = Ok(());
    while let Some(ended) = running.join_next().await {
        let is_stopping = shutdown.is_cancelled();
        let failure = match ended {
            Ok((_, Ok(()))) if is_stopping => continue,
            Ok((service, Ok(()))) => format!("the {service} service ended by itself"),
            Ok((service, Err(error))) => format!("the {service} service failed: {error}"),
            Err(panic) => format!("a service broke: {panic}"),
        };
        outcome = outcome.and(Err(failure));
        shutdown.cancel();
    }
    outcome
}
