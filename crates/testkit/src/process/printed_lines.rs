//! What a process prints, line by line, as it comes.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::Child;

/// All lines that a process printed so far, on both of its streams.
#[derive(Clone, Debug, Default)]
pub(crate) struct PrintedLines(Arc<Mutex<Vec<String>>>);

impl PrintedLines {
    /// Reads on whatever `child` prints until it ends, so that it never waits for a reader.
    pub(crate) fn by(child: &mut Child) -> Self {
        let printed = Self::default();
        printed.collect(child.stdout.take().expect("it is piped"));
        printed.collect(child.stderr.take().expect("it is piped"));
        printed
    }

    /// The lines from the `first` one on, counted from 0.
    pub(crate) fn lines_from(&self, first: usize) -> Vec<String> {
        self.lines().get(first..).unwrap_or_default().to_vec()
    }

    /// All lines as one text.
    pub(crate) fn text(&self) -> String {
        self.lines().join("\n")
    }

    /// What `find` finds in the first line in which it finds anything.
    pub(crate) fn find<T>(&self, find: impl Fn(&str) -> Option<T>) -> Option<T> {
        self.lines().iter().find_map(|line| find(line))
    }

    fn lines(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.0.lock().expect("no holder of the lock panics")
    }

    /// Lines are cut at the byte, since not all that browsers print is UTF-8.
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
