//! Caches that are never stale for longer than a second: every change increments a counter in the durable store, and every user of
//! uses a cache first makes sure that the counters were read lately.

use super::db::{Connection, Db, PATIENCE, Topic, schema::changes};
use super::error::Unavailable;
use diesel::QueryResult;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Counters younger than this are used as they are; a command that changed something waits a second.
const MAX_AGE: Duration = Duration::from_millis(400);

/// What a cache holds one of per topic: a cached value is good while its topic's counter stands.
#[derive(Clone)]
pub struct Freshness {
    db: Db,
    seen: Arc<Mutex<Seen>>,
    refreshing: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Default)]
struct Seen {
    at: Option<Instant>,
    counters: HashMap<String, i64>,
}

impl Freshness {
    /// Watches the counters of `db`.
    pub fn new(db: Db) -> Self {
        Self { db, seen: Arc::default(), refreshing: Arc::default() }
    }

    /// The counter of a topic, read from the store at most 400 ms ago.
    ///
    /// # Errors
    /// When the store does not answer: a cache that may be stale is not used.
    pub async fn counter(&self, topic: Topic) -> Result<i64, Unavailable> {
        if let Some(counter) = self.recent(topic) {
            return Ok(counter);
        }
        // One asks for all; behind a store that does not answer nobody waits for the failures of those before.
        let refreshed = tokio::time::timeout(PATIENCE, self.refresh(topic)).await;
        refreshed.map_err(|_| Unavailable::new("reading the change counters timed out"))?
    }

    async fn refresh(&self, topic: Topic) -> Result<i64, Unavailable> {
        let _one = self.refreshing.lock().await;
        if let Some(counter) = self.recent(topic) {
            return Ok(counter);
        }
        let at = Instant::now();
        let counters = self.db.read(read).await?.into_iter().collect();
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Seen { at: Some(at), counters };
        Ok(self.recent(topic).unwrap_or_default())
    }

    /// Makes the next look go to the store.
    pub fn expire(&self) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).at = None;
    }

    fn recent(&self, topic: Topic) -> Option<i64> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.at.filter(|at| at.elapsed() < MAX_AGE)?;
        Some(seen.counters.get(topic.as_str()).copied().unwrap_or_default())
    }
}

fn read(connection: &mut Connection) -> QueryResult<Vec<(String, i64)>> {
    use diesel::prelude::*;
    changes::table.select((changes::topic, changes::counter)).load(connection)
}
