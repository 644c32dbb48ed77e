//! The token in a form: a page's forms act as the page's user, also if the cookie, which all tabs of a
//! browser share, belongs to another user by then.

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH};
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use url::form_urlencoded;

use crate::input::read_body;
use crate::{Problem, media, unmask};

/// The field with the token, [masked](crate::mask()).
const TOKEN_FIELD: &str = "token";

/// A layer that moves the token of a posted form into the request's `Authorization: Bearer`, which takes precedence over
/// the cookie.
pub async fn move_form_token(request: Request, next: Next) -> Response {
    let is_form = *request.method() == Method::POST && media::is_form(request.headers());
    if !is_form || request.headers().contains_key(AUTHORIZATION) {
        return next.run(request).await;
    }
    match with_bearer(request).await {
        Ok(request) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

async fn with_bearer(request: Request) -> Result<Request, Problem> {
    let (mut parts, body) = request.into_parts();
    let mut to_read = Request::new(body);
    // The route's limits are in the extensions.
    *to_read.extensions_mut() = parts.extensions.clone();
    let body = read_body(to_read).await?;
    let Some((token, rest)) = take_token(&body) else {
        return Ok(Request::from_parts(parts, Body::from(body)));
    };
    // A value that cannot be a token is an invalid one, and no reason to use the cookie.
    let bearer = HeaderValue::try_from(format!("Bearer {token}"));
    parts.headers.insert(AUTHORIZATION, bearer.unwrap_or(HeaderValue::from_static("Bearer -")));
    parts.headers.remove(CONTENT_LENGTH);
    Ok(Request::from_parts(parts, Body::from(rest)))
}

/// The token of a form that has one, and the other fields.
fn take_token(form: &Bytes) -> Option<(String, String)> {
    let fields = || form_urlencoded::parse(form);
    let (_, masked) = fields().find(|(name, _)| name == TOKEN_FIELD)?;
    let rest = fields().filter(|(name, _)| name != TOKEN_FIELD);
    let rest = form_urlencoded::Serializer::new(String::new()).extend_pairs(rest).finish();
    Some((unmask(&masked).unwrap_or_default(), rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mask;

    #[test]
    fn a_token_is_taken_out_and_the_other_fields_stay_unchanged() {
        let form = format!("a=1&token={}&b=%C3%A9+%26&b=", mask("e.y.J"));
        let wanted = Some(("e.y.J".to_owned(), "a=1&b=%C3%A9+%26&b=".to_owned()));
        assert_eq!(take_token(&Bytes::from(form)), wanted);
        assert_eq!(take_token(&Bytes::from("a=1&b=2")), None);
        assert_eq!(take_token(&Bytes::from("token=nonsense")), Some((String::new(), String::new())));
    }
}
