//! Backing up the embedded store and restoring it, as an operator does.

#![expect(clippy::unwrap_used, reason = "a failing test shows the line")]

mod making;
mod restoring;
mod scene;
