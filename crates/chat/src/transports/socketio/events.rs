//! The events: the same operations for sockets. Every wrong payload is answered and changes nothing.

use std::future::{Ready, ready};
use std::sync::Arc;

use futures_util::future::{BoxFuture, Either};
use socketioxide::extract::{Event, SocketRef, State, TryData};
use web::{Arguments, Code, Refusal};

use super::ack::{Ack, Answer, Done, HistoryAck, WatchAck};
use super::event_request::request;
use super::room_events;
use super::sockets::ConnectedSocket;
use super::transport::SocketTransport;
use crate::ops::admission::Caller;
use crate::ops::{history, send, typing, watch};

/// What an event's handler takes besides the socket.
type Transport = State<Arc<SocketTransport>>;
type Socket = Arc<ConnectedSocket>;
type Args = TryData<Arguments>;

/// Registers one handler for every event: a table of the library would cost each socket memory.
pub(super) fn register(socket: &SocketRef, connected: &Arc<ConnectedSocket>) {
    let connected = Arc::clone(connected);
    socket.on_fallback(move |Event(name): Event, transport: Transport, args: Args, ack: Ack| {
        on_event(&name, transport, Arc::clone(&connected), args, ack)
    });
}

/// The table of events. No handler is an `async fn`. Each acts before it returns its future, as far as the order of events
/// matters, and counts its answer: the library runs the future of each event in a separate task.
fn on_event(
    name: &str,
    transport: Transport,
    socket: Socket,
    args: Args,
    ack: Ack,
) -> Either<Ready<()>, BoxFuture<'static, ()>> {
    match name {
        "chat message" => Either::Left(on_chat_message(transport, socket, args, ack)),
        "history" => Either::Right(Box::pin(on_history(transport, socket, args, ack))),
        "watch" => Either::Right(Box::pin(on_watch(transport, socket, args, ack))),
        "unwatch" => Either::Left(on_unwatch(transport, socket, args, ack)),
        "typing" => Either::Right(Box::pin(on_typing(transport, socket, args, ack))),
        _ if room_events::is_one(name) => {
            let (State(transport), TryData(args)) = (transport, args);
            Either::Right(room_events::on_event(name, &transport, socket, args, ack))
        }
        _ => Either::Left(on_unknown(transport, socket, ack)),
    }
}

fn on_chat_message(State(transport): Transport, socket: Socket, TryData(args): Args, ack: Ack) -> Ready<()> {
    let answer = Answer::new(ack, &transport, &socket);
    let (chat, subscription) = (&transport.chat, &socket.subscription);
    match request(&transport, &socket, args, &["text"]) {
        Ok(request) => {
            send::send(chat, subscription, request, answer.into_reply());
        }
        Err(refusal) => answer.refuse(&refusal),
    }
    ready(())
}

fn on_history(
    State(transport): Transport,
    socket: Socket,
    TryData(args): Args,
    ack: Ack,
) -> impl Future<Output = ()> + Send {
    let answer = Answer::new(ack, &transport, &socket);
    async move {
        if !answer.is_awaited() {
            // What nobody waits for is not read.
            return answer.refuse(&Refusal::new(Code::Invalid, "history needs an acknowledgement."));
        }
        // Before anything is waited for: what waits is bounded too.
        let Some(_permit) = socket.begin_read() else {
            return answer.refuse(&Refusal::overloaded());
        };
        let page = match request(&transport, &socket, args, &[]) {
            Ok(query) => {
                history::read(&transport.chat, Caller::Subscription(&socket.subscription), query).await
            }
            Err(refusal) => Err(refusal),
        };
        match page {
            Ok(page) => answer.send(&HistoryAck::new(&page)),
            Err(refusal) => answer.refuse(&refusal),
        }
    }
}

fn on_watch(
    State(transport): Transport,
    socket: Socket,
    TryData(args): Args,
    ack: Ack,
) -> impl Future<Output = ()> + Send {
    let answer = Answer::new(ack, &transport, &socket);
    let begun = request(&transport, &socket, args, &[])
        .and_then(|request| watch::begin(&transport.chat, &socket.subscription, request));
    async move {
        let begun = match begun {
            Ok(begun) => begun,
            Err(refusal) => return answer.refuse(&refusal),
        };
        let Some(_permit) = socket.begin_read() else {
            return answer.refuse(&Refusal::overloaded());
        };
        match watch::finish(&transport.chat, &socket.subscription, begun).await {
            Ok(watched) => answer.send(&WatchAck::new(&watched.snapshot)),
            Err(refusal) => answer.refuse(&refusal),
        }
    }
}

fn on_unwatch(State(transport): Transport, socket: Socket, TryData(args): Args, ack: Ack) -> Ready<()> {
    let answer = Answer::new(ack, &transport, &socket);
    let done = request(&transport, &socket, args, &[])
        .and_then(|request| watch::unwatch(&transport.chat, &socket.subscription, request));
    match done {
        Ok(()) => answer.send(&Done::OK),
        Err(refusal) => answer.refuse(&refusal),
    }
    ready(())
}

fn on_typing(
    State(transport): Transport,
    socket: Socket,
    TryData(args): Args,
    ack: Ack,
) -> impl Future<Output = ()> + Send {
    let answer = Answer::new(ack, &transport, &socket);
    let begun = request(&transport, &socket, args, &[])
        .and_then(|request| typing::begin(&transport.chat, &socket.subscription, request));
    async move {
        let done = match begun {
            Ok(Some(unverified)) => match socket.begin_read() {
                Some(_permit) => typing::finish(&transport.chat, &socket.subscription, unverified).await,
                None => Err(Refusal::overloaded()),
            },
            Ok(None) => Ok(()),
            Err(refusal) => Err(refusal),
        };
        match done {
            Ok(()) => answer.send(&Done::OK),
            Err(refusal) => answer.refuse(&refusal),
        }
    }
}

fn on_unknown(State(transport): Transport, socket: Socket, ack: Ack) -> Ready<()> {
    Answer::new(ack, &transport, &socket)
        .refuse(&Refusal::new(Code::Invalid, "There is no such event here."));
    ready(())
}
