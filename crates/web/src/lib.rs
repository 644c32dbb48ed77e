//! What every HTTP answer of Natter shares.
//!
//! - [`serve()`]: the accept loop, with timers, caps and a shutdown handle ([`Connection`]) for each connection.
//! - [`Shell`]: what surrounds every route: security headers, Host check, csrf layer, panics and timeouts as
//!   problems, log, metrics, health, static files.
//! - [`Authenticator`] and [`SignedIn`]: the only door for a token.
//! - [`Problem`], [`Json`], [`Form`], [`Fields`]: what comes in is read field by field, what goes wrong is told
//!   in one form (RFC 9457).
//!
//! This crate knows no page, no room and no socket protocol, and never names a database. No token, no password, no
//! query of a URL and no body is ever logged here.

mod address;
mod authenticator;
mod connection;
pub mod cookie;
pub mod files;
mod form_token;
pub mod input;
mod log_budget;
mod mask;
pub mod media;
pub mod metrics;
mod origin;
mod problem;
mod refusal;
mod renewals;
mod serve;
pub mod session;
mod settings;
mod shell;
mod signed_in;
mod slots;
mod wire;

pub use address::{client_address, network_of};
pub use authenticator::{AuthError, Authenticator, SessionStatus};
pub use connection::Connection;
pub use form_token::show_form_token;
pub use input::{Arguments, Fields, Form, FromFields, Json, Query, without_bom};
pub use log_budget::LogBudget;
pub use mask::{Masked, mask, unmask};
pub use origin::{Hosts, Origin, OriginError};
pub use problem::{Problem, SOMEBODY_ELSE, TOKEN_REFUSED};
pub use refusal::{Ack, Code, FieldError, FieldErrors, Refusal};
pub use renewals::Renewals;
pub use serve::{ConnectionLimits, Timers, serve};
pub use settings::{Settings, now_secs};
pub use shell::{ProblemPage, Reason, Shell, dress};
pub use signed_in::{SignedIn, SignedInByLink, token_in_query};
pub use slots::{Full, Slot, Slots};
