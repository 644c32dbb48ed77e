//! What is measured. A scenario starts a server, measures once, and returns figures; rounds and ratios are made elsewhere.

mod accounts;
mod fan_out;
mod memory;
mod pages;
mod rooms;
mod sends;
mod start;

use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;

use crate::Result;
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
/// Share of its core above which the generator may be the limit.
const MAX_GENERATOR_SHARE: f64 = 0.8;

fn generator_mark(share: f64) -> Option<&'static str> {
    (share > MAX_GENERATOR_SHARE).then_some(GENERATOR_LIMIT)
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
        Duration::from_secs(if self.is_quick { 2 } else { 4 })
    }

    /// `all`, or less of it in a quick run.
    fn amount(&self, all: u32, quick: u32) -> u32 {
        if self.is_quick { quick } else { all }
    }
}

/// Time before anything is noted.
const WARM_UP: Duration = Duration::from_secs(1);

type Run = fn(&Scenario, &Context, &Contender) -> Result<Vec<Figure>>;

/// Something that is measured.
pub(crate) struct Scenario {
    /// Its name on the command line.
    pub(crate) name: &'static str,
    /// What it measures, for readers of the table.
    pub(crate) about: &'static str,
    /// Natter's store. Peers that store use MongoDB.
    pub(crate) store: Store,
    /// Which servers take part.
    pub(crate) takes: fn(&Contender) -> bool,
    /// A number whose meaning the scenario knows: clients, a window.
    size: u32,
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
}

fn all(_: &Contender) -> bool {
    true
}

const fn row(
    name: &'static str,
    about: &'static str,
    store: Store,
    takes: fn(&Contender) -> bool,
    size: u32,
    run: Run,
) -> Scenario {
    Scenario { name, about, store, takes, size, run }
}

/// Every scenario, in the order of the table.
#[rustfmt::skip]
pub(crate) const SCENARIOS: [Scenario; 21] = [
    row("fan-out-100", "messages to 100 clients, highest rate", Store::Embedded, all, 100, fan_out::highest_rate),
    row("fan-out-1000", "messages to 1,000 clients, highest rate", Store::Embedded, all, 1_000, fan_out::highest_rate),
    row("calm-1000", "20 messages a second to 1,000 clients", Store::Embedded, all, 1_000, fan_out::calm),
    row("memory", "memory of 10,000 sockets", Store::Embedded, all, 10_000, memory::of_sockets),
    row("connects", "connections until 10,000 are open", Store::Embedded, all, 10_000, memory::connects),
    row("acked-32-mongodb", "10 senders, 32 messages in flight each, MongoDB", Store::MongoDb, Contender::stores, 32, sends::acknowledged),
    row("acked-32", "10 senders, 32 messages in flight each, SQLite", Store::Embedded, Contender::is_natter, 32, sends::acknowledged),
    row("acked-1-mongodb", "10 senders, one message in flight each, MongoDB", Store::MongoDb, Contender::stores, 1, sends::acknowledged),
    row("acked-1", "10 senders, one message in flight each, SQLite", Store::Embedded, Contender::is_natter, 1, sends::acknowledged),
    row("pages", "GET /?jwt= with 50 messages, SQLite", Store::Embedded, Contender::is_natter, 0, pages::page),
    row("pages-mongodb", "GET /?jwt= with 50 messages, MongoDB", Store::MongoDb, Contender::is_natter, 0, pages::page),
    row("pages-written", "GET /?jwt= while the room gets 10 messages a second, SQLite", Store::Embedded, Contender::is_natter, 10, pages::page),
    row("pages-written-mongodb", "GET /?jwt= while the room gets 10 messages a second, MongoDB", Store::MongoDb, Contender::is_natter, 10, pages::page),
    row("pages-compressed", "GET /?jwt= as browsers ask for it, compressed", Store::Embedded, Contender::is_natter, 0, pages::compressed),
    row("messages", "GET /messages?limit=50", Store::Embedded, Contender::is_natter, 0, pages::messages),
    row("users", "GET /users with 100 users", Store::Embedded, Contender::stores, 100, accounts::users),
    row("log-ins", "log-ins, beside argon2id alone", Store::Embedded, Contender::is_natter, 0, accounts::log_ins),
    row("history", "history pages of a large and a small room", Store::Embedded, Contender::is_natter, 1_000_000, rooms::history),
    row("endurance-mongodb", "one sender after 50,000 messages, MongoDB", Store::MongoDb, Contender::stores, 50_000, rooms::endurance),
    row("endurance", "one sender after 50,000 messages, SQLite", Store::Embedded, Contender::is_natter, 50_000, rooms::endurance),
    row("start", "cold start, and memory after 100 sign-ups", Store::Embedded, all, 100, start::cold),
];
