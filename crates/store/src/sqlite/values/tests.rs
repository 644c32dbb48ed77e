//! Each id comes back as it was, and no two ids are one value.

use rusqlite::Connection;
use rusqlite::types::{Type, Value};

use super::*;

#[test]
fn an_id_comes_back_as_it_was_and_uuids_are_bytes() {
    let connection = Connection::open_in_memory().unwrap();
    let (hyphenated, simple) = ("0192f0c1-2345-7abc-8def-0123456789ab", "0192f0c123457abc8def0123456789ab");
    let ids = [
        (hyphenated, Type::Blob),
        (simple, Type::Blob),
        (&hyphenated.to_uppercase(), Type::Text),
        (&simple.to_uppercase(), Type::Text),
        ("0192f0c1234-57abc-8def-01234-56789ab", Type::Text),
        ("00000000000000000000000000000000", Type::Blob),
        ("m1", Type::Text),
    ];
    let mut values = Vec::new();
    for (id, form) in ids {
        let stored = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(0)?));
        let (StoredId(read), value): (_, Value) =
            connection.query_row("SELECT ?1", [StoredId(id)], stored).unwrap();
        assert_eq!((read.as_str(), value.data_type()), (id, form));
        assert!(!values.contains(&value), "{id}");
        values.push(value);
    }
}
