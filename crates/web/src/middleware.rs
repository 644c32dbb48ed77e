//! The layers around every route of a service.

mod client;
mod compression;
mod csrf;
mod entry;
mod host;
mod problem_pages;
mod repeated_headers;
mod request_log;
mod security_headers;
mod timeout;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use store::Stores;
use tower_http::catch_panic::CatchPanicLayer;

use crate::{Hosts, Origin, Problem, Refusal, Settings, Timers, files, metrics, monitoring};
pub use request_log::Reason;

/// Maximum size of a request's body, unless a route sets another one.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// Makes the page of a problem for a browser that navigates; `None` leaves the answer JSON.
pub type ProblemRenderer = Arc<dyn Fn(&Problem) -> Option<String> + Send + Sync>;

/// The layers of a service, and their settings.
#[derive(Clone)]
pub struct Middleware {
    /// The service's name in logs and metrics.
    pub service: &'static str,
    /// Targets of forms besides the service itself: CSP's `form-action`, which browsers also apply to the redirect that
    /// answers a form.
    pub form_action: Vec<String>,
    /// Targets of connections besides the service itself: CSP's `connect-src`.
    pub connect_src: Vec<String>,
    /// `Referrer-Policy`.
    pub referrer_policy: &'static str,
    /// Requests to this path, with or without a slash at its end, hold their connections, and their handler checks
    /// `Origin`: the csrf layer, the timeout of handlers, compression and problem pages do not apply to them.
    pub long_lived: Option<&'static str>,
    /// The beginning of paths whose further parts are not logged: they name what others may not know.
    pub unlogged_below: Option<&'static str>,
    /// The pages of problems.
    pub problem_page: Option<ProblemRenderer>,
    trusted: [Origin; 2],
    hosts: Hosts,
    timers: Timers,
    trusted_proxy_hops: usize,
    stores: Stores,
}

impl Middleware {
    /// The strictest settings: forms and scripts reach the service itself only, no referrer is sent, every problem is JSON.
    pub fn new(service: &'static str, settings: &Settings, stores: &Stores) -> Self {
        Self {
            service,
            form_action: Vec::new(),
            connect_src: Vec::new(),
            referrer_policy: "no-referrer",
            long_lived: None,
            unlogged_below: None,
            problem_page: None,
            trusted: [settings.users_url.clone(), settings.chat_url.clone()],
            hosts: settings.hosts(),
            timers: settings.timers,
            trusted_proxy_hops: settings.trusted_proxy_hops,
            stores: stores.clone(),
        }
    }

    /// Adds the layers to a service's routes, and the routes `/health/live`, `/health/ready`, `/metrics`, `/static/…` and
    /// `/favicon.ico`. The last layer is the outermost. They are few, since axum copies all that is inside of one for each
    /// request.
    ///
    /// # Panics
    /// When the routes hold one of these paths already.
    pub fn apply(self, routes: Router) -> Router {
        metrics::install();
        let middleware = Arc::new(self);
        routes
            .merge(monitoring::routes(&middleware.stores, middleware.trusted_proxy_hops > 0))
            .merge(files::routes())
            .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
            .layer(csrf::layer(&middleware))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(from_fn_with_state(Arc::clone(&middleware), entry::admit))
            .layer(compression::layer())
            .layer(from_fn_with_state(Arc::new(request_log::Outermost::new(middleware)), request_log::write))
    }

    fn is_long_lived(&self, path: &str) -> bool {
        self.long_lived.is_some_and(|route| path.trim_end_matches('/') == route)
    }
}

/// The panic hook has logged it already.
fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    ::metrics::counter!("natter_panics_total").increment(1);
    Refusal::internal().into_response()
}
