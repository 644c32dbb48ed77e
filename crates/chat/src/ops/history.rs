//! Reading a part of a room's log.

use std::ops::Deref;
use std::sync::Arc;

use store::{Entry, LogPage, MAX_PAGE, NEWEST_MESSAGES, RoomId};
use utoipa::IntoParams;
use web::{Fields, FromFields, Refusal};

use super::admission::{Caller, admit_read};
use super::operation::Operation;
use crate::access::room_field;
use crate::chat::Chat;

/// Number of entries of a page if the client sends no `limit`.
const DEFAULT_LIMIT: u32 = NEWEST_MESSAGES;
/// Maximum approximate bytes of a page. A page that would be larger has fewer entries.
const MAX_PAGE_BYTES: usize = 256 * 1024;
/// Approximate bytes of an entry without its text.
const ENVELOPE_BYTES: usize = 256;

/// A part of a room's log: `room?`, and the fields of [`HistoryPart`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HistoryQuery {
    pub(crate) room: RoomId,
    pub(crate) part: HistoryPart,
}

/// Which part of a log: `after?` or `before?`, `limit?`. Without a number, the newest messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct HistoryPart {
    /// The first entries after this number, of every kind.
    after: Option<u64>,
    /// The last messages before this number; not together with `after`.
    before: Option<u64>,
    /// Maximum number of entries; 50 when absent.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100)]
    limit: u32,
}

/// A part of a log that was read.
pub(crate) enum ReadPage {
    /// A room's newest messages in full, as the log keeps them ([`store::Log::newest`]).
    Newest(Arc<LogPage>),
    /// Any other part.
    Part(LogPage),
}

impl Deref for ReadPage {
    type Target = LogPage;

    fn deref(&self) -> &LogPage {
        match self {
            Self::Newest(page) => page,
            Self::Part(page) => page,
        }
    }
}

impl FromFields for HistoryQuery {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let (room, part) = (room_field(fields), HistoryPart::from_fields(fields));
        Some(Self { room: room?, part: part? })
    }
}

impl FromFields for HistoryPart {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let after = fields.optional_number("after", 0..=u64::MAX);
        let before = fields.optional_number("before", 0..=u64::MAX);
        let limit = fields.optional_number("limit", 1..=u64::from(MAX_PAGE));
        if after.is_some() && before.is_some() {
            fields.refuse("after", "must not be given together with before");
        }
        let limit = limit.and_then(|limit| u32::try_from(limit).ok()).unwrap_or(DEFAULT_LIMIT);
        Some(Self { after, before, limit })
    }
}

/// Reads a part of a log, as far as it fits into one answer.
///
/// # Errors
/// Those of the admission, `rate_limited` and `overloaded` when too much is read, and `unavailable`.
pub(crate) async fn read(chat: &Chat, caller: Caller<'_>, query: HistoryQuery) -> Result<ReadPage, Refusal> {
    let HistoryQuery { room, part: HistoryPart { after, before, limit } } = query;
    let (_, _permit) = admit_read(chat, Operation::ReadHistory, caller, room).await?;
    let log = &chat.stores.log;
    Ok(match (after, before) {
        (Some(after), _) => ReadPage::Part(shortened_at_its_end(log.page_after(room, after, limit).await?)),
        (None, None) if limit <= NEWEST_MESSAGES => last_of(log.newest(room).await?, limit),
        (None, before) => ReadPage::Part(shortened_at_its_start(log.page_before(room, before, limit).await?)),
    })
}

/// Reads a room's newest messages, as the log keeps them. [`newest_that_fit`] are shown.
///
/// # Errors
/// As [`read`].
pub(crate) async fn newest(chat: &Chat, caller: Caller<'_>, room: RoomId) -> Result<Arc<LogPage>, Refusal> {
    let (_, _permit) = admit_read(chat, Operation::ReadHistory, caller, room).await?;
    Ok(chat.stores.log.newest(room).await?)
}

/// The last messages of a page, as many as fit into one answer, and the number from which on they are complete.
pub(crate) fn newest_that_fit(page: &LogPage) -> (&[Entry], u64) {
    let count = fitting(page.messages.iter().rev()).min(page.messages.len());
    let messages = &page.messages[page.messages.len() - count..];
    let is_cut = count < page.messages.len();
    let covered_to = messages.first().filter(|_| is_cut).map_or(page.covered_to, |entry| entry.seq);
    (messages, covered_to)
}

/// Approximate bytes of an entry as it is sent.
fn bytes(entry: &Entry) -> usize {
    ENVELOPE_BYTES + entry.text.as_deref().map_or(0, str::len)
}

/// How many of these entries fit into one answer, at least one.
fn fitting<'a>(entries: impl Iterator<Item = &'a Entry>) -> usize {
    let sums = entries.scan(0, |sum, entry| {
        *sum += bytes(entry);
        Some(*sum)
    });
    sums.take_while(|&sum| sum <= MAX_PAGE_BYTES).count().max(1)
}

fn shortened_at_its_end(mut page: LogPage) -> LogPage {
    let fitting = fitting(page.messages.iter());
    if fitting < page.messages.len() {
        page.messages.truncate(fitting);
        page.covered_to = page.messages.last().map_or(page.covered_to, |entry| entry.seq);
    }
    page
}

fn shortened_at_its_start(page: LogPage) -> LogPage {
    let fitting = fitting(page.messages.iter().rev());
    if fitting < page.messages.len() { last_messages(&page, fitting) } else { page }
}

/// The last messages of a room's newest page: at most `limit`, and what fits into one answer.
fn last_of(newest: Arc<LogPage>, limit: u32) -> ReadPage {
    let count = fitting(newest.messages.iter().rev()).min(limit as usize);
    match count < newest.messages.len() {
        true => ReadPage::Part(last_messages(&newest, count)),
        false => ReadPage::Newest(newest),
    }
}

/// The last messages of a page, and what they cover.
fn last_messages(page: &LogPage, count: usize) -> LogPage {
    let messages = page.messages[page.messages.len() - count..].to_vec();
    let covered_to = messages.first().map_or(page.covered_to, |entry| entry.seq);
    LogPage { messages, covered_to, last_seq: page.last_seq }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn parse(args: &Value) -> Result<HistoryQuery, String> {
        let arguments = serde_json::from_value(args.clone()).unwrap();
        let query = Fields::from_arguments(arguments, &[]).and_then(Fields::read);
        query.map_err(|refusal| refusal.detail().to_owned())
    }

    #[test]
    fn no_option_means_the_newest_fifty() {
        let query =
            HistoryQuery { room: RoomId::LOBBY, part: HistoryPart { after: None, before: None, limit: 50 } };
        for nothing in
            [json!([]), json!([{}]), json!([{"after": null, "before": null, "limit": null, "room": null}])]
        {
            assert_eq!(parse(&nothing), Ok(query), "{nothing}");
        }
        let after = HistoryQuery { part: HistoryPart { after: Some(7), limit: 100, ..query.part }, ..query };
        assert_eq!(parse(&json!([{"after": 7, "limit": 100}])), Ok(after));
        assert_eq!(parse(&json!([{"limit": 50.0}])), Ok(query), "the same number");
        let before = HistoryQuery { part: HistoryPart { before: Some(7), ..query.part }, ..query };
        assert_eq!(parse(&json!([{"before": 7}])), Ok(before));
    }

    #[test]
    fn each_wrong_option_is_named() {
        let cases = [
            (json!([3]), "options"),
            (json!([{"after": 1, "before": 2}]), "after"),
            (json!([{"after": -1}]), "after"),
            (json!([{"before": "7"}]), "before"),
            (json!([{"limit": 0}]), "limit"),
            (json!([{"limit": 101}]), "limit"),
            (json!([{"limit": 1.5}]), "limit"),
            (json!([{"room": "attic"}]), "room"),
            (json!([{"since": 1}]), "since"),
            (json!([{}, {}]), "at most one"),
        ];
        for (args, names) in cases {
            assert!(parse(&args).unwrap_err().starts_with(names), "{args}");
        }
    }
}
