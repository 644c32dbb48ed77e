//! What an error of the driver means for what was asked.

use mongodb::error::{Error, ErrorKind, InsertManyError, WriteFailure};

use crate::StoreError;

/// The server's code for a broken unique index.
const DUPLICATE_KEY: i32 = 11_000;
/// The server's label for a write that surely did nothing.
const NEVER_RAN: &str = "NoWritesPerformed";

/// How an ordered insert of many failed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Insert {
    /// So many were inserted and are durable; the next one broke this unique index.
    Duplicate(usize, Broken),
    /// Surely none was inserted.
    NotDone,
    /// Nobody can tell.
    Unknown,
}

/// Which unique index a document broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Broken {
    /// (room, seq): another node was faster.
    Seq,
    /// (room, sender, id): it was sent before.
    Id,
}

/// Reads the error of an ordered insert of many.
pub(super) fn of_insert(error: &Error) -> Insert {
    match error.kind.as_ref() {
        ErrorKind::InsertMany(many) => of_many(many),
        ErrorKind::ServerSelection { .. } | ErrorKind::ConnectionPoolCleared { .. } => Insert::NotDone,
        _ if error.contains_label(NEVER_RAN) => Insert::NotDone,
        _ => Insert::Unknown,
    }
}

fn of_many(error: &InsertManyError) -> Insert {
    let [first] = error.write_errors.as_deref().unwrap_or_default() else { return Insert::Unknown };
    // What was inserted before the duplicate must be durable to count.
    if error.write_concern_error.is_some() || first.code != DUPLICATE_KEY {
        return Insert::Unknown;
    }
    let broken = if first.message.contains(super::indexes::BY_ID) { Broken::Id } else { Broken::Seq };
    Insert::Duplicate(first.index, broken)
}

/// Whether a write of one document broke a unique index.
pub(super) fn is_duplicate(error: &Error) -> bool {
    match error.kind.as_ref() {
        ErrorKind::Write(WriteFailure::WriteError(error)) => error.code == DUPLICATE_KEY,
        ErrorKind::Command(error) => error.code == DUPLICATE_KEY,
        _ => false,
    }
}

/// An error as the traits tell it. The driver's text may quote documents, so only its kind and code are told.
pub(super) fn store_error(error: &Error) -> StoreError {
    match error.kind.as_ref() {
        ErrorKind::BsonDeserialization(_) => StoreError::Corrupt(describe(error)),
        _ => StoreError::Unavailable(describe(error)),
    }
}

/// What happened, without what was written: a duplicate's message quotes names and texts.
pub(super) fn describe(error: &Error) -> String {
    match error.kind.as_ref() {
        ErrorKind::Command(command) => format!("command failed: {} ({})", command.code_name, command.code),
        ErrorKind::Write(WriteFailure::WriteError(write)) => format!("write failed ({})", write.code),
        ErrorKind::Write(WriteFailure::WriteConcernError(concern)) => {
            format!("not acknowledged by a majority: {} ({})", concern.code_name, concern.code)
        }
        ErrorKind::InsertMany(many) => {
            let codes = many.write_errors.iter().flatten().map(|error| error.code).collect::<Vec<_>>();
            format!("insert failed {codes:?}")
        }
        ErrorKind::BsonDeserialization(_) | ErrorKind::BsonSerialization(_) => {
            "a document has another shape".into()
        }
        kind => kind.to_string(),
    }
}
