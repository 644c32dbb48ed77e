//! When the task runs, on a store that a test plays.

use std::sync::Mutex;

use async_trait::async_trait;
use store::Dropped;

use super::*;

/// A store with one room, whose answers a test sets. It notes when it is asked for a claim.
#[derive(Default)]
struct Played {
    claimed_at: Mutex<Vec<Instant>>,
    is_claimed_elsewhere: Mutex<bool>,
    drops: Mutex<Vec<Result<Dropped, StoreError>>>,
    purges: Mutex<Vec<Result<(), StoreError>>>,
}

#[async_trait]
impl Retention for Played {
    async fn claim(&self, _: NodeId) -> Result<bool, StoreError> {
        self.claimed_at.lock().unwrap().push(Instant::now());
        Ok(!*self.is_claimed_elsewhere.lock().unwrap())
    }

    async fn release(&self, _: NodeId) -> Result<(), StoreError> {
        Ok(())
    }

    async fn next_room(&self, after: Option<RoomId>) -> Result<Option<RoomId>, StoreError> {
        Ok(after.is_none().then_some(RoomId::LOBBY))
    }

    async fn drop_oldest(&self, _: RoomId, max_age: Duration) -> Result<Dropped, StoreError> {
        assert_eq!(max_age, MAX_AGE);
        let nothing = Ok(Dropped { entries: 0, has_more: false });
        self.drops.lock().unwrap().pop().unwrap_or(nothing)
    }

    async fn purge(&self) -> Result<(), StoreError> {
        self.purges.lock().unwrap().pop().expect("there is something to purge")
    }
}

const MAX_AGE: Duration = Duration::from_secs(86_400);

fn away<T>() -> Result<T, StoreError> {
    Err(StoreError::Unavailable("a test made it unavailable".to_owned()))
}

/// Runs the task until it asks for this number of claims, and returns the times between them.
async fn times(store: Arc<Played>, count: usize) -> Vec<Duration> {
    let mut dropper = Dropper::new(Arc::clone(&store) as _, MAX_AGE);
    let done = async {
        while store.claimed_at.lock().unwrap().len() < count {
            sleep(Duration::from_secs(1)).await;
        }
    };
    tokio::select! {
        () = dropper.run_on() => {}
        () = done => {}
    }
    let claimed_at = store.claimed_at.lock().unwrap();
    claimed_at.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

#[tokio::test(start_paused = true)]
async fn it_runs_at_the_start_and_each_hour_and_purges_after_the_start_and_after_what_it_dropped() {
    let store = Arc::new(Played::default());
    let dropped = |entries| Ok(Dropped { entries, has_more: false });
    *store.drops.lock().unwrap() = vec![dropped(7), dropped(0), dropped(0)];
    *store.purges.lock().unwrap() = vec![Ok(()), Ok(())];
    assert_eq!(times(Arc::clone(&store), 5).await, [RUN_INTERVAL; 4]);
    assert!(store.purges.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_fails_is_tried_again_soon_also_the_purge() {
    let store = Arc::new(Played::default());
    let dropped = Ok(Dropped { entries: 7, has_more: true });
    *store.drops.lock().unwrap() = vec![away(), dropped];
    *store.purges.lock().unwrap() = vec![Ok(()), away()];
    assert_eq!(times(Arc::clone(&store), 4).await, [RETRY_DELAY, RETRY_DELAY, RUN_INTERVAL]);
    assert!(store.purges.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn while_another_node_drops_it_drops_nothing() {
    let store = Arc::new(Played::default());
    *store.drops.lock().unwrap() = vec![away()];
    *store.is_claimed_elsewhere.lock().unwrap() = true;
    assert_eq!(times(Arc::clone(&store), 3).await, [RETRY_DELAY; 2]);
    assert_eq!(store.drops.lock().unwrap().len(), 1, "nobody asked for it");
}
