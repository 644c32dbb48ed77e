//! What was made of a value, kept for the next answer: JSON, or a part of a page.
//!
//! It is as exact as the value: what was made is used for that very value only, which its owner replaces when anything
//! changes. Nothing here expires, and nothing here knows of changes.

use std::hash::Hash;
use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::{Refusal, SharedPart};

/// About the bytes of one made part, to size the tables.
const EXPECTED_PART_BYTES: u64 = 100_000;
/// Bytes that count for a part beside its content: its key, its value, and its place in the tables.
const OVERHEAD_BYTES: u64 = 1_024;

/// Parts that were made of values of type `V`, by key.
pub struct MadeParts<K, V> {
    kept: Cache<K, Arc<Made<V>>, ByBytes>,
}

/// A part, and the value that it was made of.
pub struct Made<V> {
    of: Arc<V>,
    part: SharedPart,
}

#[derive(Clone)]
struct ByBytes;

impl<K: Eq + Hash, V> MadeParts<K, V> {
    /// Keeps at most `max_bytes`. A compressed copy, and the value, count as much as the part.
    pub fn new(max_bytes: u64) -> Self {
        let expected = usize::try_from(max_bytes / EXPECTED_PART_BYTES).unwrap_or(usize::MAX);
        Self { kept: Cache::with_weighter(expected, max_bytes, ByBytes) }
    }

    /// The part of a value, made unless it is kept.
    ///
    /// # Errors
    /// Those of `make`.
    pub fn of(
        &self,
        value: &Arc<V>,
        key: K,
        make: impl FnOnce(&V) -> Result<String, Refusal>,
    ) -> Result<Arc<Made<V>>, Refusal> {
        if let Some(made) = self.kept.get(&key).filter(|made| Arc::ptr_eq(&made.of, value)) {
            return Ok(made);
        }
        let made = Arc::new(Made { of: Arc::clone(value), part: SharedPart::new(make(value)?) });
        self.kept.insert(key, Arc::clone(&made));
        Ok(made)
    }
}

impl<V> Made<V> {
    /// The part.
    pub fn part(&self) -> &SharedPart {
        &self.part
    }
}

impl<K, V> Weighter<K, Arc<Made<V>>> for ByBytes {
    fn weight(&self, _: &K, made: &Arc<Made<V>>) -> u64 {
        OVERHEAD_BYTES + 3 * made.part.content().len() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_used_for_the_value_that_it_was_made_of_only() {
        let parts = MadeParts::new(100_000);
        let part = |value: &Arc<u64>, key, text: &str| {
            let made = parts.of(value, key, |_| Ok(text.to_owned())).unwrap();
            String::from_utf8(made.part().content().to_vec()).unwrap()
        };
        let (one, equal, next) = (Arc::new(1), Arc::new(1), Arc::new(2));
        assert_eq!(part(&one, "json", "first"), "first");
        assert_eq!(part(&one, "json", "again"), "first");
        assert_eq!(part(&one, "html", "html"), "html");
        assert_eq!(part(&next, "json", "next"), "next");
        assert_eq!(part(&equal, "json", "read again"), "read again");
    }

    #[test]
    fn the_memory_is_bounded_however_much_is_made() {
        const MAX_BYTES: u64 = 1_000_000;
        let (parts, long) = (MadeParts::new(MAX_BYTES), "x".repeat(30_000));
        for number in 0..200 {
            parts.of(&Arc::new(number), number, |_| Ok(long.clone())).unwrap();
        }
        assert!(parts.kept.weight() <= MAX_BYTES && !parts.kept.is_empty());
        for number in 0..10_000 {
            parts.of(&Arc::new(number), number, |_| Ok("[]".to_owned())).unwrap();
        }
        assert!(parts.kept.len() as u64 <= MAX_BYTES / OVERHEAD_BYTES, "short parts count too");
    }
}
