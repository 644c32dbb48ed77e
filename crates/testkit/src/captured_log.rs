//! What the process of a test logs.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, OnceLock};

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;

/// The lines of all tests of this process since the capture began; clones share them.
#[derive(Clone, Debug, Default)]
pub struct CapturedLog(Arc<Mutex<Vec<u8>>>);

impl CapturedLog {
    /// Captures what operators see by default: level INFO and above.
    ///
    /// # Panics
    /// When this process captures at another level.
    pub fn start() -> Self {
        Self::start_at(LevelFilter::INFO)
    }

    /// Captures every level.
    ///
    /// # Panics
    /// When this process captures at another level.
    pub fn start_at_every_level() -> Self {
        Self::start_at(LevelFilter::TRACE)
    }

    fn start_at(level: LevelFilter) -> Self {
        static LOG: OnceLock<(LevelFilter, CapturedLog)> = OnceLock::new();
        let begin = || {
            let log = Self::default();
            // The HTTP client of the tests logs what it sends; only the services' own lines count.
            let targets = Targets::new()
                .with_default(level)
                .with_target("reqwest", LevelFilter::OFF)
                .with_target("hyper_util::client", LevelFilter::OFF);
            let lines = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(log.clone());
            let subscriber = tracing_subscriber::registry().with(lines).with(targets);
            tracing::subscriber::set_global_default(subscriber).expect("nothing else captures the log");
            (level, log)
        };
        let (captured_level, log) = LOG.get_or_init(begin);
        assert_eq!(*captured_level, level, "one level for all tests of a process");
        log.clone()
    }

    /// Everything that was logged, as one text.
    ///
    /// # Panics
    /// Never: nothing panics while it holds the lock.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().expect("nothing panics with the lock")).into_owned()
    }

    /// The lines that were logged.
    pub fn lines(&self) -> Vec<String> {
        self.text().lines().map(str::to_owned).collect()
    }

    /// The first line that contains all of these parts.
    pub fn line(&self, parts: &[&str]) -> Option<String> {
        self.lines().into_iter().find(|line| parts.iter().all(|part| line.contains(part)))
    }
}

impl Write for CapturedLog {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nothing panics with the lock").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for CapturedLog {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
