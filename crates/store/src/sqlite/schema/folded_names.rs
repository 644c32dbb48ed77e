//! The folded forms of display names, which find members. Only this program can make them, so they are written in
//! pieces.

use rusqlite::{Transaction, params};

use super::Pieces;
use crate::UserId;
use crate::name::fold;

/// Maximum number of names that one transaction folds.
const MAX_FOLDED: u32 = 1_000;

pub(super) const FOLD: Pieces = Pieces {
    what: "display names are prepared for being looked for",
    piece: fold_some,
    last: "CREATE INDEX users_by_display_name ON users (folded_display)",
};

fn fold_some(tx: &Transaction<'_>) -> rusqlite::Result<bool> {
    let next: Vec<(UserId, String)> = tx
        .prepare_cached("SELECT id, display_name FROM users WHERE folded_display IS NULL LIMIT ?1")?
        .query_map([MAX_FOLDED], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    let mut set = tx.prepare_cached("UPDATE users SET folded_display = ?2 WHERE id = ?1")?;
    for (id, name) in &next {
        set.execute(params![id, fold(name)])?;
    }
    Ok(!next.is_empty())
}
