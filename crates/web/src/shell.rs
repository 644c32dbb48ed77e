//! What surrounds every route of a service, from the outside in.

mod failures;
mod headers;
mod health;
mod host;
mod log;
mod repeated;
mod timeout;
mod unproven;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{Extensions, HeaderMap, StatusCode, Version};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use store::Stores;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::csrf::{CsrfLayer, ProtectionError};

pub use log::Reason;

use crate::{Hosts, Masked, Origin, Problem, Settings, Timers, files, metrics};

/// Bytes of a request's body, where a route does not say otherwise.
const BODY_BYTES: usize = 64 * 1024;

/// Makes a page of a problem for a person whose browser went there; `None` leaves it JSON.
pub type ProblemPage = Arc<dyn Fn(&Problem) -> Option<String> + Send + Sync>;

/// How a service is dressed.
#[derive(Clone)]
pub struct Shell {
    /// The service's name in logs and metrics.
    pub service: &'static str,
    /// Where forms may lead to, besides the service itself: CSP's `form-action`, which browsers also apply to the
    /// redirect that answers a form.
    pub form_action: Vec<String>,
    /// What scripts may connect to, besides the service itself: CSP's `connect-src`.
    pub connect_src: Vec<String>,
    /// `Referrer-Policy`.
    pub referrer_policy: &'static str,
    /// Requests to this path, with or without a slash at its end, hold their connections and check `Origin`
    /// themselves: the csrf layer, the handlers' timeout, compression and the rewriting of errors leave them alone.
    pub long_lived: Option<&'static str>,
    /// Pages for problems.
    pub page: Option<ProblemPage>,
    trusted: [Origin; 2],
    hosts: Hosts,
    timers: Timers,
    trusted_proxy_hops: usize,
    stores: Stores,
}

impl Shell {
    /// The strict one: forms and scripts keep to the service itself, no referrer is told, every problem is JSON.
    pub fn new(service: &'static str, settings: &Settings, stores: &Stores) -> Self {
        Self {
            service,
            form_action: Vec::new(),
            connect_src: Vec::new(),
            referrer_policy: "no-referrer",
            long_lived: None,
            page: None,
            trusted: [settings.users_url.clone(), settings.chat_url.clone()],
            hosts: settings.hosts(),
            timers: settings.timers,
            trusted_proxy_hops: settings.trusted_proxy_hops,
            stores: stores.clone(),
        }
    }

    fn is_long_lived(&self, path: &str) -> bool {
        self.long_lived.is_some_and(|route| path.trim_end_matches('/') == route)
    }
}

/// Surrounds a service's routes with all that the two services share, and adds `/health/live`, `/health/ready`,
/// `/metrics`, `/static/…` and `/favicon.ico`.
///
/// # Panics
/// When the routes hold one of these paths already.
pub fn dress(routes: Router, shell: &Shell) -> Router {
    metrics::install();
    let shell = Arc::new(shell.clone());
    routes
        .merge(health::routes(&shell.stores))
        .merge(metrics::local_routes(shell.trusted_proxy_hops > 0))
        .merge(files::routes())
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(from_fn_with_state(Arc::clone(&shell), timeout::limit))
        .layer(csrf(&shell))
        .layer(from_fn(unproven::set_aside))
        .layer(from_fn_with_state(Arc::clone(&shell), host::check))
        .layer(from_fn(repeated::refuse))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(Arc::clone(&shell), failures::tell))
        .layer(CompressionLayer::new().compress_when(may_compress()))
        .layer(from_fn_with_state(headers::Secure::of(&shell), headers::add))
        .layer(from_fn_with_state(shell, log::write))
}

pub(crate) use unproven::Unproven;

/// Marks an answer that must not be compressed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Uncompressed;

/// What bears a secret is marked `no-store` and never compressed, since its length would tell about it, unless the
/// secret is masked.
fn may_compress() -> impl Predicate {
    let is_public = |_: StatusCode, _: Version, headers: &HeaderMap, extensions: &Extensions| {
        let no_store = headers.get("cache-control").is_some_and(|value| value.as_bytes() == b"no-store");
        let secret = no_store && extensions.get::<Masked>().is_none();
        !secret && extensions.get::<Uncompressed>().is_none()
    };
    SizeAbove::new(512)
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::new("font/woff2"))
        .and(is_public)
}

/// Refuses what another site made a browser send. `Origin: null` passes only with `Sec-Fetch-Site: same-origin`, but for
/// what [`unproven`] sets aside.
fn csrf(shell: &Arc<Shell>) -> CsrfLayer<fn(ProtectionError) -> Response> {
    let trust = |layer: CsrfLayer, origin: &Origin| {
        layer.add_trusted_origin(origin.as_str()).expect("an Origin is in the form that browsers send")
    };
    let layer = shell.trusted.iter().fold(CsrfLayer::new(), trust);
    let shell = Arc::clone(shell);
    layer
        .with_insecure_bypass(move |_, uri| shell.is_long_lived(uri.path()))
        .with_rejection_response(|_| foreign().into_response())
}

/// 403: what another site made a browser send.
pub(crate) fn foreign() -> Problem {
    let detail = "Another site sent this request; only pages of this system may. If this page is one: whoever runs \
                  Natter sets USERS_URL and CHAT_URL to the addresses that browsers use, or lists the name in \
                  ALLOWED_HOSTS. A proxy must pass the headers Host and Origin on.";
    Problem::new(StatusCode::FORBIDDEN, "cross_site", detail)
}

/// The panic hook has told the log already.
fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    ::metrics::counter!("natter_panics_total").increment(1);
    Problem::internal().into_response()
}
