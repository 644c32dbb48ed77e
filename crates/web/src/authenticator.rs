//! Judges tokens: signature first, then the user's token status from a cache that a poll keeps fresh.
//!
//! A token that cannot be judged is never in: when the cache is stale and the store is away the answer is
//! [`AuthError::Unavailable`].

mod cache;
mod poll;

use std::sync::Arc;

use auth::{Claims, FormKey, Lifetimes, Renewal, TokenError, TokenKey};
use store::{TokenStatus, UserId, Users};
use tokio::sync::broadcast;

use crate::{Settings, SignedIn, now_secs};
use cache::Cache;

/// The clocks of two nodes may differ by so much, as for [`TokenKey::verify`].
const LEEWAY_SECS: u64 = 5;
/// Batches of changes that a listener may be behind before it misses some; they are sent again for ten seconds.
const CHANGES_KEPT: usize = 256;

/// The door for tokens. Clones share one cache, which [`Authenticator::poll`] must keep fresh.
#[derive(Clone)]
pub struct Authenticator {
    shared: Arc<Shared>,
}

struct Shared {
    key: TokenKey,
    lifetimes: Lifetimes,
    users: Arc<dyn Users>,
    cache: Cache,
    changes: broadcast::Sender<Arc<Vec<(UserId, TokenStatus)>>>,
}

/// Why a token opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// It is not good, or not any more: 401.
    #[error("the token is not good")]
    Invalid,
    /// It cannot be judged, since the store is away: 503.
    #[error("the token cannot be judged now")]
    Unavailable,
}

/// What can be said of a session without asking the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionStatus {
    /// It is good.
    Active,
    /// It is over.
    Ended,
    /// The cache does not know, or is stale: ask the store ([`Authenticator::verify_session`]).
    Unknown,
}

impl Authenticator {
    /// An authenticator with an empty cache. Until [`Authenticator::poll`] runs, every question goes to the store.
    pub fn new(settings: &Settings, users: Arc<dyn Users>) -> Self {
        let (key, lifetimes) = (settings.token_key.clone(), settings.lifetimes);
        let changes = broadcast::Sender::new(CHANGES_KEPT);
        Self { shared: Arc::new(Shared { key, lifetimes, users, cache: Cache::default(), changes }) }
    }

    /// Who bears a token, if it is good.
    ///
    /// # Errors
    /// [`AuthError`].
    pub async fn authenticate(&self, token: &str) -> Result<SignedIn, AuthError> {
        let claims = self.shared.key.verify(token).map_err(|error| {
            tracing::debug!(%error, "a token was refused");
            AuthError::Invalid
        })?;
        self.verify_session(&claims).await?;
        Ok(SignedIn {
            user_id: UserId(claims.sub),
            username: claims.name.clone(),
            claims,
            token: token.to_owned(),
        })
    }

    /// What is wrong with a token that was refused, for the log.
    pub fn fault(&self, token: &str) -> &'static str {
        match self.shared.key.verify(token) {
            Err(TokenError::Expired) => "the token has expired",
            Err(TokenError::Invalid) => "it is not a token of this installation",
            Ok(_) => "the token's session is over",
        }
    }

    /// Whose token this is, if it was made here and has not expired.
    pub fn bearer(&self, token: &str) -> Option<UserId> {
        self.shared.key.verify(token).ok().map(|claims| UserId(claims.sub))
    }

    /// The claims of a fresh token for a renewal credential that was verified, if its session is still good.
    ///
    /// # Errors
    /// [`AuthError`].
    pub(crate) async fn verify_renewal(&self, renewal: &Renewal) -> Result<Claims, AuthError> {
        self.verify_session(renewal.claims()).await?;
        renewal.token(now_secs(), self.shared.lifetimes).ok_or(AuthError::Invalid)
    }

    /// Whether the session of claims that were verified before is still good, from the cache if that is fresh, else
    /// from the store.
    ///
    /// # Errors
    /// [`AuthError`].
    pub async fn verify_session(&self, claims: &Claims) -> Result<(), AuthError> {
        let verdict = match self.session_status(claims) {
            SessionStatus::Unknown => self.ask(claims).await?,
            known => known,
        };
        if verdict == SessionStatus::Active { Ok(()) } else { Err(AuthError::Invalid) }
    }

    /// What the cache alone can say, at once, of claims that were verified before: for each event of a socket.
    pub fn session_status(&self, claims: &Claims) -> SessionStatus {
        if has_expired(claims) {
            return SessionStatus::Ended;
        }
        self.shared
            .cache
            .allows(UserId(claims.sub), claims.ver, claims.sid)
            .map_or(SessionStatus::Unknown, verdict)
    }

    /// The token statuses that changed, each time the poll sees them: the same change comes again for ten seconds.
    pub fn changes(&self) -> broadcast::Receiver<Arc<Vec<(UserId, TokenStatus)>>> {
        self.shared.changes.subscribe()
    }

    /// Takes notice at once of what this process itself did to a user's token status, as the poll would a little later.
    /// An error is not told: the poll will see the change.
    pub async fn refresh(&self, user: UserId) {
        if let Ok(Some(token_status)) = self.shared.users.token_status(user).await {
            self.shared.absorb(vec![(user, token_status)]);
        }
    }

    /// A fresh session's token for a user who just gave the right password.
    pub fn open_session(&self, user: UserId, username: &str, ver: u32) -> (String, Claims) {
        let claims = Claims::issue(user.0, username, ver, now_secs(), self.shared.lifetimes);
        (self.shared.key.sign(&claims), claims)
    }

    /// What a form bears that is made for the user of these claims.
    pub fn form_key(&self, claims: &Claims) -> String {
        self.shared.key.sign_form(FormKey { user: claims.sub, ver: claims.ver })
    }

    /// What a form bore, if it was made here.
    pub fn form_of(&self, text: &str) -> Option<FormKey> {
        self.shared.key.verify_form(text)
    }

    pub(crate) fn key(&self) -> &TokenKey {
        &self.shared.key
    }

    pub(crate) fn lifetimes(&self) -> Lifetimes {
        self.shared.lifetimes
    }

    pub(crate) fn users(&self) -> &Arc<dyn Users> {
        &self.shared.users
    }

    async fn ask(&self, claims: &Claims) -> Result<SessionStatus, AuthError> {
        let user = UserId(claims.sub);
        let token_status = self.shared.users.token_status(user).await.map_err(|error| {
            tracing::warn!(%error, "a token could not be judged");
            AuthError::Unavailable
        })?;
        let Some(token_status) = token_status else { return Ok(SessionStatus::Ended) };
        let allowed = token_status.allows(claims.ver, claims.sid);
        self.shared.cache.learn(user, token_status);
        Ok(verdict(allowed))
    }
}

impl Shared {
    fn absorb(&self, changed: Vec<(UserId, TokenStatus)>) {
        for (user, token_status) in &changed {
            self.cache.learn(*user, token_status.clone());
        }
        if !changed.is_empty() {
            // Nobody may be listening.
            let _ = self.changes.send(Arc::new(changed));
        }
    }
}

fn has_expired(claims: &Claims) -> bool {
    claims.exp.saturating_add(LEEWAY_SECS) < now_secs()
}

fn verdict(allowed: bool) -> SessionStatus {
    if allowed { SessionStatus::Active } else { SessionStatus::Ended }
}
