//! Many rooms at once, written past the store: what a large system has grown to over time.

use store::{RoomId, UserId};

use crate::fixture::Fixture;

/// The number of entries that each user has read in each of these rooms.
pub(crate) const READ_SEQ: u64 = 7;

impl Fixture {
    /// Makes public rooms that nobody owns, and lets users in.
    pub(crate) async fn rooms_with(&self, users: &[UserId], count: usize) -> Vec<RoomId> {
        let rooms: Vec<RoomId> = std::iter::repeat_with(RoomId::generate).take(count).collect();
        let address = self.address();
        match address.split_once(':') {
            Some(("sqlite", dir)) => in_sqlite(dir, &rooms, users),
            #[cfg(feature = "mongod")]
            _ => in_mongodb(&address, &rooms, users).await,
            #[cfg(not(feature = "mongod"))]
            _ => unreachable!("there is no other store"),
        }
        rooms
    }
}

fn in_sqlite(dir: &str, rooms: &[RoomId], users: &[UserId]) {
    let mut file = rusqlite::Connection::open(std::path::Path::new(dir).join("natter.sqlite")).unwrap();
    file.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
    let tx = file.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).unwrap();
    let room_sql = "INSERT INTO rooms VALUES (?1, 'public', ?2, ?2, '', NULL, x'', x'', 0, 1, 1)";
    let membership_sql = "INSERT INTO memberships VALUES (?1, ?2, 1, 1, ?3, 'all', 1, 1, 0)";
    for room in rooms {
        let (id, name) = (room.to_string(), format!("room {room}"));
        tx.prepare_cached(room_sql).unwrap().execute([&id, &name]).unwrap();
        for user in users {
            let values = rusqlite::params![id, user.0, READ_SEQ.cast_signed()];
            tx.prepare_cached(membership_sql).unwrap().execute(values).unwrap();
        }
    }
    tx.commit().unwrap();
}

#[cfg(feature = "mongod")]
async fn in_mongodb(uri: &str, rooms: &[RoomId], users: &[UserId]) {
    use mongodb::bson::{Bson, DateTime, Document, Uuid, doc};
    let client = mongodb::Client::with_uri_str(uri).await.unwrap();
    let database = client.default_database().unwrap();
    let long_ago = DateTime::from_millis(1);
    let room_document = |room: &RoomId| {
        let name = format!("room {room}");
        doc! {
            "_id": room.to_string(), "kind": "public", "name": &name, "folded": &name, "topic": "",
            "created_by": Bson::Null, "owners": [], "people": [], "archived": false, "changes": 1_i64,
            "changed_at": long_ago,
        }
    };
    let membership = |(room, user): (&RoomId, &UserId)| {
        doc! {
            "_id": {"room": room.to_string(), "user": Uuid::from_bytes(user.0.into_bytes())},
            "is_in": true, "since": long_ago, "read_seq": READ_SEQ.cast_signed(), "notify": "all",
            "changes": 1_i64, "changed_at": long_ago,
        }
    };
    let documents: Vec<Document> = rooms.iter().map(room_document).collect();
    database.collection("rooms").insert_many(documents).await.unwrap();
    let pairs = rooms.iter().flat_map(|room| users.iter().map(move |user| (room, user)));
    let memberships: Vec<Document> = pairs.map(membership).collect();
    for part in memberships.chunks(10_000) {
        database.collection::<Document>("memberships").insert_many(part).await.unwrap();
    }
}
