//! What clients send, read into values that cannot be wrong. The same readers serve JSON and forms.

use std::convert::Infallible;

use auth::Password;
use store::{DisplayName, UserId, Username};
use utoipa::IntoParams;
use web::{Fields, FromFields};

/// Other names of `username`, kept for the clients that know them.
const USERNAME_ALIASES: &[&str] = &["userID", "userName"];
/// How many users a list holds unless told.
const DEFAULT_LIMIT: u32 = 50;

/// Somebody who signs up.
#[derive(Debug)]
pub(crate) struct Registration {
    /// 3 to 32 letters, digits, `_`, `-` and `.`, beginning with a letter or digit; for life. White space around it is
    /// left out.
    pub(crate) username: Username,
    /// 8 to 256 characters, in the normal form NFKC.
    pub(crate) password: Password,
    /// 1 to 64 characters; the user name unless given.
    pub(crate) display_name: Option<DisplayName>,
}

/// Somebody who logs in. Which names and passwords are possible is not told here.
pub(crate) struct Credentials {
    /// The user name, in whatever letter case, and with white space around it perhaps.
    pub(crate) username: String,
    /// The password.
    pub(crate) password: String,
}

/// What a user changes of the own account. The read-only fields may be there if they are as stored.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    /// 1 to 64 characters.
    pub(crate) display_name: Option<DisplayName>,
    /// The new password, 8 to 256 characters in the normal form NFKC; absent: unchanged.
    pub(crate) password: Option<Password>,
    /// The present password; needed with `password`, and only then.
    pub(crate) current_password: Option<Secret>,
    /// The fields that must be as stored, where they are given.
    pub(crate) unchanged: Vec<(&'static str, String)>,
}

/// [`Changes`] of a whole user: the name and the display name must be there.
#[derive(Debug)]
pub(crate) struct Replacement(pub(crate) Changes);

/// Which users to list.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Listing {
    /// 1 to 100 users, 50 unless given.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100)]
    pub(crate) limit: u32,
    /// Only users after this id.
    #[param(value_type = Option<uuid::Uuid>)]
    pub(crate) after: Option<UserId>,
    /// Only the user of this name.
    #[param(value_type = Option<String>)]
    pub(crate) username: Option<Username>,
}

/// A text that is never shown.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(pub(crate) String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl FromFields for Registration {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        fields.accept_aliases("username", USERNAME_ALIASES);
        let username = fields.required("username", |name| Username::parse(&name));
        let password = fields.required("password", Password::parse);
        let display_name = fields.optional("display_name", |name| DisplayName::parse(&name));
        Some(Self { username: username?, password: password?, display_name })
    }
}

impl FromFields for Credentials {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        fields.accept_aliases("username", USERNAME_ALIASES);
        let (username, password) = (fields.required("username", any), fields.required("password", any));
        Some(Self { username: username?, password: password? })
    }
}

impl FromFields for Changes {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        fields.accept_aliases("username", USERNAME_ALIASES);
        let mut changes = Self {
            display_name: fields.optional("display_name", |name| DisplayName::parse(&name)),
            ..password_change(fields, "password")?
        };
        for name in ["id", "username", "created_at", "updated_at"] {
            changes.unchanged.extend(fields.optional(name, any).map(|value| (name, value)));
        }
        Some(changes)
    }
}

impl FromFields for Replacement {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        fields.accept_aliases("username", USERNAME_ALIASES);
        for name in ["username", "display_name"] {
            if !fields.has(name) {
                fields.refuse(name, "is missing");
            }
        }
        Changes::from_fields(fields).map(Self)
    }
}

impl FromFields for Listing {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        fields.accept_aliases("username", USERNAME_ALIASES);
        let limit = fields.optional_number("limit", 1..=store::MAX_PAGE.into());
        let after = fields.optional("after", |id| UserId::parse(&id).ok_or("must be the id of a user"));
        let username = fields.optional("username", |name| Username::parse(&name));
        Some(Self { limit: limit.and_then(|n| n.try_into().ok()).unwrap_or(DEFAULT_LIMIT), after, username })
    }
}

/// A new password under some name, and the present one that it takes.
pub(crate) fn password_change(fields: &mut Fields, new: &str) -> Option<Changes> {
    match (fields.has(new), fields.has("current_password")) {
        (true, false) => fields
            .refuse("current_password", format!("is missing: it takes the present password to set {new}")),
        (false, true) => fields.refuse("current_password", format!("is of use only together with {new}")),
        _ => {}
    }
    let password = fields.optional(new, Password::parse);
    let current_password = fields.optional("current_password", any).map(Secret);
    Some(Changes { password, current_password, ..Changes::default() })
}

fn any(text: String) -> Result<String, Infallible> {
    Ok(text)
}
