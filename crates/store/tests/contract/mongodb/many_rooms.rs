//! What a question costs does not depend on rooms and people that it is not about.

use ::mongodb::bson::{Document, doc};
use ::mongodb::{Database, bson};
use futures_util::TryStreamExt;
use store::{NewRoom, ReadMark, RoomId, RoomKind, Rooms, Timestamp, User, UserId};
use testkit::builders::{make_room, new_room};

use super::database;
use crate::fixture::Fixture;

/// The rooms that the user of the questions is in.
const OWN_ROOMS: usize = 500;
/// Rooms of others, each with three of them.
const OTHERS: usize = 10_000;
/// Maximum number of keys and documents that a question about one room looks at.
const FEW: i64 = 250;

struct Scene {
    fixture: Fixture,
    database: Database,
    ada: User,
    ben: User,
    room: RoomId,
}

impl Scene {
    async fn new() -> Self {
        let fixture = Fixture::mongodb().await;
        let (ada, ben) = (fixture.user("ada").await, fixture.user("ben").await);
        let others = [UserId::new(), UserId::new(), UserId::new()];
        fixture.rooms_with(&others, OTHERS).await;
        fixture.rooms_with(&[ada.id], OWN_ROOMS - 1).await;
        let room = make_room(&fixture.stores, RoomKind::Public, "Lunch", &ada, &[]).await.id;
        fixture.stores.rooms.of_user(ada.id).await.unwrap();
        let database = database(&fixture).await;
        // Large enough for what the questions leave.
        let profile = doc! {"create": "system.profile", "capped": true, "size": 32 * 1_024 * 1_024};
        database.run_command(profile).await.unwrap();
        Self { fixture, database, ada, ben, room }
    }

    fn rooms(&self) -> &dyn Rooms {
        &*self.fixture.stores.rooms
    }

    /// The number of keys and documents that the server looks at for a call.
    async fn looked_at<T>(&self, call: impl Future<Output = Result<T, store::StoreError>>) -> i64 {
        let began = bson::DateTime::now();
        self.database.run_command(doc! {"profile": 2}).await.unwrap();
        call.await.unwrap();
        self.database.run_command(doc! {"profile": 0}).await.unwrap();
        let of_rooms = doc! {"ts": {"$gte": began}, "ns": {"$not": {"$regex": "system.profile$"}}};
        let profile = self.database.collection::<Document>("system.profile");
        let entries: Vec<Document> = profile.find(of_rooms).await.unwrap().try_collect().await.unwrap();
        assert!(!entries.is_empty(), "the server was asked");
        let number = |entry: &Document, field: &str| {
            entry.get(field).map_or(0, |value| match value {
                bson::Bson::Int32(number) => i64::from(*number),
                bson::Bson::Int64(number) => *number,
                other => panic!("{other:?}"),
            })
        };
        for entry in &entries {
            assert!(!entry.get_str("planSummary").unwrap_or("").contains("COLLSCAN"), "{entry}");
        }
        entries.iter().map(|entry| number(entry, "keysExamined") + number(entry, "docsExamined")).sum()
    }
}

#[tokio::test]
async fn no_question_looks_at_ten_thousand_other_rooms() {
    let scene = Scene::new().await;
    let (rooms, room, ada, ben) = (scene.rooms(), scene.room, scene.ada.id, scene.ben.id);
    let lately = Timestamp::now().plus_millis(-60_000);
    let renamed = store::RoomChange {
        name: Some(new_room(&scene.ada, RoomKind::Public, "Dinner").name),
        ..Default::default()
    };
    let new = |name: &str| -> NewRoom { new_room(&scene.ben, RoomKind::Public, name) };
    let mark = [ReadMark { room, user: ada, seq: 4 }];
    let all = 4 * OWN_ROOMS as i64 + FEW;
    for (question, most, looked_at) in [
        ("of_user", all, scene.looked_at(rooms.of_user(ada)).await),
        ("membership", FEW, scene.looked_at(rooms.membership(room, ada)).await),
        ("unknown room", FEW, scene.looked_at(rooms.membership(RoomId::generate(), ada)).await),
        ("public", all, scene.looked_at(rooms.public(ada, None, None, 20)).await),
        ("members", FEW, scene.looked_at(rooms.members(room, None, 20)).await),
        ("find", FEW, scene.looked_at(rooms.find_members(room, "ad", 20)).await),
        ("count", FEW, scene.looked_at(rooms.count_members(room)).await),
        ("changed", FEW, scene.looked_at(rooms.changed_since(lately)).await),
        ("read", FEW, scene.looked_at(rooms.read_since(lately)).await),
        ("mark", FEW, scene.looked_at(rooms.set_read(&mark)).await),
        ("create", FEW, scene.looked_at(rooms.create(new("Breakfast"))).await),
        ("direct", 2 * OWN_ROOMS as i64 + FEW, scene.looked_at(rooms.direct(&[ada, ben], ada)).await),
        ("rename", FEW, scene.looked_at(rooms.change(room, renamed)).await),
        ("add", FEW, scene.looked_at(rooms.add(room, ben)).await),
        ("remove", FEW, scene.looked_at(rooms.remove(room, ben)).await),
        ("delete", 4 * all, scene.looked_at(rooms.remove_everywhere(ada)).await),
    ] {
        assert!((0..=most).contains(&looked_at), "{question}: {looked_at} keys and documents");
    }
}
