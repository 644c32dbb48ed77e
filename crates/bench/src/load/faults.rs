//! What went wrong in a run: each fault is counted, and none is forgiven.

use std::fmt;

/// Faults of a server, at all clients together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Faults {
    /// Deliveries that did not happen.
    pub(crate) lost: u64,
    /// Messages that came again.
    pub(crate) duplicates: u64,
    /// Messages that came after a later one of the same sender.
    pub(crate) reordered: u64,
    /// Sends that the server refused.
    pub(crate) refused: u64,
    /// The first refusal.
    pub(crate) refusal: Option<String>,
    /// Clients whose connection ended.
    pub(crate) closed: usize,
}

impl Faults {
    /// Number of faults.
    pub(crate) fn count(&self) -> u64 {
        self.lost + self.duplicates + self.reordered + self.refused + self.closed as u64
    }

    /// Nothing when there are none.
    ///
    /// # Errors
    /// The faults as a text, when there are any.
    pub(crate) fn or_else_fail(&self) -> crate::Result<()> {
        if self.count() == 0 { Ok(()) } else { Err(self.to_string().into()) }
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { lost, duplicates, reordered, refused, refusal, closed } = self;
        write!(
            f,
            "lost {lost}, duplicates {duplicates}, reordered {reordered}, refused {refused}, closed {closed}"
        )?;
        refusal.as_ref().map_or(Ok(()), |refusal| write!(f, ", refusal {refusal}"))
    }
}
