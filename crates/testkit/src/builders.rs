//! Test data: accounts, rooms and entries as a store takes them, made from a name or a text.

mod rooms;

use store::deletion::Resumer;
use store::{
    AppendOutcome, ClientId, Created, DisplayName, Entry, MAX_PAGE, MessageText, NewEntry, NewUser, RoomId,
    Sender, Stores, Timestamp, User, Username,
};

pub use rooms::{
    add_member, direct_room, make_room, new_room, remove_member, room_name, set_archived, set_role,
};

/// A user name.
///
/// # Panics
/// When it is not valid.
pub fn username(name: &str) -> Username {
    Username::parse(name).unwrap_or_else(|error| panic!("{name:?}: {error}"))
}

/// An account to create, with the user name as display name and a hash that no password has.
///
/// # Panics
/// When the name is not valid.
pub fn new_user(name: &str) -> NewUser {
    let username = username(name);
    NewUser { display_name: DisplayName::from(&username), username, password_hash: "hash".into() }
}

/// Creates the account of [`new_user`].
///
/// # Panics
/// When the name is taken, or the store fails.
pub async fn sign_up(stores: &Stores, name: &str) -> User {
    create(stores, new_user(name)).await
}

/// Creates an account.
///
/// # Panics
/// When the name is taken, or the store fails.
pub async fn create(stores: &Stores, user: NewUser) -> User {
    let name = user.username.clone();
    match stores.accounts.create(user).await.expect("the store works") {
        Created::User(user) => user,
        Created::Taken => panic!("{name:?} is taken"),
    }
}

/// Finishes every deletion that is due, and returns their number.
///
/// # Panics
/// When the store fails.
pub async fn resume_deletions(stores: &Stores) -> usize {
    let (mut resumer, mut finished) = (Resumer::default(), 0);
    loop {
        let pass = resumer.pass(stores).await;
        assert!(pass.error.is_none(), "{pass:?}");
        finished += pass.finished;
        if pass.unfinished == 0 {
            return finished;
        }
    }
}

/// The user as the sender of entries.
pub fn sender(user: &User) -> Sender {
    Sender::from(user)
}

/// A message to append to the lobby's log, sent now.
///
/// # Panics
/// When the id or the text is not valid.
pub fn new_entry(user: &User, id: &str, text: &str) -> NewEntry {
    NewEntry {
        room: RoomId::LOBBY,
        id: ClientId::parse(id).unwrap_or_else(|error| panic!("{id:?}: {error}")),
        sender: sender(user),
        text: MessageText::parse(text).unwrap_or_else(|error| panic!("{text:?}: {error}")),
        mentions: Vec::new(),
        sent_at: Timestamp::now(),
        sender_checked_at: None,
    }
}

/// Appends a message with an id of its own to the lobby's log, as another node does.
///
/// # Panics
/// When it is not stored.
pub async fn append(stores: &Stores, user: &User, text: &str) -> Entry {
    let entry = NewEntry { id: ClientId::generate(), ..new_entry(user, "none", text) };
    stored(stores.log.append(&[entry]).await.remove(0))
}

/// The entry that an append stored.
///
/// # Panics
/// When it stored none.
pub fn stored(outcome: AppendOutcome) -> Entry {
    match outcome {
        AppendOutcome::Stored(entry) => entry,
        other => panic!("not stored: {other:?}"),
    }
}

/// Every entry of the lobby's log, oldest first.
///
/// # Panics
/// When the store fails.
pub async fn whole_log(stores: &Stores) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut after = 0;
    loop {
        let page = stores.log.page_after(RoomId::LOBBY, after, MAX_PAGE).await.expect("the store works");
        entries.extend(page.messages);
        after = page.covered_to;
        if after == page.last_seq {
            return entries;
        }
    }
}
