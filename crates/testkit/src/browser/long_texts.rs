//! Texts of 4,000 characters whose layout once took quadratic time, and what they cost a page: layout, blocking of the main
//! thread when a message arrives, opening with fifty of them, and a key press in a long draft.
//!
//! Everything is measured with WebDriver's `execute`, which works in every browser.

use serde_json::{Value, json};

use crate::browser::Window;
use crate::process::natter::Natter;
use crate::process::people::Person;
use crate::wait::until_equal;

const CORPUS: &str = include_str!("long_texts.json");

/// How often each cost is measured. The smallest value counts, because a busy machine only adds to it.
const MEASUREMENTS: usize = 5;

/// Records the longest time for which the main thread was blocked.
const RECORD_BLOCKING: &str = "window.longest = 0; window.lastTurn = performance.now();
    if (window.turn) return;
    window.turn = () => {
        const now = performance.now();
        window.longest = Math.max(window.longest, now - window.lastTurn);
        window.lastTurn = now;
    };
    (function next() { window.turn(); setTimeout(next) })()";
const MAX_BLOCKING: &str = "document.body.offsetHeight; window.turn(); return window.longest";

/// Lays out one message without cached results.
const LAY_OUT: &str = "const node = [...document.querySelectorAll('.messages .message')].at(-arguments[0]);
    const next = node.nextSibling, list = node.parentNode;
    list.getBoundingClientRect(); node.remove(); list.getBoundingClientRect();
    const start = performance.now(); list.insertBefore(node, next); node.getBoundingClientRect();
    return performance.now() - start";

const SET_DRAFT: &str = "const input = document.querySelector('.message-input'); input.value = arguments[0];
    input.dispatchEvent(new Event('input', { bubbles: true })); input.focus()";

/// A text and its name.
#[derive(Clone, Debug)]
pub struct LongText {
    /// What it consists of.
    pub name: String,
    /// The text.
    pub text: String,
    is_typed: bool,
}

/// The maximum cost of a text: in milliseconds, or as a multiple of the cost of a plain text of the same length.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    ms: f64,
    times_plain: f64,
    opening_times_plain: f64,
}

impl Limit {
    /// A limit from the corpus: `message_ms`, `live_ms`, `key_ms`, `draft_key_ms`,
    /// `fifty_ms` or `fifty_webkit_ms`.
    ///
    /// # Panics
    /// When there is no such limit.
    pub fn named(name: &str) -> Self {
        let limits = &corpus()["limits"];
        let number = |name: &str| limits[name].as_f64().expect("the corpus has this limit");
        Self {
            ms: number(name),
            times_plain: number("times_plain"),
            opening_times_plain: number("opening_times_plain"),
        }
    }

    /// The maximum cost where a plain text costs `plain_ms`.
    pub fn beside(self, plain_ms: f64) -> f64 {
        self.ms.max(self.times_plain * plain_ms)
    }

    /// The maximum time of opening a page where one with a plain text takes `plain_ms`: a number of milliseconds more, or
    /// a multiple where a busy machine takes longer for both.
    pub fn above(self, plain_ms: f64) -> f64 {
        (plain_ms + self.ms).max(self.opening_times_plain * plain_ms)
    }

    /// The maximum in milliseconds.
    pub fn ms(self) -> f64 {
        self.ms
    }
}

/// Texts of the maximum length of a message; the first one is plain.
pub fn texts() -> Vec<LongText> {
    read("texts")
}

/// The texts that are typed into a field: without those (`"typed": false`) that block a browser's own field. Those affect
/// only the writer; only a reader's page can skip the layout of what is not visible.
pub fn typed() -> Vec<LongText> {
    read("texts").into_iter().filter(|text| text.is_typed).collect()
}

/// Texts of 100,000 characters; the first one is plain.
pub fn drafts() -> Vec<LongText> {
    read("drafts")
}

/// The texts for opening a page with fifty copies; the first one is plain.
///
/// # Panics
/// When the corpus names a text that it does not contain.
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

/// The layout times of the last messages of the page, in document order. Older ones may be loaded in the meantime.
///
/// # Panics
/// When the browser is gone, or the page has fewer messages.
pub async fn layout_ms(window: &Window, last: usize) -> Vec<f64> {
    assert!(window.messages().await.len() >= last, "the page has fewer messages");
    let mut costs = Vec::new();
    for from_end in (1..=last).rev() {
        let mut smallest = f64::INFINITY;
        for _ in 0..MEASUREMENTS {
            smallest = smallest.min(number(window.run(LAY_OUT, vec![json!(from_end)]).await));
        }
        costs.push(smallest);
    }
    costs
}

/// How long this message blocks the main thread when it arrives: the smallest of a few values, or the first one within the
/// limit.
///
/// # Panics
/// When the message does not arrive.
pub async fn live_ms(window: &Window, natter: &Natter, sender: &Person, text: &str, limit: f64) -> f64 {
    let mut smallest = f64::INFINITY;
    for _ in 0..MEASUREMENTS {
        window.run(RECORD_BLOCKING, vec![]).await;
        let seq = sender.post(natter, text).await["seq"].clone();
        let last = "return Number([...document.querySelectorAll('.messages .message')].at(-1)?.dataset.seq)";
        until_equal("the message arrives", seq, async || window.run(last, vec![]).await).await;
        smallest = smallest.min(number(window.run(MAX_BLOCKING, vec![]).await));
        if smallest <= limit {
            break;
        }
    }
    smallest
}

/// How long a key press in this draft blocks the main thread: the smallest of a few values.
///
/// # Panics
/// When the field accepts no keys.
pub async fn key_ms(window: &Window, draft: &str) -> f64 {
    window.run(SET_DRAFT, vec![json!(draft)]).await;
    let mut smallest = f64::INFINITY;
    for _ in 0..MEASUREMENTS {
        window.run(RECORD_BLOCKING, vec![]).await;
        window.write(".message-input", "x").await;
        smallest = smallest.min(number(window.run(MAX_BLOCKING, vec![]).await));
    }
    window.run(SET_DRAFT, vec![json!("")]).await;
    smallest
}

/// How long two pages take to open, the first one plain, one after the other: what else the machine does slows both. The
/// round in which the second one is best beside the first one, or the first round within the limit.
///
/// # Panics
/// When one does not connect.
pub async fn opening_ms(window: &Window, pages: [&str; 2], limit: Limit) -> [f64; 2] {
    let mut best = [f64::INFINITY; 2];
    let mut least = f64::INFINITY;
    for _ in 0..MEASUREMENTS {
        let round = [open_ms(window, pages[0]).await, open_ms(window, pages[1]).await];
        let part = round[1] / limit.above(round[0]);
        if part < least {
            (least, best) = (part, round);
        }
        if part <= 1.0 {
            break;
        }
    }
    best
}

/// The time from the start of loading until the page is connected and laid out.
async fn open_ms(window: &Window, url: &str) -> f64 {
    window.load(url).await;
    window.wait_connected().await;
    number(window.run("document.body.offsetHeight; return performance.now()", vec![]).await)
}

fn number(value: Value) -> f64 {
    value.as_f64().expect("the script returns a number")
}
