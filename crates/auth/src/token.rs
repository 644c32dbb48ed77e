//! Signing and verifying tokens: HS256 and nothing else.

mod form_key;
mod known_browser;

use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, TokenData, Validation, decode, encode, errors::ErrorKind,
};
use serde::Serialize;
use uuid::Uuid;

use crate::{AUDIENCE, Claims, ISSUER, RENEWAL_AUDIENCE, Renewal};
pub use form_key::FormKey;
pub use known_browser::KnownBrowser;

/// How long after its end a token is still accepted, as clocks differ.
pub const LEEWAY_SECS: u64 = 5;
/// By how much the clocks of two nodes, or of a node and the store, may differ: a token may have been issued up to this
/// number of seconds in the future. The time proves nothing that the signature does not.
pub const MAX_CLOCK_DIFFERENCE_SECS: u64 = 10 * 60;

/// The key that signs and verifies all tokens of an installation. Clones share it.
#[derive(Clone)]
pub struct TokenKey {
    shared: Arc<Keys>,
}

struct Keys {
    encoding: EncodingKey,
    decoding: DecodingKey,
    /// Checks of tokens.
    token: Validation,
    /// Checks of renewal credentials.
    renewal: Validation,
    /// Checks of tokens that may have expired.
    expired: Validation,
}

/// The secret has fewer than the 32 bytes that HS256 requires (RFC 7518, section 3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be at least 32 bytes long")]
pub struct WeakSecret;

/// Why a token is invalid. For the log only; clients do not get it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It was valid before.
    #[error("the token has expired")]
    Expired,
    /// It was issued far in the future: the clocks of two nodes differ too much.
    #[error("the token was issued in the future; the clocks of the nodes differ by more than ten minutes")]
    FromTheFuture,
    /// Not a token of this installation: form, algorithm, key, issuer, audience or a claim is wrong.
    #[error("not a token of this installation")]
    Invalid,
}

impl TokenKey {
    /// The key of an installation's secret.
    ///
    /// # Errors
    /// [`WeakSecret`] below 32 bytes.
    pub fn new(secret: &[u8]) -> Result<Self, WeakSecret> {
        if secret.len() < 32 {
            return Err(WeakSecret);
        }
        let (encoding, decoding) = (EncodingKey::from_secret(secret), DecodingKey::from_secret(secret));
        let mut expired = validation(AUDIENCE);
        expired.validate_exp = false;
        let (token, renewal) = (validation(AUDIENCE), validation(RENEWAL_AUDIENCE));
        Ok(Self { shared: Arc::new(Keys { encoding, decoding, token, renewal, expired }) })
    }

    /// The token with these claims, in compact form (RFC 7515).
    pub fn sign(&self, claims: &Claims) -> String {
        self.signed(claims)
    }

    /// The renewal credential with these claims, in the same form.
    pub fn sign_renewal(&self, renewal: &Renewal) -> String {
        self.signed(&renewal.claims)
    }

    /// The claims of a token whose signature, times, issuer and audience are right. Whether its session is still valid is
    /// not checked: only the store knows that.
    ///
    /// # Errors
    /// [`TokenError`], which names no failed check except those of the times.
    pub fn verify(&self, token: &str) -> Result<Claims, TokenError> {
        self.claims(token, &self.shared.token)
    }

    /// The claims of a renewal credential, checked like those of a token by [`TokenKey::verify`].
    ///
    /// # Errors
    /// [`TokenError`], also for a token.
    pub fn verify_renewal(&self, credential: &str) -> Result<Renewal, TokenError> {
        self.claims(credential, &self.shared.renewal).map(|claims| Renewal { claims })
    }

    /// The session of a token of this installation, also of an expired one. It authorises nothing.
    pub fn session_of(&self, token: &str) -> Option<Uuid> {
        self.claims_of_expired(token).map(|claims| claims.sid)
    }

    /// The claims of a token of this installation, also of an expired one. They authorise nothing.
    pub fn claims_of_expired(&self, token: &str) -> Option<Claims> {
        self.claims(token, &self.shared.expired).ok()
    }

    /// Eight characters that distinguish this installation's cookies from those of another one on the same host, since
    /// cookies are shared by all ports. They are a part of a signature and reveal nothing about the key.
    pub fn tag(&self) -> String {
        #[derive(Serialize)]
        struct Purpose {
            aud: &'static str,
        }
        let signed = self.signed(&Purpose { aud: "natter-cookies" });
        signed.chars().skip(signed.len().saturating_sub(8)).collect()
    }

    fn signed(&self, claims: &impl Serialize) -> String {
        encode(&Header::new(Algorithm::HS256), claims, &self.shared.encoding)
            .expect("claims of text and numbers can always be signed")
    }

    fn claims(&self, signed: &str, validation: &Validation) -> Result<Claims, TokenError> {
        let TokenData { header, claims } = decode::<Claims>(signed, &self.shared.decoding, validation)
            .map_err(|error| match error.kind() {
                ErrorKind::ExpiredSignature => TokenError::Expired,
                _ => TokenError::Invalid,
            })?;
        // No extension is supported, so none may be critical (RFC 7515, section 4.1.11).
        if header.crit.is_some() {
            return Err(TokenError::Invalid);
        }
        let latest = now_secs().saturating_add(MAX_CLOCK_DIFFERENCE_SECS);
        if claims.iat > latest || claims.auth_time > latest {
            return Err(TokenError::FromTheFuture);
        }
        Ok(claims)
    }
}

fn validation(audience: &str) -> Validation {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.leeway = LEEWAY_SECS;
    validation.validate_nbf = true;
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[audience]);
    validation
}

/// Never shows the key.
impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenKey(…)")
    }
}

/// Seconds since the epoch by this machine's clock, as tokens count them.
pub fn now_secs() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

#[cfg(test)]
mod tests;
