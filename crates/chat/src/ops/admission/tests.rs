//! What the admission lets pass, and what it counts.

use store::RoomKind;
use testkit::{builders, wait};
use tokio_util::sync::CancellationToken;
use web::{Code, Scope, Scopes};

use super::*;
use crate::test_chat::chat;
use crate::test_principal::requester;

const LOBBY: RoomId = RoomId::LOBBY;
const IN_ROOMS: [Operation; 15] = [
    Operation::Send,
    Operation::ReadHistory,
    Operation::Watch,
    Operation::Typing,
    Operation::ReadRoom,
    Operation::ListMembers,
    Operation::ChangeRoom,
    Operation::ArchiveRoom,
    Operation::Join,
    Operation::Leave,
    Operation::AddMember,
    Operation::RemoveMember,
    Operation::SetRole,
    Operation::MarkRead,
    Operation::SetNotify,
];
const ALL: [Operation; 19] = {
    let mut all = [Operation::ListRooms; 19];
    let mut at = 0;
    while at < IN_ROOMS.len() {
        all[at] = IN_ROOMS[at];
        at += 1;
    }
    all[15] = Operation::CreateRoom;
    all[16] = Operation::BeginDirect;
    all[17] = Operation::MarkAllRead;
    all
};

async fn person(chat: &Chat, name: &str) -> Requester {
    let user = builders::sign_up(&chat.stores, name).await;
    requester(user.id, name)
}

/// A public room of somebody else.
async fn room(chat: &Chat) -> RoomId {
    let owner = builders::sign_up(&chat.stores, "owner").await;
    builders::make_room(&chat.stores, RoomKind::Public, "Garden", &owner, &[]).await.id
}

#[tokio::test]
async fn every_operation_needs_its_scope() {
    let (chat, _dir) = chat();
    // The poll does not run, so nothing is known of the room.
    let room = RoomId::generate();
    let admits = |operation, scopes: Scopes| {
        let mut caller = requester(UserId::new(), "ada");
        caller.principal = caller.principal.with_scopes(scopes);
        admit(&chat, operation, Caller::Request(&caller), room).map_err(|refusal| refusal.code())
    };
    let reads = [
        Operation::ReadHistory,
        Operation::Watch,
        Operation::ListRooms,
        Operation::ReadRoom,
        Operation::ListMembers,
        Operation::MarkRead,
        Operation::MarkAllRead,
    ];
    for operation in ALL {
        assert!(admits(operation, Scopes::ALL).is_ok(), "{operation:?}");
        let (mine, other) = match reads.contains(&operation) {
            true => (Scope::Read, Scope::Send),
            false => (Scope::Send, Scope::Read),
        };
        assert!(admits(operation, Scopes::of(&[mine])).is_ok(), "{operation:?}");
        assert_eq!(admits(operation, Scopes::of(&[other])).err(), Some(Code::Forbidden), "{operation:?}");
    }
}

#[tokio::test]
async fn no_operation_finds_a_room_that_does_not_exist() {
    let (chat, _dir) = chat();
    for operation in IN_ROOMS {
        let ada = person(&chat, &format!("ada{}", operation as u8)).await;
        let admission = admit(&chat, operation, Caller::Request(&ada), RoomId::generate()).unwrap();
        assert!(!admission.is_settled(), "it must be asked");
        let refusal = verify(&chat, Caller::Request(&ada), admission).await.unwrap_err();
        assert_eq!(refusal.code(), Code::UnknownRoom, "{operation:?}");
    }
}

#[tokio::test]
async fn no_operation_may_be_done_as_often_as_one_likes() {
    let (chat, _dir) = chat();
    for operation in ALL {
        // The poll does not run, so nothing is known of the room.
        let (ada, room) = (requester(UserId::new(), "ada"), RoomId::generate());
        let mut admitted = (0..1_000).map(|_| admit(&chat, operation, Caller::Request(&ada), room));
        let refusal = admitted.find_map(Result::err).expect("a refusal");
        assert_eq!(refusal.code(), Code::RateLimited, "{operation:?}");
        assert!(refusal.delay().is_some(), "{operation:?}");
    }
}

#[tokio::test]
async fn what_is_refused_for_another_reason_is_not_counted() {
    let (chat, _dir) = chat();
    let (bob, room) = (person(&chat, "bob").await, room(&chat).await);
    tokio::spawn(Arc::clone(&chat.access).poll(CancellationToken::new()));
    wait::until("the room is known", async || {
        chat.access.ask(bob.principal.user_id, room).await.unwrap();
        chat.access.standing(bob.principal.user_id, room)
    })
    .await;
    for _ in 0..1_000 {
        let refusal = admit(&chat, Operation::Send, Caller::Request(&bob), room).unwrap_err();
        assert_eq!(refusal.code(), Code::Forbidden);
    }
    assert!(admit(&chat, Operation::Send, Caller::Request(&bob), LOBBY).is_ok());
}
