//! Moves an embedded store to MongoDB: copies it while no Natter uses it, and compares both in the end.
//!
//! The embedded store is only read. What is copied goes in order, so what MongoDB has of it is a beginning at any time, and a
//! move that was interrupted goes on behind it. Until the end a document in MongoDB marks the database as half-moved.

use std::path::Path;
use std::time::Duration;

use tokio::time::sleep;

use crate::contents::{BESIDE_ENTRIES, Contents, Cursor, Moved, total};
use crate::mongodb::moving::{Began, Target};
use crate::sqlite::moving::Source;
use crate::{StoreError, mongodb, sqlite};

/// Delay before MongoDB is asked again after a failure.
const RETRY_DELAY: Duration = Duration::from_secs(1);
/// Maximum failures one after the other.
const MAX_FAILURES: u32 = 30;

/// How far a move is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// The embedded store is read once, to know what is to be moved.
    Counting,
    /// What is to be moved, and whether an earlier run has begun with it.
    Counted {
        /// What the embedded store has.
        all: Moved,
        /// Whether this run goes on where an earlier one stopped.
        is_resumed: bool,
    },
    /// This run has copied so much.
    Copied(Moved),
    /// Everything is copied, and MongoDB is read once, to compare.
    Comparing,
}

/// Why a move failed.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// The embedded store cannot be moved.
    #[error(transparent)]
    Source(#[from] sqlite::OpenError),
    /// Nothing can be moved to this MongoDB.
    #[error(transparent)]
    Target(#[from] mongodb::OpenError),
    /// The two stores differ in the end.
    #[error("the database {database} does not hold what was moved: {difference}. Drop it and move again")]
    Differs {
        /// The database.
        database: String,
        /// What differs.
        difference: String,
    },
    /// A store failed in between.
    #[error("{0}. Run the same command again: it goes on where it stopped")]
    Store(#[from] StoreError),
}

/// Moves the store in `dir` to the database that a URI names, and tells `report` how far it is. A database that holds the
/// whole move already is left as it is.
///
/// # Errors
/// [`MoveError`]. The same call goes on later where it stopped.
pub async fn move_to_mongodb(
    dir: &Path,
    uri: &str,
    report: &(dyn Fn(Progress) + Send + Sync),
) -> Result<Moved, MoveError> {
    let source = Source::open(dir)?;
    let target = Target::open(uri).await?;
    report(Progress::Counting);
    let totals = total(&source).await?;
    let began = target.begin(&totals).await?;
    report(Progress::Counted { all: totals.moved, is_resumed: began != Began::New });
    if began == Began::Done {
        return Ok(totals.moved);
    }
    copy_all(&source, &target, report).await?;
    report(Progress::Comparing);
    let found = total(&target).await?;
    if found != totals {
        let difference = totals.difference(&found);
        return Err(MoveError::Differs { database: target.database().to_owned(), difference });
    }
    target.finish().await?;
    Ok(totals.moved)
}

async fn copy_all(
    source: &Source,
    target: &Target,
    report: &(dyn Fn(Progress) + Send + Sync),
) -> Result<(), StoreError> {
    let mut copied = Moved::default();
    for start in BESIDE_ENTRIES {
        copy(source, target, start, &mut copied, report).await?;
    }
    let mut done = None;
    while let Some(room) = source.next_room(done).await? {
        copy(source, target, Cursor::Entries(room, 0), &mut copied, report).await?;
        done = Some(room);
    }
    Ok(())
}

/// Copies one kind, or a room's entries, behind what the target has of them.
async fn copy(
    source: &Source,
    target: &Target,
    start: Cursor,
    copied: &mut Moved,
    report: &(dyn Fn(Progress) + Send + Sync),
) -> Result<(), StoreError> {
    let (mut cursor, mut failures) = (target.end(start).await?, 0);
    loop {
        let page = source.page(cursor).await?;
        let Some(end) = page.end() else { return Ok(()) };
        match target.insert(&page).await {
            Ok(()) => {
                (cursor, failures) = (end, 0);
                page.count(copied);
                report(Progress::Copied(*copied));
            }
            Err(error) if failures == MAX_FAILURES => return Err(error),
            Err(error) => {
                tracing::warn!(%error, "MongoDB did not take all of a part; it is asked again");
                failures += 1;
                sleep(RETRY_DELAY).await;
                // A part of the page may be there.
                cursor = target.end(start).await.unwrap_or(cursor);
            }
        }
    }
}
