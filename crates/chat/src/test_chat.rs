//! A chat for unit tests, without its tasks. It is no part of the service.

use std::sync::Arc;

use auth::TokenKey;
use store::{Sender, User};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use web::{Settings, Timers};

use crate::Config;
use crate::chat::Chat;
use crate::hub::{ClientCapabilities, Hub, Subscription};
use crate::log::tasks::LogTasks;
use crate::service::assemble;
use crate::test_principal::{LIFETIMES, requester};
use crate::test_sink::sink;

/// A chat on an empty store, in a folder.
pub(crate) fn chat() -> (Arc<Chat>, TempDir) {
    let (chat, _, dir) = chat_with_log();
    (chat, dir)
}

/// A chat on an empty store, the tasks of its log, and the folder.
pub(crate) fn chat_with_log() -> (Arc<Chat>, LogTasks, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let shared = Settings {
        users_url: "http://localhost:3000".parse().unwrap(),
        chat_url: "http://localhost:3001".parse().unwrap(),
        allowed_hosts: Vec::new(),
        trusted_proxy_hops: 0,
        max_connections: 1,
        max_connections_per_address: 1,
        timers: Timers::default(),
        token_key: TokenKey::new(&[7; 32]).unwrap(),
        lifetimes: LIFETIMES,
    };
    let config = Config {
        shared,
        allowed_origins: Vec::new(),
        max_sockets: 1,
        max_sockets_per_address: 1,
        max_sockets_per_user: 1,
        journal_queue: 1,
        retention_days: 0,
        send_per_second: 1,
        send_per_address_per_second: 0,
        read_per_second: 1,
        invite_per_minute: 1,
    };
    let stores = store::sqlite::open(dir.path()).unwrap();
    let (chat, log, _) = assemble(&config, stores, CancellationToken::new());
    (chat, log, dir)
}

/// An open channel of a user, whose client gets nothing.
pub(crate) fn subscribed(hub: &Hub, user: &User) -> Arc<Subscription> {
    let (requester, sender) = (requester(user.id, user.username.as_str()), Sender::from(user));
    let sink = sink(|_| {});
    let subscription = Arc::new(Subscription::new(requester, sender, ClientCapabilities::default(), sink));
    hub.register(&subscription);
    subscription
}
