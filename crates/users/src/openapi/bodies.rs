//! The bodies of calls and answers, as the document describes them. What they describe knows nothing of it.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;
use web::resources::User;

/// Somebody who signs up.
#[derive(ToSchema)]
#[schema(as = Registration)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes crate::input::Registration")]
pub(crate) struct RegistrationBody {
    /// 3 to 32 letters, digits, `_`, `-` and `.`, beginning with a letter or digit; for life. White space
    /// around it is left out.
    #[schema(min_length = 3, max_length = 32, example = "ada")]
    username: String,
    /// 8 to 256 characters, in the normal form NFKC.
    #[schema(format = Password, min_length = 8, max_length = 256)]
    password: String,
    /// 1 to 64 characters; the user name unless given.
    #[schema(min_length = 1, max_length = 64, example = "Ada Lovelace")]
    display_name: Option<String>,
}

/// Somebody who logs in. Which names and passwords are possible is not told here.
#[derive(ToSchema)]
#[schema(as = Credentials)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes crate::input::Credentials")]
pub(crate) struct CredentialsBody {
    /// The user name, in whatever letter case, and with white space around it perhaps.
    #[schema(example = "ada")]
    username: String,
    /// The password.
    #[schema(format = Password)]
    password: String,
}

/// What a user changes of the own account. The read-only fields may be there if they are as stored.
#[derive(ToSchema)]
#[schema(as = Changes)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes crate::input::Changes")]
pub(crate) struct ChangesBody {
    /// 1 to 64 characters.
    #[schema(min_length = 1, max_length = 64)]
    display_name: Option<String>,
    /// The new password, 8 to 256 characters in the normal form NFKC; absent: unchanged.
    #[schema(format = Password, min_length = 8, max_length = 256)]
    password: Option<String>,
    /// The present password; needed with `password`, and only then.
    #[schema(format = Password)]
    current_password: Option<String>,
    /// As it is stored.
    id: Option<uuid::Uuid>,
    /// As it is stored: it is for life.
    username: Option<String>,
    /// As it is stored.
    #[schema(format = DateTime)]
    created_at: Option<String>,
    /// As it is stored.
    #[schema(format = DateTime)]
    updated_at: Option<String>,
}

/// A whole user. `id`, `created_at` and `updated_at` may be there if they are as stored; `username` must.
#[derive(ToSchema)]
#[schema(as = Replacement)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes crate::input::Replacement")]
pub(crate) struct ReplacementBody {
    /// As it is stored: it is for life.
    username: String,
    /// 1 to 64 characters.
    #[schema(min_length = 1, max_length = 64)]
    display_name: String,
    /// The new password, 8 to 256 characters in the normal form NFKC; absent: unchanged.
    #[schema(format = Password, min_length = 8, max_length = 256)]
    password: Option<String>,
    /// The present password; needed with `password`, and only then.
    #[schema(format = Password)]
    current_password: Option<String>,
    /// As it is stored.
    id: Option<uuid::Uuid>,
    /// As it is stored.
    #[schema(format = DateTime)]
    created_at: Option<String>,
    /// As it is stored.
    #[schema(format = DateTime)]
    updated_at: Option<String>,
}

/// A user after a change; with a token after a new password.
#[derive(ToSchema)]
#[schema(as = ChangedUser)]
#[expect(dead_code, reason = "describes what the handler flattens")]
pub(crate) struct ChangedBody {
    #[schema(inline)]
    #[serde(flatten)]
    user: User<'static>,
    token: Option<String>,
    token_type: Option<String>,
    expires_in: Option<u64>,
}

/// A token.
#[derive(ToSchema)]
#[schema(as = Token)]
#[expect(dead_code, reason = "describes web::session::Issued")]
pub(crate) struct TokenBody {
    token: String,
    #[schema(example = "Bearer")]
    token_type: String,
    /// Seconds.
    expires_in: u64,
}

/// A token, whose it is, and where it leads.
#[derive(ToSchema)]
#[schema(as = LogIn)]
#[expect(dead_code, reason = "describes what the handler flattens")]
pub(crate) struct LogInBody {
    token: String,
    #[schema(example = "Bearer")]
    token_type: String,
    /// Seconds.
    expires_in: u64,
    user: User<'static>,
    /// The chat page with the token as URL parameter.
    chat_url: String,
}

/// What remains to be done of a deletion that has begun.
#[derive(Serialize, ToSchema)]
#[schema(as = Closed)]
pub(crate) struct ClosedBody {
    pub(crate) detail: &'static str,
}

/// What went wrong (RFC 9457).
#[derive(ToSchema)]
#[schema(as = Problem)]
#[expect(dead_code, reason = "describes web::Problem")]
pub(crate) struct ProblemBody {
    /// The status in words.
    title: String,
    status: u16,
    /// For people.
    detail: String,
    /// For programs.
    #[schema(example = "unavailable")]
    code: String,
    /// For 422: a message for each wrong field.
    errors: Option<BTreeMap<String, String>>,
    /// Where no good token came with the request.
    #[schema(example = "Token didn't match")]
    message: Option<String>,
}
