//! What Natter keeps, and the traits that keep it.
//!
//! The values of the domain are made here and cannot be wrong once made ([`Username`], [`MessageText`], …); a store
//! takes and gives only such values. Each promise of the traits is tested once for every store, in `tests/`.
//! This crate knows no HTTP, no token and no socket; the names of the databases appear nowhere else.

mod append;
pub mod deletion;
mod entry;
mod error;
mod id;
mod log;
pub mod mongodb;
mod name;
mod nodes;
mod outage;
mod room_id;
pub mod sqlite;
mod text;
mod timestamp;
mod user;
mod users;

use std::sync::Arc;

pub use append::{AppendOutcome, NewEntry};
pub use entry::{Entry, Kind, LogPage, MAX_PAGE, SENT_AT_ONCE, Sender};
pub use error::StoreError;
pub use id::{ClientId, ClientIdError, UserId};
pub use log::Log;
pub use name::{DisplayName, DisplayNameError, Username, UsernameError, is_default_ignorable};
pub use nodes::{
    LEAVE_GRACE, MAX_REPORTED_LISTINGS, MAX_REPORTED_PEOPLE, NODE_TIMEOUT, NodeId, NodeReport, Nodes,
    OtherNode, Person, RoomReport,
};
pub use outage::Outage;
pub use room_id::RoomId;
pub use text::{ControlCharacter, MessageText, MessageTextError};
pub use timestamp::Timestamp;
pub use user::{Account, NewUser, SessionEnd, State, TokenStatus, User};
pub use users::{ChangedTokenStatuses, Created, Users};

/// The parts of a store, shared by every part of a process.
#[derive(Clone)]
pub struct Stores {
    /// The accounts.
    pub users: Arc<dyn Users>,
    /// The rooms' logs.
    pub log: Arc<dyn Log>,
    /// Where the nodes of a system meet; `None` where this process is alone.
    pub nodes: Option<Arc<dyn Nodes>>,
}
