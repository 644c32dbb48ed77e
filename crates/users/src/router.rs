//! The routes of the service, by audience.

use axum::Router;
use axum::extract::{Request, State};
use axum::handler::Handler;
use axum::middleware::from_fn;
use axum::response::Response;
use axum::routing::{get, post};
use utoipa::OpenApi;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};
use utoipa_axum::routes;
use web::{SessionRoutes, media};

use crate::state::App;
use crate::{api, openapi, pages};

/// Every route.
pub(crate) fn router() -> Router<App> {
    let (api, description) = api_routes().split_for_parts();
    api.merge(visitor_pages()).merge(account_pages()).merge(openapi::routes(description))
}

/// For programs: the REST API. Each handler carries its description.
fn api_routes() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(openapi::Document::openapi())
        // Users: anyone may sign up; the list and each user are for everybody with a token.
        .routes(routes!(api::sign_up::sign_up, api::read::list))
        .routes(routes!(api::read::read, api::change::patch, api::change::put, api::delete::delete))
        // One's own account.
        .routes(routes!(api::sign_out::sign_out_everywhere))
        .routes(routes!(api::export::export))
        // Sessions.
        .routes(log_in_routes())
        .merge(SessionRoutes::routes())
}

/// For browsers of visitors: sign up, log in, continue to the chat.
fn visitor_pages() -> Router<App> {
    Router::new()
        .route("/", get(pages::sign_up::start))
        .route("/signup", get(pages::sign_up::show).post(pages::sign_up::submit))
        .route("/login", get(pages::log_in::show))
        .route("/chat", get(pages::open_chat::open_chat))
}

/// For browsers of users: the account page and its forms.
fn account_pages() -> Router<App> {
    use pages::account;
    Router::new()
        .route("/account", get(account::show).post(account::change::rename))
        .route("/account/password", post(account::change::change_password))
        .route("/account/sign-out-everywhere", post(account::sign_out::sign_out_everywhere))
        .route("/account/export", get(account::export::export).post(account::export::export))
        .route("/account/delete", post(account::delete::delete))
        .route("/account/deleted", get(account::delete::deleted))
        .route_layer(from_fn(web::move_form_token))
}

/// `POST /login`: the description of the API call, and the choice between it and the page's form.
fn log_in_routes() -> UtoipaMethodRouter<App> {
    let (schemas, paths, _) = routes!(api::log_in::log_in);
    (schemas, paths, post(form_or_call))
}

async fn form_or_call(State(app): State<App>, request: Request) -> Response {
    if media::is_form(request.headers()) {
        pages::log_in::submit.call(request, app).await
    } else {
        api::log_in::log_in.call(request, app).await
    }
}
