//! Verifies tokens: the signature first, unless it was lately, then the user's token status from a cache that a poll keeps
//! fresh.
//!
//! It never accepts a token that it cannot verify: when the cache is stale and the store is not available, the answer is
//! [`AuthError::Unavailable`].

use std::sync::Arc;

use auth::{Claims, FormKey, Lifetimes, Renewal, TokenError, TokenKey, now_secs};
use store::{StoreError, TokenStatus, Tokens, UserId};
use tokio::sync::broadcast;

use super::status_cache::StatusCache;
use super::verified_tokens::VerifiedTokens;
use super::{Credential, Principal};
use crate::{LogBudget, Polled, Problem, Refusal, Settings};

/// Batches of changes that a listener may be behind before it misses some; each change is sent again for ten seconds.
const MAX_WAITING_CHANGES: usize = 256;

/// Verifies tokens. Clones share one cache, which [`Authenticator::poll`] must keep fresh.
#[derive(Clone)]
pub struct Authenticator {
    pub(super) shared: Arc<Shared>,
}

pub(super) struct Shared {
    key: TokenKey,
    lifetimes: Lifetimes,
    pub(super) tokens: Arc<dyn Tokens>,
    pub(super) cache: StatusCache,
    verified: VerifiedTokens,
    pub(super) changes: broadcast::Sender<Arc<Vec<(UserId, TokenStatus)>>>,
}

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// It is not valid, or not any more: 401.
    #[error("the token is not valid")]
    Invalid,
    /// It cannot be verified, since the store is not available: 503.
    #[error("the token cannot be verified now")]
    Unavailable,
}

/// What is known of a principal's session without asking the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionStatus {
    /// It is valid.
    Active,
    /// It is over.
    Ended,
    /// The cache does not know, or is stale: ask the store ([`Authenticator::verify_session`]).
    Unknown,
}

impl Authenticator {
    /// An authenticator with an empty cache. Until [`Authenticator::poll`] runs, every question goes to the store.
    pub fn new(settings: &Settings, tokens: Arc<dyn Tokens>) -> Self {
        let (key, lifetimes) = (settings.token_key.clone(), settings.lifetimes);
        let changes = broadcast::Sender::new(MAX_WAITING_CHANGES);
        let (cache, verified) = (StatusCache::default(), VerifiedTokens::default());
        Self { shared: Arc::new(Shared { key, lifetimes, tokens, cache, verified, changes }) }
    }

    /// The principal of a token.
    ///
    /// # Errors
    /// [`AuthError`].
    pub async fn authenticate(&self, token: &str) -> Result<Principal, AuthError> {
        if let Some(principal) = self.shared.verified.principal(token) {
            return self.verify_session(&principal).await.map(|()| principal);
        }
        let principal = self.authenticate_once(token).await?;
        self.shared.verified.learn(token, &principal);
        Ok(principal)
    }

    /// The principal of a token that is hardly sent again, such as that of a socket: nothing of it is kept.
    ///
    /// # Errors
    /// [`AuthError`].
    pub async fn authenticate_once(&self, token: &str) -> Result<Principal, AuthError> {
        self.authenticate_claims(token).await.map(|claims| Principal::of_session(&claims))
    }

    /// The claims of a token, from which a renewed one can be made.
    pub(super) async fn authenticate_claims(&self, token: &str) -> Result<Claims, AuthError> {
        let claims = self.shared.key.verify(token).map_err(refused)?;
        self.verify_session(&Principal::of_session(&claims)).await?;
        Ok(claims)
    }

    /// Why a token was refused, for the log.
    pub fn refusal_reason(&self, token: &str) -> &'static str {
        match self.shared.key.verify(token) {
            Err(TokenError::Expired) => "the token has expired",
            Err(TokenError::FromTheFuture) => "it was issued in the future: the nodes' clocks differ",
            Err(TokenError::Invalid) => "it is not a token of this installation",
            Ok(_) => "the token's session is over",
        }
    }

    /// The user of a token of this installation that has not expired, for the log.
    pub fn user_of_token(&self, token: &str) -> Option<UserId> {
        self.shared.key.verify(token).ok().map(|claims| UserId(claims.sub))
    }

    /// The claims of a fresh token for a renewal credential that was verified, if its session is still valid.
    ///
    /// # Errors
    /// [`AuthError`].
    pub(super) async fn verify_renewal(&self, renewal: &Renewal) -> Result<Claims, AuthError> {
        self.verify_session(&Principal::of_session(renewal.claims())).await?;
        renewal.token(now_secs(), self.shared.lifetimes).ok_or(AuthError::Invalid)
    }

    /// Checks that the session of a principal is still valid, from the cache if that is fresh, else from the store.
    ///
    /// # Errors
    /// [`AuthError`].
    pub async fn verify_session(&self, principal: &Principal) -> Result<(), AuthError> {
        let status = match self.session_status(principal) {
            SessionStatus::Unknown => self.ask_store(principal).await?,
            known => known,
        };
        if status == SessionStatus::Active { Ok(()) } else { Err(AuthError::Invalid) }
    }

    /// What the cache knows of a principal's session, at once: for each event of a socket.
    pub fn session_status(&self, principal: &Principal) -> SessionStatus {
        if principal.has_expired() {
            return SessionStatus::Ended;
        }
        self.shared.cache.allows(principal).map_or(SessionStatus::Unknown, status)
    }

    /// The token statuses that changed, whenever the poll sees them: each change is sent again for ten seconds.
    pub fn changes(&self) -> broadcast::Receiver<Arc<Vec<(UserId, TokenStatus)>>> {
        self.shared.changes.subscribe()
    }

    /// Reads a user's token status at once, after this process has changed it. An error is ignored: the next poll reads
    /// the change.
    pub async fn refresh(&self, user: UserId) {
        if let Ok(Some(token_status)) = self.shared.tokens.token_status(user).await {
            self.absorb(vec![(user, token_status)]);
        }
    }

    /// Passes over the error of an attempt to end a principal's session if the session has ended: a failed write may have
    /// taken effect.
    ///
    /// # Errors
    /// `unavailable` when it has not ended, or not yet, or when that is not known.
    pub async fn unless_ended(&self, principal: &Principal, error: StoreError) -> Result<(), Refusal> {
        match self.shared.tokens.token_status(principal.user_id).await {
            Ok(Some(status)) if !principal.is_allowed_by(&status) => Ok(()),
            _ => Err(Refusal::from(error)
                .with_detail("It is not known yet whether you are signed out. Try again.")),
        }
    }

    /// The first token of a new session, for a user who has just given the right password.
    pub fn open_session(&self, user: UserId, username: &str, token_version: u32) -> (String, Principal) {
        let claims = Claims::issue(user.0, username, token_version, now_secs(), self.shared.lifetimes);
        (self.shared.key.sign(&claims), Principal::of_session(&claims))
    }

    /// The key that a form made for a principal carries.
    pub fn form_key(&self, principal: &Principal) -> String {
        let Credential::Session(session) = principal.credential();
        self.shared.key.sign_form(FormKey { user: principal.user_id.0, token_version: session.token_version })
    }

    /// The user and token version for which a form was made, if it was made here.
    pub fn form_of(&self, text: &str) -> Option<FormKey> {
        self.shared.key.verify_form(text)
    }

    pub(crate) fn key(&self) -> &TokenKey {
        &self.shared.key
    }

    pub(crate) fn lifetimes(&self) -> Lifetimes {
        self.shared.lifetimes
    }

    pub(crate) fn tokens(&self) -> &Arc<dyn Tokens> {
        &self.shared.tokens
    }

    async fn ask_store(&self, principal: &Principal) -> Result<SessionStatus, AuthError> {
        let user = principal.user_id;
        let found = self.shared.tokens.token_status(user).await.map_err(|error| {
            tracing::warn!(%error, "a token could not be verified");
            AuthError::Unavailable
        })?;
        let Some(token_status) = found else { return Ok(SessionStatus::Ended) };
        let allowed = principal.is_allowed_by(&token_status);
        self.shared.cache.learn(user, token_status);
        Ok(status(allowed))
    }
}

impl From<AuthError> for Refusal {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Invalid => Self::signed_out(),
            AuthError::Unavailable => Self::unavailable(),
        }
    }
}

impl From<AuthError> for Problem {
    fn from(error: AuthError) -> Self {
        Refusal::from(error).into()
    }
}

/// A clock that is wrong keeps everybody out, so it is worth a warning.
fn refused(error: TokenError) -> AuthError {
    static BUDGET: LogBudget = LogBudget::new(1);
    match error {
        TokenError::FromTheFuture if BUDGET.take().is_some() => tracing::warn!(%error, "a token was refused"),
        _ => tracing::debug!(%error, "a token was refused"),
    }
    AuthError::Invalid
}

fn status(allowed: bool) -> SessionStatus {
    if allowed { SessionStatus::Active } else { SessionStatus::Ended }
}
