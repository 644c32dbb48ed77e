//! The kinds of operations: what each needs, and which rate counts it.

use store::UserId;
use web::{ClientNetwork, Refusal, Scope};

use crate::access::Rule;
use crate::rates::Rates;

/// The kind of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Send,
    ReadHistory,
    Watch,
    Typing,
    ListRooms,
    CreateRoom,
    BeginDirect,
    ReadRoom,
    ListMembers,
    ChangeRoom,
    /// Archives a room, or brings it back.
    ArchiveRoom,
    Join,
    Leave,
    AddMember,
    RemoveMember,
    SetRole,
    MarkRead,
    MarkAllRead,
    SetNotify,
}

impl Operation {
    /// The scope that it needs.
    pub(super) fn scope(self) -> Scope {
        match self {
            Self::ReadHistory
            | Self::Watch
            | Self::ListRooms
            | Self::ReadRoom
            | Self::ListMembers
            | Self::MarkRead
            | Self::MarkAllRead => Scope::Read,
            Self::Send
            | Self::Typing
            | Self::CreateRoom
            | Self::BeginDirect
            | Self::ChangeRoom
            | Self::ArchiveRoom
            | Self::Join
            | Self::Leave
            | Self::AddMember
            | Self::RemoveMember
            | Self::SetRole
            | Self::SetNotify => Scope::Send,
        }
    }

    /// What it needs of its room. An operation without a room needs nothing of it.
    pub(super) fn rule(self) -> Rule {
        match self {
            Self::Send | Self::Watch | Self::Typing | Self::SetNotify => Rule::TAKE_PART,
            Self::MarkRead => Rule::MARK,
            Self::Join => Rule::JOIN,
            Self::Leave => Rule::LEAVE,
            Self::AddMember => Rule::ADD,
            Self::ChangeRoom | Self::RemoveMember | Self::SetRole => Rule::OWN,
            Self::ArchiveRoom => Rule::ARCHIVE,
            Self::ReadHistory
            | Self::ReadRoom
            | Self::ListMembers
            | Self::ListRooms
            | Self::CreateRoom
            | Self::BeginDirect
            | Self::MarkAllRead => Rule::READ,
        }
    }

    /// Counts it.
    ///
    /// # Errors
    /// `rate_limited`.
    pub(super) fn count(self, rates: &Rates, user: UserId, network: ClientNetwork) -> Result<(), Refusal> {
        match self {
            Self::Send => rates.send(user, network),
            Self::ReadHistory | Self::ListRooms | Self::ReadRoom | Self::ListMembers => rates.read(user),
            Self::Watch | Self::Typing => rates.presence(user),
            Self::MarkRead | Self::MarkAllRead => rates.mark(user),
            Self::CreateRoom | Self::BeginDirect | Self::AddMember => rates.invite(user),
            Self::ChangeRoom
            | Self::ArchiveRoom
            | Self::Join
            | Self::Leave
            | Self::RemoveMember
            | Self::SetRole
            | Self::SetNotify => rates.change(user),
        }
    }
}
