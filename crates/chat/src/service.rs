//! Starting the service, and stopping it so that nothing accepted is lost.

use std::io;
use std::sync::Arc;

use store::Stores;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use web::{Authenticator, SessionRoutes};

use crate::chat::Chat;
use crate::config::Config;
use crate::hub::Hub;
use crate::log::fan_out::FanOut;
use crate::log::feed::{Feed, MAX_BATCHES_AHEAD};
use crate::log::in_flight::InFlight;
use crate::log::journal::{AppendResult, Journal};
use crate::log::writer::JournalWriter;
use crate::presence::{self, Presence};
use crate::transports::socketio;
use crate::{router, sweeper};

/// The parts of the log that run as tasks, which end by themselves after the shutdown.
pub(crate) struct LogTasks {
    writer: JournalWriter,
    results: mpsc::Receiver<Vec<AppendResult>>,
    fan_out: FanOut,
}

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
    let (chat, log) = assemble(&config, stores, shutdown.clone());
    let (sockets, socket_routes) = socketio::open(&config, &chat, shutdown.clone());
    let (background, stop_background) = (TaskTracker::new(), CancellationToken::new());
    spawn_background_tasks(&background, &chat, &stop_background);
    background.spawn(Arc::clone(&sockets).end_idle_sessions(stop_background.clone()));
    let feed = Feed::open(Arc::clone(&chat.stores.log), &background, stop_background.clone());
    let writing = tokio::spawn(log.writer.run(shutdown));
    let delivering = tokio::spawn(log.fan_out.run(log.results, feed));

    // Connections are still served while the last answers are on their way: a polling client must fetch them.
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
    stop_background.cancel();
    background.close();
    background.wait().await;
    serving.await.map_err(io::Error::other)?
}

/// Makes the parts of a service before [`serve`] starts them.
pub(crate) fn assemble(
    config: &Config,
    stores: Stores,
    shutdown: CancellationToken,
) -> (Arc<Chat>, LogTasks) {
    let presence = Arc::new(Presence::default());
    let hub = Hub::new(Arc::clone(&presence) as _);
    let (journal, waiting) = Journal::new(config.journal_queue, shutdown);
    let (append_results, results) = mpsc::channel(MAX_BATCHES_AHEAD);
    let in_flight = Arc::new(InFlight::default());
    let writer = JournalWriter {
        waiting,
        stores: stores.clone(),
        in_flight: Arc::clone(&in_flight),
        results: append_results,
    };
    let (fan_out, follower) = FanOut::new(Arc::clone(&stores.log), in_flight, Arc::clone(&hub));
    let authenticator = Authenticator::new(&config.shared, Arc::clone(&stores.tokens));
    let chat = Chat {
        session_routes: SessionRoutes::new(authenticator.clone(), &config.shared.chat_url, &config.shared),
        authenticator,
        settings: config.shared.clone(),
        stores,
        journal,
        follower,
        hub,
        presence,
    };
    (Arc::new(chat), LogTasks { writer, results, fan_out })
}

/// Starts the tasks that run beside the requests until `stop`.
fn spawn_background_tasks(background: &TaskTracker, chat: &Arc<Chat>, stop: &CancellationToken) {
    let (presence, hub) = (&chat.presence, &chat.hub);
    background.spawn(chat.authenticator.clone().poll(stop.clone()));
    background.spawn(sweeper::sweep(Arc::clone(chat), stop.clone()));
    background.spawn(presence::announce(Arc::clone(presence), Arc::clone(hub), stop.clone()));
    if let Some(nodes) = chat.stores.nodes.clone() {
        background.spawn(presence::sync_nodes(Arc::clone(presence), nodes, stop.clone()));
    }
}
