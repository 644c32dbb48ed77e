//! One log line and one measurement for each request, with the reason of a refusal. Never a query, a header or a body.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use metrics::Label;

use super::client;
use super::security_headers::Headers;
use crate::Middleware;
use crate::{Code, Problem};

/// Why a request was refused, for the log, where the answer is no [`Problem`] or the problem's `code` is too general. It
/// is in the response's extensions, and never holds what a client sent.
#[derive(Debug, Clone)]
pub struct Reason(pub Cow<'static, str>);

impl Reason {
    /// That of a page for a browser that is not signed in.
    pub fn signed_out() -> Self {
        Self(Code::SignedOut.as_str().into())
    }
}

/// What the outermost layer needs.
pub(super) struct Outermost {
    middleware: Arc<Middleware>,
    headers: Headers,
}

impl Outermost {
    pub(super) fn new(middleware: Arc<Middleware>) -> Self {
        Self { headers: Headers::of(&middleware), middleware }
    }
}

/// Adds the security headers to every answer, and writes its line.
pub(super) async fn write(
    State(outermost): State<Arc<Outermost>>,
    mut request: Request,
    next: Next,
) -> Response {
    let began = Instant::now();
    let Outermost { middleware, headers } = &*outermost;
    let client = client::note(&mut request, middleware);
    let (logged, is_trustworthy) = (Logged::of(&request, client), headers.is_trustworthy(&request));
    let mut response = next.run(request).await;
    headers.add(response.headers_mut(), is_trustworthy);
    logged.write(middleware, &response, began);
    response
}

/// Empty unless the request was refused.
fn reason(response: &Response) -> Cow<'static, str> {
    let extensions = response.extensions();
    let code = || extensions.get::<Problem>().map(|problem| problem.code().into());
    extensions.get::<Reason>().map(|reason| reason.0.clone()).or_else(code).unwrap_or_default()
}

struct Logged {
    method: Method,
    path: String,
    /// The route, if there is one. It is logged in place of a path that names what others may not know.
    route: Option<MatchedPath>,
    client: String,
}

impl Logged {
    fn of(request: &Request, client: Option<IpAddr>) -> Self {
        Self {
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            route: request.extensions().get::<MatchedPath>().cloned(),
            client: client.map(|address| address.to_string()).unwrap_or_default(),
        }
    }

    fn write(&self, middleware: &Middleware, response: &Response, began: Instant) {
        let (status, reason) = (response.status().as_u16(), reason(response));
        let reason = &*reason;
        self.measure(middleware.service, status, began);
        let (service, method, path, client) =
            (middleware.service, &self.method, self.logged_path(middleware), &self.client);
        let duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        if status >= 500 {
            tracing::warn!(service, %method, path, status, reason, duration_ms, client, "refused a request");
        } else if status >= 400 {
            tracing::info!(service, %method, path, status, reason, duration_ms, client, "refused a request");
        } else if self.is_frequent(middleware) {
            tracing::debug!(service, %method, path, status, duration_ms, client, "answered a request");
        } else {
            tracing::info!(service, %method, path, status, duration_ms, client, "answered a request");
        }
    }

    fn logged_path(&self, middleware: &Middleware) -> &str {
        match middleware.unlogged_below.filter(|beginning| self.path.starts_with(beginning)) {
            Some(beginning) => self.route.as_ref().map_or(beginning, MatchedPath::as_str),
            None => &self.path,
        }
    }

    fn is_frequent(&self, middleware: &Middleware) -> bool {
        let frequent = ["/static/", "/health/", "/metrics", "/favicon.ico"];
        middleware.is_long_lived(&self.path) || frequent.iter().any(|prefix| self.path.starts_with(prefix))
    }

    /// Labels are routes and known methods, never text from a client.
    fn measure(&self, service: &'static str, status: u16, began: Instant) {
        let route: Arc<str> = self.route.as_ref().map_or("none", MatchedPath::as_str).into();
        let mut labels = Vec::with_capacity(4);
        labels.push(Label::new("service", service));
        labels.push(Label::new("route", route));
        labels.push(Label::new("method", method_label(&self.method)));
        metrics::histogram!("natter_http_request_duration_seconds", labels.clone())
            .record(began.elapsed().as_secs_f64());
        labels.push(Label::new("status", status.to_string()));
        metrics::counter!("natter_http_requests_total", labels).increment(1);
    }
}

fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}
