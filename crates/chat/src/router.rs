//! The routes of the chat service.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use web::{Middleware, Origin};

use crate::chat::{Chat, ChatState};
use crate::page::problem_page;
use crate::transports::http;
use crate::{client_js, page};

/// The whole service: its own routes beside those of Socket.IO, behind the layers that both services have.
pub(crate) fn service(chat: &Arc<Chat>, socket_routes: Router) -> Router {
    let routes = Router::new()
        .route("/", get(page::show))
        .route(client_js::PATH, get(client_js::get))
        .merge(http::routes())
        .merge(chat.logins.clone().routes())
        .with_state(ChatState(Arc::clone(chat)));
    middleware(chat).apply(routes.merge(socket_routes))
}

fn middleware(chat: &Chat) -> Middleware {
    let users_url = &chat.settings.users_url;
    let mut middleware = Middleware::new("chat", &chat.settings, &chat.stores);
    middleware.form_action = vec![users_url.as_str().to_owned()];
    middleware.connect_src = websocket_sources(&chat.settings.chat_url);
    middleware.long_lived = Some("/socket.io");
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
