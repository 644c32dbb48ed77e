//! What every request passes before its handler, in order: the checks of its head, then the timeout. Whatever refuses it,
//! here or further inside, gets the form that its client expects.

use std::net::IpAddr;
use std::sync::{Arc, Once};

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use super::problem_pages::Expected;
use super::{host, repeated_headers, timeout};
use crate::auth::remove_cookies_of_unknown_sender;
use crate::{ClientNetwork, Connection, Middleware, client_address};

pub(super) async fn admit(
    State(middleware): State<Arc<Middleware>>,
    mut request: Request,
    next: Next,
) -> Response {
    let expected = Expected::of(&request, &middleware);
    let response = match refusal(&request, &middleware) {
        Some(refusal) => refusal,
        None => {
            note_network(&mut request, &middleware);
            remove_cookies_of_unknown_sender(&mut request);
            timeout::limit(&middleware, request, next).await
        }
    };
    expected.apply(response, &middleware)
}

/// Notes from which network the request comes, for the limits.
fn note_network(request: &mut Request, middleware: &Middleware) {
    let Some(connection) = request.extensions().get::<Connection>() else { return };
    let address = client_address(connection, request.headers(), middleware.trusted_proxy_hops);
    if middleware.trusted_proxy_hops == 0 && request.headers().contains_key("x-forwarded-for") {
        warn_of_proxy(connection.peer().ip());
    }
    request.extensions_mut().insert(ClientNetwork::of(address));
}

/// Behind a proxy that is not trusted, all clients are one network and share its limits. Other machines than a proxy may
/// send the header too, so only one nearby is taken for a proxy.
fn warn_of_proxy(peer: IpAddr) {
    static WARNED: Once = Once::new();
    let is_near = match peer.to_canonical() {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local(),
    };
    if is_near {
        WARNED.call_once(|| {
            tracing::warn!(%peer, "a proxy passes requests on, but TRUSTED_PROXY_HOPS is 0: all its clients share the limits of one address");
        });
    }
}

fn refusal(request: &Request, middleware: &Middleware) -> Option<Response> {
    repeated_headers::refusal(request.headers()).or_else(|| host::refusal(request, middleware))
}
