//! The calls over HTTP: the same operations for programs without a socket. Nothing here decides what an operation does.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json as JsonBody, Router};
use web::{Json, Principal, Query, Refusal};

use crate::chat::ChatState;
use crate::ops::admission::Caller;
use crate::ops::history::{self, HistoryQuery};
use crate::ops::send::{SendRequest, send_and_wait};
use crate::wire;

/// The table of calls.
pub(crate) fn routes() -> Router<ChatState> {
    Router::new().route("/messages", get(read_history).post(send))
}

/// 200 with a part of the log.
async fn read_history(
    State(ChatState(chat)): State<ChatState>,
    principal: Principal,
    Query(query): Query<HistoryQuery>,
) -> Result<Response, Refusal> {
    let page = history::read(&chat, Caller::Request(&principal), query).await?;
    Ok(JsonBody(wire::Page::from(&page)).into_response())
}

/// 201 with the entry, 200 for a resend.
async fn send(
    State(ChatState(chat)): State<ChatState>,
    principal: Principal,
    Json(request): Json<SendRequest>,
) -> Result<Response, Refusal> {
    let sent = send_and_wait(&chat, &principal, request).await?;
    let status = if sent.is_resend { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, JsonBody(wire::Entry::from(&sent.entry))).into_response())
}
