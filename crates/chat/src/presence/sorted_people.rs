//! People in the order in which they are listed: people who are here, then people who are away, each group by
//! name.

use std::collections::{BTreeMap, HashMap};

use store::{Person, UserId};

/// People by rank and by id. A change costs O(log n).
#[derive(Default)]
pub(super) struct SortedPeople {
    in_order: BTreeMap<Rank, Person>,
    ranks: HashMap<UserId, Rank>,
}

/// A person's position in the list.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    away: bool,
    name: String,
    id: UserId,
}

impl Rank {
    pub(super) fn of(person: &Person) -> Self {
        Self { away: person.away, name: person.display_name.to_lowercase(), id: person.id }
    }
}

impl SortedPeople {
    pub(super) fn get(&self, id: UserId) -> Option<&Person> {
        self.in_order.get(self.ranks.get(&id)?)
    }

    /// Inserts or replaces a person; `None` removes the person.
    pub(super) fn set(&mut self, id: UserId, person: Option<Person>) {
        if let Some(rank) = self.ranks.remove(&id) {
            self.in_order.remove(&rank);
        }
        if let Some(person) = person {
            let rank = Rank::of(&person);
            self.ranks.insert(id, rank.clone());
            self.in_order.insert(rank, person);
        }
    }

    pub(super) fn len(&self) -> u64 {
        self.in_order.len() as u64
    }

    pub(super) fn in_order(&self) -> impl Iterator<Item = &Person> {
        self.in_order.values()
    }
}
