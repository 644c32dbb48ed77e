//! Starting the service, and stopping it so that nothing accepted is lost.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use store::Stores;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use web::{Authenticator, Reads, SessionRoutes};

use crate::access::Access;
use crate::chat::Chat;
use crate::config::Config;
use crate::hub::Hub;
use crate::log::tasks::LogTasks;
use crate::presence::{self, Presence};
use crate::rates::Rates;
use crate::read_marks::{ReadMarkWriter, ReadMarks};
use crate::recent::Recent;
use crate::retention::Dropper;
use crate::room_subscriptions::follow_memberships;
use crate::transports::socketio;
use crate::{router, sweeper};

const SECS_IN_A_DAY: u64 = 24 * 60 * 60;

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
    let (chat, log, read_marks) = assemble(&config, stores, shutdown.clone());
    let (sockets, socket_routes) = socketio::open(&config, &chat, shutdown.clone());
    let (background, stop_background) = (TaskTracker::new(), CancellationToken::new());
    spawn_background_tasks(&background, &chat, &stop_background);
    background.spawn(read_marks.run(stop_background.clone()));
    spawn_retention(&background, config.retention_days, &chat, shutdown);
    background.spawn(Arc::clone(&sockets).end_idle_sessions(stop_background.clone()));
    let log = log.spawn(&background, stop_background.clone());

    // Connections are still served while the last answers are on their way: a polling client must fetch them.
    let closing = CancellationToken::new();
    let _closed_in_any_case = closing.clone().drop_guard();
    let app = router::service(&chat, socket_routes);
    let serving = web::serve(listeners, app, config.shared.connection_limits(), closing.clone());
    let serving = tokio::spawn(serving);
    for task in log {
        task.await.map_err(io::Error::other)?;
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
) -> (Arc<Chat>, LogTasks, ReadMarkWriter) {
    let presence = Arc::new(Presence::default());
    let hub = Hub::new(Arc::clone(&presence) as _);
    let access = Access::new(Arc::clone(&stores.rooms));
    let (journal, follower, log) = LogTasks::new(&stores, &access, &hub, config.journal_queue, shutdown);
    let (read_marks, read_mark_writer) = ReadMarks::new(&stores.rooms, &access);
    let authenticator = Authenticator::new(&config.shared, Arc::clone(&stores.tokens));
    let chat = Chat {
        session_routes: SessionRoutes::new(authenticator.clone(), &config.shared.chat_url, &config.shared),
        authenticator,
        settings: config.shared.clone(),
        stores,
        access,
        rates: Rates::new(config),
        reads: Reads::default(),
        recent: Recent::default(),
        journal,
        read_marks,
        follower,
        hub,
        presence,
    };
    (Arc::new(chat), log, read_mark_writer)
}

/// Starts the tasks that run beside the requests until `stop`.
fn spawn_background_tasks(background: &TaskTracker, chat: &Arc<Chat>, stop: &CancellationToken) {
    let (presence, hub) = (&chat.presence, &chat.hub);
    background.spawn(chat.authenticator.clone().poll(stop.clone()));
    background.spawn(Arc::clone(&chat.access).poll(stop.clone()));
    background.spawn(sweeper::end_subscriptions(Arc::clone(chat), stop.clone()));
    background.spawn(follow_memberships(Arc::clone(chat), stop.clone()));
    background.spawn(sweeper::rename_subscriptions(Arc::clone(chat), stop.clone()));
    let (access, rooms) = (Arc::clone(&chat.access), Arc::clone(&chat.stores.rooms));
    background.spawn(presence::follow_members(
        Arc::clone(presence),
        Arc::clone(hub),
        access,
        rooms,
        stop.clone(),
    ));
    background.spawn(presence::announce(Arc::clone(presence), Arc::clone(hub), stop.clone()));
    if let Some(nodes) = chat.stores.nodes.clone() {
        background.spawn(Arc::clone(&chat.access).poll_reads(stop.clone()));
        background.spawn(presence::sync_nodes(Arc::clone(presence), nodes, stop.clone()));
    }
}

/// Drops what is older than a number of days until the shutdown; 0: never.
fn spawn_retention(background: &TaskTracker, days: u32, chat: &Chat, shutdown: CancellationToken) {
    if days > 0 {
        let max_age = Duration::from_secs(u64::from(days) * SECS_IN_A_DAY);
        background.spawn(Dropper::new(Arc::clone(&chat.stores.retention), max_age).run(shutdown));
    }
}
