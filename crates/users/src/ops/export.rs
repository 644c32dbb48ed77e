//! Export of everything that is stored about one's own account.

mod lines;
mod permits;

use std::sync::Arc;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use web::{Principal, Problem};

use super::Operations;
use super::access::{Action, Target};
pub(crate) use lines::ReadError;
use permits::Permit;
pub(super) use permits::Permits;

/// An export that may begin. It counts as running until it is dropped.
pub(crate) struct Export {
    /// Whose data it is.
    pub(crate) username: String,
    /// The lines of the file, in pieces. They are read as they are consumed.
    pub(crate) pieces: BoxStream<'static, Result<Bytes, ReadError>>,
    _permit: Permit,
}

impl Operations {
    /// Begins an export of an account and of every message that its user wrote.
    ///
    /// # Errors
    /// 429 when too many exports of this user are running, 503 when too many are running in all.
    pub(crate) async fn export(&self, caller: &Principal, target: Target<'_>) -> Result<Export, Problem> {
        let user = self.admit(Action::Export, caller, target).await?;
        let permit = self.exports.take(user.id)?;
        let pieces = lines::stream(Arc::clone(&self.stores.entries_by_sender), &user).boxed();
        Ok(Export { username: user.username, pieces, _permit: permit })
    }
}
