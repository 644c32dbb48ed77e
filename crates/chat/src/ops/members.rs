//! Who is in a room: the list of members, joining and leaving, adding and removing people, and their roles.

use std::sync::Arc;

use store::{Added, Removed, Role, RoleSet, Room, RoomId, User};
use web::{Refusal, find_user, names_caller};

use super::admission::{Caller, admit, admit_read, verify};
use super::operation::Operation;
use super::room_refusals::{
    last_owner, no_such_user, not_a_member, too_many_owners, too_many_rooms, too_many_rooms_of,
};
use super::room_requests::MemberListing;
use super::rooms::{changed_meanwhile, view};
use crate::access::{Standing, unknown_room};
use crate::chat::Chat;
use crate::views::{Member, MemberPage, RoomView};

/// The members of a room in the order of their ids, or those whose name begins with a text.
///
/// # Errors
/// Those of the admission, `overloaded` when too much is read, and `unavailable`.
pub(crate) async fn list(
    chat: &Chat,
    caller: Caller<'_>,
    room: RoomId,
    MemberListing { find, after, limit }: MemberListing,
) -> Result<MemberPage, Refusal> {
    let (standing, _permit) = admit_read(chat, Operation::ListMembers, caller, room).await?;
    let rooms = &chat.stores.rooms;
    let (users, has_more) = match find {
        Some(prefix) => (rooms.find_members(room, &prefix, limit).await?, false),
        None => {
            let page = rooms.members(room, after, limit).await?;
            (page.users, page.has_more)
        }
    };
    let room = visible(&standing)?;
    Ok(MemberPage { members: users.into_iter().map(|user| Member::of(room, user)).collect(), has_more })
}

/// Lets the caller into a public room. A member stays one.
///
/// # Errors
/// Those of the admission, `forbidden` at a bound, and `unavailable`.
pub(crate) async fn join(chat: &Chat, caller: Caller<'_>, room: RoomId) -> Result<RoomView, Refusal> {
    let_in(chat, caller, room).await?;
    view(chat, caller, room).await
}

/// Returns whether this call did it.
async fn let_in(chat: &Chat, caller: Caller<'_>, room: RoomId) -> Result<bool, Refusal> {
    let admission = admit(chat, Operation::Join, caller, room)?;
    match verify(chat, caller, admission).await? {
        Standing::Member(_) | Standing::Owner(_) => Ok(false),
        Standing::Visitor(_) | Standing::Unseen => {
            let me = own_account(chat, caller).await?;
            add_user(chat, caller, Operation::Join, room, &me).await
        }
    }
}

/// Adds somebody to a room, or lets the caller in. Returns the member, and whether this call did it.
///
/// # Errors
/// Those of the admission, `not_found`, `forbidden` at a bound, and `unavailable`.
pub(crate) async fn add(
    chat: &Chat,
    caller: Caller<'_>,
    room: RoomId,
    user: &str,
) -> Result<(Member, bool), Refusal> {
    if names_caller(user, caller.principal()) {
        let is_new = let_in(chat, caller, room).await?;
        return Ok((member(chat, caller, room, own_account(chat, caller).await?).await?, is_new));
    }
    let user = admit_about(chat, Operation::AddMember, caller, room, user).await?;
    let is_new = add_user(chat, caller, Operation::AddMember, room, &user).await?;
    Ok((member(chat, caller, room, user).await?, is_new))
}

/// Gives somebody a role in a room, who is added first if need be. Returns the member, and whether this call added it.
///
/// # Errors
/// Those of the admission, `not_found`, `forbidden` at a bound or for the last owner, and `unavailable`.
pub(crate) async fn add_with_role(
    chat: &Chat,
    caller: Caller<'_>,
    room: RoomId,
    user: &str,
    role: Role,
) -> Result<(Member, bool), Refusal> {
    let user = admit_about(chat, Operation::SetRole, caller, room, user).await?;
    let is_new = add_user(chat, caller, Operation::SetRole, room, &user).await?;
    Ok((set_role_of(chat, caller, room, user, role).await?, is_new))
}

/// Gives a member a role.
///
/// # Errors
/// Those of the admission, `not_found`, `forbidden` at a bound or for the last owner, and `unavailable`.
pub(crate) async fn set_role(
    chat: &Chat,
    caller: Caller<'_>,
    room: RoomId,
    user: &str,
    role: Role,
) -> Result<Member, Refusal> {
    let user = admit_about(chat, Operation::SetRole, caller, room, user).await?;
    set_role_of(chat, caller, room, user, role).await
}

/// Removes somebody from a room, or lets the caller leave it.
///
/// # Errors
/// Those of the admission, `not_found`, `forbidden` for the last owner, and `unavailable`.
pub(crate) async fn remove(chat: &Chat, caller: Caller<'_>, room: RoomId, user: &str) -> Result<(), Refusal> {
    let is_own = names_caller(user, caller.principal());
    let operation = if is_own { Operation::Leave } else { Operation::RemoveMember };
    let admission = admit(chat, operation, caller, room)?;
    verify(chat, caller, admission).await?;
    let user = if is_own { caller.user() } else { find(chat, caller, user).await?.id };
    match chat.stores.rooms.remove(room, user).await? {
        Removed::Former(room, membership) => {
            chat.access.absorb(vec![room], vec![membership], caller.subscription_id());
            Ok(())
        }
        Removed::LastOwner => Err(last_owner()),
        Removed::NotIn if is_own => Err(changed_meanwhile(chat, operation, caller, room).await),
        Removed::NotIn => Err(not_a_member()),
    }
}

/// Admits an operation about another user. Only then it is looked up whether there is one.
async fn admit_about(
    chat: &Chat,
    operation: Operation,
    caller: Caller<'_>,
    room: RoomId,
    user: &str,
) -> Result<User, Refusal> {
    let admission = admit(chat, operation, caller, room)?;
    verify(chat, caller, admission).await?;
    find(chat, caller, user).await
}

async fn add_user(
    chat: &Chat,
    caller: Caller<'_>,
    operation: Operation,
    room: RoomId,
    user: &User,
) -> Result<bool, Refusal> {
    match chat.stores.rooms.add(room, user.id).await? {
        Added::Member(membership, is_new) => {
            if is_new {
                chat.access.absorb(Vec::new(), vec![membership], caller.subscription_id());
            }
            Ok(is_new)
        }
        Added::TooManyRooms if user.id == caller.user() => Err(too_many_rooms()),
        Added::TooManyRooms => Err(too_many_rooms_of(&user.username)),
        Added::Fixed => Err(changed_meanwhile(chat, operation, caller, room).await),
    }
}

async fn set_role_of(
    chat: &Chat,
    caller: Caller<'_>,
    room: RoomId,
    user: User,
    role: Role,
) -> Result<Member, Refusal> {
    match chat.stores.rooms.set_role(room, user.id, role).await? {
        RoleSet::Room(room) => {
            let member = Member::of(&room, user);
            chat.access.absorb(vec![room], Vec::new(), caller.subscription_id());
            Ok(member)
        }
        RoleSet::LastOwner => Err(last_owner()),
        RoleSet::TooManyOwners => Err(too_many_owners()),
        RoleSet::NotIn => Err(not_a_member()),
    }
}

/// A user who is in a room with the caller.
async fn member(chat: &Chat, caller: Caller<'_>, room: RoomId, user: User) -> Result<Member, Refusal> {
    let standing = chat.access.ask(caller.user(), room).await?;
    Ok(Member::of(visible(&standing)?, user))
}

async fn find(chat: &Chat, caller: Caller<'_>, user: &str) -> Result<User, Refusal> {
    find_user(&*chat.stores.accounts, user, caller.principal()).await?.ok_or_else(no_such_user)
}

async fn own_account(chat: &Chat, caller: Caller<'_>) -> Result<User, Refusal> {
    chat.stores.accounts.by_id(caller.user()).await?.ok_or_else(Refusal::signed_out)
}

fn visible(standing: &Standing) -> Result<&Arc<Room>, Refusal> {
    standing.room().ok_or_else(unknown_room)
}
