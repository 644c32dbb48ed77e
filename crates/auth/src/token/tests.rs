//! Which tokens, renewal credentials and tags are accepted.

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
    assert!(key().verify(&begun).is_ok(), "a token that is valid from now on");
    let past = now_secs() - LEEWAY_SECS - 1;
    let future = now_secs() + LEEWAY_SECS + 60;
    let far_future = now_secs() + 3_600;
    let ahead = signed(&with("iat", json!(now_secs() + 300)), Algorithm::HS256, SECRET);
    assert!(key().verify(&ahead).is_ok(), "from a node whose clock is five minutes ahead");
    let bad = [
        ("algorithm", signed(&good, Algorithm::HS512, SECRET), TokenError::Invalid),
        ("key", signed(&good, Algorithm::HS256, &[7; 32]), TokenError::Invalid),
        ("issuer", signed(&with("iss", json!("other")), Algorithm::HS256, SECRET), TokenError::Invalid),
        ("audience", signed(&with("aud", json!("other")), Algorithm::HS256, SECRET), TokenError::Invalid),
        ("exp", signed(&with("exp", json!(past)), Algorithm::HS256, SECRET), TokenError::Expired),
        ("iat", signed(&with("iat", json!(far_future)), Algorithm::HS256, SECRET), TokenError::FromTheFuture),
        ("nbf", signed(&with("nbf", json!(future)), Algorithm::HS256, SECRET), TokenError::Invalid),
        ("nbf as text", signed(&with("nbf", json!("soon")), Algorithm::HS256, SECRET), TokenError::Invalid),
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
fn the_session_of_an_expired_token_is_known_if_the_token_is_ours() {
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
fn installations_have_different_tags_that_fit_into_a_cookies_name() {
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
