//! What is made of the newest pages of rooms, kept for the next reader: their JSON, and their messages as HTML.
//!
//! It is as exact as the pages: each made part is kept with the page that it was made of, and used for that very page
//! only ([`store::Log::newest`]). Nothing here expires, and nothing here knows of writes.

use std::sync::{Arc, OnceLock};

use quick_cache::Weighter;
use quick_cache::sync::Cache;
use store::{LogPage, RoomId, UserId};
use web::{Refusal, SharedPart};

/// Maximum bytes of all made parts. A compressed copy, and the page, count as much as the content.
const MAX_BYTES: u64 = 32 * 1024 * 1024;
/// About how many parts that holds.
const EXPECTED_PARTS: usize = 300;

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
    made: Cache<(RoomId, Form), Arc<Made>, ByBytes>,
    page_end: OnceLock<SharedPart>,
}

/// A part, and the page that it was made of.
pub(crate) struct Made {
    page: Arc<LogPage>,
    part: SharedPart,
}

#[derive(Clone)]
struct ByBytes;

impl Default for Recent {
    fn default() -> Self {
        Self { made: Cache::with_weighter(EXPECTED_PARTS, MAX_BYTES, ByBytes), page_end: OnceLock::new() }
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
    ) -> Result<Arc<Made>, Refusal> {
        let kept = self.made.get(&(room, form)).filter(|made| Arc::ptr_eq(&made.page, page));
        if let Some(made) = kept {
            return Ok(made);
        }
        let made = Arc::new(Made { page: Arc::clone(page), part: SharedPart::new(make(page)?) });
        self.made.insert((room, form), Arc::clone(&made));
        Ok(made)
    }

    /// The end of the chat page, which is the same for everybody.
    pub(crate) fn page_end(&self, rendered: &str) -> Option<&SharedPart> {
        let kept = self.page_end.get_or_init(|| SharedPart::new(rendered.to_owned()));
        (kept.content() == rendered.as_bytes()).then_some(kept)
    }
}

impl Made {
    pub(crate) fn part(&self) -> &SharedPart {
        &self.part
    }
}

impl Weighter<(RoomId, Form), Arc<Made>> for ByBytes {
    fn weight(&self, _: &(RoomId, Form), made: &Arc<Made>) -> u64 {
        3 * made.part.content().len() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(last_seq: u64) -> Arc<LogPage> {
        Arc::new(LogPage { messages: Vec::new(), covered_to: 1, last_seq })
    }

    #[test]
    fn a_form_is_used_for_the_page_that_it_was_made_of_only() {
        let (recent, room) = (Recent::default(), RoomId::LOBBY);
        let form = |page: &Arc<LogPage>, form, text: &str| {
            let made = recent.form_of(page, room, form, |_| Ok(text.to_owned())).unwrap();
            String::from_utf8(made.part().content().to_vec()).unwrap()
        };
        let (one, equal, next) = (page(1), page(1), page(2));
        assert_eq!(form(&one, Form::Json, "first"), "first");
        assert_eq!(form(&one, Form::Json, "again"), "first");
        assert_eq!(form(&one, Form::Html(None), "html"), "html");
        assert_eq!(form(&next, Form::Json, "next"), "next");
        assert_eq!(form(&equal, Form::Json, "read again"), "read again");
    }

    #[test]
    fn whatever_is_read_the_memory_is_bounded() {
        let (recent, long) = (Recent::default(), "x".repeat(1024 * 1024));
        for number in 0..200 {
            let (room, reader) = (RoomId::generate(), UserId::new());
            let make = |_: &LogPage| Ok(long.clone());
            recent.form_of(&page(number), room, Form::Html(Some(reader)), make).unwrap();
        }
        assert!(recent.made.weight() <= MAX_BYTES && !recent.made.is_empty());
    }
}
