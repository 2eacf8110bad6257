//! Clients in memory, dropped all at once when any of them changed.

use super::{Client, store};
use crate::platform::db::Db;
use crate::platform::error::Unavailable;
use crate::platform::freshness::Freshness;
use std::sync::Arc;

/// At most so many clients are held; more are read again.
const CAPACITY: u64 = 10_000;

/// Finds clients, from memory where that is sure to be the present state (≤ 1 s).
#[derive(Clone)]
pub struct Clients {
    db: Db,
    freshness: Freshness,
    cache: moka::sync::Cache<String, (i64, Option<Arc<Client>>)>,
}

impl Clients {
    /// The clients of `db`.
    pub fn new(db: Db, freshness: Freshness) -> Self {
        Self { db, freshness, cache: moka::sync::Cache::new(CAPACITY) }
    }

    /// The client with this id, disabled ones too.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn find(&self, id: &str) -> Result<Option<Arc<Client>>, Unavailable> {
        // Longer than any id we make or import: not worth a query.
        const LONGEST_ID: usize = 512;
        // PostgreSQL takes no NUL in a text.
        if id.is_empty() || id.len() > LONGEST_ID || id.contains('\0') {
            return Ok(None);
        }
        let counter = self.freshness.counter(store::TOPIC).await?;
        if let Some((_, client)) = self.cache.get(id).filter(|(read_at, _)| *read_at == counter) {
            return Ok(client);
        }
        let wanted = id.to_owned();
        let found = self.db.read(move |connection| store::find(connection, &wanted)).await?;
        // That there is none is kept too: an unknown client must not answer slower than a known one.
        let client = found.map(Arc::new);
        self.cache.insert(id.to_owned(), (counter, client.clone()));
        Ok(client)
    }

    /// The client with this id, if it may be used.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn find_enabled(&self, id: &str) -> Result<Option<Arc<Client>>, Unavailable> {
        Ok(self.find(id).await?.filter(|client| client.enabled))
    }
}
