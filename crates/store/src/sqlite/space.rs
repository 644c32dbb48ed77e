//! Room on the disk for what has to work when the disk is full: sign-outs, new passwords, deletions.
//!
//! A file in the data directory holds the room. A write of that kind that finds the disk full gives a part of the file up, and
//! is made again. Messages and accounts are not stored until the file has its whole size again: they never take that room.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::data_dir::private_file;
use crate::{Outage, StoreError};

/// The name of the file in the data directory.
const FILE: &str = "reserve";
/// Size of the file. A half is for copying a write-ahead log of the usual maximum size into the store's file, the other one
/// for what is written until then.
const RESERVE_BYTES: u64 = 32 * 1_024 * 1_024;
/// What is given up at once.
const PART_BYTES: u64 = 4 * 1_024 * 1_024;
/// Room beside the file with which messages are stored again, so that the next one does not find the disk full.
const MIN_FREE_BYTES: u64 = 4 * 1_024 * 1_024;
/// Time between two attempts to find that room.
const RETRY_INTERVAL: Duration = Duration::from_secs(1);

/// The file, and whether the disk is full.
pub(super) struct Space {
    path: PathBuf,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Since when attempts are made.
    full: Option<Instant>,
    outage: Outage,
}

impl Space {
    /// Makes the file, if there is room for it.
    pub(super) fn open(dir: &Path) -> Self {
        let space = Self { path: dir.join(FILE), state: Mutex::default() };
        let made = space.reserve(0);
        space.state.lock().note(made);
        space
    }

    /// Whether there is no room for messages. It looks for room, but seldom.
    pub(super) fn is_full(&self) -> bool {
        let mut state = self.state.lock();
        let Some(tried_at) = state.full else { return false };
        if tried_at.elapsed() < RETRY_INTERVAL {
            return true;
        }
        let made = self.reserve(MIN_FREE_BYTES);
        state.note(made);
        state.full.is_some()
    }

    /// Notes that a message or an account was not stored, because the disk is full.
    pub(super) fn note_full(&self, error: &StoreError) {
        self.state.lock().note_full(error);
    }

    /// Frees a part of the room that the file holds, for a write that found the disk full. Other programs may take what such
    /// writes leave of it. False when nothing is left.
    pub(super) fn give_up(&self, error: &StoreError) -> bool {
        let mut state = self.state.lock();
        state.note_full(error);
        self.shrink().unwrap_or_else(|error| {
            tracing::warn!(%error, "the reserve of disk space cannot be given up");
            false
        })
    }

    fn shrink(&self) -> io::Result<bool> {
        let file = private_file(&self.path)?;
        let size = file.metadata()?.len();
        file.set_len(size.saturating_sub(PART_BYTES))?;
        Ok(size > 0)
    }

    /// Gives the file its whole size, if that and some more bytes are free.
    fn reserve(&self, more: u64) -> io::Result<()> {
        let file = private_file(&self.path)?;
        let before = file.metadata()?.len();
        let found = allocate(&file, RESERVE_BYTES + more);
        // An attempt that failed may have taken what was free.
        file.set_len(if found.is_ok() { RESERVE_BYTES } else { before.min(RESERVE_BYTES) })?;
        found
    }
}

impl State {
    /// Notes the outcome of making the file.
    fn note(&mut self, made: io::Result<()>) {
        match made {
            Err(error) if is_no_room(&error) => self.note_full(&error),
            made => {
                if let Err(error) = made {
                    tracing::warn!(%error, "no reserve of disk space can be made; on a full disk nobody can sign out");
                }
                self.note_room();
            }
        }
    }

    fn note_full(&mut self, error: &dyn std::fmt::Display) {
        self.full = Some(Instant::now());
        if self.outage.note_failure() {
            tracing::error!(
                %error,
                "the disk is full: messages and sign-ups are refused until there is room; sign-outs and deletions work"
            );
        }
    }

    fn note_room(&mut self) {
        self.full = None;
        if self.outage.note_success() {
            tracing::info!("there is room on the disk again; messages are stored");
        }
    }
}

/// Has the file system keep room for a file of this size. One that cannot is filled with zeros.
fn allocate(file: &File, bytes: u64) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    match rustix::fs::fallocate(file, rustix::fs::FallocateFlags::empty(), 0, bytes).map_err(io::Error::from)
    {
        // Not every file system can.
        Err(error) if !is_no_room(&error) => {}
        allocated => return allocated,
    }
    let missing = bytes.saturating_sub(file.metadata()?.len());
    let mut end = file;
    end.seek(SeekFrom::End(0))?;
    io::copy(&mut io::repeat(0).take(missing), &mut end).map(drop)
}

fn is_no_room(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_keeps_its_room_and_gives_it_up_in_parts() {
        let dir = tempfile::tempdir().unwrap();
        let space = Space::open(dir.path());
        let size = || dir.path().join(FILE).metadata().unwrap().len();
        assert_eq!((size(), space.is_full()), (RESERVE_BYTES, false));
        for left in (0..RESERVE_BYTES / PART_BYTES).rev() {
            assert!(space.give_up(&StoreError::Full));
            assert_eq!(size(), left * PART_BYTES);
        }
        assert!(!space.give_up(&StoreError::Full), "nothing is left");
        space.reserve(MIN_FREE_BYTES).unwrap();
        assert_eq!(size(), RESERVE_BYTES);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_room_is_taken_on_the_disk() {
        let dir = tempfile::tempdir().unwrap();
        Space::open(dir.path());
        let blocks = std::os::unix::fs::MetadataExt::blocks(&dir.path().join(FILE).metadata().unwrap());
        assert!(blocks * 512 >= RESERVE_BYTES);
    }

    #[test]
    fn without_the_file_the_disk_is_not_taken_for_full() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join(FILE)).unwrap();
        assert!(!Space::open(dir.path()).is_full());
    }
}
