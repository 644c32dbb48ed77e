//! Everybody who is there, in the order in which they are named: who is here before who is away, each by name.

use std::collections::{BTreeMap, HashMap};

use store::{Person, UserId};

/// People in their order. Entering one costs the same among few and many.
#[derive(Default)]
pub(super) struct Crowd {
    in_order: BTreeMap<Place, Person>,
    places: HashMap<UserId, Place>,
}

/// Where somebody stands.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    away: bool,
    name: String,
    id: UserId,
}

impl Place {
    pub(super) fn of(person: &Person) -> Self {
        Self { away: person.away, name: person.display_name.to_lowercase(), id: person.id }
    }
}

impl Crowd {
    pub(super) fn get(&self, id: UserId) -> Option<&Person> {
        self.in_order.get(self.places.get(&id)?)
    }

    /// Enters somebody as they are now, or takes them out.
    pub(super) fn set(&mut self, id: UserId, person: Option<Person>) {
        if let Some(place) = self.places.remove(&id) {
            self.in_order.remove(&place);
        }
        if let Some(person) = person {
            let place = Place::of(&person);
            self.places.insert(id, place.clone());
            self.in_order.insert(place, person);
        }
    }

    pub(super) fn len(&self) -> u64 {
        self.in_order.len() as u64
    }

    pub(super) fn in_order(&self) -> impl Iterator<Item = &Person> {
        self.in_order.values()
    }
}
