//! Who acts: a user, the credential in use, and its scopes.

use auth::{Claims, LEEWAY_SECS, Lifetimes, now_secs};
use store::{TokenStatus, UserId};
use uuid::Uuid;

use super::{Scope, Scopes};
use crate::Refusal;

/// Who acts. A handler that takes one as an argument is closed to requests without a valid token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The user.
    pub user_id: UserId,
    /// The user's name, which never changes.
    pub username: String,
    credential: Credential,
    scopes: Scopes,
}

/// The credential of a principal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// A session of a user who logged in.
    Session(Session),
}

/// A session, as one of its tokens describes it. Times are in seconds since the epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The session's id, which renewed tokens keep.
    pub id: Uuid,
    /// The version of the user's token status at which the token is valid.
    pub token_version: u32,
    /// When the user logged in.
    pub began_at: u64,
    /// When the token expires.
    pub expires_at: u64,
}

impl Principal {
    /// The principal of a token whose signature was verified. A session has every scope.
    pub fn of_session(claims: &Claims) -> Self {
        let session = Session {
            id: claims.sid,
            token_version: claims.ver,
            began_at: claims.auth_time,
            expires_at: claims.exp,
        };
        Self {
            user_id: UserId(claims.sub),
            username: claims.name.clone(),
            credential: Credential::Session(session),
            scopes: Scopes::ALL,
        }
    }

    /// The same principal with other scopes.
    #[must_use]
    pub fn with_scopes(self, scopes: Scopes) -> Self {
        Self { scopes, ..self }
    }

    /// The credential with which it acts.
    pub fn credential(&self) -> &Credential {
        &self.credential
    }

    /// Checks that it has a scope.
    ///
    /// # Errors
    /// `forbidden`.
    pub fn require(&self, scope: Scope) -> Result<(), Refusal> {
        match self.scopes.contains(scope) {
            true => Ok(()),
            false => {
                Err(Refusal::forbidden(format!("This token does not have the scope `{}`.", scope.as_str())))
            }
        }
    }

    /// Seconds until its token expires; 0 when it has.
    pub fn expires_in_secs(&self) -> u64 {
        let Credential::Session(session) = &self.credential;
        session.expires_at.saturating_sub(now_secs())
    }

    /// Whether its token has expired.
    pub(super) fn has_expired(&self) -> bool {
        let Credential::Session(session) = &self.credential;
        session.expires_at.saturating_add(LEEWAY_SECS) < now_secs()
    }

    /// Whether its credential is valid under a token status of its user.
    pub fn is_allowed_by(&self, status: &TokenStatus) -> bool {
        let Credential::Session(session) = &self.credential;
        status.allows(session.token_version, session.id)
    }

    /// Whether its credential is newer than a token status, which then does not decide about it.
    pub fn is_newer_than(&self, status: &TokenStatus) -> bool {
        let Credential::Session(session) = &self.credential;
        session.token_version > status.version
    }
}

impl Session {
    /// When the last token of this session can expire, in seconds since the epoch.
    pub fn ends_at(&self, lifetimes: Lifetimes) -> u64 {
        self.expires_at.max(self.began_at.saturating_add(lifetimes.session.as_secs()))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::Code;

    fn principal() -> Principal {
        let lifetimes = Lifetimes { token: Duration::from_secs(60), session: Duration::from_secs(600) };
        Principal::of_session(&Claims::issue(Uuid::now_v7(), "ada", 1, now_secs(), lifetimes))
    }

    #[test]
    fn a_session_has_every_scope() {
        for scope in [Scope::Read, Scope::Send, Scope::Account] {
            assert_eq!(principal().require(scope), Ok(()), "{scope:?}");
        }
    }

    #[test]
    fn a_principal_without_a_scope_is_refused() {
        let reader = principal().with_scopes(Scopes::of(&[Scope::Read]));
        assert_eq!(reader.require(Scope::Read), Ok(()));
        for scope in [Scope::Send, Scope::Account] {
            assert_eq!(reader.require(scope).unwrap_err().code(), Code::Forbidden, "{scope:?}");
        }
    }
}
