//! A log of many messages, and somebody who scrolls through it in a browser, frame by frame.

use serde_json::{Value, json};

use crate::browser::Window;
use crate::socket_io::{Client, Received};
use crate::wait::until_within;
use std::time::Duration;

/// So many sends are on their way at once.
const AT_ONCE: usize = 256;
/// How long a journey through the whole log may take on a busy machine.
const JOURNEY: Duration = Duration::from_secs(90);

/// The text of the message that bears `seq`: of one to four lines, so that messages are not all of one height.
pub fn text_of(seq: u64) -> String {
    let words = "and some more words, so that it takes some more of the page ";
    let more = words.repeat(usize::try_from(seq * 3 % 4).expect("a small number"));
    format!("message {seq} {more}").trim_end().to_owned()
}

/// Fills an empty log, or goes on after `before` messages, up to `count`.
///
/// # Panics
/// When a send is refused, or gets another number.
pub async fn fill(socket: &mut Client, before: u64, count: u64) {
    let numbers: Vec<u64> = (before + 1..=count).collect();
    for some in numbers.chunks(AT_ONCE) {
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

/// What somebody saw on the way through the log.
#[derive(Debug)]
pub struct Journey {
    /// The most messages that were in the page at once.
    pub most_nodes: u64,
    /// How far, in pixels, a message moved by itself between two frames, at the most.
    pub longest_jump: f64,
    /// What was wrong with the order of the messages.
    pub disorder: Vec<String>,
    /// The numbers of the messages that were in the page at some time, in order.
    pub seen: Vec<u64>,
    /// The times between frames in milliseconds, in order of size.
    pub frames_ms: Vec<f64>,
}

impl Journey {
    /// The frame time that a part of all frames keeps within.
    pub fn frame_ms(&self, part: f64) -> f64 {
        let at = (self.frames_ms.len() as f64 * part) as usize;
        self.frames_ms.get(at.min(self.frames_ms.len().saturating_sub(1))).copied().unwrap_or_default()
    }
}

/// Goes by `step` pixels a frame until the message `until` is wholly in view. Before each step it looks whether the
/// message in the middle of the view is still where the last step left it, and whether each message follows on the one
/// before it; a gap that says so may stand between two.
const TRAVEL: &str = "const [step, until, holes] = arguments;
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

const TELL: &str = "return journey.isOver && { ...journey, seen: [...journey.seen].sort((a, b) => a - b),
    frames: journey.frames.sort((a, b) => a - b) }";

impl Window {
    /// Scrolls by `step` pixels a frame, upwards if it is negative, until the message `until` is in view. With
    /// `over_holes` numbers may be missing on the way, as where a gap has yet to be filled.
    ///
    /// # Panics
    /// When it does not come there in time.
    pub async fn travels(&self, step: i32, until: u64, over_holes: bool) -> Journey {
        self.run(TRAVEL, vec![json!(step), json!(until), json!(over_holes)]).await;
        let told = until_within(JOURNEY, &format!("message {until} comes into view"), async || {
            Some(self.run(TELL, vec![]).await).filter(Value::is_object)
        })
        .await;
        let list = |name: &str| told[name].clone();
        Journey {
            most_nodes: told["most"].as_u64().expect("a number"),
            longest_jump: told["jump"].as_f64().expect("a number"),
            disorder: serde_json::from_value(list("disorder")).expect("strings"),
            seen: serde_json::from_value(list("seen")).expect("numbers"),
            frames_ms: serde_json::from_value(list("frames")).expect("numbers"),
        }
    }
}
