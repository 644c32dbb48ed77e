//! What is measured. A scenario starts a server, measures once, and returns figures; rounds and ratios are made elsewhere.

mod accounts;
mod fan_out;
mod many_rooms;
mod memory;
mod pages;
mod rooms;
mod sends;
mod start;

use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;

use crate::Result;
use crate::machine::Usage;
use crate::servers::{Contender, Running, Store};

/// One measured value.
#[derive(Clone, Debug)]
pub(crate) struct Figure {
    /// What it is, with its unit.
    pub(crate) what: &'static str,
    pub(crate) value: f64,
    /// Whether less is better.
    pub(crate) less_is_better: bool,
    /// What limits its meaning, such as a generator at its limit.
    pub(crate) mark: Option<&'static str>,
}

impl Figure {
    fn more(what: &'static str, value: f64) -> Self {
        Self { what, value, less_is_better: false, mark: None }
    }

    fn less(what: &'static str, value: f64) -> Self {
        Self { what, value, less_is_better: true, mark: None }
    }

    fn marked(self, mark: Option<&'static str>) -> Self {
        Self { mark: mark.or(self.mark), ..self }
    }
}

/// Mark of a figure that the generator may have limited.
const GENERATOR_LIMIT: &str = "generator at its limit";
/// Mark of a figure that was disturbed in every attempt.
const DISTURBED: &str = "disturbed";
/// What limits the meaning of a figure, if anything does.
fn mark(is_disturbed: bool, usage: &Usage) -> Option<&'static str> {
    let generator = usage.is_limited_by_generator().then_some(GENERATOR_LIMIT);
    is_disturbed.then_some(DISTURBED).or(generator)
}

/// What all scenarios share.
#[derive(Debug)]
pub(crate) struct Context {
    /// Measure shorter and less.
    pub(crate) is_quick: bool,
    pub(crate) mongodb: Option<String>,
    /// The process of the MongoDB server, which belongs to the measurement.
    pub(crate) mongod: Option<u32>,
    /// Rates that were found in earlier rounds, by scenario and server, where the next search begins.
    pub(crate) found_rates: RefCell<HashMap<(&'static str, String), f64>>,
}

impl Context {
    /// Starts a server with an empty store.
    fn start(&self, contender: &Contender, store: Store) -> Result<Running> {
        contender.start(store, self.mongodb.as_deref())
    }

    /// The processes that belong to a measurement, besides this one.
    fn own(&self, server: &Running) -> Vec<u32> {
        self.mongod.into_iter().chain([server.id()]).collect()
    }

    /// The time of a measurement.
    fn time(&self) -> Duration {
        self.choose([4, 2].map(Duration::from_secs))
    }

    /// The first in a full run, the second in a quick one.
    fn choose<T>(&self, [full, quick]: [T; 2]) -> T {
        if self.is_quick { quick } else { full }
    }
}

/// Time before anything is noted.
const WARM_UP: Duration = Duration::from_secs(1);

type Run = fn(&Scenario, &Context, &Contender) -> Result<Vec<Figure>>;

/// Something that is measured.
pub(crate) struct Scenario {
    /// Its name on the command line.
    pub(crate) name: &'static str,
    /// What it measures, for readers of the table. `{}` stands for the size.
    about: &'static str,
    /// Natter's store. Peers that store use MongoDB.
    pub(crate) store: Store,
    /// Which servers take part.
    pub(crate) takes: fn(&Contender) -> bool,
    /// A number whose meaning the scenario knows, such as clients or a window: of a full run, and of a quick one.
    sizes: [u32; 2],
    run: Run,
}

impl Scenario {
    /// Measures one server once.
    ///
    /// # Errors
    /// When the server or the system fails.
    pub(crate) fn measure(&self, context: &Context, contender: &Contender) -> Result<Vec<Figure>> {
        (self.run)(self, context, contender)
    }

    /// What it measures in a full or a quick run, for readers of the table.
    pub(crate) fn about(&self, is_quick: bool) -> String {
        let [full, quick] = self.sizes;
        let size = if is_quick { quick } else { full };
        self.about.replace("{}", &with_separators(&size.to_string()))
    }

    fn size(&self, context: &Context) -> u32 {
        context.choose(self.sizes)
    }
}

fn all(_: &Contender) -> bool {
    true
}

const fn row(
    name: &'static str,
    about: &'static str,
    store: Store,
    takes: fn(&Contender) -> bool,
    sizes: [u32; 2],
    run: Run,
) -> Scenario {
    Scenario { name, about, store, takes, sizes, run }
}

/// Every scenario, in the order of the table.
#[rustfmt::skip]
pub(crate) const SCENARIOS: [Scenario; 29] = [
    row("fan-out-100", "messages to {} clients, highest rate", Store::Embedded, all, [100; 2], fan_out::highest_rate),
    row("fan-out-1000", "messages to {} clients, highest rate", Store::Embedded, all, [1_000; 2], fan_out::highest_rate),
    row("calm-1000", "20 messages a second to {} clients", Store::Embedded, all, [1_000; 2], fan_out::calm),
    row("memory", "memory of {} sockets", Store::Embedded, all, [10_000, 2_000], memory::of_sockets),
    row("connects", "connections until {} are open", Store::Embedded, all, [10_000, 2_000], memory::connects),
    row("acked-32-mongodb", "10 senders, {} messages in flight each, MongoDB", Store::MongoDb, Contender::stores, [32; 2], sends::acknowledged),
    row("acked-32", "10 senders, {} messages in flight each, SQLite", Store::Embedded, Contender::is_natter, [32; 2], sends::acknowledged),
    row("acked-1-mongodb", "10 senders, {} message in flight each, MongoDB", Store::MongoDb, Contender::stores, [1; 2], sends::acknowledged),
    row("acked-1", "10 senders, {} message in flight each, SQLite", Store::Embedded, Contender::is_natter, [1; 2], sends::acknowledged),
    row("pages", "GET /?jwt= with 50 messages, SQLite", Store::Embedded, Contender::is_natter, [0; 2], pages::page),
    row("pages-mongodb", "GET /?jwt= with 50 messages, MongoDB", Store::MongoDb, Contender::is_natter, [0; 2], pages::page),
    row("pages-written", "GET /?jwt= while the room gets {} messages a second, SQLite", Store::Embedded, Contender::is_natter, [10; 2], pages::page),
    row("pages-written-mongodb", "GET /?jwt= while the room gets {} messages a second, MongoDB", Store::MongoDb, Contender::is_natter, [10; 2], pages::page),
    row("pages-compressed", "GET /?jwt= as browsers ask for it, compressed", Store::Embedded, Contender::is_natter, [0; 2], pages::compressed),
    row("messages", "GET /messages?limit=50", Store::Embedded, Contender::is_natter, [0; 2], pages::messages),
    row("users", "GET /users with {} users", Store::Embedded, Contender::stores, [100; 2], accounts::users),
    row("log-ins", "log-ins, beside argon2id alone", Store::Embedded, Contender::is_natter, [0; 2], accounts::log_ins),
    row("history", "history pages all over a room of {} messages", Store::Embedded, Contender::is_natter, [1_000_000, 100_000], rooms::history),
    row("endurance-mongodb", "one sender after {} messages, MongoDB", Store::MongoDb, Contender::stores, [50_000, 5_000], rooms::endurance),
    row("endurance", "one sender after {} messages, SQLite", Store::Embedded, Contender::is_natter, [50_000, 5_000], rooms::endurance),
    row("rooms-spread", "10 senders, 32 messages in flight each, spread over {} rooms, SQLite", Store::Embedded, Contender::is_natter, [500; 2], many_rooms::spread),
    row("rooms-spread-mongodb", "10 senders, 32 messages in flight each, spread over {} rooms, MongoDB", Store::MongoDb, Contender::is_natter, [500; 2], many_rooms::spread),
    row("rooms-calm", "20 messages a second in {} rooms of 10 people, SQLite", Store::Embedded, Contender::is_natter, [1_000, 200], many_rooms::calm),
    row("rooms-calm-mongodb", "20 messages a second in {} rooms of 10 people, MongoDB", Store::MongoDb, Contender::is_natter, [1_000, 200], many_rooms::calm),
    row("rooms-idle", "{} rooms where nothing is said, SQLite", Store::Embedded, Contender::is_natter, [10_000, 2_000], many_rooms::idle),
    row("rooms-idle-mongodb", "{} rooms where nothing is said, MongoDB", Store::MongoDb, Contender::is_natter, [10_000, 2_000], many_rooms::idle),
    row("rooms-page", "GET /?jwt= of a member of {} rooms, SQLite", Store::Embedded, Contender::is_natter, [500; 2], many_rooms::page),
    row("rooms-page-mongodb", "GET /?jwt= of a member of {} rooms, MongoDB", Store::MongoDb, Contender::is_natter, [500; 2], many_rooms::page),
    row("start", "cold start, and idle memory", Store::Embedded, all, [100; 2], start::cold),
];

/// Digits with separators of thousands.
pub(crate) fn with_separators(digits: &str) -> String {
    let place = |(at, digit): (usize, char)| {
        let is_first_of_three = at > 0 && (digits.len() - at).is_multiple_of(3);
        is_first_of_three.then_some(',').into_iter().chain([digit])
    };
    digits.chars().enumerate().flat_map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_names_the_size_that_was_measured() {
        let memory = SCENARIOS.iter().find(|scenario| scenario.name == "memory").unwrap();
        assert_eq!(memory.about(false), "memory of 10,000 sockets");
        assert_eq!(memory.about(true), "memory of 2,000 sockets");
    }

    #[test]
    fn thousands_are_separated() {
        let written = ["1", "123", "1234", "41900", "10200000"].map(with_separators);
        assert_eq!(written, ["1", "123", "1,234", "41,900", "10,200,000"]);
    }
}
