//! Which tokens are accepted: only those with valid claims and the right signature.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::http::call;
use testkit::process::backend::Backend;
use testkit::process::natter::Natter;
use testkit::process::node::Program;
use testkit::process::people::Person;

on_both_stores! {
    a_token_with_a_wrong_claim_algorithm_or_key_is_rejected
    renewal_never_extends_the_session
}

const KEY: &str = "a key that the tests know, 32 bytes";

/// The claims in a token.
fn claims_of(token: &str) -> Value {
    let body = token.split('.').nth(1).expect("a token has three parts");
    let digit = |c: u8| match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'-' => 62,
        _ => 63,
    };
    let bits: Vec<u8> = body.bytes().flat_map(|c| (0..6).rev().map(move |bit| digit(c) >> bit & 1)).collect();
    let bytes: Vec<u8> =
        bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |sum, bit| sum << 1 | bit)).collect();
    serde_json::from_slice(&bytes).expect("the claims are JSON")
}

async fn a_token_with_a_wrong_claim_algorithm_or_key_is_rejected(backend: Backend) {
    let natter = Natter::start_on_with(backend, &[("ACCESS_TOKEN_SECRET", KEY)]).await;
    let (ann, ben) = (Person::sign_up(&natter, "Ann").await, Person::sign_up(&natter, "Ben").await);
    let good = claims_of(&ann.token);
    let mut forger = Program::run("forge.mjs", &[]);
    let mut status = async |key: &str, alg: &str, claims: &Value| {
        forger.write_line(&json!({"key": key, "alg": alg, "claims": claims}).to_string()).await;
        let token = forger.next("token").await.as_str().unwrap().to_owned();
        let url = format!("{}/users/me", natter.users_url);
        let there = call(Method::GET, &url, &token, &Value::Null).await.status.as_u16();
        let chat = call(Method::GET, &format!("{}/?jwt={token}", natter.chat_url), "", &Value::Null).await;
        assert_eq!(there, chat.status.as_u16(), "both services judge alike: {alg} {claims}");
        there
    };
    assert_eq!(status(KEY, "HS256", &good).await, 200, "the forger itself works");
    for alg in ["none", "None", "HS384", "HS512", "RS256", "hs256"] {
        assert_eq!(status(KEY, alg, &good).await, 401, "{alg}");
    }
    for key in ["", "another key of at least 32 bytes!!!"] {
        assert_eq!(status(key, "HS256", &good).await, 401, "{key:?}");
    }
    let now = good["iat"].as_i64().unwrap();
    for (claim, value) in [
        ("iss", json!("other")),
        ("iss", json!(["natter"])),
        ("aud", json!("other")),
        ("exp", json!(now - 10)),
        ("exp", json!("never")),
        ("iat", json!(now + 3_600)),
        ("ver", json!(good["ver"].as_i64().unwrap() + 1)),
        ("ver", json!(-1)),
        ("sub", json!("0197f000-0000-7000-8000-000000000000")),
        ("sub", json!({"$ne": ""})),
        ("sid", json!("not a session")),
    ] {
        let mut claims = good.clone();
        claims[claim] = value.clone();
        assert_eq!(status(KEY, "HS256", &claims).await, 401, "{claim}: {value}");
    }
    for claim in ["sub", "name", "ver", "sid", "jti", "iat", "exp", "auth_time", "iss", "aud"] {
        let mut claims = good.clone();
        claims.as_object_mut().unwrap().remove(claim);
        assert_eq!(status(KEY, "HS256", &claims).await, 401, "without {claim}");
    }
    assert_ne!(ann.id, ben.id);
}

async fn renewal_never_extends_the_session(backend: Backend) {
    let natter =
        Natter::start_on_with(backend, &[("SESSION_LIFETIME_SECS", "600"), ("TOKEN_LIFETIME_SECS", "3600")])
            .await;
    let ann = Person::sign_up(&natter, "Ann").await;
    let first = claims_of(&ann.token);
    let answer = call(Method::POST, &format!("{}/token", natter.users_url), &ann.token, &Value::Null).await;
    let fresh = claims_of(answer.json()["token"].as_str().unwrap());
    for same in ["sub", "name", "ver", "sid", "auth_time", "iss", "aud"] {
        assert_eq!(first[same], fresh[same], "{same}");
    }
    assert_ne!(first["jti"], fresh["jti"]);
    for claims in [first, fresh] {
        assert_eq!(claims["exp"].as_i64().unwrap(), claims["auth_time"].as_i64().unwrap() + 600, "{claims}");
    }
}
