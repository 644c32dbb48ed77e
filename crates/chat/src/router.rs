//! The routes of the chat service.

use std::sync::Arc;

use axum::Router;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Middleware, Origin, SessionRoutes};

use crate::chat::{Chat, ChatState};
use crate::page::problem_page;
use crate::transports::http;
use crate::{client_js, openapi, page};

/// The whole service: its own routes beside those of Socket.IO, behind the layers that both services have.
pub(crate) fn service(chat: &Arc<Chat>, socket_routes: Router) -> Router {
    let (routes, description) = routes().split_for_parts();
    let routes = routes.merge(openapi::routes(description)).with_state(ChatState(Arc::clone(chat)));
    middleware(chat).apply(routes.merge(socket_routes))
}

/// The service's own routes. Each handler carries its description, so that none is missing in `/openapi.json`.
fn routes() -> OpenApiRouter<ChatState> {
    OpenApiRouter::with_openapi(openapi::Document::openapi())
        .routes(routes!(page::show))
        .routes(routes!(client_js::get))
        .merge(http::routes())
        .merge(SessionRoutes::routes())
}

fn middleware(chat: &Chat) -> Middleware {
    let users_url = &chat.settings.users_url;
    let mut middleware = Middleware::new("chat", &chat.settings, &chat.stores);
    middleware.form_action = vec![users_url.as_str().to_owned()];
    middleware.connect_src = websocket_sources(&chat.settings.chat_url);
    middleware.long_lived = Some("/socket.io");
    middleware.unlogged_below = Some("/rooms/");
    middleware.problem_page = Some(problem_page::renderer(users_url, &chat.settings.chat_url));
    middleware
}

/// Where the page's script may connect to: browsers differ in whether `'self'` covers websockets, so they are named.
fn websocket_sources(chat_url: &Origin) -> Vec<String> {
    vec![chat_url.as_str().replacen("http", "ws", 1)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn websockets_of_the_chat_are_named() {
        assert_eq!(websocket_sources(&"https://chat.example".parse().unwrap()), ["wss://chat.example"]);
        assert_eq!(websocket_sources(&"http://localhost:3001".parse().unwrap()), ["ws://localhost:3001"]);
    }
}
