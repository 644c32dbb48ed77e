//! What errors of MongoDB and its driver mean for the caller.

use mongodb::error::{Error, ErrorKind, InsertManyError, WriteFailure};

use super::documents::ENTRIES_BY_ID;
use crate::StoreError;

/// Why the store on MongoDB cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URI is invalid, or does not suit the server that it names. The error does not contain the URI, which may have a
    /// password.
    #[error("MONGODB_URI cannot be used: {0}")]
    Uri(String),
    /// The server refused to create the indexes.
    #[error("the indexes cannot be made in MongoDB: {0}")]
    Indexes(String),
    /// The database to move to has data of its own.
    #[error(
        "the database {database} is not empty: its collection {collection} has documents; a move needs an empty database. \
         Nothing was changed"
    )]
    NotEmpty {
        /// The database.
        database: String,
        /// A collection in it.
        collection: String,
    },
    /// The database belongs to another move, or the embedded store is not what it was.
    #[error(
        "the database {0} holds a move of another embedded store, or of this one before it changed; drop that database and \
         move again. Nothing was changed"
    )]
    OtherMove(String),
    /// A node uses the database to move to.
    #[error("a Natter is running on the database {0}; stop it first. Nothing was changed")]
    Running(String),
    /// A later release upgraded the database.
    #[error(
        "the database {database} was upgraded by a later release (schema {found}; this one knows up to {known})"
    )]
    TooNew {
        /// The database.
        database: String,
        /// Its version.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },
    /// A move into the database has begun and not ended.
    #[error(
        "the database {0} holds a part of an embedded store: run `natter move` again until it is done, or drop the database"
    )]
    HalfMoved(String),
    /// No server answers yet, or none can write, such as during a fail-over.
    #[error("MongoDB is not available: {0}")]
    Away(String),
}

/// The server's code for a duplicate key of a unique index.
const DUPLICATE_KEY: i32 = 11_000;
/// The server's label for a write that stored nothing.
const NO_WRITES_PERFORMED: &str = "NoWritesPerformed";

/// Why an ordered insert of many documents failed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum InsertError {
    /// This number of documents was inserted and is durable. The next one is a duplicate in this unique index.
    Duplicate(usize, UniqueIndex),
    /// No document was inserted.
    NotInserted,
    /// Any number of documents may be inserted.
    Unknown,
}

impl InsertError {
    /// The number of documents that are inserted and durable; `None` if it is not known.
    pub(super) fn inserted(&self) -> Option<usize> {
        match self {
            Self::Duplicate(inserted, _) => Some(*inserted),
            Self::NotInserted => Some(0),
            Self::Unknown => None,
        }
    }
}

/// A unique index of `entries`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UniqueIndex {
    /// (room, seq). A duplicate means that another node was faster.
    Seq,
    /// (room, sender, id). A duplicate means a resend.
    Id,
}

/// The meaning of an ordered insert's error. The driver returns [`ErrorKind::ConnectionPoolCleared`] also for a command that
/// was sent and whose server then seemed to be gone, so it tells nothing.
pub(super) fn insert_error(error: &Error) -> InsertError {
    match error.kind.as_ref() {
        ErrorKind::InsertMany(many) => many_error(many),
        ErrorKind::ServerSelection { .. } => InsertError::NotInserted,
        _ if error.contains_label(NO_WRITES_PERFORMED) => InsertError::NotInserted,
        _ => InsertError::Unknown,
    }
}

fn many_error(error: &InsertManyError) -> InsertError {
    let [first] = error.write_errors.as_deref().unwrap_or_default() else { return InsertError::Unknown };
    // The documents before the duplicate count only if they are durable.
    if error.write_concern_error.is_some() || first.code != DUPLICATE_KEY {
        return InsertError::Unknown;
    }
    let index = if first.message.contains(ENTRIES_BY_ID) { UniqueIndex::Id } else { UniqueIndex::Seq };
    InsertError::Duplicate(first.index, index)
}

/// Whether the write of one document failed because of a duplicate key.
pub(super) fn is_duplicate(error: &Error) -> bool {
    match error.kind.as_ref() {
        ErrorKind::Write(WriteFailure::WriteError(error)) => error.code == DUPLICATE_KEY,
        ErrorKind::Command(error) => error.code == DUPLICATE_KEY,
        _ => false,
    }
}

/// The error as the traits return it, with its kind and code only: the driver's text may contain documents.
pub(super) fn store_error(error: &Error) -> StoreError {
    match error.kind.as_ref() {
        ErrorKind::BsonDeserialization(_) => StoreError::Corrupt(describe(error)),
        _ => StoreError::Unavailable(describe(error)),
    }
}

/// Describes an error without the documents: the message for a duplicate key contains names and texts.
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

/// What a failed read or write means for a move that begins.
impl From<StoreError> for OpenError {
    fn from(error: StoreError) -> Self {
        Self::Away(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use mongodb::Client;
    use mongodb::bson::doc;

    use super::*;

    #[tokio::test]
    async fn only_an_insert_that_was_never_sent_is_surely_not_stored() {
        let uri = "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=10";
        let nobody = Client::with_uri_str(uri).await.unwrap().database("natter");
        let never_sent = nobody.collection("entries").insert_many([doc! {}]).await.unwrap_err();
        assert_eq!(insert_error(&never_sent), InsertError::NotInserted, "{never_sent}");
        let broken = Error::from(io::Error::from(io::ErrorKind::ConnectionReset));
        assert_eq!(insert_error(&broken), InsertError::Unknown);
    }
}
