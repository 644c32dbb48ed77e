//! Who sends a request. These extractors are the only door for a token.

use auth::Claims;
use axum::extract::{FromRef, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use store::UserId;
use url::form_urlencoded;

use crate::{Authenticator, Problem, cookie};

/// Somebody with a good token. A handler that takes one is closed to everybody else: 401 for a bad or missing token,
/// 503 when none can be judged. The token is the Bearer's, else the cookie's; the first one present decides.
#[derive(Clone)]
pub struct SignedIn {
    /// Whose token it is.
    pub user_id: UserId,
    /// The name in the token, which is for life.
    pub username: String,
    /// All that the token says.
    pub claims: Claims,
    /// The token itself.
    pub token: String,
}

/// [`SignedIn`] for a route that also takes the token from `?jwt=`, after the Bearer's and before the cookie's.
#[derive(Debug, Clone)]
pub struct SignedInByLink(pub SignedIn);

/// Whether a route takes a token from its query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Jwt {
    /// `?jwt=` is looked at.
    InQuery,
    /// It is not.
    Nowhere,
}

/// The token of a request, good or bad: the Bearer's, else (where the route takes it) `?jwt=`, else the cookie's.
/// The first one present decides, also when it is empty.
fn presented_token(headers: &HeaderMap, query: Option<&str>, jwt: Jwt) -> Option<String> {
    let in_query = || query.filter(|_| jwt == Jwt::InQuery).and_then(token_in_query);
    bearer(headers).or_else(in_query).or_else(|| cookie::token(headers))
}

/// The token in `Authorization: Bearer`, good or bad.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<String> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

/// The token in a query's `jwt`, also when it is empty. Two different ones are as an empty one: present, and no good.
pub fn token_in_query(query: &str) -> Option<String> {
    let tokens = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "jwt");
    cookie::only(tokens.map(|(_, token)| token.into_owned()))
}

async fn judge<S>(parts: &Parts, state: &S, jwt: Jwt) -> Result<SignedIn, Problem>
where
    Authenticator: FromRef<S>,
{
    let token = presented_token(&parts.headers, parts.uri.query(), jwt).ok_or_else(Problem::signed_out)?;
    Ok(Authenticator::from_ref(state).authenticate(&token).await?)
}

impl<S: Sync> FromRequestParts<S> for SignedIn
where
    Authenticator: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        judge(parts, state, Jwt::Nowhere).await
    }
}

impl<S: Sync> FromRequestParts<S> for SignedInByLink
where
    Authenticator: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        judge(parts, state, Jwt::InQuery).await.map(Self)
    }
}

/// Never shows the token.
impl std::fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedIn").field("user_id", &self.user_id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use axum::http::header::COOKIE;

    use super::*;

    #[test]
    fn the_first_token_present_decides() {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, HeaderValue::from_static("other=1; natter_token=from-cookie"));
        let presented = |headers: &HeaderMap, jwt| presented_token(headers, Some("a=b&jwt=from%2Dlink"), jwt);
        assert_eq!(presented(&headers, Jwt::Nowhere).as_deref(), Some("from-cookie"));
        assert_eq!(presented(&headers, Jwt::InQuery).as_deref(), Some("from-link"));
        headers.insert(AUTHORIZATION, HeaderValue::from_static("Basic dTpw"));
        assert_eq!(presented(&headers, Jwt::InQuery).as_deref(), Some("from-link"), "Basic is not for us");
        headers.insert(AUTHORIZATION, HeaderValue::from_static("bearer from-header"));
        assert_eq!(presented(&headers, Jwt::InQuery).as_deref(), Some("from-header"));
        assert_eq!(presented_token(&headers, Some("jwt="), Jwt::InQuery).as_deref(), Some("from-header"));
        headers.remove(AUTHORIZATION);
        assert_eq!(
            presented_token(&headers, Some("jwt="), Jwt::InQuery).as_deref(),
            Some(""),
            "empty, yet present"
        );
        assert_eq!(presented_token(&HeaderMap::new(), None, Jwt::InQuery), None);
    }

    #[test]
    fn of_two_tokens_in_one_place_none_is_believed() {
        assert_eq!(token_in_query("jwt=a&jwt=a").as_deref(), Some("a"));
        assert_eq!(token_in_query("jwt=a&jwt=b").as_deref(), Some(""));
        let cookies = |line: &'static str| [(COOKIE, HeaderValue::from_static(line))].into_iter().collect();
        let token = |line| presented_token(&cookies(line), None, Jwt::Nowhere);
        assert_eq!(token("natter_token=a; natter_token=a").as_deref(), Some("a"));
        assert_eq!(token("natter_token=a; natter_token=b").as_deref(), Some(""));
        assert_eq!(token("natter_token="), None, "an ended one");
    }
}
