//! The description of a service's API, made from its handlers: `/openapi.json` for programs (OpenAPI 3.1), `/docs` for
//! people. Both services describe what they share only here.

mod complete;
mod docs;
mod failures;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use serde_json::Value;
use utoipa::Modify;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};

pub use complete::request_bodies;
pub use failures::{Call, Failure};

/// The security scheme `token`: a bearer token. For `modifiers(&TokenScheme)` of a document.
#[derive(Debug)]
pub struct TokenScheme;

impl Modify for TokenScheme {
    fn modify(&self, document: &mut OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(scheme));
    }
}

/// The whole document. `own` are failures that several calls of this service share.
pub fn document(document: OpenApi, own: &[Failure]) -> Value {
    let mut document = serde_json::to_value(document).unwrap_or_default();
    complete::complete(&mut document, own);
    document
}

/// `/openapi.json` and `/docs`, both made once at the start. `name` is what the page calls the service.
pub fn routes<S: Clone + Send + Sync + 'static>(name: &str, document: &Value) -> Router<S> {
    let (page, json) = (docs::page(name, document), document.to_string());
    let json = async move || ([(CONTENT_TYPE, "application/json")], json.clone()).into_response();
    let docs = async move || Html(page.clone());
    Router::new().route("/openapi.json", get(json)).route("/docs", get(docs))
}
