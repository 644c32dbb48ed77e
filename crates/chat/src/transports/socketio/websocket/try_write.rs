//! A connection, as far as entries are written to it.

use std::io::{self, IoSlice};

use web::TrackedStream;

/// Takes bytes without waiting.
pub(super) trait TryWrite {
    /// Writes what can be written now ([`TrackedStream::try_write`]).
    fn try_write(&self, bytes: &[u8]) -> io::Result<usize>;

    /// As [`TryWrite::try_write`], of several buffers in their order.
    fn try_write_vectored(&self, parts: &[IoSlice<'_>]) -> io::Result<usize>;
}

impl TryWrite for TrackedStream {
    fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        Self::try_write(self, bytes)
    }

    fn try_write_vectored(&self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        Self::try_write_vectored(self, parts)
    }
}
