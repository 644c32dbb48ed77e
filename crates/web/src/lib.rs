//! What both services share over HTTP.
//!
//! - [`serve()`]: the accept loop, with timeouts, caps and a shutdown handle ([`Connection`]) for each connection.
//! - [`Middleware`]: the layers around every route: security headers, `Host` check, csrf layer, timeout, request log,
//!   problem pages; and the routes for health, metrics and static files.
//! - [`Authenticator`] and [`Principal`]: the only place that reads and verifies tokens.
//! - [`poll()`] and [`Polled`]: what keeps a cache of the store fresh, and says when it is trusted.
//! - [`Fields`], [`Json`], [`Form`], [`Query`], [`Arguments`]: the one reader of what clients send.
//! - [`Refusal`] and [`Problem`]: why an operation is not done, for every transport.
//! - [`Permits`], [`Rate`], [`Reads`], [`LogBudget`]: limits, also for each [`ClientNetwork`].
//! - [`openapi`]: the description of an API, and its page.
//!
//! This crate knows no page and no socket protocol, of rooms only their addresses ([`NextRoom`]), and never names a database.
//! It never logs a token, a password, a query or a body.

#![warn(clippy::too_many_lines)]

mod auth;
pub mod files;
mod find_user;
pub mod input;
mod limits;
mod made;
mod mask;
pub mod metrics;
mod middleware;
mod monitoring;
mod next_room;
pub mod openapi;
mod origin;
mod parts;
mod poll;
mod problem;
mod reads;
mod refusal;
pub mod resources;
mod server;
mod settings;
mod shares;

// The templates name this crate as the services do.
extern crate self as web;

pub use self::auth::{
    AuthError, Authenticator, Credential, IssuedToken, Principal, PrincipalByLink, PrincipalWithToken,
    Requester, Scope, Scopes, Session, SessionCookies, SessionRoutes, SessionStatus, move_form_token,
    token_of_connect, with_cookies,
};
pub use ::auth::now_secs;
pub use find_user::{find_user, names_caller};
pub use input::{Arguments, Fields, Form, FromFields, Json, OptionalJson, Query, media, without_bom};
pub use limits::{Full, LogBudget, Permit, Permits, Rate, RateExceeded};
pub use made::{Made, MadeParts};
pub use mask::{Masked, mask, unmask};
pub use middleware::{Middleware, ProblemRenderer, Reason};
pub use monitoring::HealthCalls;
pub use next_room::NextRoom;
pub use origin::{Hosts, Origin, OriginError};
pub use parts::{Part, SharedPart, assemble};
pub use poll::{Freshness, Polled, poll};
pub use problem::{Problem, ProblemPage, SOMEBODY_ELSE, TOKEN_REFUSED};
pub use reads::{ReadPermit, Reads};
pub use refusal::{Ack, Code, FieldError, FieldErrors, Refusal};
pub use server::{
    ClientAddress, ClientNetwork, Connection, ConnectionLimits, Timers, TrackedStream, Upgrade, serve,
};
pub use settings::Settings;
pub use shares::{Share, shares_of};
