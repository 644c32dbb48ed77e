//! What has to be asked before clients get a room. It knows no subscription but to see whether somebody waits.
//!
//! What is asked about the same subject while it waits for its turn is asked once. So there are at most as many questions as
//! users here have rooms, and few of them at once.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use store::{Membership, RoomId, UserId};
use tokio::time::sleep;

use crate::chat::Chat;
use crate::hub::SubscriptionId;
use crate::ops::{read_marks, room_view};
use crate::views::{ReadView, RoomView};

/// Maximum questions that are open.
const MAX_OPEN: usize = 16;
/// Time until what was not answered is asked again.
const RETRY_DELAY: Duration = Duration::from_millis(250);

/// What is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Subject {
    /// Which rooms a user is in.
    RoomsOf(UserId),
    /// A room as a user sees it.
    Room(UserId, RoomId),
}

/// Why it is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum News {
    /// All of it may be new.
    Whole,
    /// The read mark moved to where it is now: this subscription did it, if one of this process did.
    Read { now: Membership, by: Option<SubscriptionId> },
}

/// What became of a question.
pub(super) enum Answer {
    /// [`crate::access`] knows the user's rooms.
    RoomsOf(UserId),
    /// A room that the user is in.
    Room(UserId, RoomView),
    /// A user's read mark, and the subscription that moved it.
    Read(UserId, ReadView, Option<SubscriptionId>),
    /// There is nothing to tell, or it is asked again.
    Nothing,
}

/// A question that was asked. Without an answer it is asked again.
type Asked = (Subject, News, Option<Answer>);

/// The questions, open and waiting.
pub(super) struct Questions {
    chat: Arc<Chat>,
    turns: VecDeque<Subject>,
    waiting: HashMap<Subject, News>,
    open: FuturesUnordered<BoxFuture<'static, Asked>>,
}

impl News {
    /// Both at once.
    fn and(&self, later: Self) -> Self {
        match (self, later) {
            (Self::Read { by: earlier, .. }, Self::Read { now, by }) => {
                Self::Read { now, by: by.filter(|_| by == *earlier) }
            }
            _ => Self::Whole,
        }
    }
}

impl Questions {
    pub(super) fn new(chat: Arc<Chat>) -> Self {
        Self { chat, turns: VecDeque::new(), waiting: HashMap::new(), open: FuturesUnordered::new() }
    }

    /// Asks, in its turn.
    pub(super) fn ask(&mut self, subject: Subject, news: News) {
        let turns = &mut self.turns;
        let waiting = self.waiting.entry(subject).or_insert_with(|| {
            turns.push_back(subject);
            news.clone()
        });
        *waiting = waiting.and(news);
    }

    /// The next answer. None while nothing is asked.
    pub(super) async fn next(&mut self) -> Option<Answer> {
        self.open_more();
        let (subject, news, answer) = self.open.next().await?;
        Some(answer.unwrap_or_else(|| {
            self.ask(subject, news);
            Answer::Nothing
        }))
    }

    fn open_more(&mut self) {
        while self.open.len() < MAX_OPEN
            && let Some(subject) = self.turns.pop_front()
        {
            let Some(news) = self.waiting.remove(&subject) else { continue };
            self.open.push(Box::pin(asked(Arc::clone(&self.chat), subject, news)));
        }
    }
}

/// Asks until there is an answer, or a while has passed.
async fn asked(chat: Arc<Chat>, subject: Subject, news: News) -> Asked {
    let answer = match subject {
        Subject::RoomsOf(user) => rooms_of(&chat, user).await,
        Subject::Room(user, room) => match &news {
            News::Whole => view_of(&chat, user, room).await,
            News::Read { now, by } => read_mark(&chat, now, *by).await,
        },
    };
    if answer.is_none() {
        sleep(RETRY_DELAY).await;
    }
    (subject, news, answer)
}

async fn rooms_of(chat: &Chat, user: UserId) -> Option<Answer> {
    if chat.hub.of(user).is_empty() {
        return Some(Answer::Nothing);
    }
    chat.access.room_ids_of(user).await.ok()?;
    // It is not, while the cache is not trusted.
    let is_known = chat.access.known_room_ids_of(user).is_some();
    is_known.then_some(Answer::RoomsOf(user))
}

/// The room is followed first: what the answer does not count is delivered.
async fn view_of(chat: &Chat, user: UserId, room: RoomId) -> Option<Answer> {
    if !is_here(chat, user, room) {
        return Some(Answer::Nothing);
    }
    if !chat.follower.follow(&[room]).await {
        return None;
    }
    let view = room_view::of(chat, user, room).await.ok()?;
    // Who is out again is announced too.
    Some(view.filter(|view| view.own.is_some()).map_or(Answer::Nothing, |view| Answer::Room(user, view)))
}

async fn read_mark(chat: &Chat, now: &Membership, by: Option<SubscriptionId>) -> Option<Answer> {
    if !is_here(chat, now.user, now.room) {
        return Some(Answer::Nothing);
    }
    let view = read_marks::view(chat, now).await.ok()?;
    Some(Answer::Read(now.user, view, by))
}

/// Whether a user has a subscription to a room.
fn is_here(chat: &Chat, user: UserId, room: RoomId) -> bool {
    chat.hub.of(user).iter().any(|subscription| subscription.is_in(room))
}
