//! Messages as the page's template shows them.

use std::sync::Arc;

use askama::Template;
use store::{Entry, LogPage, RoomId, Sender, UserId};
use web::{Made, Refusal};

use super::rendered;
use super::shown_text::ShownText;
use crate::ops::history::newest_that_fit;
use crate::recent::{Form, Recent};

/// Maximum time between messages of one sender that are grouped. The page's script has the same rule for later ones.
const MAX_JOIN_MILLIS: i64 = 5 * 60_000;

#[derive(Template)]
#[template(path = "messages.html")]
struct Messages {
    messages: Vec<MessageView>,
}

/// The messages of a room's newest page that fit into an answer, for a reader. All readers who wrote none of them and whom
/// none of them mentions share one rendering.
///
/// # Errors
/// When they cannot be rendered.
pub(super) fn for_reader(
    recent: &Recent,
    newest: &Arc<LogPage>,
    room: RoomId,
    reader: UserId,
) -> Result<Arc<Made<LogPage>>, Refusal> {
    let is_personal =
        newest.messages.iter().any(|message| is_by(message, reader) || mentions(message, reader));
    recent.form_of(newest, room, Form::Html(is_personal.then_some(reader)), |page| {
        let (messages, _) = newest_that_fit(page);
        rendered(&Messages { messages: MessageView::all(messages.to_vec(), reader) })
    })
}

/// A message as the template shows it.
pub(super) struct MessageView {
    /// Whether it is grouped with the one before. Where a new day begins between them the script separates them: only
    /// the browser knows the reader's time zone.
    pub(super) continues: bool,
    pub(super) seq: u64,
    pub(super) id: String,
    pub(super) mine: bool,
    pub(super) sender: Option<Sender>,
    pub(super) text: Option<ShownText>,
    pub(super) sent_at: String,
}

impl MessageView {
    /// The messages of a page, oldest first, for one reader.
    pub(super) fn all(entries: Vec<Entry>, me: UserId) -> Vec<Self> {
        let joined = entries.windows(2).map(|pair| belong_together(&pair[0], &pair[1]));
        let continues: Vec<bool> = std::iter::once(false).chain(joined).collect();
        entries.into_iter().zip(continues).map(|(entry, continues)| Self::new(entry, continues, me)).collect()
    }

    fn new(entry: Entry, continues: bool, me: UserId) -> Self {
        Self {
            continues,
            seq: entry.seq,
            mine: is_by(&entry, me),
            id: entry.id,
            sender: entry.sender,
            text: entry.text.map(|text| ShownText::new(&text, &entry.mentions, me)),
            sent_at: entry.sent_at.to_string(),
        }
    }
}

fn mentions(entry: &Entry, user: UserId) -> bool {
    entry.mentions.iter().any(|mention| mention.id == user)
}

fn is_by(entry: &Entry, user: UserId) -> bool {
    entry.sender.as_ref().is_some_and(|sender| sender.id == user)
}

fn belong_together(one: &Entry, next: &Entry) -> bool {
    let same = one.sender.as_ref().zip(next.sender.as_ref());
    same.is_some_and(|(one, next)| one.id == next.id && one.display_name == next.display_name)
        && (next.sent_at.as_millis() - one.sent_at.as_millis()).abs() <= MAX_JOIN_MILLIS
}

#[cfg(test)]
mod tests {
    use store::{Kind, RoomId, Timestamp};

    use super::*;

    #[test]
    fn messages_of_one_sender_and_name_within_five_minutes_go_on() {
        let (ann, ben) = (UserId::new(), UserId::new());
        let sent = [
            (Some((ann, "Ann")), 0),
            (Some((ann, "Ann")), 300_000),
            (Some((ann, "Ann")), 600_001),
            (Some((ann, "Annie")), 600_002),
            (Some((ben, "Annie")), 600_003),
            (None, 600_004),
            (None, 600_005),
        ];
        let entry = |(sender, millis): (Option<(UserId, &str)>, i64)| Entry {
            room: RoomId::LOBBY,
            seq: 1,
            kind: Kind::Message,
            id: String::new(),
            sender: sender.map(|(id, name)| Sender {
                id,
                username: "same".into(),
                display_name: name.into(),
            }),
            text: sender.map(|_| "words".into()),
            mentions: Vec::new(),
            sent_at: Timestamp::from_millis(millis),
        };
        let views = MessageView::all(sent.map(entry).into(), ann);
        let continues: Vec<bool> = views.iter().map(|view| view.continues).collect();
        assert_eq!(continues, [false, true, false, false, false, false, false]);
        assert!(MessageView::all(Vec::new(), ann).is_empty());
    }
}
