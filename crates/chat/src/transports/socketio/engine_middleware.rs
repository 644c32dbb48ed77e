//! The layer before the Socket.IO service: foreign pages are refused, engine sessions are counted and registered, and an
//! ended one gets no further answer.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::CONNECTION;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use socketioxide::socket::Sid;
use tokio_util::sync::CancellationToken;
use web::{ClientAddress, ClientNetwork, Connection, Problem, Refusal, Upgrade};

use super::cors::{AllowedOrigins, OriginKind, add_cors};
use super::engine_refusals::{foreign_origin, full, no_upgrade, session_over, with_reason};
use super::engine_request::{engine_id, is_bare_websocket, kept_head, requests_websocket};
use super::engine_sessions::{EngineSession, EngineSessions};
use super::handover::Handover;
use super::sockets::SocketSlot;
use crate::chat::Chat;

/// Maximum bytes of the answer to a handshake.
const MAX_HANDSHAKE_BYTES: usize = 4 * 1024;

/// The state of the layer.
pub(super) struct EngineMiddleware {
    pub(super) chat: Arc<Chat>,
    pub(super) origins: AllowedOrigins,
    pub(super) sessions: Arc<EngineSessions>,
    pub(super) handover: Arc<Handover>,
    /// After it sessions continue until their end, and no new one begins.
    pub(super) shutdown: CancellationToken,
}

/// What carries a request.
struct Transport {
    connection: Connection,
    /// What a websocket would be made of. The library does not get it ([`Handover`]).
    upgrade: Option<Upgrade>,
}

/// Passes a request to the Socket.IO service, or refuses it.
pub(super) async fn handle(
    State(engine): State<Arc<EngineMiddleware>>,
    request: Request,
    next: Next,
) -> Response {
    let cors = match engine.origins.classify(request.headers()) {
        OriginKind::Foreign => return foreign_origin().into_response(),
        OriginKind::Listed(origin) => Some(origin),
        OriginKind::Own => None,
    };
    let mut response = match (&cors, request.method()) {
        (Some(_), &Method::OPTIONS) => StatusCode::NO_CONTENT.into_response(),
        _ => engine.serve(request, next).await.unwrap_or_else(Problem::into_response),
    };
    if let Some(origin) = cors {
        add_cors(response.headers_mut(), origin);
    }
    response
}

impl EngineMiddleware {
    async fn serve(&self, mut request: Request, next: Next) -> Result<Response, Problem> {
        let connection = request.extensions().get::<Connection>().cloned().ok_or_else(Refusal::internal)?;
        let address = request.extensions().get::<ClientAddress>().ok_or_else(Refusal::internal)?.0;
        let transport = Transport { connection, upgrade: Upgrade::take(request.extensions_mut()) };
        match engine_id(&request) {
            None if self.shutdown.is_cancelled() => Err(Refusal::unavailable().into()),
            None if is_bare_websocket(&request) => Ok(no_upgrade(true)),
            None => {
                self.count_handshake(address)?;
                match self.sessions.open(address) {
                    Ok(session) => Ok(self.handshake(session, transport, request, next).await),
                    Err(reached) => Ok(full(reached)),
                }
            }
            Some(engine_id) => {
                Ok(self.existing_session(engine_id.parse().ok(), transport, request, next).await)
            }
        }
    }

    fn count_handshake(&self, address: IpAddr) -> Result<(), Refusal> {
        let counted = self.chat.rates.handshake(ClientNetwork::of(address));
        counted.map_err(|exceeded| exceeded.refusal("connections"))
    }

    async fn handshake(
        &self,
        session: Arc<EngineSession>,
        transport: Transport,
        mut request: Request,
        next: Next,
    ) -> Response {
        let mut head = kept_head(&request);
        head.extensions_mut().insert(Arc::clone(&session));
        head.extensions_mut().insert(Arc::<SocketSlot>::default());
        if !requests_websocket(&request) {
            request = Request::from_parts(head.clone().into_parts().0, request.into_body());
        }
        let response = next.run(request).await;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::SWITCHING_PROTOCOLS => {
                session.upgrade(transport.connection);
                if let Some(upgrade) = transport.upgrade {
                    tokio::spawn(Arc::clone(&self.handover).begin(upgrade, head, session));
                }
                return response;
            }
            _ => {
                session.mark_explained();
                return with_reason(response).await;
            }
        }
        let (parts, body) = response.into_parts();
        let Ok(body) = to_bytes(body, MAX_HANDSHAKE_BYTES).await else {
            return Refusal::internal().into_response();
        };
        if let Some(engine_id) = engine_id_in(&body) {
            self.sessions.register(&session, engine_id);
        }
        Response::from_parts(parts, Body::from(body))
    }

    /// An upgrade is detected by the library's answer: the library may read the query in another way than this code.
    async fn existing_session(
        &self,
        engine_id: Option<Sid>,
        Transport { connection, upgrade }: Transport,
        request: Request,
        next: Next,
    ) -> Response {
        let session = engine_id.and_then(|engine_id| self.sessions.find(engine_id));
        if is_bare_websocket(&request) {
            return no_upgrade(session.is_some());
        }
        // The library does not know the session either, and answers as the protocol requires.
        let Some(session) = session else { return with_reason(next.run(request).await).await };
        if session.is_over() {
            return session_over();
        }
        let _poll = session.begin_poll(connection.clone());
        let head = kept_head(&request);
        let is_poll = request.method() == Method::GET && !requests_websocket(&request);
        let network = ClientNetwork::of(session.address());
        let response = match session.polls().filter(|_| is_poll) {
            Some(polls) => {
                if let Err(refusal) = self.chat.reads.check_unread(network) {
                    return Problem::from(refusal).into_response();
                }
                polls.answer(request, next).await
            }
            None => next.run(request).await,
        };
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            session.upgrade(connection);
            if let (Some(upgrade), Some(engine_id)) = (upgrade, engine_id) {
                tokio::spawn(Arc::clone(&self.handover).upgrade(upgrade, head, session, engine_id));
            }
            return response;
        }
        let mut response = with_reason(response).await;
        session.count_polled(response.body().size_hint().lower());
        response = self.chat.reads.count(network, response).await;
        if session.is_over() {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

/// The id of the engine session in an Engine.IO open packet: `0{"sid":"…",…}`.
fn engine_id_in(body: &[u8]) -> Option<Sid> {
    #[derive(Deserialize)]
    struct Open {
        sid: Sid,
    }
    let json = body.strip_prefix(b"0")?;
    serde_json::from_slice::<Open>(json).ok().map(|open| open.sid)
}
