//! Who sends a request: tokens, the principals that they stand for, and the sessions of browsers.
//!
//! The only place that reads a token off a request ([`token_source`]), CONNECT included. Everything behind it gets a
//! [`Principal`] and knows no token. `Principal` is here and not in the crate `auth`, which is pure and knows no
//! [`UserId`](store::UserId).

mod authenticator;
mod cookie;
mod extract;
mod form_token;
mod issued_token;
mod known_browser;
mod principal;
mod renewals;
mod scope;
mod session_calls;
mod session_cookies;
mod session_list;
mod session_routes;
mod status_cache;
mod status_poll;
mod token_source;
mod unknown_sender;
mod verified_tokens;

pub use authenticator::{AuthError, Authenticator, SessionStatus};
pub use extract::{PrincipalByLink, PrincipalWithToken, Requester};
pub use form_token::move_form_token;
pub use issued_token::IssuedToken;
pub use principal::{Credential, Principal, Session};
pub use scope::{Scope, Scopes};
pub use session_cookies::{SessionCookies, with_cookies};
pub use session_routes::SessionRoutes;
pub use token_source::of_connect as token_of_connect;
pub(crate) use unknown_sender::remove_cookies_of_unknown_sender;
