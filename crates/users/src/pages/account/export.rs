//! `POST /account/export`, and `GET` for whoever kept the address: what one has here, as a file.

use axum::extract::{FromRequest, Request, State};
use axum::http::{Method, Uri};
use axum::response::Response;
use web::{Fields, Form, Problem};

use super::Visit;
use crate::App;
use crate::export::Carrier;

/// What goes wrong before the file begins is told on the account page. The form bears the `user` that it means, as the
/// others do; an address may.
pub(crate) async fn export(
    State(app): State<App>,
    visit: Visit,
    uri: Uri,
    carrier: Result<Carrier, Problem>,
    request: Request,
) -> Result<Response, Problem> {
    let fields = match *request.method() {
        Method::POST => Form::from_request(request, &()).await?.0,
        _ => Fields::from_query(uri.query()),
    };
    let begun = visit
        .check_meant(fields.text("user"))
        .and_then(|()| app.exports.begin(&visit.user, &visit.who, carrier?));
    Ok(begun.unwrap_or_else(|problem| visit.again(&problem, &Fields::default())))
}
