//! `POST /account/export`: the export of one's own data as a file. `GET` is answered too, for bookmarks.

use axum::extract::{FromRequest, Request};
use axum::http::{Method, Uri};
use axum::response::Response;
use web::{Fields, Form, Problem};

use super::AccountRequest;
use crate::download::{self, StreamingConnection};
use crate::ops::Target;

/// An error before the file begins is shown on the account page. The form names the `user` that it is for, as the other
/// forms do; a link may.
pub(crate) async fn export(
    account: AccountRequest,
    uri: Uri,
    streaming: Result<StreamingConnection, Problem>,
    request: Request,
) -> Result<Response, Problem> {
    let fields = match *request.method() {
        Method::POST => Form::from_request(request, &()).await?.0,
        _ => Fields::from_query(uri.query()),
    };
    let exported = begin(&account, &fields, streaming).await;
    Ok(exported.unwrap_or_else(|problem| account.show_again(&problem, &Fields::from_form(b""))))
}

async fn begin(
    account: &AccountRequest,
    fields: &Fields,
    streaming: Result<StreamingConnection, Problem>,
) -> Result<Response, Problem> {
    account.check_user(fields.text("user"))?;
    let AccountRequest { app, caller, user, .. } = account;
    let streaming = streaming?;
    let export = app.ops.export(caller, Target::Loaded(user)).await?;
    Ok(download::respond(export, caller, &app.authenticator, streaming))
}
