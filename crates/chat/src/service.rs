//! Starting the service, and stopping it so that nothing accepted is lost.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use store::{RoomId, Stores};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use web::{Authenticator, Shell};

use crate::chat::{Chat, ChatState};
use crate::log::fan_out::{Broadcaster, Delivery};
use crate::log::in_flight::InFlight;
use crate::log::journal::{Journal, QueuedMessage, Writer};
use crate::presence::{self, Presence};
use crate::transports::http;
use crate::transports::socketio::{
    self, AllowedOrigins, EngineMiddleware, EngineSession, EngineSessions, Members,
};
use crate::{Config, client_js, page};

/// Batches between the journal, or the feed, and delivery: who is ahead of delivery waits.
const BATCHES_AHEAD: usize = 4;
/// The last acknowledgements have left the process when nothing went out for so long: the library does not tell when a
/// socket's buffer is written out.
const QUIET: Duration = Duration::from_millis(250);
/// The same where a client polls and must come for them.
const LAST_POLL: Duration = Duration::from_secs(1);
/// Who is still not done by then did not read.
const LAST_WORDS: Duration = Duration::from_secs(3);
/// A store that is away at the start is asked again so often.
const ASK_AGAIN: Duration = Duration::from_millis(250);

/// Serves until the shutdown. Then it takes no more, stores and acknowledges what it had accepted, closes every
/// connection and returns.
///
/// # Errors
/// When a listener fails for good.
pub async fn serve(
    config: Config,
    stores: Stores,
    listeners: Vec<TcpListener>,
    shutdown: CancellationToken,
) -> io::Result<()> {
    let Some(delivered) = last_seq(&stores, &shutdown).await else { return Ok(()) };
    let (chat, waiting) = assemble(&config, stores, shutdown.clone());
    let (routes, io) = socketio::routes(&chat, engine_middleware(&config, &chat, shutdown.clone()));
    let (helpers, stop_helpers) = (TaskTracker::new(), CancellationToken::new());
    helpers.spawn(chat.authenticator.clone().poll(stop_helpers.clone()));
    helpers.spawn(socketio::sweep(Arc::clone(&chat), io.clone(), stop_helpers.clone()));

    let (settled, arriving) = mpsc::channel(BATCHES_AHEAD);
    let origins = Arc::new(InFlight::default());
    let writer = Writer { waiting, stores: chat.stores.clone(), origins: Arc::clone(&origins), settled };
    let writing = tokio::spawn(writer.run(shutdown.clone()));
    let broadcaster = Broadcaster::new(io, Arc::clone(&chat.members));
    helpers.spawn(presence::announce(Arc::clone(&chat.presence), broadcaster.clone(), stop_helpers.clone()));
    if let Some(nodes) = chat.stores.nodes.clone() {
        helpers.spawn(presence::exchange(Arc::clone(&chat.presence), nodes, stop_helpers.clone()));
    }
    let log = Arc::clone(&chat.stores.log);
    let delivery = Delivery::new(log, origins, broadcaster, RoomId::LOBBY, delivered);
    let (feed, arrived) = mpsc::channel(BATCHES_AHEAD);
    let (followed, stop) = (Arc::clone(&chat.stores.log), stop_helpers.clone());
    helpers.spawn(async move { stop.run_until_cancelled(followed.follow(feed)).await });
    let delivering = tokio::spawn(delivery.run(arriving, arrived));

    let app = web::dress(router(&chat).merge(routes), &shell(&chat));
    // Connections are served on while the last answers are on their way: a client that polls must come for them.
    let closing = CancellationToken::new();
    let _closed_whatever_happens = closing.clone().drop_guard();
    let serving = web::serve(listeners, app, config.shared.connection_limits(), closing.clone());
    let serving = tokio::spawn(serving);
    // The writer ends after the shutdown, when all that was accepted is stored; delivery after the last answer.
    for ended in [writing.await, delivering.await] {
        ended.map_err(io::Error::other)?;
    }
    let sessions = chat.sessions.all();
    // Who does not read is not waited for.
    let _ = tokio::time::timeout(LAST_WORDS, written_out(&sessions)).await;
    closing.cancel();
    sessions.iter().for_each(|session| session.shut());
    stop_helpers.cancel();
    helpers.close();
    helpers.wait().await;
    serving.await.map_err(io::Error::other)?
}

fn assemble(
    config: &Config,
    stores: Stores,
    shutdown: CancellationToken,
) -> (Arc<Chat>, mpsc::Receiver<QueuedMessage>) {
    let (journal, waiting) = Journal::new(config.journal_queue, shutdown);
    let presence = Arc::new(Presence::default());
    let authenticator = Authenticator::new(&config.shared, Arc::clone(&stores.users));
    let chat = Chat {
        logins: web::SessionRoutes::new(authenticator.clone(), &config.shared.chat_url, &config.shared),
        authenticator,
        settings: config.shared.clone(),
        stores,
        journal,
        members: Members::new(config.max_sockets_per_user, Arc::clone(&presence)),
        presence,
        sessions: EngineSessions::new(config.max_sockets, config.max_sockets_per_address),
    };
    (Arc::new(chat), waiting)
}

/// Waits until nothing goes out to anybody any more.
async fn written_out(sessions: &[Arc<EngineSession>]) {
    let quiet = if sessions.iter().any(|session| session.is_polling()) { LAST_POLL } else { QUIET };
    let written = || sessions.iter().map(|session| session.written()).sum::<u64>();
    let mut before = written();
    loop {
        tokio::time::sleep(quiet).await;
        let now = written();
        if now == before {
            return;
        }
        before = now;
    }
}

fn engine_middleware(config: &Config, chat: &Chat, shutdown: CancellationToken) -> EngineMiddleware {
    let (chat_url, listed) = (config.shared.chat_url.clone(), config.allowed_origins.clone());
    EngineMiddleware {
        origins: AllowedOrigins::new(chat_url, listed, config.shared.hosts()),
        sessions: Arc::clone(&chat.sessions),
        trusted_proxy_hops: config.shared.trusted_proxy_hops,
        shutdown,
    }
}

fn router(chat: &Arc<Chat>) -> Router {
    Router::new()
        .route("/", get(page::show))
        .route("/messages", get(http::read).post(http::send))
        .route(client_js::PATH, get(client_js::hand_out))
        .merge(chat.logins.clone().routes())
        .with_state(ChatState(Arc::clone(chat)))
}

fn shell(chat: &Chat) -> Shell {
    let users_url = &chat.settings.users_url;
    let mut shell = Shell::new("chat", &chat.settings, &chat.stores);
    shell.form_action = vec![users_url.as_str().to_owned()];
    shell.connect_src = page::websocket_sources(&chat.settings.chat_url);
    shell.long_lived = Some("/socket.io");
    shell.page = Some(page::for_problems(users_url, &chat.settings.chat_url));
    shell
}

/// Where the log ends at the start; delivery begins after it. `None` when the shutdown came first.
async fn last_seq(stores: &Stores, shutdown: &CancellationToken) -> Option<u64> {
    loop {
        match stores.log.page_before(RoomId::LOBBY, None, 1).await {
            Ok(page) => return Some(page.last_seq),
            Err(error) => tracing::warn!(%error, "the log cannot be read yet"),
        }
        shutdown.run_until_cancelled(tokio::time::sleep(ASK_AGAIN)).await?;
    }
}
