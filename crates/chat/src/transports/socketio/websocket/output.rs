//! What goes out over a websocket next.
//!
//! Invariants: at most one of `unfinished` and `library_left` is not empty, so a frame that was begun is finished before
//! another one. Between frames the library comes first: its acknowledgements and pings never wait for a backlog of
//! entries, which goes out behind them by the same write. While the output is held, no entry goes out: what the library
//! has to write up to the [`FENCE`] is older. Each hold has a fence.

use std::io::{self, ErrorKind};
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

use super::super::backlog::counted_bytes;
use super::batch::Batch;
use super::cursor::{BroadcastId, Pushed};
use super::cursors::{Cursors, Place};
use super::frame::Frame;
use super::try_write::TryWrite;

/// The event that releases a held output. It is taken out and never reaches the client.
pub(in super::super) const FENCE: &str = "~fence";

/// Who is to write next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Nobody: every entry that may go out is written.
    Nobody,
    /// The library, which waits for the connection or is within a frame.
    Library,
    /// Entries, once the connection takes more.
    Entries,
}

/// The state of a websocket's two writers.
#[derive(Debug, Default)]
pub(super) struct Output {
    cursors: Cursors,
    /// The rest of an entry's frame that is written in part.
    unfinished: Bytes,
    /// Bytes left of a frame of the library that is written in part.
    library_left: usize,
    /// Whether the library waits to write.
    is_library_waiting: bool,
    /// Fences that are to come.
    holds: usize,
    /// Acknowledgements of the library that are written, since last asked.
    acks: usize,
    /// What they and the library's other packets that are written count for, since last asked.
    counted_bytes: u64,
}

impl Output {
    /// Holds entries back until one more fence.
    pub(super) fn hold(&mut self) {
        self.holds += 1;
    }

    /// Takes back a hold.
    pub(super) fn release(&mut self) {
        self.holds = self.holds.saturating_sub(1);
    }

    /// Follows a broadcast from a position.
    pub(super) fn follow(&mut self, of: BroadcastId, at: u64) {
        self.cursors.follow(of, at);
    }

    /// Follows a broadcast no more. A frame that was begun is still finished.
    pub(super) fn unfollow(&mut self, of: BroadcastId) {
        self.cursors.unfollow(of);
    }

    /// Follows nothing any more.
    pub(super) fn unfollow_all(&mut self) {
        self.cursors = Cursors::default();
    }

    /// Leaves out frames of a broadcast that are not distributed yet.
    pub(super) fn skip(&mut self, of: BroadcastId, frames: Range<u64>) {
        self.cursors.skip(of, frames);
    }

    /// Bytes of entries that are distributed and not passed yet.
    pub(super) fn behind_bytes(&self) -> u64 {
        self.unfinished.len() as u64 + self.cursors.behind_bytes()
    }

    /// Offers a batch that is distributed. Most often all of it goes out by one write; otherwise the cursor has it
    /// afterwards, for [`Output::flush`]. With `more` batches on their way, it waits for them.
    pub(super) fn push(
        &mut self,
        of: BroadcastId,
        batch: &Arc<Batch>,
        more: bool,
        tcp: &impl TryWrite,
    ) -> io::Result<Pushed> {
        let is_free = self.is_free();
        let Some(place) = self.cursors.find(of) else { return Ok(Pushed::Gone) };
        if is_free && !more && self.cursors.at(place).is_next(batch) {
            return self.push_next(place, batch, tcp);
        }
        let is_later = is_free && (more || self.cursors.at(place).sent_some_of(batch));
        self.cursors.change(place, |cursor| cursor.take(batch));
        Ok(match is_later {
            _ if self.cursors.are_too_far_behind() => Pushed::TooFarBehind,
            true => Pushed::Later,
            false => Pushed::Done,
        })
    }

    /// Offers a batch that is the next thing to write.
    fn push_next(&mut self, place: Place, batch: &Arc<Batch>, tcp: &impl TryWrite) -> io::Result<Pushed> {
        match tcp.try_write(&batch.bytes) {
            Ok(written) => {
                self.unfinished = self.cursors.change(place, |cursor| cursor.wrote(batch, written));
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                self.cursors.change(place, |cursor| cursor.take(batch));
            }
            Err(error) => return Err(error),
        }
        Ok(Pushed::Done)
    }

    /// Writes entries until nothing is left of them, the library is to write, or the connection takes no more.
    pub(super) fn flush(&mut self, tcp: &impl TryWrite) -> io::Result<Next> {
        match self.write_entries(tcp) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(Next::Entries),
            done => done,
        }
    }

    fn write_entries(&mut self, tcp: &impl TryWrite) -> io::Result<Next> {
        loop {
            self.finish(tcp)?;
            if self.library_left > 0 || self.is_library_waiting {
                return Ok(Next::Library);
            }
            if !self.has_entries() {
                return Ok(Next::Nobody);
            }
            self.write_behind(&[], tcp)?;
        }
    }

    /// Writes whole frames of the library, which may be none, and entries of cursors that are behind. Returns how many bytes
    /// of the library's went out.
    fn write_behind(&mut self, library: &[u8], tcp: &impl TryWrite) -> io::Result<usize> {
        let (written, unfinished) = self.cursors.write(library, tcp)?;
        self.unfinished = unfinished;
        Ok(written)
    }

    /// Whether entries may be written now.
    fn has_entries(&self) -> bool {
        self.holds == 0 && self.cursors.are_behind()
    }

    /// Writes the rest of a frame that was begun.
    fn finish(&mut self, tcp: &impl TryWrite) -> io::Result<()> {
        while !self.unfinished.is_empty() {
            let written = tcp.try_write(&self.unfinished)?;
            let _ = self.unfinished.split_to(written);
        }
        Ok(())
    }

    /// Writes what the library offers: whole frames, the first of them from where it stopped. Returns how many bytes of it
    /// are done with.
    ///
    /// # Errors
    /// [`ErrorKind::WouldBlock`] when the connection takes nothing now: the library comes first when it does.
    pub(super) fn write_library(&mut self, bytes: &[u8], tcp: &impl TryWrite) -> io::Result<usize> {
        if bytes.is_empty() {
            return Ok(0);
        }
        let before_fence = if self.holds > 0 { self.before_fence(bytes) } else { bytes.len() };
        if before_fence == 0 {
            self.release();
            return Ok(Frame::at(bytes).map_or(0, |fence| fence.length));
        }
        let written = self.finish(tcp).and_then(|()| self.write_first(&bytes[..before_fence], tcp));
        self.is_library_waiting = matches!(&written, Err(error) if error.kind() == ErrorKind::WouldBlock);
        self.pass(bytes, written?)
    }

    /// Writes the library's bytes. Entries that wait for it go out by the same write.
    fn write_first(&mut self, library: &[u8], tcp: &impl TryWrite) -> io::Result<usize> {
        if self.has_entries() && self.ends_a_frame(library) {
            return self.write_behind(library, tcp);
        }
        tcp.try_write(library)
    }

    fn ends_a_frame(&self, library: &[u8]) -> bool {
        let mut at = self.library_left;
        while let Some(frame) = library.get(at..).and_then(Frame::at) {
            at += frame.length;
        }
        at == library.len()
    }

    /// How much of what the library offers comes before the fence.
    fn before_fence(&self, bytes: &[u8]) -> usize {
        let mut at = self.library_left.min(bytes.len());
        while let Some(frame) = Frame::at(&bytes[at..]) {
            if frame.is_event(FENCE) {
                return at;
            }
            at = (at + frame.length).min(bytes.len());
        }
        bytes.len()
    }

    /// Notes which of the library's frames went out. One counts as soon as some of it did.
    fn pass(&mut self, bytes: &[u8], written: usize) -> io::Result<usize> {
        let mut end = self.library_left;
        while end < written {
            let frame = Frame::at(&bytes[end..]).ok_or_else(|| io::Error::other("a frame in parts"))?;
            self.acks += usize::from(frame.is_ack());
            self.counted_bytes +=
                frame.text().map_or(0, |packet| counted_bytes(packet, frame.payload_length));
            end += frame.length;
        }
        self.library_left = end - written;
        Ok(written)
    }

    /// Whether nothing of the library's is begun or waits.
    pub(super) fn is_library_done(&self) -> bool {
        self.library_left == 0 && !self.is_library_waiting
    }

    /// The acknowledgements that were written since the last call.
    pub(super) fn take_acks(&mut self) -> usize {
        std::mem::take(&mut self.acks)
    }

    /// The bytes of a backlog that were written since the last call.
    pub(super) fn take_counted_bytes(&mut self) -> u64 {
        std::mem::take(&mut self.counted_bytes)
    }

    fn is_free(&self) -> bool {
        self.holds == 0 && self.unfinished.is_empty() && self.is_library_done()
    }
}
