//! Runs of deflate blocks that can follow each other, and the gzip member around them.

use std::cell::RefCell;

use bytes::Bytes;
use flate2::{Compress, Compression, Crc, FlushCompress};

/// The head of a member (RFC 1952, section 2.3): deflate, no name, no time, an unknown system.
const HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
/// The last block: empty, by the fixed codes.
const LAST_BLOCK: [u8; 2] = [3, 0];
/// What the end of a run adds at most, beside the blocks' own heads.
const FLUSH_BYTES: usize = 64;

/// How much a part is worth.
#[derive(Clone, Copy)]
pub(super) enum Effort {
    /// It is compressed for many answers.
    Once,
    /// It is compressed for one answer.
    EachTime,
}

/// A part as a run of blocks that ends at a byte.
pub(super) struct Deflated {
    blocks: Vec<u8>,
    crc: Crc,
}

/// A member that grows.
pub(super) struct Gzip {
    bytes: Vec<u8>,
    crc: Crc,
}

impl Deflated {
    pub(super) fn of(content: &[u8], effort: Effort) -> Self {
        let mut crc = Crc::new();
        crc.update(content);
        let blocks = match effort {
            Effort::Once => run(&mut Compress::new(Compression::default(), false), content),
            // A new state costs more than what it compresses.
            Effort::EachTime => FAST.with_borrow_mut(|state| run(state, content)),
        };
        Self { blocks, crc }
    }
}

thread_local! {
    static FAST: RefCell<Compress> = RefCell::new(Compress::new(Compression::fast(), false));
}

/// The content as blocks. None is the last one of its stream.
fn run(state: &mut Compress, content: &[u8]) -> Vec<u8> {
    state.reset();
    let mut blocks = Vec::with_capacity(content.len() / 2 + FLUSH_BYTES);
    loop {
        let read = usize::try_from(state.total_in()).unwrap_or(content.len());
        let status = state.compress_vec(&content[read..], &mut blocks, FlushCompress::Sync);
        debug_assert!(status.is_ok(), "only a preset dictionary can fail");
        // The flush is complete once it leaves room (zlib.h, deflate).
        if blocks.len() < blocks.capacity() {
            return blocks;
        }
        blocks.reserve(blocks.capacity());
    }
}

impl Gzip {
    pub(super) fn new() -> Self {
        Self { bytes: HEAD.to_vec(), crc: Crc::new() }
    }

    pub(super) fn push(&mut self, part: &Deflated) {
        self.bytes.extend_from_slice(&part.blocks);
        self.crc.combine(&part.crc);
    }

    pub(super) fn finish(mut self) -> Bytes {
        self.bytes.extend(LAST_BLOCK);
        self.bytes.extend(self.crc.sum().to_le_bytes());
        self.bytes.extend(self.crc.amount().to_le_bytes());
        self.bytes.into()
    }
}
