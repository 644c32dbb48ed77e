//! Starting the service, and stopping it so that nothing accepted is lost.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use store::{RoomId, Stores};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use web::Authenticator;

use crate::chat::Chat;
use crate::config::Config;
use crate::hub::Hub;
use crate::log::fan_out::FanOut;
use crate::log::in_flight::InFlight;
use crate::log::journal::{Journal, QueuedMessage, Writer};
use crate::presence::{self, Presence};
use crate::transports::socketio;
use crate::{router, sweeper};

/// Maximum batches that wait for the fan-out. The journal and the feed wait then.
const MAX_BATCHES_AHEAD: usize = 4;
/// Time between two tries to read a store that is away at the start.
const RETRY_DELAY: Duration = Duration::from_millis(250);

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
    let (sockets, socket_routes) = socketio::open(&config, &chat, shutdown.clone());
    let (helpers, stop_helpers) = (TaskTracker::new(), CancellationToken::new());
    spawn_helpers(&helpers, &chat, &stop_helpers);
    helpers.spawn(Arc::clone(&sockets).end_idle_sessions(stop_helpers.clone()));
    let (writing, delivering) = spawn_log(&helpers, &chat, waiting, delivered, &shutdown, &stop_helpers);

    // Connections are still served while the last answers are on their way: a client that polls must come for them.
    let closing = CancellationToken::new();
    let _closed_in_any_case = closing.clone().drop_guard();
    let app = router::service(&chat, socket_routes);
    let serving = web::serve(listeners, app, config.shared.connection_limits(), closing.clone());
    let serving = tokio::spawn(serving);
    // The writer ends after the shutdown, when all that was accepted is stored; the fan-out after the last answer.
    for ended in [writing.await, delivering.await] {
        ended.map_err(io::Error::other)?;
    }
    let shut_sockets = sockets.drain().await;
    closing.cancel();
    shut_sockets();
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
        hub: Hub::new(Arc::clone(&presence) as _),
        presence,
    };
    (Arc::new(chat), waiting)
}

/// Starts what runs beside the requests until `stop`.
fn spawn_helpers(helpers: &TaskTracker, chat: &Arc<Chat>, stop: &CancellationToken) {
    let (presence, hub) = (&chat.presence, &chat.hub);
    helpers.spawn(chat.authenticator.clone().poll(stop.clone()));
    helpers.spawn(sweeper::sweep(Arc::clone(chat), stop.clone()));
    helpers.spawn(presence::announce(Arc::clone(presence), Arc::clone(hub), stop.clone()));
    if let Some(nodes) = chat.stores.nodes.clone() {
        helpers.spawn(presence::sync_nodes(Arc::clone(presence), nodes, stop.clone()));
    }
}

/// Starts the journal's writer and the fan-out, which end by themselves after the shutdown.
fn spawn_log(
    helpers: &TaskTracker,
    chat: &Chat,
    waiting: mpsc::Receiver<QueuedMessage>,
    delivered: u64,
    shutdown: &CancellationToken,
    stop: &CancellationToken,
) -> (JoinHandle<()>, JoinHandle<()>) {
    let (results, settled) = mpsc::channel(MAX_BATCHES_AHEAD);
    let (feed, arrived) = mpsc::channel(MAX_BATCHES_AHEAD);
    let in_flight = Arc::new(InFlight::default());
    let log = Arc::clone(&chat.stores.log);
    let writer = Writer { waiting, stores: chat.stores.clone(), in_flight: Arc::clone(&in_flight), results };
    let fan_out = FanOut::new(Arc::clone(&log), in_flight, Arc::clone(&chat.hub), RoomId::LOBBY, delivered);
    let stop = stop.clone();
    helpers.spawn(async move { stop.run_until_cancelled(log.follow(feed)).await });
    (tokio::spawn(writer.run(shutdown.clone())), tokio::spawn(fan_out.run(settled, arrived)))
}

/// Where the log ends at the start; delivery begins after it. `None` when the shutdown came first.
async fn last_seq(stores: &Stores, shutdown: &CancellationToken) -> Option<u64> {
    loop {
        match stores.log.page_before(RoomId::LOBBY, None, 1).await {
            Ok(page) => return Some(page.last_seq),
            Err(error) => tracing::warn!(%error, "the log cannot be read yet"),
        }
        shutdown.run_until_cancelled(tokio::time::sleep(RETRY_DELAY)).await?;
    }
}
