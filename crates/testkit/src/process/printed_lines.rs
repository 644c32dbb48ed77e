//! The output of a process, line by line.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::Child;

/// All lines that a process printed until now, on both streams.
#[derive(Clone, Debug, Default)]
pub(crate) struct PrintedLines(Arc<Mutex<Vec<String>>>);

impl PrintedLines {
    /// Reads the output of `child` until it ends, so that the pipes never fill up.
    pub(crate) fn by(child: &mut Child) -> Self {
        let printed = Self::default();
        printed.collect(child.stdout.take().expect("it is piped"));
        printed.collect(child.stderr.take().expect("it is piped"));
        printed
    }

    /// The lines from index `first` on.
    #[cfg(feature = "browser")]
    pub(crate) fn lines_from(&self, first: usize) -> Vec<String> {
        self.lines().get(first..).unwrap_or_default().to_vec()
    }

    /// All lines as one text.
    pub(crate) fn text(&self) -> String {
        self.lines().join("\n")
    }

    /// The first result of `find` over the lines.
    #[cfg(feature = "browser")]
    pub(crate) fn find<T>(&self, find: impl Fn(&str) -> Option<T>) -> Option<T> {
        self.lines().iter().find_map(|line| find(line))
    }

    fn lines(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.0.lock().expect("no holder of the lock panics")
    }

    /// Splits bytes, because browsers also print what is not UTF-8.
    fn collect(&self, stream: impl AsyncRead + Unpin + Send + 'static) {
        let printed = self.clone();
        tokio::spawn(async move {
            let mut lines = BufReader::new(stream).split(b'\n');
            while let Ok(Some(line)) = lines.next_segment().await {
                printed.lines().push(String::from_utf8_lossy(&line).trim_end().to_owned());
            }
        });
    }
}
