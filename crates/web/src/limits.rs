//! Limits on what clients make the server hold, do or write: counted permits, rates, and log lines.

mod log_budget;
mod permits;
mod rates;

pub use log_budget::LogBudget;
pub use permits::{Full, Permit, Permits};
pub use rates::{Rate, RateExceeded};
