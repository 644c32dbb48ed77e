//! A relay with socketioxide and nothing else, with a channel as large as Natter's.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::serve::ListenerExt;
use futures_util::FutureExt;
use socketioxide::SocketIo;
use socketioxide::extract::{AckSender, Data, SocketRef};
use tokio::net::TcpListener;

use super::payload::{Payload, entry, line, stored};
use crate::Result;

/// Packets that may wait for a client.
const MAX_BUFFERED_PACKETS: usize = 1024;

/// Relays until the process is ended.
pub(crate) fn run() -> ExitCode {
    // The process has one core.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let Ok(runtime) = runtime else { return ExitCode::FAILURE };
    match runtime.block_on(serve()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve() -> Result<()> {
    let (payload, address) = super::settings()?;
    let (layer, io) = SocketIo::builder().max_buffer_size(MAX_BUFFERED_PACKETS).build_layer();
    let seq = Arc::new(AtomicU64::default());
    io.ns("/", move |socket: SocketRef| {
        let seq = Arc::clone(&seq);
        let relay = move |socket: SocketRef, Data::<String>(text), ack: AckSender| {
            relay(payload, &socket, &text, ack, seq.fetch_add(1, Ordering::Relaxed) + 1);
            // In the order of arrival: a future would run in a task of its own.
            async {}
        };
        socket.on("chat message", relay);
        async {}
    });
    // With Nagle's algorithm a message would wait for the acknowledgement of the one before it.
    let listener = TcpListener::bind(address).await?.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    Ok(axum::serve(listener, axum::Router::new().layer(layer)).await?)
}

/// A client whose channel is full misses the message, which the load generator counts.
fn relay(payload: Payload, socket: &SocketRef, text: &str, ack: AckSender, seq: u64) {
    let _ = ack.send(&stored(payload, text, seq));
    let everybody_else = socket.broadcast();
    let line = line(text);
    // Without other nodes the future is ready at once.
    let _ = match payload {
        Payload::Small => everybody_else.emit("chat message", &line).now_or_never(),
        Payload::Large => everybody_else.emit("chat message", &(line, entry(text, seq))).now_or_never(),
    };
}
