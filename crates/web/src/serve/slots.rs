//! Places for connections: so many in all, so many for each client network. A place is held by the connection's
//! byte stream itself, so it is free again when the connection is really closed, and not earlier.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::address::network_of;
use crate::serve::ConnectionLimits;

/// The places of one server.
#[derive(Clone)]
pub(crate) struct Slots {
    shared: Arc<Shared>,
}

struct Shared {
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
pub(crate) struct Slot {
    shared: Arc<Shared>,
    network: IpAddr,
}

impl Slots {
    pub(crate) fn new(limits: &ConnectionLimits) -> Self {
        let taken = Mutex::default();
        Self { shared: Arc::new(Shared { total: limits.total, per_network: limits.per_address, taken }) }
    }

    /// A place for a connection from an address, unless a cap is reached.
    pub(crate) fn take(&self, address: IpAddr) -> Option<Slot> {
        let network = network_of(address);
        let mut taken = self.shared.taken();
        let here = taken.by_network.get(&network).copied().unwrap_or(0);
        if taken.total >= self.shared.total || self.shared.per_network.is_some_and(|most| here >= most) {
            return None;
        }
        taken.total += 1;
        taken.by_network.insert(network, here + 1);
        metrics::gauge!("natter_connections").increment(1);
        Some(Slot { shared: Arc::clone(&self.shared), network })
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
        metrics::gauge!("natter_connections").decrement(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Timers;

    #[test]
    fn a_place_is_free_again_when_its_holder_is_gone() {
        let slots =
            Slots::new(&ConnectionLimits { total: 3, per_address: Some(2), timers: Timers::default() });
        let (one, other) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        let first = slots.take(one);
        let _second = slots.take(one);
        assert!(first.is_some() && slots.take(one).is_none(), "two from one address");
        let _third = slots.take(other);
        assert!(slots.take(other).is_none(), "three in all");
        drop(first);
        assert!(slots.take(one).is_some());
        assert_eq!(slots.shared.taken().by_network.len(), 2, "nothing is kept of who is gone");
    }
}
