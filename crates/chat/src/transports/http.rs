//! The calls over HTTP: the same operations for programs without a socket. Nothing here decides what an operation does.

mod members;
mod messages;
mod paths;
mod read_marks;
mod rooms;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::chat::ChatState;

/// The table of calls.
pub(crate) fn routes() -> OpenApiRouter<ChatState> {
    OpenApiRouter::new()
        .routes(routes!(messages::read_lobby, messages::send_to_lobby))
        .routes(routes!(messages::read, messages::send))
        .routes(routes!(rooms::list, rooms::create))
        .routes(routes!(rooms::begin_direct))
        .routes(routes!(rooms::read, rooms::change, rooms::archive))
        .routes(routes!(read_marks::mark_all))
        .routes(routes!(read_marks::mark))
        .routes(routes!(read_marks::set_notify))
        .routes(routes!(members::list))
        .routes(routes!(members::add, members::remove))
}
