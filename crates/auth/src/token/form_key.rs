//! The key in a form, from which a second submission of the same form is recognised.

use jsonwebtoken::decode;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{TokenKey, validation};
use crate::ISSUER;

/// The audience of form keys. No token has it, and no form key has another one.
const FORM_AUDIENCE: &str = "natter-form";

/// The user of a form, and the version of the user's token status when the form was made. It is signed, so its sender
/// has received that form. It authorises nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormKey {
    /// The user's id.
    pub user: Uuid,
    /// The version of the token status. Under a later one every session of that time has ended.
    pub token_version: u32,
}

#[derive(Serialize, Deserialize)]
struct FormClaims {
    sub: Uuid,
    ver: u32,
    iss: String,
    aud: String,
}

impl TokenKey {
    /// The text of a form key in a page.
    pub fn sign_form(&self, form: FormKey) -> String {
        let (iss, aud) = (ISSUER.to_owned(), FORM_AUDIENCE.to_owned());
        let claims = FormClaims { sub: form.user, ver: form.token_version, iss, aud };
        self.signed(&claims)
    }

    /// The form key of a text, if this installation made it. It never expires, since a form may stay open for days.
    pub fn verify_form(&self, text: &str) -> Option<FormKey> {
        let mut validation = validation(FORM_AUDIENCE);
        validation.validate_exp = false;
        validation.set_required_spec_claims(&["iss", "aud", "sub"]);
        let claims = decode::<FormClaims>(text, &self.shared.decoding, &validation).ok()?.claims;
        Some(FormKey { user: claims.sub, token_version: claims.ver })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{Claims, Lifetimes};

    fn key(byte: u8) -> TokenKey {
        TokenKey::new(&[byte; 32]).unwrap()
    }

    #[test]
    fn a_form_key_is_read_back_only_by_the_installation_that_made_it() {
        let form = FormKey { user: Uuid::now_v7(), token_version: 7 };
        let text = key(1).sign_form(form);
        assert_eq!(key(1).verify_form(&text), Some(form));
        assert_eq!(key(2).verify_form(&text), None);
        for other in ["", "a.b.c", &text[..text.len() - 1]] {
            assert_eq!(key(1).verify_form(other), None, "{other}");
        }
    }

    #[test]
    fn a_form_key_is_no_token_and_a_token_no_form_key() {
        let lifetimes = Lifetimes { token: Duration::from_secs(60), session: Duration::from_secs(60) };
        let claims = Claims::issue(Uuid::now_v7(), "ada", 1, super::super::now_secs(), lifetimes);
        assert!(key(1).verify(&key(1).sign(&claims)).is_ok());
        assert_eq!(key(1).verify_form(&key(1).sign(&claims)), None);
        assert!(key(1).verify(&key(1).sign_form(FormKey { user: claims.sub, token_version: 1 })).is_err());
    }
}
