//! What a question costs does not depend on rooms and people that it is not about.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::Connection;
use uuid::Uuid;

use super::super::connection::{self, begin_write};
use super::super::schema::migrate;
use super::*;
use crate::RoomName;

/// The rooms that the user of the questions is in.
const OWN_ROOMS: usize = 500;
/// The members of one of them.
const MEMBERS: usize = 50;

/// A file with as many rooms of others, each with three of as many users.
struct Scene {
    connection: Connection,
    user: UserId,
    room: RoomId,
    steps: Arc<AtomicU64>,
    _dir: tempfile::TempDir,
}

impl Scene {
    fn new(others: u128) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut connection = connection::writing(&dir.path().join("natter.sqlite")).unwrap();
        migrate(&mut connection).unwrap();
        let id = |kind: u128, number: u128| Uuid::from_u128(kind << 64 | number);
        let tx = begin_write(&mut connection).unwrap();
        for number in 0..others {
            add_user(&tx, UserId(id(1, number)), &format!("user {number}"));
            add_room(&tx, &id(2, number), &format!("room {number}"));
            for member in number..number + 3 {
                add_member(&tx, &id(2, number), UserId(id(1, member % others)));
            }
        }
        let user = UserId(id(3, 0));
        add_user(&tx, user, "ada");
        for number in 0..OWN_ROOMS as u128 {
            add_room(&tx, &id(4, number), &format!("own room {number}"));
            add_member(&tx, &id(4, number), user);
        }
        for member in 0..MEMBERS as u128 {
            add_member(&tx, &id(4, 0), UserId(id(1, member)));
        }
        tx.commit().unwrap();
        let steps: Arc<AtomicU64> = Arc::default();
        let counter = Arc::clone(&steps);
        let count = move || counter.fetch_add(1, Ordering::Relaxed) == u64::MAX;
        connection.progress_handler(1, Some(count)).unwrap();
        let room = RoomId::parse(&id(4, 0).to_string()).unwrap();
        Self { connection, user, room, steps, _dir: dir }
    }

    /// The number of steps of the database's machine for a question.
    fn steps<T>(&mut self, ask: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>) -> u64 {
        let tx = begin_write(&mut self.connection).unwrap();
        self.steps.store(0, Ordering::Relaxed);
        ask(&tx).unwrap();
        self.steps.load(Ordering::Relaxed)
    }
}

fn add_user(tx: &Transaction<'_>, user: UserId, name: &str) {
    let sql = "INSERT INTO users VALUES (?1, ?2, ?2, ?2, 'hash', 1, 1, 'active', 1, '[]', 1, 0, ?2)";
    tx.prepare_cached(sql).unwrap().execute(params![user, name]).unwrap();
}

fn add_room(tx: &Transaction<'_>, id: &Uuid, name: &str) {
    let sql = "INSERT INTO rooms VALUES (?1, 'public', ?2, ?2, '', NULL, x'', x'', 0, 1, 1)";
    tx.prepare_cached(sql).unwrap().execute([&id.to_string(), name]).unwrap();
}

fn add_member(tx: &Transaction<'_>, room: &Uuid, user: UserId) {
    let sql = "INSERT INTO memberships VALUES (?1, ?2, 1, 1, 0, 'all', 1, 1, 1)";
    tx.prepare_cached(sql).unwrap().execute(params![room.to_string(), user]).unwrap();
}

/// The steps of each question.
fn steps_of_all(others: u128) -> Vec<(&'static str, u64)> {
    let mut scene = Scene::new(others);
    let (user, room, stranger) = (scene.user, scene.room, UserId(Uuid::from_u128(1 << 64)));
    let change =
        |name: &str| RoomChange { name: Some(RoomName::parse(name).unwrap()), ..RoomChange::default() };
    let lately = Timestamp::from_millis(1);
    vec![
        ("of_user", scene.steps(|tx| lists::rooms_of(tx, user))),
        ("room", scene.steps(|tx| room_of(tx, room))),
        ("membership", scene.steps(|tx| membership_of(tx, room, user))),
        ("public", scene.steps(|tx| lists::public(tx, user, "", "", 20))),
        ("members", scene.steps(|tx| lists::members(tx, room, None, 20))),
        ("find", scene.steps(|tx| lists::find_members(tx, room, "ad", 20))),
        ("count", scene.steps(|tx| lists::count_members(tx, room))),
        ("count of rooms", scene.steps(|tx| count_rooms(tx, user))),
        ("first", scene.steps(|tx| first_member(tx, room, user))),
        ("clock", scene.steps(clock)),
        (
            "changed",
            scene.steps(|tx| memberships_where(tx, select_memberships!("WHERE changed_at > ?1"), lately)),
        ),
        ("read", scene.steps(|tx| memberships_where(tx, select_memberships!("WHERE read_at > ?1"), lately))),
        ("changed rooms", scene.steps(|tx| rooms_where(tx, select_rooms!("WHERE changed_at > ?1"), lately))),
        ("rename", scene.steps(|tx| changes::change(tx, room, change("another")))),
        ("add", scene.steps(|tx| membership::add(tx, room, stranger))),
        ("remove", scene.steps(|tx| membership::remove(tx, room, user))),
        ("mark", scene.steps(|tx| membership::set_read(tx, &[ReadMark { room, user, seq: 1 }]))),
        ("delete", scene.steps(|tx| deletion::remove_everywhere(tx, user))),
    ]
}

#[test]
fn no_question_costs_more_because_of_ten_thousand_other_rooms() {
    let (few, many) = (steps_of_all(100), steps_of_all(10_000));
    for ((question, few), (_, many)) in few.into_iter().zip(many) {
        assert!(
            few > 0 && many <= few + few / 10 + 20,
            "{question}: {few} steps among 100, {many} among 10,000"
        );
    }
}
