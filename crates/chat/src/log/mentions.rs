//! Resolves the mentions of a batch: which users its texts name who exist and can read the message's room. All of them cost
//! one question for names and one for rooms; texts without an `@` cost none.

use std::collections::{HashMap, HashSet};

use store::{
    Accounts, MAX_ASKED_MEMBERSHIPS, MAX_MENTIONS, Mention, RoomId, StoreError, User, UserId, Username,
};
use web::Refusal;

use super::journal::QueuedMessage;
use super::refusals::not_stored;
use crate::access::{Access, Rule};
use crate::mentions::places;

/// Number of places of all texts of a batch that are looked at, if none has more than its part.
const MAX_PLACES_IN_BATCH: usize = 1_000;
/// Number of places of one text that are looked at in any case.
const MIN_PLACES: usize = 4;

/// The names that each place of a text may mean.
type PlacesOfText = Vec<Vec<Username>>;

/// Sets the mentions of each message that is not refused. Refuses those that may mention somebody if the store does not
/// answer.
pub(super) async fn resolve(
    accounts: &dyn Accounts,
    access: &Access,
    batch: &mut [QueuedMessage],
    refused: &mut [Option<Refusal>],
) {
    let may_mention = |queued: &QueuedMessage| queued.entry.text.as_str().contains('@');
    let asking: Vec<usize> =
        (0..batch.len()).filter(|&index| refused[index].is_none() && may_mention(&batch[index])).collect();
    if asking.is_empty() {
        return;
    }
    let messages: Vec<&QueuedMessage> = asking.iter().map(|&index| &batch[index]).collect();
    match mentions(accounts, access, &messages).await {
        Ok(found) => {
            asking
                .into_iter()
                .zip(found)
                .for_each(|(index, mentions)| batch[index].entry.mentions = mentions);
        }
        Err(_) => asking.into_iter().for_each(|index| refused[index] = Some(not_stored())),
    }
}

/// The mentions of each message.
async fn mentions(
    accounts: &dyn Accounts,
    access: &Access,
    messages: &[&QueuedMessage],
) -> Result<Vec<Vec<Mention>>, StoreError> {
    let max_places = (MAX_PLACES_IN_BATCH / messages.len()).clamp(MIN_PLACES, MAX_MENTIONS);
    let texts: Vec<PlacesOfText> =
        messages.iter().map(|queued| places_of(queued.entry.text.as_str(), max_places)).collect();
    let names: HashSet<&Username> = texts.iter().flatten().flatten().collect();
    let names: Vec<Username> = names.into_iter().cloned().collect();
    if names.is_empty() {
        return Ok(vec![Vec::new(); messages.len()]);
    }
    let users = by_folded_name(accounts.by_usernames(&names).await?);
    let named: Vec<Vec<&User>> = messages
        .iter()
        .zip(&texts)
        .map(|(queued, places)| named(places, &users, queued.entry.sender.id))
        .collect();
    let pairs = messages
        .iter()
        .zip(&named)
        .flat_map(|(queued, users)| users.iter().map(|user| (queued.entry.room, user.id)));
    let readers = readers(access, pairs.collect()).await?;
    let mentions = messages.iter().zip(named).map(|(queued, users)| {
        let can_read = |user: &&User| readers.contains(&(queued.entry.room, user.id));
        let mention = |user: &User| Mention { id: user.id, username: user.username.clone() };
        users.into_iter().filter(can_read).map(mention).collect()
    });
    Ok(mentions.collect())
}

/// The first different places of a text, with the names that each may mean.
fn places_of(text: &str, max_places: usize) -> PlacesOfText {
    let mut seen = HashSet::new();
    let names = places(text).map(|place| place.names().collect::<Vec<_>>());
    names
        .filter(|names| names.first().is_some_and(|name| seen.insert(name.clone())))
        .take(max_places)
        .collect()
}

fn by_folded_name(users: Vec<User>) -> HashMap<String, User> {
    let folded = |user: User| Some((Username::parse(&user.username).ok()?.folded().to_owned(), user));
    users.into_iter().filter_map(folded).collect()
}

/// The users whom the places name, each once and without the author.
fn named<'a>(places: &PlacesOfText, users: &'a HashMap<String, User>, author: UserId) -> Vec<&'a User> {
    let mut seen = HashSet::from([author]);
    let longest = |names: &Vec<Username>| names.iter().find_map(|name| users.get(name.folded()));
    places.iter().filter_map(longest).filter(|user| seen.insert(user.id)).collect()
}

/// The pairs whose user can read the room.
async fn readers(
    access: &Access,
    pairs: HashSet<(RoomId, UserId)>,
) -> Result<HashSet<(RoomId, UserId)>, StoreError> {
    let (mut readers, mut unknown) = (HashSet::new(), Vec::new());
    for (room, user) in pairs {
        match access.standing(user, room) {
            Some(standing) if Rule::READ.judge(&standing).is_ok() => drop(readers.insert((room, user))),
            Some(_) => {}
            None => unknown.push((room, user)),
        }
    }
    for pairs in unknown.chunks(MAX_ASKED_MEMBERSHIPS) {
        let standings = access.ask_all(pairs).await?;
        let can_read = standings.into_iter().filter(|(_, standing)| Rule::READ.judge(standing).is_ok());
        readers.extend(can_read.map(|(pair, _)| pair));
    }
    Ok(readers)
}
