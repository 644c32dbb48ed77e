//! How the console of a browser is read.

use std::sync::atomic::AtomicUsize;

use super::Engine;
use crate::process::PrintedLines;

/// How the console is read.
#[derive(Debug)]
pub(super) enum Console {
    /// From the driver.
    Driver,
    /// From what the browser prints; the number is how many lines were read.
    Printed(PrintedLines, AtomicUsize),
    /// Not at all.
    Unavailable,
}

impl Console {
    pub(super) fn of(engine: Engine, printed: &PrintedLines) -> Self {
        match engine {
            Engine::Chromium => Self::Driver,
            Engine::Firefox => Self::Printed(printed.clone(), AtomicUsize::new(0)),
            Engine::WebKit => Self::Unavailable,
        }
    }
}
