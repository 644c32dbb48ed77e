//! Which logs go on, in SQLite: rows of `entries` are in the order of appending, so what is new is at the table's end.

use std::collections::HashMap;

use async_trait::async_trait;
use rusqlite::{Row, Transaction, params};

use super::super::generations::{Generations, Part};
use super::super::readers::Readers;
use super::super::rows::last_place;
use crate::{EndsWatch, NewEnds, StoreError};

/// Maximum number of rows that one question reads.
const MAX_READ: i64 = 50_000;

/// Where the reading of the table is.
pub(super) struct SqliteEndsWatch {
    readers: Readers,
    generations: Generations,
    /// The last place that was read, and the generation of the log before that.
    read: Option<(i64, u64)>,
}

impl SqliteEndsWatch {
    pub(super) fn new(readers: Readers, generations: Generations) -> Self {
        Self { readers, generations, read: None }
    }
}

#[async_trait]
impl EndsWatch for SqliteEndsWatch {
    async fn next(&mut self) -> Result<NewEnds, StoreError> {
        let generation = self.generations.of(Part::Log);
        let Some((place, at)) = self.read else {
            let place = self.readers.read(last_place).await?;
            self.read = Some((place, generation));
            return Ok(NewEnds::Any);
        };
        if at == generation {
            return Ok(NewEnds::Of(HashMap::new()));
        }
        let (last, ends) = self.readers.read(move |tx| new_ends(tx, place)).await?;
        self.read = Some((last, generation));
        Ok(ends)
    }
}

/// The last place, and the ends of the rooms that have rows after a place.
fn new_ends(tx: &Transaction<'_>, place: i64) -> rusqlite::Result<(i64, NewEnds)> {
    let last = last_place(tx)?;
    if last - place > MAX_READ {
        return Ok((last, NewEnds::Any));
    }
    let sql = "SELECT numbers.room, max(new.seq)
               FROM (SELECT room, seq FROM entries WHERE place > ?1) AS new JOIN room_numbers AS numbers ON numbers.number = new.room
               GROUP BY new.room";
    let room_and_seq = |row: &Row<'_>| Ok((row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned()));
    let ends = tx.prepare_cached(sql)?.query_map(params![place], room_and_seq)?.collect::<Result<_, _>>()?;
    Ok((last, NewEnds::Of(ends)))
}
