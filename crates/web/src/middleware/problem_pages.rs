//! Gives every failure one form: a bare status becomes a problem document, and a problem document becomes a page where a
//! browser navigates.

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};

use super::compression::Uncompressed;
use crate::{Middleware, Problem, media};

/// The form of an answer that the client of one request expects.
pub(super) struct Expected {
    is_long_lived: bool,
    is_page: bool,
}

impl Expected {
    pub(super) fn of(request: &Request, middleware: &Middleware) -> Self {
        Self {
            is_long_lived: middleware.is_long_lived(request.uri().path()),
            is_page: media::wants_html(request.headers()),
        }
    }

    pub(super) fn apply(&self, mut response: Response, middleware: &Middleware) -> Response {
        if self.is_long_lived {
            response.extensions_mut().insert(Uncompressed);
            return response;
        }
        let response = as_problem(response);
        if self.is_page { as_page(response, middleware) } else { response }
    }
}

/// axum's own failures are bare statuses or plain text.
fn as_problem(response: Response) -> Response {
    let failed = response.status().is_client_error() || response.status().is_server_error();
    if !failed || response.extensions().get::<Problem>().is_some() || !is_bare(response.headers()) {
        return response;
    }
    let mut problem = Problem::of_status(response.status()).into_response();
    let (parts, _) = response.into_parts();
    for (name, value) in
        parts.headers.iter().filter(|(name, _)| *name != CONTENT_TYPE && *name != CONTENT_LENGTH)
    {
        problem.headers_mut().insert(name.clone(), value.clone());
    }
    problem
}

fn is_bare(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_none_or(|value| value.as_bytes().starts_with(b"text/plain"))
}

fn as_page(mut response: Response, middleware: &Middleware) -> Response {
    let problem = response.extensions().get::<Problem>();
    if let Some(page) = problem.and_then(|problem| middleware.problem_page.as_ref()?(problem)) {
        *response.body_mut() = Body::from(page);
        response.headers_mut().remove(CONTENT_LENGTH);
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    }
    response
}
