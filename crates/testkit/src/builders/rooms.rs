//! Rooms with their members, as a store makes them.

use store::{
    Added, DirectRoom, NewRoom, Removed, Role, RoleSet, Room, RoomChange, RoomChanged, RoomCreated, RoomKind,
    RoomName, Stores, Topic, User,
};

/// The name of a room.
///
/// # Panics
/// When it is not valid.
pub fn room_name(name: &str) -> RoomName {
    RoomName::parse(name).unwrap_or_else(|error| panic!("{name:?}: {error}"))
}

/// A room to make.
///
/// # Panics
/// When the name is not valid.
pub fn new_room(owner: &User, kind: RoomKind, name: &str) -> NewRoom {
    NewRoom {
        is_private: kind == RoomKind::Private,
        name: room_name(name),
        topic: Topic::default(),
        created_by: owner.id,
    }
}

/// Makes a public or private room with an owner and other members.
///
/// # Panics
/// When the store does not make it.
pub async fn make_room(stores: &Stores, kind: RoomKind, name: &str, owner: &User, others: &[&User]) -> Room {
    let created = stores.rooms.create(new_room(owner, kind, name)).await.expect("the store works");
    let RoomCreated::Room(room, _) = created else { panic!("{name}: {created:?}") };
    for other in others {
        add_member(stores, &room, other).await;
    }
    room
}

/// Makes or finds the direct room of some people; the first one begins it.
///
/// # Panics
/// When the store does not.
pub async fn direct_room(stores: &Stores, people: &[&User]) -> Room {
    let ids: Vec<_> = people.iter().map(|user| user.id).collect();
    match stores.rooms.direct(&ids, ids[0]).await.expect("the store works") {
        DirectRoom::Room(room, _) => room,
        other => panic!("no direct room: {other:?}"),
    }
}

/// Adds a user to a room.
///
/// # Panics
/// When the store does not.
pub async fn add_member(stores: &Stores, room: &Room, user: &User) {
    let added = stores.rooms.add(room.id, user.id).await.expect("the store works");
    assert!(matches!(added, Added::Member(..)), "{added:?}");
}

/// Removes a member from a room.
///
/// # Panics
/// When the store does not.
pub async fn remove_member(stores: &Stores, room: &Room, user: &User) {
    let removed = stores.rooms.remove(room.id, user.id).await.expect("the store works");
    assert!(matches!(removed, Removed::Former(..)), "{removed:?}");
}

/// Makes a member an owner, or an owner a member.
///
/// # Panics
/// When the store does not.
pub async fn set_role(stores: &Stores, room: &Room, user: &User, role: Role) -> Room {
    match stores.rooms.set_role(room.id, user.id, role).await.expect("the store works") {
        RoleSet::Room(room) => room,
        other => panic!("no other role: {other:?}"),
    }
}

/// Archives a room, or restores it.
///
/// # Panics
/// When the store does not.
pub async fn set_archived(stores: &Stores, room: &Room, is_archived: bool) -> Room {
    let change = RoomChange { is_archived: Some(is_archived), ..RoomChange::default() };
    match stores.rooms.change(room.id, change).await.expect("the store works") {
        RoomChanged::Room(room) => room,
        other => panic!("not changed: {other:?}"),
    }
}
