//! `GET /account/export`: what one has here, as a file.

use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use web::{Fields, Problem};

use super::Visit;
use crate::App;
use crate::export::Carrier;

/// What goes wrong before the file begins is told on the account page. The link bears the `user` that it means, as the
/// forms do.
pub(crate) async fn export(
    State(app): State<App>,
    visit: Visit,
    uri: Uri,
    carrier: Result<Carrier, Problem>,
) -> Response {
    let fields = Fields::from_query(uri.query());
    let begun = visit
        .check_meant(fields.text("user"))
        .and_then(|()| app.exports.begin(&visit.user, &visit.who, carrier?));
    begun.unwrap_or_else(|problem| visit.again(&problem, &Fields::default()))
}
