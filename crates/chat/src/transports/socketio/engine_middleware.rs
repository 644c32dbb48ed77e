//! The layer before the Socket.IO service: foreign pages stay out, sessions are counted and named, and an ended one
//! gets no further answer.

use std::sync::Arc;

use axum::Extension;
use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONNECTION, CONTENT_TYPE, UPGRADE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, Version, request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tokio_util::sync::CancellationToken;
use web::{Connection, Full, Problem, Reason, client_address};

use super::cors::{AllowedOrigins, Verdict, add_cors};
use super::engine_sessions::{EngineSession, EngineSessions};

/// Bytes of the answer to a handshake.
const HANDSHAKE_BYTES: usize = 4 * 1024;
/// A client refused by a cap may come back after so long.
const RETRY_AFTER_SECS: u64 = 5;

/// What the log says of a websocket for which no upgrade was asked.
const NO_UPGRADE: &str = "a websocket without Upgrade: a proxy does not pass it on";

/// What the layer goes by.
pub(crate) struct EngineMiddleware {
    pub(crate) origins: AllowedOrigins,
    pub(crate) sessions: Arc<EngineSessions>,
    pub(crate) trusted_proxy_hops: usize,
    /// After it sessions go on to their end, and no new one begins.
    pub(crate) shutdown: CancellationToken,
}

/// Lets a request through to the Socket.IO service, or not.
pub(super) async fn handle(
    State(engine): State<Arc<EngineMiddleware>>,
    request: Request,
    next: Next,
) -> Response {
    let cors = match engine.origins.judge(request.headers()) {
        Verdict::Foreign => return foreign().into_response(),
        Verdict::Listed(origin) => Some(origin),
        Verdict::Own => None,
    };
    let mut response = match (&cors, request.method()) {
        (Some(_), &Method::OPTIONS) => StatusCode::NO_CONTENT.into_response(),
        _ => engine.admit(request, next).await.unwrap_or_else(Problem::into_response),
    };
    if let Some(origin) = cors {
        add_cors(response.headers_mut(), origin);
    }
    response
}

impl EngineMiddleware {
    async fn admit(&self, request: Request, next: Next) -> Result<Response, Problem> {
        let (parts, body) = request.into_parts();
        let connection = parts.extensions.get::<Connection>().cloned().ok_or_else(Problem::internal)?;
        let address = client_address(&connection, &parts.headers, self.trusted_proxy_hops);
        let request = Request::from_parts(unpinned(parts), body);
        match query_value(request.uri(), "sid").map(str::to_owned) {
            None if self.shutdown.is_cancelled() => Err(Problem::unavailable()),
            None if is_bare_websocket(&request) => Ok(refusal(3, "Bad request", NO_UPGRADE).into_response()),
            None => {
                let session = match self.sessions.open(address) {
                    Ok(session) => session,
                    Err(full) => return Ok(refused(full)),
                };
                Ok(self.shake_hands(session, connection, request, next).await)
            }
            Some(sid) => Ok(self.go_on(&sid, connection, request, next).await),
        }
    }

    async fn shake_hands(
        &self,
        session: Arc<EngineSession>,
        connection: Connection,
        mut request: Request,
        next: Next,
    ) -> Response {
        request.extensions_mut().insert(Arc::clone(&session));
        let response = next.run(request).await;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::SWITCHING_PROTOCOLS => {
                session.upgrade(connection);
                return response;
            }
            _ => {
                session.mark_explained();
                return with_reason(response).await;
            }
        }
        let (parts, body) = response.into_parts();
        let Ok(body) = to_bytes(body, HANDSHAKE_BYTES).await else {
            return Problem::internal().into_response();
        };
        if let Some(sid) = sid_in(&body) {
            self.sessions.name(&session, &sid);
        }
        Response::from_parts(parts, Body::from(body))
    }

    /// What a request is, the library's answer tells, and not its query, which the library may read otherwise.
    async fn go_on(&self, sid: &str, connection: Connection, request: Request, next: Next) -> Response {
        let session = self.sessions.find(sid);
        if is_bare_websocket(&request) {
            let (code, message) =
                if session.is_some() { (3, "Bad request") } else { (1, "Session ID unknown") };
            return refusal(code, message, NO_UPGRADE).into_response();
        }
        // What is not known here is not known to the service either, which says so in its protocol's words.
        let Some(session) = session else { return with_reason(next.run(request).await).await };
        if session.is_over() {
            return over();
        }
        let _polling = session.polling(connection.clone());
        if request.method() == Method::GET && !asks_for_websocket(&request) {
            session.until_settled().await;
        }
        let response = next.run(request).await;
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            session.upgrade(connection);
            return response;
        }
        let mut response = with_reason(response).await;
        session.polled(response.body().size_hint().lower());
        if session.is_over() {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

/// The same head without a claim on the connection's read buffer: the library keeps it as long as the session lives,
/// and it would keep the 16 KiB in which it came.
fn unpinned(mut parts: request::Parts) -> request::Parts {
    if let Ok(uri) = parts.uri.to_string().parse::<Uri>() {
        parts.uri = uri;
    }
    let copy = |(name, value): (&axum::http::HeaderName, &HeaderValue)| {
        HeaderValue::from_bytes(value.as_bytes()).ok().map(|value| (name.clone(), value))
    };
    parts.headers = parts.headers.iter().filter_map(copy).collect::<HeaderMap>();
    parts
}

/// The raw value of a name in a query. EngineSession ids and transports are never escaped.
fn query_value<'a>(uri: &'a Uri, name: &str) -> Option<&'a str> {
    uri.query()?
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// The session id in an Engine.IO open packet: `0{"sid":"…",…}`.
fn sid_in(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Open {
        sid: String,
    }
    let json = body.strip_prefix(b"0")?;
    serde_json::from_slice::<Open>(json).ok().map(|open| open.sid)
}

/// Whether a websocket is meant and no upgrade asked for: a proxy that passes no upgrades on takes the headers off. The
/// library would answer 101, after which the client waits until it gives up.
fn is_bare_websocket(request: &Request) -> bool {
    query_value(request.uri(), "transport") == Some("websocket") && !asks_for_websocket(request)
}

/// Whether an upgrade is asked for (RFC 6455, section 4.2.1). By HTTP/1.0 it cannot be (RFC 9110, section 7.8).
fn asks_for_websocket(request: &Request) -> bool {
    request.version() >= Version::HTTP_11
        && names(request.headers(), CONNECTION, "upgrade")
        && names(request.headers(), UPGRADE, "websocket")
}

/// Whether a header that is a list names a token.
fn names(headers: &HeaderMap, header: HeaderName, token: &str) -> bool {
    let lines = headers.get_all(header).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|part| part.trim().eq_ignore_ascii_case(token))
}

/// An error of the protocol, in the reference server's words, and the log's own.
fn refusal(code: u8, message: &str, reason: &'static str) -> impl IntoResponse {
    let body = format!(r#"{{"code":{code},"message":"{message}"}}"#);
    (StatusCode::BAD_REQUEST, Extension(Reason(reason.into())), [(CONTENT_TYPE, "application/json")], body)
}

/// The library's refusal, with the reason for the log: it stands in a body that is the library's alone.
async fn with_reason(response: Response) -> Response {
    #[derive(Deserialize)]
    struct Told {
        message: String,
    }
    if !response.status().is_client_error() && !response.status().is_server_error() {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let body = to_bytes(body, HANDSHAKE_BYTES).await.unwrap_or_default();
    let told = serde_json::from_slice::<Told>(&body).map(|told| told.message.into());
    let by_status = || parts.status.canonical_reason().unwrap_or_default().into();
    let reason = Reason(told.unwrap_or_else(|_| by_status()));
    parts.extensions.insert(reason);
    Response::from_parts(parts, Body::from(body))
}

/// For a session that is no more.
fn over() -> Response {
    ([(CONNECTION, "close")], refusal(1, "Session ID unknown", "the session is over")).into_response()
}

fn foreign() -> Problem {
    let detail = "Pages of this origin may not open a socket; it can be listed in ALLOWED_ORIGINS.";
    Problem::new(StatusCode::FORBIDDEN, "cross_site", detail)
}

fn refused(full: Full) -> Response {
    let (status, setting, detail) = match full {
        Full::Total => (
            StatusCode::SERVICE_UNAVAILABLE,
            "MAX_SOCKETS",
            "As many sockets are open as this server takes (MAX_SOCKETS).",
        ),
        Full::Key => (
            StatusCode::TOO_MANY_REQUESTS,
            "MAX_SOCKETS_PER_ADDRESS",
            "As many sockets are open as one address may have (MAX_SOCKETS_PER_ADDRESS).",
        ),
    };
    let problem = Problem::new(status, "overloaded", detail).retry_after(RETRY_AFTER_SECS);
    (Extension(Reason(setting.into())), problem).into_response()
}
