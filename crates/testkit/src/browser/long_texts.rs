//! Texts of 4,000 characters that once cost browsers the square of their length, and what they cost a page: its layout,
//! its main thread as a message comes, its opening with fifty of them, and a key in a long draft.
//!
//! All of it is told by WebDriver's `execute` alone, so that any browser can be asked.

use serde_json::{Value, json};

use crate::browser::Window;
use crate::process::natter::Natter;
use crate::process::people::Person;
use crate::wait::until_equal;

const CORPUS: &str = include_str!("long_texts.json");

/// A busy machine makes one look slow now and then, and never fast.
const TRIES: usize = 5;

/// Notes the longest time for which the page did nothing else than one thing.
const WATCH: &str = "window.longest = 0; window.lastTurn = performance.now();
    if (window.turn) return;
    window.turn = () => {
        const now = performance.now();
        window.longest = Math.max(window.longest, now - window.lastTurn);
        window.lastTurn = now;
    };
    (function next() { window.turn(); setTimeout(next) })()";
const LONGEST: &str = "document.body.offsetHeight; window.turn(); return window.longest";

/// Lays out one message anew, which nothing is kept of.
const LAY_OUT: &str = "const node = document.querySelectorAll('.messages .message')[arguments[0]];
    const next = node.nextSibling, list = node.parentNode;
    list.getBoundingClientRect(); node.remove(); list.getBoundingClientRect();
    const start = performance.now(); list.insertBefore(node, next); node.getBoundingClientRect();
    return performance.now() - start";

const PUT: &str = "const input = document.querySelector('.message-input'); input.value = arguments[0];
    input.dispatchEvent(new Event('input', { bubbles: true })); input.focus()";

/// A text, and what it is.
#[derive(Clone, Debug)]
pub struct LongText {
    /// What stands in it.
    pub name: String,
    /// The text.
    pub text: String,
    is_typed: bool,
}

/// What a text may cost, in milliseconds: so much, or so many times what a plain text of its length costs.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    ms: f64,
    times_plain: f64,
}

impl Limit {
    /// The limit of this name in the corpus: `message_ms`, `live_ms`, `key_ms`, `draft_key_ms`,
    /// `fifty_ms` or `fifty_webkit_ms`.
    ///
    /// # Panics
    /// When there is none.
    pub fn named(name: &str) -> Self {
        let limits = &corpus()["limits"];
        let number = |name: &str| limits[name].as_f64().expect("the corpus has this limit");
        Self { ms: number(name), times_plain: number("times_plain") }
    }

    /// What may be had where a plain text costs this.
    pub fn beside(self, plain_ms: f64) -> f64 {
        self.ms.max(self.times_plain * plain_ms)
    }

    /// The number alone.
    pub fn ms(self) -> f64 {
        self.ms
    }
}

/// Texts as long as a message may be; the first one is plain.
pub fn texts() -> Vec<LongText> {
    read("texts")
}

/// What a field is asked to take: the texts, without those (`"typed": false`) which a browser's own field cannot bear.
/// Nobody but the writer suffers from these, and only the page of a reader can leave out what nobody sees.
pub fn typed() -> Vec<LongText> {
    read("texts").into_iter().filter(|text| text.is_typed).collect()
}

/// Texts of 100,000 characters; the first one is plain.
pub fn drafts() -> Vec<LongText> {
    read("drafts")
}

/// Those of the texts with which a page is to be opened fifty times over; the first one is plain.
///
/// # Panics
/// When the corpus names one that it does not hold.
pub fn fifty() -> Vec<LongText> {
    let all = texts();
    let named =
        |name: &Value| all.iter().find(|text| text.name == *name).expect("it is one of the texts").clone();
    corpus()["fifty"].as_array().expect("a list").iter().map(named).collect()
}

fn corpus() -> Value {
    serde_json::from_str(CORPUS).expect("the corpus is JSON")
}

fn read(list: &str) -> Vec<LongText> {
    let part = |part: &Value| {
        let times = part[1].as_u64().expect("a number of times");
        part[0].as_str().expect("a string").repeat(usize::try_from(times).expect("it fits"))
    };
    let one = |text: &Value| LongText {
        name: text["name"].as_str().expect("a name").to_owned(),
        text: text["parts"].as_array().expect("a list").iter().map(part).collect(),
        is_typed: text["typed"].as_bool().unwrap_or(true),
    };
    corpus()[list].as_array().expect("a list").iter().map(one).collect()
}

/// How long each message that the page shows takes to be laid out, in the page's order.
///
/// # Panics
/// When the browser is gone.
pub async fn layout_ms(window: &Window) -> Vec<f64> {
    let count = window.shown().await.len();
    let mut costs = Vec::new();
    for at in 0..count {
        let mut least = f64::INFINITY;
        for _ in 0..TRIES {
            least = least.min(number(window.run(LAY_OUT, vec![json!(at)]).await));
        }
        costs.push(least);
    }
    costs
}

/// How long the page's main thread is held as this message comes, at the best of a few times, or the first time within
/// the limit.
///
/// # Panics
/// When the message does not come.
pub async fn live_ms(window: &Window, natter: &Natter, sender: &Person, text: &str, limit: f64) -> f64 {
    let mut least = f64::INFINITY;
    for _ in 0..TRIES {
        window.run(WATCH, vec![]).await;
        let seq = sender.post(natter, text).await["seq"].clone();
        let last = "return Number([...document.querySelectorAll('.messages .message')].at(-1)?.dataset.seq)";
        until_equal("the message comes", seq, async || window.run(last, vec![]).await).await;
        least = least.min(number(window.run(LONGEST, vec![]).await));
        if least <= limit {
            break;
        }
    }
    least
}

/// How long the page's main thread is held by a key in this draft, at the best of a few keys.
///
/// # Panics
/// When the field takes no keys.
pub async fn key_ms(window: &Window, draft: &str) -> f64 {
    window.run(PUT, vec![json!(draft)]).await;
    let mut least = f64::INFINITY;
    for _ in 0..TRIES {
        window.run(WATCH, vec![]).await;
        window.write(".message-input", "x").await;
        least = least.min(number(window.run(LONGEST, vec![]).await));
    }
    window.run(PUT, vec![json!("")]).await;
    least
}

/// How long the page takes from its beginning until it is connected, at the best of a few times, or the first time
/// within the limit.
///
/// # Panics
/// When it does not connect.
pub async fn opening_ms(window: &Window, limit: f64) -> f64 {
    let mut least = f64::INFINITY;
    for _ in 0..TRIES {
        window.reload().await;
        window.is_connected().await;
        least = least
            .min(number(window.run("document.body.offsetHeight; return performance.now()", vec![]).await));
        if least <= limit {
            break;
        }
    }
    least
}

fn number(value: Value) -> f64 {
    value.as_f64().expect("the script gives a number")
}
