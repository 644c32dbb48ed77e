//! The requests of operations, parsed once into types that hold valid values only. JSON, forms and queries share the
//! parsers.

use std::convert::Infallible;

use auth::Password;
use store::{DisplayName, UserId, Username};
use utoipa::openapi::{RefOr, Schema, Type};
use utoipa::{IntoParams, PartialSchema, ToSchema};
use web::{Fields, FromFields};

/// Aliases of `username`, for older clients.
pub(crate) const USERNAME_ALIASES: &[&str] = &["userID", "userName"];
/// The fields that [`Replacement`] requires and [`AccountChanges`] does not.
const REPLACED_FIELDS: [&str; 2] = ["username", "display_name"];
/// Number of users in a list without a `limit`.
const DEFAULT_LIST_LIMIT: u32 = 50;

/// A sign-up.
#[derive(Debug, Clone, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Registration {
    /// 3 to 32 letters, digits, `_`, `-` and `.`, beginning with a letter or digit. It cannot be changed later. White
    /// space around it is ignored.
    #[schema(value_type = String, min_length = 3, max_length = 32, example = "ada")]
    pub(crate) username: Username,
    /// 8 to 256 characters, counted in the normal form NFKC.
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 256)]
    pub(crate) password: Password,
    /// 1 to 64 characters. Default: the user name.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 64, example = "Ada Lovelace")]
    pub(crate) display_name: Option<DisplayName>,
}

/// A log-in. Any text is accepted, so that the answer does not show which user names and passwords are valid.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Credentials {
    /// The user name, in any letter case. White space around it is ignored.
    #[schema(example = "ada")]
    pub(crate) username: String,
    /// The password.
    #[schema(value_type = String, format = Password)]
    pub(crate) password: Secret,
}

/// Changes to one's own account. The read-only fields are accepted if they have the stored values.
#[derive(Debug, Default, ToSchema)]
#[schema(as = Changes)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccountChanges {
    /// 1 to 64 characters.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 64)]
    pub(crate) display_name: Option<DisplayName>,
    /// The new password, 8 to 256 characters, counted in the normal form NFKC. Default: unchanged.
    #[schema(value_type = Option<String>, format = Password, min_length = 8, max_length = 256)]
    pub(crate) password: Option<Password>,
    /// The current password; required with `password`, and not accepted without it.
    #[schema(value_type = Option<String>, format = Password)]
    pub(crate) current_password: Option<Secret>,
    /// Read-only: the stored id.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub(crate) id: Option<String>,
    /// Read-only: the stored user name.
    pub(crate) username: Option<String>,
    /// Read-only: the stored time.
    #[schema(format = DateTime)]
    pub(crate) created_at: Option<String>,
    /// Read-only: the stored time.
    #[schema(format = DateTime)]
    pub(crate) updated_at: Option<String>,
}

/// [`AccountChanges`] that replace the whole user: the user name and the display name are required.
#[derive(Debug)]
pub(crate) struct Replacement(pub(crate) AccountChanges);

/// A query for the list of users.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Listing {
    /// 1 to 100 users. Default: 50.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100)]
    pub(crate) limit: u32,
    /// Only users after this id.
    #[param(value_type = Option<uuid::Uuid>)]
    pub(crate) after: Option<UserId>,
    /// Only the user of this name.
    #[param(value_type = Option<String>)]
    pub(crate) username: Option<Username>,
}

/// A text that `Debug` does not show.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(pub(crate) String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Registration {
    /// The display name that the account gets.
    pub(crate) fn effective_display_name(&self) -> DisplayName {
        self.display_name.clone().unwrap_or_else(|| DisplayName::from(&self.username))
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
        Some(Self { username: username?, password: Secret(password?) })
    }
}

impl FromFields for AccountChanges {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        fields.accept_aliases("username", USERNAME_ALIASES);
        Some(Self {
            display_name: fields.optional("display_name", |name| DisplayName::parse(&name)),
            id: fields.optional("id", any),
            username: fields.optional("username", any),
            created_at: fields.optional("created_at", any),
            updated_at: fields.optional("updated_at", any),
            ..password_change(fields, "password")?
        })
    }
}

impl FromFields for Replacement {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        fields.accept_aliases("username", USERNAME_ALIASES);
        for name in REPLACED_FIELDS {
            if !fields.has(name) {
                fields.refuse(name, "is missing");
            }
        }
        AccountChanges::from_fields(fields).map(Self)
    }
}

impl FromFields for Listing {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        fields.accept_aliases("username", USERNAME_ALIASES);
        let limit = fields.optional_number("limit", 1..=store::MAX_PAGE.into());
        let after = fields.optional("after", |id| UserId::parse(&id).ok_or("must be the id of a user"));
        let username = fields.optional("username", |name| Username::parse(&name));
        Some(Self {
            limit: limit.and_then(|n| n.try_into().ok()).unwrap_or(DEFAULT_LIST_LIMIT),
            after,
            username,
        })
    }
}

impl PartialSchema for Replacement {
    fn schema() -> RefOr<Schema> {
        let mut schema = AccountChanges::schema();
        if let RefOr::T(Schema::Object(changes)) = &mut schema {
            changes.description = Some("A whole user. Read-only fields must have the stored values.".into());
            changes.required = REPLACED_FIELDS.map(str::to_owned).to_vec();
            for name in REPLACED_FIELDS {
                if let Some(RefOr::T(Schema::Object(field))) = changes.properties.get_mut(name) {
                    field.schema_type = Type::String.into();
                }
            }
        }
        schema
    }
}

impl ToSchema for Replacement {}

/// A new password, in the field `new`, and the current one that it requires.
pub(crate) fn password_change(fields: &mut Fields, new: &str) -> Option<AccountChanges> {
    match (fields.has(new), fields.has("current_password")) {
        (true, false) => {
            fields.refuse("current_password", format!("is missing: it is required to change {new}"))
        }
        (false, true) => fields.refuse("current_password", format!("is only allowed together with {new}")),
        _ => {}
    }
    let password = fields.optional(new, Password::parse);
    let current_password = fields.optional("current_password", any).map(Secret);
    Some(AccountChanges { password, current_password, ..AccountChanges::default() })
}

fn any(text: String) -> Result<String, Infallible> {
    Ok(text)
}
