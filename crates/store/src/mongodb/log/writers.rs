//! The processes that append: each registers before its first append, and again from time to time while it appends. So others
//! know whose entries to look for ([`super::ends_watch`]).
//!
//! Nothing here is data: a registration that expires keeps no entry from being found by its room.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use mongodb::bson::spec::BinarySubtype;
use mongodb::bson::{Binary, doc};
use mongodb::{Collection, Database};
use serde::Deserialize;
use tokio::sync::Mutex;

use super::super::client::OPERATION_TIMEOUT;
use super::super::documents::ProcessKey;
use super::super::limited;
use crate::StoreError;

/// Time after which a registration is renewed by the next append.
const RENEWAL_INTERVAL: Duration = Duration::from_secs(5 * 60);
/// The server removes a registration this long after its last renewal.
pub(in crate::mongodb) const WRITER_TIMEOUT: Duration = Duration::from_secs(2 * 60 * 60);

/// A document of `writers`. `at`, the time of the registration, is for the server only.
#[derive(Deserialize)]
pub(in crate::mongodb) struct WriterDocument {
    #[serde(rename = "_id")]
    process: Binary,
}

/// The registrations. Clones share them.
#[derive(Clone)]
pub(in crate::mongodb) struct Writers {
    registered: Collection<WriterDocument>,
    own: ProcessKey,
    renewed_at: Arc<Mutex<Option<Instant>>>,
}

impl Writers {
    pub(in crate::mongodb) fn new(database: &Database, own: ProcessKey) -> Self {
        Self { registered: database.collection("writers"), own, renewed_at: Arc::default() }
    }

    /// The collection, for its index.
    pub(in crate::mongodb) fn collection(&self) -> &Collection<WriterDocument> {
        &self.registered
    }

    /// Makes sure that others know this process, before it appends.
    pub(super) async fn register(&self) -> Result<(), StoreError> {
        let mut renewed_at = self.renewed_at.lock().await;
        if renewed_at.is_some_and(|at| at.elapsed() < RENEWAL_INTERVAL) {
            return Ok(());
        }
        let began = Instant::now();
        let own = doc! {"_id": Binary { subtype: BinarySubtype::Generic, bytes: self.own.to_vec() }};
        let registering = self.registered.update_one(own, doc! {"$currentDate": {"at": true}}).upsert(true);
        limited(registering).await?;
        *renewed_at = Some(began);
        Ok(())
    }

    /// The other processes that append, or did lately.
    pub(super) async fn others(&self) -> Result<Vec<ProcessKey>, StoreError> {
        let reading = async {
            let found = self.registered.find(doc! {}).projection(doc! {"_id": 1}).max_time(OPERATION_TIMEOUT);
            found.await?.try_collect::<Vec<WriterDocument>>().await
        };
        let found = limited(Box::pin(reading)).await?;
        let processes = found.into_iter().filter_map(|writer| writer.process.bytes.try_into().ok());
        Ok(processes.filter(|process| *process != self.own).collect())
    }
}
