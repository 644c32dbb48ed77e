//! Two writers on one connection that takes little at a time: whole frames, in order, each once.

mod many_rooms;
mod own_frames;

use std::cell::{Cell, RefCell};
use std::io::{self, IoSlice};
use std::sync::Arc;

use super::batch::Batch;
use super::cursor::{BroadcastId, MAX_BEHIND_BYTES, Pushed};
use super::frame::{Frame, append_event};
use super::output::{FENCE, Next, Output};
use super::try_write::TryWrite;

const ROOM: BroadcastId = BroadcastId(1);
const OTHER: BroadcastId = BroadcastId(2);

/// A connection that takes some bytes and then blocks.
struct Pipe {
    taken: RefCell<Vec<u8>>,
    capacity: Cell<usize>,
    writes: Cell<usize>,
}

impl Pipe {
    fn of(capacity: usize) -> Self {
        Self { taken: RefCell::default(), capacity: Cell::new(capacity), writes: Cell::default() }
    }

    fn open(&self) {
        self.capacity.set(usize::MAX);
    }

    /// The payloads of all frames, which must be whole.
    fn frames(&self) -> Vec<String> {
        let taken = self.taken.borrow();
        let (mut at, mut frames) = (0, Vec::new());
        while at < taken.len() {
            let length = Frame::at(&taken[at..]).expect("a whole head").length;
            let frame = taken.get(at..at + length).expect("a whole frame");
            frames.push(
                String::from_utf8_lossy(&frame[frame.iter().position(|&byte| byte == b'4').unwrap()..])
                    .into(),
            );
            at += length;
        }
        frames
    }
}

impl TryWrite for Pipe {
    fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        let takes = bytes.len().min(self.capacity.get());
        if takes == 0 {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        self.capacity.set(self.capacity.get() - takes);
        self.writes.update(|writes| writes + 1);
        self.taken.borrow_mut().extend_from_slice(&bytes[..takes]);
        Ok(takes)
    }

    fn try_write_vectored(&self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        let bytes: Vec<u8> = parts.iter().flat_map(|part| part.iter().copied()).collect();
        self.try_write(&bytes)
    }
}

/// Frames of these texts.
fn frames(texts: &[&str]) -> Vec<u8> {
    texts.iter().fold(Vec::new(), |mut bytes, text| {
        append_event(&mut bytes, text, &((),));
        bytes
    })
}

/// What a client sees of such a frame.
fn seen(text: &str) -> String {
    format!("42[\"{text}\",null]")
}

/// A chain of batches at the beginning of a broadcast.
fn chain(batches: &[&[&str]]) -> Vec<Arc<Batch>> {
    let mut chain: Vec<Arc<Batch>> = Vec::new();
    for texts in batches {
        let start = chain.last().map_or(0, |batch| batch.end());
        let batch = Batch::new(start, frames(texts).into());
        chain.iter().last().into_iter().for_each(|last| last.continue_by(&batch));
        chain.push(batch);
    }
    chain
}

fn following(of: BroadcastId) -> Output {
    let mut output = Output::default();
    output.follow(of, 0);
    output
}

fn push_all(output: &mut Output, of: BroadcastId, chain: &[Arc<Batch>], pipe: &Pipe) {
    for batch in chain {
        assert!(matches!(output.push(of, batch, false, pipe).unwrap(), Pushed::Done | Pushed::Later));
        output.flush(pipe).unwrap();
    }
}

/// The library writes as its websocket does: whatever is left, until all of it is done with.
fn write_library(output: &mut Output, mut bytes: &[u8], pipe: &Pipe) {
    while !bytes.is_empty() {
        match output.write_library(bytes, pipe) {
            Ok(done) => bytes = &bytes[done..],
            Err(error) => {
                assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
                pipe.open();
            }
        }
        output.flush(pipe).unwrap();
    }
}

#[test]
fn wherever_the_connection_blocks_both_writers_go_on_at_the_end_of_a_frame() {
    let batches: &[&[&str]] = &[&["one", "two"], &["three"], &["four", "five", "six"]];
    let total: usize = batches.iter().map(|texts| frames(texts).len()).sum();
    let own = frames(&["own"]);
    for capacity in 0..=total + own.len() {
        let (mut output, pipe) = (following(ROOM), Pipe::of(capacity));
        push_all(&mut output, ROOM, &chain(batches), &pipe);
        write_library(&mut output, &own, &pipe);
        pipe.open();
        assert_eq!(output.flush(&pipe).unwrap(), Next::Nobody);
        let (own, entries): (Vec<_>, Vec<_>) =
            pipe.frames().into_iter().partition(|frame| *frame == seen("own"));
        assert_eq!(own.len(), 1, "capacity {capacity}");
        assert_eq!(entries, ["one", "two", "three", "four", "five", "six"].map(seen), "capacity {capacity}");
    }
}

#[test]
fn a_library_that_waits_comes_first_but_not_within_a_frame() {
    let (texts, own) = (["one", "two", "three"], frames(&["own"]));
    for capacity in 1..frames(&texts).len() {
        let (mut output, pipe) = (following(ROOM), Pipe::of(capacity));
        push_all(&mut output, ROOM, &chain(&[&texts]), &pipe);
        assert_eq!(output.write_library(&own, &pipe).unwrap_err().kind(), io::ErrorKind::WouldBlock);
        pipe.open();
        assert_eq!(output.flush(&pipe).unwrap(), Next::Library, "entries wait for it");
        let begun = pipe.frames();
        assert_eq!(output.write_library(&own, &pipe).unwrap(), own.len());
        assert_eq!(output.flush(&pipe).unwrap(), Next::Nobody);
        assert_eq!(pipe.frames()[begun.len()], seen("own"), "capacity {capacity}");
        assert_eq!(pipe.frames().len(), 4);
    }
}

#[test]
fn a_socket_that_leaves_within_a_frame_finishes_it_and_gets_no_other() {
    let texts = ["one", "two"];
    for capacity in 1..frames(&texts).len() {
        let (mut output, pipe) = (following(ROOM), Pipe::of(capacity));
        push_all(&mut output, ROOM, &chain(&[&texts]), &pipe);
        output.unfollow(ROOM);
        pipe.open();
        write_library(&mut output, &frames(&["bye"]), &pipe);
        let begun = if capacity <= frames(&["one"]).len() { 1 } else { 2 };
        assert_eq!(pipe.frames()[begun..], [seen("bye")], "capacity {capacity}");
    }
}

#[test]
fn a_held_output_writes_no_entry_before_the_fence_which_never_goes_out() {
    let library = frames(&["connected", FENCE, "after"]);
    for capacity in 0..=library.len() {
        let (mut output, pipe) = (following(ROOM), Pipe::of(capacity));
        output.hold();
        push_all(&mut output, ROOM, &chain(&[&["one"], &["two"]]), &pipe);
        assert!(pipe.taken.borrow().is_empty());
        write_library(&mut output, &library, &pipe);
        pipe.open();
        assert_eq!(output.flush(&pipe).unwrap(), Next::Nobody);
        let frames = pipe.frames();
        assert_eq!(frames[0], seen("connected"), "capacity {capacity}");
        let entries: Vec<_> =
            frames.iter().filter(|frame| **frame == seen("one") || **frame == seen("two")).collect();
        assert_eq!(entries, [&seen("one"), &seen("two")]);
        assert_eq!(frames.len(), 4, "the fence is taken out: {frames:?}");
    }
}

#[test]
fn a_socket_that_follows_two_rooms_gets_both_in_their_orders() {
    let (one, other) = (chain(&[&["1", "2"], &["3"]]), chain(&[&["a"], &["b", "c"]]));
    for capacity in 0..=80 {
        let (mut output, pipe) = (following(ROOM), Pipe::of(capacity));
        output.follow(OTHER, 0);
        for (one, other) in one.iter().zip(&other) {
            push_all(&mut output, ROOM, std::slice::from_ref(one), &pipe);
            push_all(&mut output, OTHER, std::slice::from_ref(other), &pipe);
        }
        pipe.open();
        assert_eq!(output.flush(&pipe).unwrap(), Next::Nobody);
        let (numbers, letters): (Vec<_>, Vec<_>) =
            pipe.frames().into_iter().partition(|frame| frame.as_bytes()[4].is_ascii_digit());
        assert_eq!(numbers, ["1", "2", "3"].map(seen));
        assert_eq!(letters, ["a", "b", "c"].map(seen), "capacity {capacity}");
    }
}

#[test]
fn a_socket_too_far_behind_is_noticed_and_a_level_one_keeps_nothing() {
    let (mut output, pipe) = (following(ROOM), Pipe::of(1));
    let text = "x".repeat(usize::try_from(MAX_BEHIND_BYTES).unwrap() / 2);
    let batches = chain(&[&[&text], &[&text], &[&text]]);
    let pushed: Vec<_> =
        batches.iter().map(|batch| output.push(ROOM, batch, false, &pipe).unwrap()).collect();
    assert_eq!(pushed, [Pushed::Done, Pushed::Done, Pushed::TooFarBehind]);
    let kept: Vec<_> = batches.iter().map(Arc::downgrade).collect();
    drop(batches);
    assert!(kept[1].upgrade().is_some() && kept[2].upgrade().is_some(), "it can still go on");
    pipe.open();
    assert_eq!(output.flush(&pipe).unwrap(), Next::Nobody);
    assert_eq!(pipe.frames().len(), 3);
    assert!(kept.iter().all(|batch| batch.upgrade().is_none()));
}

#[test]
fn acknowledgements_of_the_library_are_counted_once_they_are_written() {
    let (mut output, pipe) = (Output::default(), Pipe::of(4));
    let acks = b"\x81\x04430[\x81\x04431[\x81\x0242";
    assert_eq!((output.write_library(acks, &pipe).unwrap(), output.take_acks()), (4, 1));
    pipe.open();
    assert_eq!(output.write_library(&acks[4..], &pipe).unwrap(), acks.len() - 4);
    assert_eq!((output.take_acks(), output.take_acks()), (1, 0));
}
