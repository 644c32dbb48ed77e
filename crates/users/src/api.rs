//! The REST API: handlers that translate between HTTP and operations ([`crate::ops`]), with their descriptions.

pub(crate) mod change;
pub(crate) mod delete;
pub(crate) mod export;
pub(crate) mod log_in;
pub(crate) mod read;
pub(crate) mod sign_out;
pub(crate) mod sign_up;
