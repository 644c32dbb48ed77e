//! Counted permits: a maximum in all, and a maximum for each key, such as a user or a client network.
//!
//! A permit is held by the very thing that it is for, so it is returned when that is really gone, and not earlier.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use parking_lot::Mutex;

/// The permits for one kind of thing. Clones share one count.
#[derive(Debug)]
pub struct Permits<K> {
    shared: Arc<Shared<K>>,
}

#[derive(Debug)]
struct Shared<K> {
    max: usize,
    max_per_key: usize,
    gauge: Option<&'static str>,
    taken: Mutex<Taken<K>>,
}

#[derive(Debug)]
struct Taken<K> {
    total: usize,
    /// Holds no key without a permit, so it is as bounded as the permits are.
    by_key: HashMap<K, usize>,
}

/// One permit, returned when dropped.
#[derive(Debug)]
pub struct Permit<K: Hash + Eq> {
    shared: Arc<Shared<K>>,
    key: K,
}

/// Which maximum is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Full {
    /// That of all keys together.
    Total,
    /// That of the key.
    Key,
}

impl<K: Hash + Eq + Clone> Permits<K> {
    /// `max` permits in all, and `max_per_key` for each key if keys have a maximum.
    pub fn new(max: usize, max_per_key: Option<usize>) -> Self {
        Self::with(max, max_per_key, None)
    }

    /// The same, with a metric of this name that shows how many are taken.
    pub fn with_gauge(gauge: &'static str, max: usize, max_per_key: Option<usize>) -> Self {
        Self::with(max, max_per_key, Some(gauge))
    }

    fn with(max: usize, max_per_key: Option<usize>, gauge: Option<&'static str>) -> Self {
        let taken = Mutex::new(Taken { total: 0, by_key: HashMap::new() });
        let max_per_key = max_per_key.unwrap_or(usize::MAX);
        Self { shared: Arc::new(Shared { max, max_per_key, gauge, taken }) }
    }

    /// A permit for something of `key`.
    ///
    /// # Errors
    /// [`Full`] when a maximum is reached; the key's one when both are.
    pub fn take(&self, key: K) -> Result<Permit<K>, Full> {
        let mut taken = self.shared.taken.lock();
        let of_key = taken.by_key.get(&key).copied().unwrap_or(0);
        if of_key >= self.shared.max_per_key {
            return Err(Full::Key);
        }
        if taken.total >= self.shared.max {
            return Err(Full::Total);
        }
        taken.total += 1;
        taken.by_key.insert(key.clone(), of_key + 1);
        if let Some(gauge) = self.shared.gauge {
            metrics::gauge!(gauge).increment(1);
        }
        Ok(Permit { shared: Arc::clone(&self.shared), key })
    }
}

impl<K> Clone for Permits<K> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<K: Hash + Eq> Drop for Permit<K> {
    fn drop(&mut self) {
        let mut guard = self.shared.taken.lock();
        let taken = &mut *guard;
        taken.total -= 1;
        if let Some(of_key) = taken.by_key.get_mut(&self.key) {
            *of_key -= 1;
            if *of_key == 0 {
                taken.by_key.remove(&self.key);
            }
        }
        if let Some(gauge) = self.shared.gauge {
            metrics::gauge!(gauge).decrement(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permit_is_returned_when_its_holder_is_gone() {
        let permits = Permits::with_gauge("natter_test", 3, Some(2));
        let first = permits.take("one");
        let _second = permits.take("one");
        assert!(first.is_ok(), "the control");
        assert_eq!(permits.take("one").err(), Some(Full::Key), "two of one key");
        let _third = permits.take("other");
        assert_eq!(permits.take("other").err(), Some(Full::Total), "three in all");
        drop(first);
        assert!(permits.take("one").is_ok());
        assert_eq!(permits.shared.taken.lock().by_key.len(), 2, "keys without a permit are not kept");
    }

    #[test]
    fn keys_without_a_maximum_are_bounded_by_the_total_alone() {
        let permits = Permits::new(2, None);
        let _held = [permits.take(7).unwrap(), permits.take(7).unwrap()];
        assert_eq!(permits.take(7).err(), Some(Full::Total));
    }
}
