//! What every HTTP answer of Natter shares.
//!
//! - [`serve()`]: the accept loop, with timers, caps and a shutdown handle ([`Connection`]) for each connection.
//! - [`Shell`]: what surrounds every route: security headers, Host check, csrf layer, panics and timeouts as
//!   problems, log, metrics, health, static files.
//! - [`Authenticator`] and [`Principal`]: the only place that reads and verifies tokens.
//! - [`Problem`], [`Json`], [`Form`], [`Fields`]: what comes in is read field by field, what goes wrong is told
//!   in one form (RFC 9457).
//!
//! This crate knows no page, no room and no socket protocol, and never names a database. No token, no password, no
//! query of a URL and no body is ever logged here.

mod address;
mod auth;
mod connection;
pub mod files;
pub mod input;
mod log_budget;
mod mask;
pub mod media;
pub mod metrics;
mod origin;
mod problem;
mod refusal;
pub mod resources;
mod serve;
mod settings;
mod shell;
mod slots;
mod wire;

pub use self::auth::{
    AuthError, Authenticator, Credential, IssuedToken, Principal, PrincipalByLink, PrincipalWithToken, Scope,
    Scopes, Session, SessionCookies, SessionRoutes, SessionStatus, show_form_token, token_of_connect,
    with_cookies,
};
pub use ::auth::now_secs;
pub use address::{client_address, network_of};
pub use connection::Connection;
pub use input::{Arguments, Fields, Form, FromFields, Json, Query, without_bom};
pub use log_budget::LogBudget;
pub use mask::{Masked, mask, unmask};
pub use origin::{Hosts, Origin, OriginError};
pub use problem::{Problem, SOMEBODY_ELSE, TOKEN_REFUSED};
pub use refusal::{Ack, Code, FieldError, FieldErrors, Refusal};
pub use serve::{ConnectionLimits, Timers, serve};
pub use settings::Settings;
pub use shell::{ProblemPage, Reason, Shell, dress};
pub use slots::{Full, Slot, Slots};
