//! Signing and verifying tokens: HS256 and nothing else.

mod form_key;

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

/// How much the clocks of two nodes may differ.
pub const LEEWAY_SECS: u64 = 5;

/// The key of every token of an installation. Clones share it.
#[derive(Clone)]
pub struct TokenKey {
    shared: Arc<Keys>,
}

struct Keys {
    encoding: EncodingKey,
    decoding: DecodingKey,
    /// Of tokens.
    token: Validation,
    /// Of renewal credentials.
    renewal: Validation,
    /// Of tokens of which nothing is asked but whose they were.
    expired: Validation,
}

/// The secret has fewer than 32 bytes, which HS256 asks for (RFC 7518, section 3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be at least 32 bytes long")]
pub struct WeakSecret;

/// Why a token is not good. For the log; clients are not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It was good once.
    #[error("the token has expired")]
    Expired,
    /// Not a token of this installation: form, algorithm, key, issuer, audience or a claim is wrong.
    #[error("not a token of this installation")]
    Invalid,
}

impl TokenKey {
    /// Takes the installation's secret.
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

    /// The token that bears these claims, in compact form (RFC 7515).
    pub fn sign(&self, claims: &Claims) -> String {
        self.signed(claims)
    }

    /// The renewal credential that bears these claims, in the same form.
    pub fn sign_renewal(&self, renewal: &Renewal) -> String {
        self.signed(&renewal.claims)
    }

    /// The claims of a token whose signature, times, issuer and audience are right. Whether the session is still
    /// good only the store can tell.
    ///
    /// # Errors
    /// [`TokenError`], without a hint at which check failed except expiry.
    pub fn verify(&self, token: &str) -> Result<Claims, TokenError> {
        self.claims(token, &self.shared.token)
    }

    /// The claims of a renewal credential, as [`TokenKey::verify`] has it for tokens.
    ///
    /// # Errors
    /// [`TokenError`]; a token is none.
    pub fn verify_renewal(&self, credential: &str) -> Result<Renewal, TokenError> {
        self.claims(credential, &self.shared.renewal).map(|claims| Renewal { claims })
    }

    /// Which session a token of this installation was of, also when it has expired. It opens nothing.
    pub fn session_of(&self, token: &str) -> Option<Uuid> {
        self.claims_of_expired(token).map(|claims| claims.sid)
    }

    /// The claims of a token of this installation, also when it has expired. They open nothing.
    pub fn claims_of_expired(&self, token: &str) -> Option<Claims> {
        self.claims(token, &self.shared.expired).ok()
    }

    /// A few letters by which browsers tell this installation's cookies from those of another one on the same host:
    /// cookies know no ports. They tell nothing about the key, being a piece of a signature.
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
        // No extension is understood here, so none may be critical (RFC 7515, section 4.1.11).
        if header.crit.is_some() {
            return Err(TokenError::Invalid);
        }
        let latest = now_secs().saturating_add(LEEWAY_SECS);
        if claims.iat > latest || claims.auth_time > latest { Err(TokenError::Invalid) } else { Ok(claims) }
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
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};
    use uuid::Uuid;

    use super::*;
    use crate::Lifetimes;

    const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";

    fn key() -> TokenKey {
        TokenKey::new(SECRET).unwrap()
    }

    fn claims() -> Claims {
        let lifetimes = Lifetimes { token: Duration::from_secs(60), session: Duration::from_secs(600) };
        Claims::issue(Uuid::now_v7(), "ada", 1, now_secs(), lifetimes)
    }

    fn signed(claims: &Value, algorithm: Algorithm, secret: &[u8]) -> String {
        encode(&Header::new(algorithm), claims, &EncodingKey::from_secret(secret)).unwrap()
    }

    /// A token that names these of its header's members as critical.
    fn critical(claims: &Value, names: &[&str]) -> String {
        let crit = names.iter().map(|name| (*name).to_owned()).collect();
        let header = Header { crit: Some(crit), ..Header::new(Algorithm::HS256) };
        encode(&header, claims, &EncodingKey::from_secret(SECRET)).unwrap()
    }

    fn with(field: &str, value: Value) -> Value {
        let mut json = serde_json::to_value(claims()).unwrap();
        json[field] = value;
        json
    }

    #[test]
    fn a_signed_token_is_read_back() {
        let claims = claims();
        assert_eq!(key().verify(&key().sign(&claims)), Ok(claims));
    }

    #[test]
    fn a_short_secret_is_refused() {
        assert_eq!(TokenKey::new(&SECRET[..31]).unwrap_err(), WeakSecret);
    }

    #[test]
    fn a_token_of_the_wrong_algorithm_key_issuer_audience_or_time_is_refused() {
        let good = serde_json::to_value(claims()).unwrap();
        assert!(key().verify(&signed(&good, Algorithm::HS256, SECRET)).is_ok(), "the control");
        let begun = signed(&with("nbf", json!(now_secs())), Algorithm::HS256, SECRET);
        assert!(key().verify(&begun).is_ok(), "a token that is good from now on");
        let past = now_secs() - LEEWAY_SECS - 1;
        let future = now_secs() + LEEWAY_SECS + 60;
        let bad = [
            ("algorithm", signed(&good, Algorithm::HS512, SECRET), TokenError::Invalid),
            ("key", signed(&good, Algorithm::HS256, &[7; 32]), TokenError::Invalid),
            ("issuer", signed(&with("iss", json!("other")), Algorithm::HS256, SECRET), TokenError::Invalid),
            ("audience", signed(&with("aud", json!("other")), Algorithm::HS256, SECRET), TokenError::Invalid),
            ("exp", signed(&with("exp", json!(past)), Algorithm::HS256, SECRET), TokenError::Expired),
            ("iat", signed(&with("iat", json!(future)), Algorithm::HS256, SECRET), TokenError::Invalid),
            ("nbf", signed(&with("nbf", json!(future)), Algorithm::HS256, SECRET), TokenError::Invalid),
            (
                "nbf as text",
                signed(&with("nbf", json!("soon")), Algorithm::HS256, SECRET),
                TokenError::Invalid,
            ),
            ("crit", critical(&good, &["exp"]), TokenError::Invalid),
            ("an extension", critical(&good, &["b64"]), TokenError::Invalid),
            ("crit without a name", critical(&good, &[]), TokenError::Invalid),
            ("unsigned", unsigned(&good), TokenError::Invalid),
            ("empty", String::new(), TokenError::Invalid),
        ];
        for (what, token, error) in bad {
            assert_eq!(key().verify(&token), Err(error), "{what}");
        }
    }

    #[test]
    fn a_renewal_credential_is_no_token_and_a_token_no_renewal_credential() {
        let lifetimes = Lifetimes { token: Duration::from_secs(60), session: Duration::from_secs(600) };
        let (token, renewal) = (claims(), Renewal::of(&claims(), lifetimes));
        let credential = key().sign_renewal(&renewal);
        assert_eq!(key().verify_renewal(&credential), Ok(renewal));
        assert_eq!(key().verify(&credential), Err(TokenError::Invalid));
        assert_eq!(key().session_of(&credential), None);
        assert_eq!(key().verify_renewal(&key().sign(&token)), Err(TokenError::Invalid));
        let old = Claims { auth_time: now_secs() - 606, ..token };
        let over = key().sign_renewal(&Renewal::of(&old, lifetimes));
        assert_eq!(key().verify_renewal(&over), Err(TokenError::Expired));
    }

    #[test]
    fn of_an_expired_token_the_session_is_known_if_it_was_ours() {
        let expired = Claims { exp: now_secs() - LEEWAY_SECS - 1, ..claims() };
        let token = key().sign(&expired);
        assert_eq!(key().verify(&token), Err(TokenError::Expired));
        assert_eq!(key().session_of(&token), Some(expired.sid));
        let other = TokenKey::new(&[7; 32]).unwrap();
        assert_eq!(other.session_of(&token), None);
        assert_eq!(key().session_of(&format!("{token}x")), None);
        assert_eq!(key().session_of(&unsigned(&serde_json::to_value(&expired).unwrap())), None);
    }

    #[test]
    fn installations_are_told_apart_by_a_tag_that_a_cookies_name_can_hold() {
        let (one, other) = (key().tag(), TokenKey::new(&[7; 32]).unwrap().tag());
        assert_eq!((one.as_str(), one.len()), (key().tag().as_str(), 8));
        assert_ne!(one, other);
        assert!(one.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')), "{one}");
    }

    #[test]
    fn every_claim_is_required() {
        let whole = serde_json::to_value(claims()).unwrap();
        for claim in whole.as_object().unwrap().keys() {
            let mut less = whole.clone();
            less.as_object_mut().unwrap().remove(claim);
            let token = signed(&less, Algorithm::HS256, SECRET);
            assert_eq!(key().verify(&token), Err(TokenError::Invalid), "without {claim}");
        }
    }

    /// `alg: none` (RFC 7519, section 6) with the claims of a good token.
    fn unsigned(claims: &Value) -> String {
        let signed = signed(claims, Algorithm::HS256, SECRET);
        let payload = signed.split('.').nth(1).unwrap();
        format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{payload}.")
    }
}
