//! `POST /account/export`: the export of one's own data as a file. `GET` is answered too, for bookmarks.

use axum::extract::{FromRequest, Request, State};
use axum::http::{Method, Uri};
use axum::response::Response;
use web::{Fields, Form, Problem};

use super::Visit;
use crate::App;
use crate::export::StreamingConnection;

/// An error before the file begins is shown on the account page. The form names the `user` that it is for, as the other
/// forms do; a link may.
pub(crate) async fn export(
    State(app): State<App>,
    visit: Visit,
    uri: Uri,
    streaming: Result<StreamingConnection, Problem>,
    request: Request,
) -> Result<Response, Problem> {
    let fields = match *request.method() {
        Method::POST => Form::from_request(request, &()).await?.0,
        _ => Fields::from_query(uri.query()),
    };
    let begun = visit
        .check_meant(fields.text("user"))
        .and_then(|()| app.exports.begin(&visit.user, &visit.who, streaming?));
    Ok(begun.unwrap_or_else(|problem| visit.again(&problem, &Fields::default())))
}
