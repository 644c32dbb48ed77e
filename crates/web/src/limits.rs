//! Limits on what clients make the server hold or write: counted permits, log lines, and the address that counts.

mod client_address;
mod log_budget;
mod permits;

pub use client_address::{client_address, network_of};
pub use log_budget::LogBudget;
pub use permits::{Full, Permit, Permits};
