//! The error of every call of a store.

/// Why a call failed. The cause is for the log; clients only get that the store is unavailable.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The store cannot be used now: it is not available, or it did not answer in time.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// The disk of the embedded store is full. The store logs when that begins and ends.
    #[error("the disk is full")]
    Full,
    /// The store has a value that this program never writes.
    #[error("the store holds a value that cannot be read: {0}")]
    Corrupt(String),
}
