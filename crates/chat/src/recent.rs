//! What is made of the newest pages of rooms, kept for the next reader: their JSON, and their messages as HTML.
//!
//! It is as exact as the pages ([`store::Log::newest`]).

use std::sync::{Arc, OnceLock};

use store::{LogPage, RoomId, UserId};
use web::{Made, MadeParts, Refusal, SharedPart};

/// Maximum bytes of all that is made.
const MAX_BYTES: u64 = 32 * 1024 * 1024;

/// A form of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Form {
    /// The answer of a call.
    Json,
    /// The messages in the chat page, for a reader who wrote some of them, or for every other reader.
    Html(Option<UserId>),
}

/// What was made of the newest pages.
pub(crate) struct Recent {
    made: MadeParts<(RoomId, Form), LogPage>,
    page_end: OnceLock<SharedPart>,
}

impl Default for Recent {
    fn default() -> Self {
        Self { made: MadeParts::new(MAX_BYTES), page_end: OnceLock::new() }
    }
}

impl Recent {
    /// A form of a room's newest page, made unless it is kept.
    ///
    /// # Errors
    /// Those of `make`.
    pub(crate) fn form_of(
        &self,
        page: &Arc<LogPage>,
        room: RoomId,
        form: Form,
        make: impl FnOnce(&LogPage) -> Result<String, Refusal>,
    ) -> Result<Arc<Made<LogPage>>, Refusal> {
        self.made.of(page, (room, form), make)
    }

    /// The end of the chat page, which is the same for everybody.
    pub(crate) fn page_end(&self, rendered: &str) -> Option<&SharedPart> {
        let kept = self.page_end.get_or_init(|| SharedPart::new(rendered.to_owned()));
        (kept.content() == rendered.as_bytes()).then_some(kept)
    }
}
