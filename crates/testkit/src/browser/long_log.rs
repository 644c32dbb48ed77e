//! A log of many messages, and scrolling through it in a browser, frame by frame.

use std::time::Duration;

use serde_json::{Value, json};

use crate::browser::Window;
use crate::socket_io::{Client, Received};
use crate::wait::until_within;

/// Maximum number of sends without an answer.
const MAX_IN_FLIGHT: usize = 256;
/// Timeout for scrolling through the whole log on a busy machine.
const SCROLL_TIMEOUT: Duration = Duration::from_secs(90);

/// The text of the message with this `seq`: one to four lines, so that messages have different heights.
pub fn text_of(seq: u64) -> String {
    let words = "and some more words, so that it takes some more of the page ";
    let more = words.repeat(usize::try_from(seq * 3 % 4).expect("a small number"));
    format!("message {seq} {more}").trim_end().to_owned()
}

/// Sends the messages after the first `before` ones, up to `count`.
///
/// # Panics
/// When a send is refused, or gets another `seq`.
pub async fn fill(socket: &mut Client, before: u64, count: u64) {
    let numbers: Vec<u64> = (before + 1..=count).collect();
    for some in numbers.chunks(MAX_IN_FLIGHT) {
        for seq in some {
            socket.emit("chat message", &[json!(text_of(*seq)), json!({"id": format!("m{seq}")})]).await;
        }
        for seq in some {
            let answer = loop {
                match socket.receive().await {
                    Received::Ack(_, answer) => break answer,
                    Received::Event(..) => {}
                    ended => panic!("an answer was expected, not {ended:?}"),
                }
            };
            assert_eq!(answer["message"]["seq"], json!(seq), "{answer}");
        }
    }
}

/// What was observed while scrolling.
#[derive(Debug)]
pub struct ScrollReport {
    /// The maximum number of messages in the page at the same time.
    pub max_nodes: u64,
    /// The maximum distance, in pixels, that a message moved by itself between two frames.
    pub max_jump: f64,
    /// Faults in the order of the messages.
    pub disorder: Vec<String>,
    /// Every `seq` that was in the page at some time, ascending.
    pub seen: Vec<u64>,
    /// The times between frames in milliseconds, ascending.
    pub frames_ms: Vec<f64>,
}

impl ScrollReport {
    /// The quantile of the frame times; `part` is 0 to 1.
    pub fn frame_ms(&self, part: f64) -> f64 {
        let at = (self.frames_ms.len() as f64 * part) as usize;
        self.frames_ms.get(at.min(self.frames_ms.len().saturating_sub(1))).copied().unwrap_or_default()
    }
}

/// Scrolls by `step` pixels a frame until the message `until` is completely in view. Before each step it checks that the
/// message in the middle of the view did not move, and that each message follows the one before it, except where the
/// page shows a gap.
const SCROLL: &str = "const [step, until, holes] = arguments;
    const log = document.querySelector('.log');
    const journey = globalThis.journey = { isOver: false, most: 0, jump: 0, disorder: [], seen: new Set(), frames: [] };
    const nodes = () => [...document.querySelectorAll('.messages .message[data-seq]')].filter(node => node.dataset.seq);
    const inTheMiddle = () => {
        const { top, height } = log.getBoundingClientRect();
        return nodes().find(node => node.getBoundingClientRect().bottom > top + height / 2);
    };
    let anchor = null, last = null;
    const look = (now) => {
        if (last !== null) journey.frames.push(now - last);
        last = now;
        const all = nodes(), seqs = all.map(node => Number(node.dataset.seq));
        journey.most = Math.max(journey.most, all.length);
        seqs.forEach((seq, at) => {
            journey.seen.add(seq);
            const isNext = at === 0 || seq === seqs[at - 1] + 1;
            const mayMiss = holes && at > 0 && seq > seqs[at - 1];
            if (!isNext && !mayMiss && journey.disorder.length < 9) journey.disorder.push(`${seq} after ${seqs[at - 1]}`);
        });
        if (anchor !== null) {
            const node = all.find(({ dataset }) => dataset.seq === anchor.seq);
            if (node === undefined) journey.disorder.push(`${anchor.seq} vanished from the view`);
            else journey.jump = Math.max(journey.jump, Math.abs(node.getBoundingClientRect().top - anchor.top));
        }
        const goal = all[seqs.indexOf(until)]?.getBoundingClientRect(), view = log.getBoundingClientRect();
        if (goal !== undefined && goal.top >= view.top - 2 && goal.bottom <= view.bottom + 2) {
            journey.isOver = true;
            return;
        }
        log.scrollTop += step;
        const node = inTheMiddle();
        anchor = node ? { seq: node.dataset.seq, top: node.getBoundingClientRect().top } : null;
        requestAnimationFrame(look);
    };
    requestAnimationFrame(look);";

const READ_REPORT: &str =
    "return journey.isOver && { ...journey, seen: [...journey.seen].sort((a, b) => a - b),
    frames: journey.frames.sort((a, b) => a - b) }";

impl Window {
    /// Scrolls by `step` pixels a frame, upwards if it is negative, until the message `until` is in view. With
    /// `over_gaps`, messages may be missing, as where a gap is not filled yet.
    ///
    /// # Panics
    /// On a timeout.
    pub async fn scroll_to(&self, step: i32, until: u64, over_gaps: bool) -> ScrollReport {
        self.run(SCROLL, vec![json!(step), json!(until), json!(over_gaps)]).await;
        let report = until_within(SCROLL_TIMEOUT, &format!("message {until} comes into view"), async || {
            Some(self.run(READ_REPORT, vec![]).await).filter(Value::is_object)
        })
        .await;
        let list = |name: &str| report[name].clone();
        ScrollReport {
            max_nodes: report["most"].as_u64().expect("a number"),
            max_jump: report["jump"].as_f64().expect("a number"),
            disorder: serde_json::from_value(list("disorder")).expect("strings"),
            seen: serde_json::from_value(list("seen")).expect("numbers"),
            frames_ms: serde_json::from_value(list("frames")).expect("numbers"),
        }
    }
}
