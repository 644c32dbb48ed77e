//! CONNECT: judged each time, also the second one over the same transport.

use std::fmt;
use std::sync::Arc;

use serde::Deserialize;
use socketioxide::SocketIo;
use socketioxide::extract::SocketRef;
use socketioxide::socket::DisconnectReason;
use store::RoomId;
use uuid::Uuid;
use web::{AuthError, Authenticator, SessionStatus, token_of_connect};

use super::engine_sessions::EngineSession;
use super::refusal_log::{self, Refused};
use super::sockets::{ClientCapabilities, Member};
use super::{Audience, events};
use crate::chat::Chat;

/// What a client says of itself in `auth`.
#[derive(Default, Deserialize)]
pub(super) struct Auth {
    token: Option<String>,
    /// The id of the user whose token the client believes to have: two tabs may be two people.
    user: Option<Uuid>,
    batch: Option<bool>,
    tip: Option<bool>,
    /// Whether it comes back by itself after a refusal that is not of its token.
    reason: Option<bool>,
}

/// What a client is told that does not come in.
#[derive(Debug)]
pub(super) enum ConnectError {
    /// In the words that the first version used.
    TokenRefused,
    /// Only to clients that asked for reasons: a stock client would not come back.
    TooManySockets,
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TokenRefused => web::TOKEN_REFUSED,
            Self::TooManySockets => "Too many sockets",
        })
    }
}

/// Judges a CONNECT. A token that was judged bad is told so, and a stock client stops; where it cannot be judged, or
/// the user has too many sockets, the connection is shut, and the client tries again later. One that asked for reasons
/// is told of the latter.
///
/// `auth` is `Some(None)` when the client says nothing, and `None` when what it says cannot be read: then it is refused,
/// lest it be taken for somebody else by another token at hand.
pub(super) async fn authenticate(
    chat: Arc<Chat>,
    socket: SocketRef,
    auth: Option<Option<Auth>>,
) -> Result<(), ConnectError> {
    let session = socket.req_parts().extensions.get::<Arc<EngineSession>>().cloned();
    let session = session.ok_or(ConnectError::TokenRefused)?;
    let admitted = match auth {
        Some(auth) => admit(&chat, &socket, &session, auth.unwrap_or_default()).await,
        None => Err(Refused::bad("what it says in auth cannot be read", None)),
    };
    match admitted {
        Ok(member) => {
            prepare(&chat, &socket, Arc::new(member));
            Ok(())
        }
        Err(refused) => {
            refused.note(&session);
            let Some(told) = refused.told else {
                session.shut();
                // It goes into a connection that is closed.
                return Err(ConnectError::TokenRefused);
            };
            session.mark_refused();
            Err(told)
        }
    }
}

async fn admit(
    chat: &Arc<Chat>,
    socket: &SocketRef,
    session: &Arc<EngineSession>,
    auth: Auth,
) -> Result<Member, Refused> {
    if session.is_over() {
        return Err(Refused::bad("its session has ended already", None));
    }
    let request = socket.req_parts();
    let token = token_of_connect(auth.token, request).ok_or(Refused::bad("there is no token", None))?;
    let who = chat
        .authenticator
        .authenticate(&token)
        .await
        .map_err(|refusal| why(&chat.authenticator, &token, refusal))?;
    let theirs = Some(who.user_id);
    if auth.user.is_some_and(|user| user != who.user_id.0) {
        return Err(Refused::bad("the token is of another user than the client believes", theirs));
    }
    let user = chat.stores.users.by_id(who.user_id).await;
    let user = user.map_err(|_| Refused::for_now("the store is away", theirs))?;
    let user = user.ok_or(Refused::bad("the token's user is gone", theirs))?;
    let wants_reason = auth.reason.unwrap_or(false);
    let seat = chat.members.seat(user.id).ok_or_else(|| Refused::full(theirs, wants_reason))?;
    let wishes = ClientCapabilities { batch: auth.batch.unwrap_or(false), tip: auth.tip.unwrap_or(false) };
    Ok(Member::new(socket.id, who, Arc::clone(session), wishes, user, seat))
}

fn why(authenticator: &Authenticator, token: &str, refusal: AuthError) -> Refused {
    match refusal {
        AuthError::Unavailable => Refused::for_now("the store is away", authenticator.user_of_token(token)),
        AuthError::Invalid => {
            Refused::bad(authenticator.refusal_reason(token), authenticator.user_of_token(token))
        }
    }
}

/// Makes an authenticated socket ready before its client hears that it is connected: what it says in the same moment
/// must find its handlers, and it must not miss what is delivered.
fn prepare(chat: &Arc<Chat>, socket: &SocketRef, member: Arc<Member>) {
    events::register(chat, socket, &member);
    let leaving = Arc::clone(chat);
    socket.on_disconnect(move |socket: SocketRef, reason: DisconnectReason| {
        // One that was ended here, the log knows of already.
        if let Some(member) =
            socket.extensions.get::<Arc<Member>>().filter(|member| !member.session.is_over())
        {
            refusal_log::ended(&member.session, member.user(), reason);
        }
        leave(&leaving, &socket);
        std::future::ready(())
    });
    let (room, wishes) = (RoomId::LOBBY, member.wishes);
    socket.join(if wishes.batch { Audience::Batches.of(room) } else { Audience::Singles.of(room) });
    // The room of its own by which a batch leaves its sender out.
    socket.join(socket.id);
    if wishes.tip {
        socket.join(Audience::Tips.of(room));
    }
    socket.extensions.insert(member);
}

/// Enters a connected socket into the books. Not before: of one whose connection broke meanwhile nobody would be told.
pub(super) fn join(chat: &Arc<Chat>, socket: &SocketRef, io: &SocketIo) {
    let Some(member) = socket.extensions.get::<Arc<Member>>() else { return };
    chat.sessions.name(&member.session, &socket.id.to_string());
    member.session.joined();
    chat.members.join(Arc::clone(&member));
    if !socket.connected() || socket.extensions.get::<Arc<Member>>().is_none() {
        // It went before it was in the books.
        leave(chat, socket);
    } else if chat.authenticator.session_status(&member.principal) == SessionStatus::Ended {
        // It was revoked while it came in.
        chat.members.kick(io, &member);
    }
}

fn leave(chat: &Chat, socket: &SocketRef) {
    if let Some(member) = socket.extensions.remove::<Arc<Member>>() {
        member.session.left();
    }
    chat.members.leave(socket.id);
}
