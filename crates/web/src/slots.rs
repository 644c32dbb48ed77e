//! Places for what clients open: so many in all, so many for each client network. A place is held by the very thing
//! that it is for, so it is free again when that is really gone, and not earlier.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::address::network_of;

/// The places for one kind of thing.
#[derive(Clone)]
pub struct Slots {
    shared: Arc<Shared>,
}

struct Shared {
    gauge: &'static str,
    total: usize,
    per_network: Option<usize>,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    total: usize,
    /// Holds no network without a connection, so it is as bounded as they are.
    by_network: HashMap<IpAddr, usize>,
}

/// A place, free again when dropped.
pub struct Slot {
    shared: Arc<Shared>,
    network: IpAddr,
}

/// Which cap is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Full {
    /// The one on all together.
    Total,
    /// The one on a client network.
    Network,
}

impl Slots {
    /// So many places in all, and for each client network ([`network_of`]) if that is counted. `gauge` is the name of the
    /// metric that tells how many are taken.
    pub fn new(gauge: &'static str, total: usize, per_network: Option<usize>) -> Self {
        Self { shared: Arc::new(Shared { gauge, total, per_network, taken: Mutex::default() }) }
    }

    /// A place for something from an address.
    ///
    /// # Errors
    /// [`Full`] when a cap is reached.
    pub fn take(&self, address: IpAddr) -> Result<Slot, Full> {
        let network = network_of(address);
        let mut taken = self.shared.taken();
        let here = taken.by_network.get(&network).copied().unwrap_or(0);
        if taken.total >= self.shared.total {
            return Err(Full::Total);
        }
        if self.shared.per_network.is_some_and(|most| here >= most) {
            return Err(Full::Network);
        }
        taken.total += 1;
        taken.by_network.insert(network, here + 1);
        metrics::gauge!(self.shared.gauge).increment(1);
        Ok(Slot { shared: Arc::clone(&self.shared), network })
    }
}

impl Shared {
    /// The counts are whole between two statements, so a panic elsewhere does not spoil them.
    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut taken = self.shared.taken();
        taken.total -= 1;
        if let Entry::Occupied(mut here) = taken.by_network.entry(self.network) {
            *here.get_mut() -= 1;
            if *here.get() == 0 {
                here.remove();
            }
        }
        metrics::gauge!(self.shared.gauge).decrement(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn a_place_is_free_again_when_its_holder_is_gone() {
        let slots = Slots::new("natter_test", 3, Some(2));
        let (one, other) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        let first = slots.take(one);
        let _second = slots.take(one);
        assert!(first.is_ok(), "the control");
        assert_eq!(slots.take(one).err(), Some(Full::Network), "two from one address");
        let _third = slots.take(other);
        assert_eq!(slots.take(other).err(), Some(Full::Total), "three in all");
        drop(first);
        assert!(slots.take(one).is_ok());
        assert_eq!(slots.shared.taken().by_network.len(), 2, "nothing is kept of who is gone");
    }
}
