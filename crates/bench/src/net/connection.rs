//! A connection that never blocks: what the server does not take yet, and what is not there whole yet, is kept.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::{AsFd, BorrowedFd};

/// Bytes that one read takes at most. One buffer serves all connections, so that it stays in the cache.
const READ_BYTES: usize = 256 * 1024;

/// An open TCP connection.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    /// Received, but not there whole.
    partial: Vec<u8>,
    /// Written, but not taken by the system.
    unsent: Vec<u8>,
}

/// A buffer for reads, shared by all connections.
#[derive(Debug)]
pub(crate) struct ReadBuffer(Vec<u8>);

impl Default for ReadBuffer {
    fn default() -> Self {
        Self(vec![0; READ_BYTES])
    }
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// When nothing listens at `server`.
    pub(crate) fn open(server: SocketAddr) -> io::Result<Self> {
        Self::of(TcpStream::connect(server)?)
    }

    /// Takes an open connection.
    ///
    /// # Errors
    /// When the system refuses.
    pub(crate) fn of(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        Ok(Self { stream, partial: Vec::new(), unsent: Vec::new() })
    }

    /// What arrived, after what was kept; `None` when nothing new is there.
    ///
    /// # Errors
    /// When the connection is closed or broken.
    pub(crate) fn read<'a>(&mut self, buffer: &'a mut ReadBuffer) -> io::Result<Option<&'a [u8]>> {
        let kept = self.partial.len();
        if buffer.0.len() < kept + READ_BYTES / 2 {
            buffer.0.resize(kept + READ_BYTES, 0);
        }
        let count = match self.stream.read(&mut buffer.0[kept..]) {
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(count) => count,
            Err(error) if is_temporary(&error) => return Ok(None),
            Err(error) => return Err(error),
        };
        buffer.0[..kept].copy_from_slice(&self.partial);
        self.partial.clear();
        Ok(Some(&buffer.0[..kept + count]))
    }

    /// Keeps the end of what [`Connection::read`] returned, until more arrives.
    pub(crate) fn keep(&mut self, rest: &[u8]) {
        self.partial.extend_from_slice(rest);
    }

    /// Where to append what [`Connection::flush`] sends.
    pub(crate) fn out(&mut self) -> &mut Vec<u8> {
        &mut self.unsent
    }

    /// Sends after what was appended, as far as the system takes it now. The rest is kept for [`Connection::flush`].
    ///
    /// # Errors
    /// When the connection is closed or broken.
    pub(crate) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        let taken = if self.unsent.is_empty() {
            match self.stream.write(bytes) {
                Err(error) if is_temporary(&error) => 0,
                taken => taken?,
            }
        } else {
            0
        };
        self.unsent.extend_from_slice(&bytes[taken..]);
        Ok(())
    }

    /// Sends what was appended, as far as the system takes it. Returns whether all was taken.
    ///
    /// # Errors
    /// When the connection is closed or broken.
    pub(crate) fn flush(&mut self) -> io::Result<bool> {
        while !self.unsent.is_empty() {
            match self.stream.write(&self.unsent) {
                Ok(count) => drop(self.unsent.drain(..count)),
                Err(error) if is_temporary(&error) => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }
}

impl AsFd for Connection {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }
}

fn is_temporary(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn what_was_kept_comes_before_what_arrives_next() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut connection = Connection::open(listener.local_addr().unwrap()).unwrap();
        let (mut server, _) = listener.accept().unwrap();
        let mut buffer = ReadBuffer::default();
        assert_eq!(connection.read(&mut buffer).unwrap(), None);
        connection.keep(b"ab");
        server.write_all(b"cd").unwrap();
        connection.stream.set_nonblocking(false).unwrap();
        assert_eq!(connection.read(&mut buffer).unwrap(), Some(&b"abcd"[..]));
        drop(server);
        assert!(connection.read(&mut buffer).is_err(), "the end is an error");
    }

    #[test]
    fn what_the_system_does_not_take_is_sent_later() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut connection = Connection::open(listener.local_addr().unwrap()).unwrap();
        let (mut server, _) = listener.accept().unwrap();
        let sent: Vec<u8> = (0..32_000_000_u32).map(|byte| byte as u8).collect();
        connection.out().extend(&sent);
        assert!(!connection.flush().unwrap(), "no system buffers 32 MB");
        let reader = std::thread::spawn(move || {
            let mut received = Vec::new();
            server.read_to_end(&mut received).unwrap();
            received
        });
        connection.stream.set_nonblocking(false).unwrap();
        assert!(connection.flush().unwrap());
        drop(connection);
        assert!(reader.join().unwrap() == sent, "everything arrives, in order");
    }
}
