//! The extractors that close a handler to requests without a valid token: 401 for an invalid or missing one, 503 if it
//! cannot be verified.

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;

use super::token_source;
use crate::{Authenticator, ClientNetwork, Principal, Problem, Refusal};

/// A [`Principal`] and its token, for a page that hands the token on.
#[derive(Clone)]
pub struct PrincipalWithToken {
    /// Who acts.
    pub principal: Principal,
    /// The token.
    pub token: String,
}

/// A [`Principal`] and where its request came from, for an operation with a rate.
#[derive(Debug, Clone)]
pub struct Requester {
    /// Who acts.
    pub principal: Principal,
    /// From where.
    pub network: ClientNetwork,
}

/// [`PrincipalWithToken`] for a page that also takes the token from its address (`?jwt=`).
#[derive(Debug, Clone)]
pub struct PrincipalByLink(pub PrincipalWithToken);

async fn authenticate<S>(token: Option<String>, state: &S) -> Result<PrincipalWithToken, Problem>
where
    Authenticator: FromRef<S>,
{
    let token = token.ok_or_else(Refusal::signed_out)?;
    let principal = Authenticator::from_ref(state).authenticate(&token).await?;
    Ok(PrincipalWithToken { principal, token })
}

impl<S: Sync> FromRequestParts<S> for Principal
where
    Authenticator: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        authenticate(token_source::of_request(&parts.headers), state).await.map(|found| found.principal)
    }
}

impl<S: Sync> FromRequestParts<S> for Requester
where
    Authenticator: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let principal = Principal::from_request_parts(parts, state).await?;
        let network = ClientNetwork::from_request_parts(parts, state).await?;
        Ok(Self { principal, network })
    }
}

impl<S: Sync> FromRequestParts<S> for PrincipalWithToken
where
    Authenticator: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        authenticate(token_source::of_request(&parts.headers), state).await
    }
}

impl<S: Sync> FromRequestParts<S> for PrincipalByLink
where
    Authenticator: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        authenticate(token_source::of_link(parts), state).await.map(Self)
    }
}

/// Never shows the token.
impl std::fmt::Debug for PrincipalWithToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PrincipalWithToken").field("principal", &self.principal).finish_non_exhaustive()
    }
}
