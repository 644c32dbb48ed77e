//! What Natter stores, and the traits that store it, one for each aggregate.
//!
//! The values of the domain are made here and are valid once made ([`Username`], [`MessageText`], …). A store takes and
//! returns only such values. Each promise of a trait is tested once for every store, in `tests/contract`.
//! This crate knows no HTTP, no token, no socket and no JSON of an API. Only this crate names the databases.
//!
//! # To add an aggregate
//!
//! For an aggregate NAME (say, `marks`), the same file name everywhere:
//!
//! 1. `src/NAME.rs`: its types, and its trait with every promise as a doc comment. Reexport both below, and add a field
//!    to [`Stores`].
//! 2. `src/sqlite/NAME.rs`: `impl Name for Sqlite`. A migration at the end of `sqlite/schema.rs` makes the tables; a new
//!    type of a column gets its form in `sqlite/values.rs`. Set the field in `sqlite::open`.
//! 3. `src/mongodb/NAME.rs`: its document, and `impl Name for Mongo`. Add the collection to `Mongo`, its indexes to
//!    `mongodb/schema.rs`, and set the field in `mongodb::open`.
//! 4. `tests/contract/NAME.rs`: one function for each promise, listed in `tests/contract/main.rs`, which makes a test of
//!    it for each store.
//! 5. Personal data: a step in [`deletion`], with a test in `tests/contract/deletion.rs`.
//! 6. `crates/testkit/src/faulty/NAME.rs`: the decorator that fails when a test asks for it.

#![warn(clippy::too_many_lines)]

mod account_state;
mod accounts;
mod claim;
mod contents;
pub mod deletion;
mod entries_by_sender;
mod entry;
mod error;
mod id;
mod log;
pub mod mongodb;
mod moving;
mod name;
mod nodes;
mod outage;
mod retention;
mod room;
mod room_id;
mod room_name;
mod rooms;
mod shared_reads;
pub mod sqlite;
mod text;
mod timestamp;
mod tokens;

use std::sync::Arc;

pub use account_state::State;
pub use accounts::{Account, Accounts, Created, NewUser, User, UserPage};
pub use claim::{ClaimId, DELETION_CLAIM_TIMEOUT};
pub use contents::Moved;
pub use entries_by_sender::{EntriesBySender, Erasing, MAX_ERASED_PIECE, MAX_SENT_PAGE};
pub use entry::{Entry, Kind, MAX_MENTIONS, Mention, NewEntry, Sender};
pub use error::StoreError;
pub use id::{ClientId, ClientIdError, UserId};
pub use log::{
    AppendOutcome, EndsWatch, Log, LogPage, MAX_COUNTED_ENTRIES, MAX_PAGE, MAX_UNREAD, NEWEST_MESSAGES,
    NewEnds, Unread,
};
pub use moving::{MoveError, Progress, move_to_mongodb};
pub use name::{
    DisplayName, DisplayNameError, Username, UsernameError, is_default_ignorable, is_name_character,
};
pub use nodes::{
    LEAVE_GRACE, MAX_REPORTED_PEOPLE, MAX_REPORTED_TYPING, NODE_TIMEOUT, NodeId, NodeReport, Nodes,
    OtherNode, Person, TypingReport,
};
pub use outage::Outage;
pub use retention::{CLAIM_TIMEOUT, Dropped, MAX_DROPPED, Retention};
pub use room::{
    DIRECT_PEOPLE, MAX_OWNERS, MAX_ROOMS_MADE, MAX_ROOMS_OF_USER, Membership, Notify, Role, Room, RoomChange,
    RoomKind,
};
pub use room_id::RoomId;
pub use room_name::{RoomName, Topic, TopicError};
pub use rooms::{
    Added, DirectRoom, MAX_ASKED_MEMBERSHIPS, NewRoom, PublicRooms, ReadMark, Removed, RoleSet, RoomChanged,
    RoomChanges, RoomCreated, Rooms,
};
pub use text::{ControlCharacter, MessageText, MessageTextError};
pub use timestamp::Timestamp;
pub use tokens::{ChangedTokenStatuses, SessionEnd, TokenStatus, Tokens};

/// The aggregates of a store, one field for each. Clones share the store.
#[derive(Clone)]
pub struct Stores {
    /// The accounts.
    pub accounts: Arc<dyn Accounts>,
    /// Which session tokens are valid.
    pub tokens: Arc<dyn Tokens>,
    /// The rooms and who is in them.
    pub rooms: Arc<dyn Rooms>,
    /// The rooms' logs.
    pub log: Arc<dyn Log>,
    /// The logs' entries by sender.
    pub entries_by_sender: Arc<dyn EntriesBySender>,
    /// The beginnings of the logs.
    pub retention: Arc<dyn Retention>,
    /// The nodes of this system; `None` if the store serves one process only.
    pub nodes: Option<Arc<dyn Nodes>>,
}
