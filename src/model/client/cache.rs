//! Clients in memory, dropped all at once when any of them changed.

use super::{Client, Origin, store};
use crate::platform::clock::Time;
use crate::platform::db::Db;
use crate::platform::error::Unavailable;
use crate::platform::freshness::Freshness;
use std::sync::Arc;

/// The maximum number of cached clients; others are read again.
const CAPACITY: u64 = 10_000;

/// Finds clients, from memory where that is sure to be the present state (≤ 1 s).
#[derive(Clone)]
pub struct Clients {
    db: Db,
    freshness: Freshness,
    cache: moka::sync::Cache<String, (i64, Option<Arc<Client>>)>,
    used: moka::sync::Cache<String, ()>,
}

impl Clients {
    /// The clients of `db`.
    pub fn new(db: Db, freshness: Freshness) -> Self {
        let (cache, used) = (moka::sync::Cache::new(CAPACITY), moka::sync::Cache::new(CAPACITY));
        Self { db, freshness, cache, used }
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

    /// A code or token was issued to the client: one that registered itself is kept from now on. Costs one write a
    /// client and process, and nothing for those that an operator registered.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn used(&self, client: &Client, now: Time) -> Result<(), Unavailable> {
        if client.origin != Origin::Dynamic || self.used.contains_key(&client.id) {
            return Ok(());
        }
        let id = client.id.clone();
        self.db.write(move |tx| store::mark_used(tx, &id, now)).await?;
        self.used.insert(client.id.clone(), ());
        Ok(())
    }
}
