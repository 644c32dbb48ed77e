//! The REST API, one file for each job. Handlers say what they take and answer; `accounts` does it.

pub(crate) mod change;
pub(crate) mod delete;
pub(crate) mod export;
pub(crate) mod log_in;
pub(crate) mod read;
pub(crate) mod register;
pub(crate) mod session;
