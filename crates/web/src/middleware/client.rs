//! Who sends a request: noted once, for the log and for all limits.

use std::net::IpAddr;
use std::sync::Once;

use axum::extract::Request;

use crate::server::client_address;
use crate::{ClientAddress, Connection, Middleware};

/// Notes the address of a request's client in its extensions.
pub(super) fn note(request: &mut Request, middleware: &Middleware) -> Option<IpAddr> {
    let connection = request.extensions().get::<Connection>()?;
    let address = client_address(connection, request.headers(), middleware.trusted_proxy_hops);
    if middleware.trusted_proxy_hops == 0 && request.headers().contains_key("x-forwarded-for") {
        warn_of_proxy(connection.peer().ip());
    }
    request.extensions_mut().insert(ClientAddress(address));
    Some(address)
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
