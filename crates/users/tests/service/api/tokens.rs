//! Tokens that are rejected: those of a wrong algorithm, key, issuer, audience, time, version or session.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::app::{App, Person, answer, key};

async fn is_refused(app: &App, who: &Person, token: &str, why: &str) {
    let answer = app.get_as(&who.with_token(token), "/users/me").await;
    assert_eq!(answer.status, 401, "{why}");
    assert_eq!(answer.problem(401, "signed_out")["message"], "Token didn't match");
}

/// A token with changed claims, signed with the right key.
fn resigned(who: &Person, alter: impl FnOnce(&mut auth::Claims)) -> String {
    let mut claims = who.claims();
    alter(&mut claims);
    key().sign(&claims)
}

#[tokio::test]
async fn a_token_with_a_wrong_claim_is_rejected() {
    let app = App::start().await;
    let (ada, grace) = (app.sign_up("ada").await, app.sign_up("grace").await);
    let same = resigned(&ada, |_| {});
    assert_eq!(app.get_as(&ada.with_token(&same), "/users/me").await.status, 200, "the control");
    is_refused(&app, &ada, &resigned(&ada, |c| c.iss = "other".into()), "issuer").await;
    is_refused(&app, &ada, &resigned(&ada, |c| c.aud = "other".into()), "audience").await;
    is_refused(&app, &ada, &resigned(&ada, |c| c.exp = c.iat - 6), "expired").await;
    is_refused(&app, &ada, &resigned(&ada, |c| c.iat += 3_600), "issued in the far future").await;
    is_refused(&app, &ada, &resigned(&ada, |c| c.ver = 2), "future version").await;
    is_refused(&app, &ada, &resigned(&ada, |c| c.ver = 0), "past version").await;
    is_refused(&app, &ada, &resigned(&ada, |c| c.sub = Uuid::now_v7()), "unknown user").await;
    let ended = grace.claims().sid;
    app.call(&grace, reqwest::Method::POST, "/logout", None).await;
    is_refused(&app, &grace, &resigned(&grace, |c| c.sid = ended), "ended session").await;
}

#[tokio::test]
async fn a_token_with_another_signature_is_rejected() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let other_key = auth::TokenKey::new(&[7; 32]).unwrap();
    is_refused(&app, &ada, &other_key.sign(&ada.claims()), "key").await;
    let parts: Vec<&str> = ada.token.split('.').collect();
    let [header, claims, signature] = parts[..] else { panic!("three parts") };
    // {"alg":"none","typ":"JWT"} and {"alg":"HS512","typ":"JWT"}
    let (none, hs512) = ("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0", "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9");
    is_refused(&app, &ada, &format!("{none}.{claims}."), "no algorithm").await;
    is_refused(&app, &ada, &format!("{none}.{claims}.{signature}"), "no algorithm, signed").await;
    is_refused(&app, &ada, &format!("{hs512}.{claims}.{signature}"), "another algorithm").await;
    is_refused(&app, &ada, &format!("{header}.{claims}."), "no signature").await;
    is_refused(&app, &ada, "nonsense", "nonsense").await;
    is_refused(&app, &ada, "", "nothing").await;
}

#[tokio::test]
async fn the_bearer_token_comes_before_the_cookie_and_a_query_is_ignored() {
    let app = App::start().await;
    let (ada, grace) = (app.sign_up("ada").await, app.sign_up("grace").await);
    let me = || app.request(reqwest::Method::GET, "/users/me");
    let name = |json: Value| json["username"].clone();
    assert_eq!(name(answer(me().header("cookie", ada.cookie())).await.json()), json!("ada"));
    let both = me().header("cookie", ada.cookie()).bearer_auth(&grace.token);
    assert_eq!(name(answer(both).await.json()), json!("grace"));
    let bad_first = me().header("cookie", ada.cookie()).bearer_auth("nonsense");
    answer(bad_first).await.problem(401, "signed_out");
    app.get(&format!("/users/me?jwt={}", ada.token)).await.problem(401, "signed_out");
}
