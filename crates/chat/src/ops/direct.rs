//! Beginning a direct message: the one room of a set of people.

use store::{DIRECT_PEOPLE, DirectRoom, RoomId, User, UserId};
use web::{Refusal, find_user};

use super::admission::{Caller, admit_anywhere};
use super::operation::Operation;
use super::room_refusals::{too_many_rooms, too_many_rooms_of};
use super::room_requests::DirectRequest;
use super::rooms::view;
use crate::chat::Chat;
use crate::views::RoomView;

/// The direct room of the caller and others, and whether this call made it.
///
/// # Errors
/// Those of the admission, `invalid` when somebody does not exist, `forbidden` at a bound, and `unavailable`.
pub(crate) async fn begin(
    chat: &Chat,
    caller: Caller<'_>,
    DirectRequest { usernames }: DirectRequest,
) -> Result<(RoomView, bool), Refusal> {
    admit_anywhere(chat, Operation::BeginDirect, caller).await?;
    let others = others(chat, caller, &usernames).await?;
    let mut people: Vec<UserId> = others.iter().map(|user| user.id).collect();
    people.push(caller.user());
    match chat.stores.rooms.direct(&people, caller.user()).await? {
        DirectRoom::Room(room, is_new) => {
            let id = room.id;
            if is_new {
                note_people(chat, caller, id, &people).await?;
            }
            Ok((view(chat, caller, id).await?, is_new))
        }
        DirectRoom::TooManyRooms(user) => {
            let other = others.iter().find(|other| other.id == user);
            Err(other.map_or_else(too_many_rooms, |other| too_many_rooms_of(&other.username)))
        }
        // The account was deleted in the meantime.
        DirectRoom::UserGone(user) => {
            let other = others.iter().find(|other| other.id == user);
            Err(other.map_or_else(Refusal::signed_out, |other| nobody(&other.username)))
        }
    }
}

/// The other people, each once.
async fn others(chat: &Chat, caller: Caller<'_>, usernames: &[String]) -> Result<Vec<User>, Refusal> {
    let mut others: Vec<User> = Vec::new();
    for name in usernames {
        let found = find_user(&*chat.stores.accounts, name, caller.principal()).await?;
        let user = found.ok_or_else(|| nobody(name))?;
        if user.id != caller.user() && !others.iter().any(|other| other.id == user.id) {
            others.push(user);
        }
    }
    match others.is_empty() {
        true => Err(Refusal::invalid_field(
            "usernames",
            format!("must name 1 to {} other people", DIRECT_PEOPLE.end() - 1),
        )),
        false => Ok(others),
    }
}

fn nobody(name: &str) -> Refusal {
    /// As many as a user name may have.
    const MAX_SHOWN_CHARS: usize = 32;
    let name: String = name.chars().take(MAX_SHOWN_CHARS).collect();
    Refusal::invalid_field("usernames", format!("there is no user {name:?}"))
}

/// Lets this node know at once who is in a new room.
async fn note_people(
    chat: &Chat,
    caller: Caller<'_>,
    room: RoomId,
    people: &[UserId],
) -> Result<(), Refusal> {
    let pairs: Vec<_> = people.iter().map(|user| (room, *user)).collect();
    let found = chat.stores.rooms.memberships(&pairs).await?;
    let (rooms, memberships): (Vec<_>, Vec<_>) = found.into_values().unzip();
    let rooms = rooms.into_iter().take(1).collect();
    chat.access.absorb(rooms, memberships.into_iter().flatten().collect(), caller.subscription_id());
    Ok(())
}
