//! Limits on what clients make the server hold or write: counted permits, and log lines.

mod log_budget;
mod permits;

pub use log_budget::LogBudget;
pub use permits::{Full, Permit, Permits};
