//! The one error of every store call: the store did not do it.

/// Why a store call failed. The cause is for the log; clients are told only that the store is away.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The store cannot be used at present: it is away, its disk is full, or it did not answer in time.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// The store holds something that this program would never have written.
    #[error("the store holds a value that cannot be read: {0}")]
    Corrupt(String),
}
