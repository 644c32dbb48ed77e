//! Reading a part of a room's log, alike for sockets and for requests.

use serde_json::Value;
use store::{Entry, Log, LogPage, MAX_PAGE, RoomId, StoreError};
use web::input::whole_number;

use crate::args::Args;
use crate::draft::room;
use crate::nack::Nack;

/// Entries of a page when a client does not say.
pub(crate) const DEFAULT_LIMIT: u32 = 50;

/// Text of a page, and what stands around each text; a page that would be larger holds fewer entries.
const PAGE_BYTES: usize = 256 * 1024;
const ENVELOPE_BYTES: usize = 256;

/// Which part is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) room: RoomId,
    pub(crate) edge: Edge,
    /// 1 to [`MAX_PAGE`].
    pub(crate) limit: u32,
}

/// From where a page is read. Both numbers are exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edge {
    /// Forward, every kind.
    After(u64),
    /// Backward, messages alone; from the end when there is no number.
    Before(Option<u64>),
}

impl Wanted {
    /// Reads the arguments of a `history` event: `({room?, after? | before?, limit?}?)`.
    pub(crate) fn from_event(mut args: Args) -> Result<Self, Nack> {
        let mut options = args.options()?;
        args.nothing_else("at most one argument: an object of options")?;
        let room = room(options.take("room")?)?;
        let after = options.take("after")?.map(|value| number("after", &value)).transpose()?;
        let before = options.take("before")?.map(|value| number("before", &value)).transpose()?;
        let limit = options.take("limit")?.map(|value| limit(&value)).transpose()?;
        options.nothing_else()?;
        let edge =
            Edge::new(after, before).ok_or_else(|| Nack::invalid("after: not together with before"))?;
        Ok(Self { room, edge, limit: limit.unwrap_or(DEFAULT_LIMIT) })
    }
}

impl Edge {
    /// The edge that two optional numbers mean; `None` when both are given.
    pub(crate) fn new(after: Option<u64>, before: Option<u64>) -> Option<Self> {
        match (after, before) {
            (Some(_), Some(_)) => None,
            (Some(after), None) => Some(Self::After(after)),
            (None, before) => Some(Self::Before(before)),
        }
    }
}

/// Reads it, as far as it fits into one answer.
pub(crate) async fn read(log: &dyn Log, wanted: Wanted) -> Result<LogPage, StoreError> {
    Ok(match wanted.edge {
        Edge::After(after) => shortened_at_its_end(log.page_after(wanted.room, after, wanted.limit).await?),
        Edge::Before(before) => {
            shortened_at_its_start(log.page_before(wanted.room, before, wanted.limit).await?)
        }
    })
}

/// Bytes of a page, about, as it is sent.
pub(crate) fn size(page: &LogPage) -> u64 {
    page.messages.iter().map(|entry| bytes(entry) as u64).sum()
}

fn bytes(entry: &Entry) -> usize {
    ENVELOPE_BYTES + entry.text.as_deref().map_or(0, str::len)
}

/// How many of some entries fit into one answer; one always does.
fn fitting<'a>(entries: impl Iterator<Item = &'a Entry>) -> usize {
    let sums = entries.scan(0, |sum, entry| {
        *sum += bytes(entry);
        Some(*sum)
    });
    sums.take_while(|&sum| sum <= PAGE_BYTES).count().max(1)
}

fn shortened_at_its_end(mut page: LogPage) -> LogPage {
    let fitting = fitting(page.messages.iter());
    if fitting < page.messages.len() {
        page.messages.truncate(fitting);
        page.covered_to = page.messages.last().map_or(page.covered_to, |entry| entry.seq);
    }
    page
}

fn shortened_at_its_start(mut page: LogPage) -> LogPage {
    let fitting = fitting(page.messages.iter().rev());
    if fitting < page.messages.len() {
        page.messages.drain(..page.messages.len() - fitting);
        page.covered_to = page.messages.first().map_or(page.covered_to, |entry| entry.seq);
    }
    page
}

fn number(name: &str, value: &Value) -> Result<u64, Nack> {
    whole_number(value).ok_or_else(|| Nack::invalid(format!("{name}: must be a whole number from 0")))
}

fn limit(value: &Value) -> Result<u32, Nack> {
    let limit = whole_number(value).and_then(|limit| u32::try_from(limit).ok());
    limit
        .filter(|limit| (1..=MAX_PAGE).contains(limit))
        .ok_or_else(|| Nack::invalid(format!("limit: must be a whole number from 1 to {MAX_PAGE}")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(args: Value) -> Result<Wanted, String> {
        Wanted::from_event(Args::of(&args)).map_err(|nack| nack.detail.into_owned())
    }

    #[test]
    fn nothing_asked_means_the_newest_fifty() {
        let wanted = Wanted { room: RoomId::LOBBY, edge: Edge::Before(None), limit: 50 };
        assert_eq!(read(json!([])), Ok(wanted));
        assert_eq!(read(json!([{}])), Ok(wanted));
        assert_eq!(read(json!([{"after": null, "before": null, "limit": null, "room": null}])), Ok(wanted));
        assert_eq!(
            read(json!([{"after": 7, "limit": 100}])),
            Ok(Wanted { edge: Edge::After(7), limit: 100, ..wanted })
        );
        assert_eq!(read(json!([{"limit": 50.0}])), Ok(wanted), "the same number");
        assert_eq!(read(json!([{"before": 7}])), Ok(Wanted { edge: Edge::Before(Some(7)), ..wanted }));
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
            assert!(read(args.clone()).unwrap_err().starts_with(names), "{args}");
        }
    }
}
