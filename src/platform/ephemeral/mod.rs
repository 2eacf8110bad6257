//! Short-lived data behind one small trait: an embedded SQLite file, or Redis where there is more than one replica.
//!
//! Every step touches one key and is atomic, so Redis Cluster works and both engines mean the same. Callers hold a
//! [`Slot`], which gives and takes typed values under keys that name their kind; bytes and plain ids stay in here.
//! Nothing that must never be wrong rests on this store alone: losing it costs people a sign-in.

mod key;
mod redis;
mod slot;
mod sqlite;
#[cfg(test)]
mod tests;

pub use self::key::{Key, KeyHasher, Namespace};
pub use self::redis::{RedisStore, SentinelUrl};
pub use self::slot::{Slot, Slots, Versioned};
pub use self::sqlite::SqliteStore;

use super::{clock::Clock, error::Unavailable, random::Random};
use async_trait::async_trait;
use std::{sync::Arc, time::Duration};

/// The longest wait for an answer of either engine; after it the step counts as [`Unavailable`].
pub const MAX_WAIT: Duration = Duration::from_secs(2);

/// Atomic steps on single keys. Every value expires `ttl` after it is written (at least 1 ms).
///
/// Each step fails with [`Unavailable`] when it could not be confirmed within [`MAX_WAIT`]. It may then have been
/// done or not: a caller must refuse, never go on as if the key were absent.
#[async_trait]
pub trait Ephemeral: Send + Sync {
    /// Writes `value`, whatever was there.
    async fn put(&self, key: &Key, value: Vec<u8>, ttl: Duration) -> Result<(), Unavailable>;

    /// The value, unless absent or expired.
    async fn get(&self, key: &Key) -> Result<Option<Vec<u8>>, Unavailable>;

    /// Reads and deletes in one step: of any number of callers at most one gets the value.
    async fn take(&self, key: &Key) -> Result<Option<Vec<u8>>, Unavailable>;

    /// Writes only where nothing is; `true` when this call wrote.
    async fn put_if_absent(&self, key: &Key, value: Vec<u8>, ttl: Duration) -> Result<bool, Unavailable>;

    /// Writes `new` only while the value is exactly `expected`; `true` when this call wrote.
    async fn compare_and_swap(
        &self,
        key: &Key,
        expected: &[u8],
        new: Vec<u8>,
        ttl: Duration,
    ) -> Result<bool, Unavailable>;

    /// Adds one and returns the new count. The first increment sets `ttl`; later ones leave the expiry alone.
    async fn increment(&self, key: &Key, ttl: Duration) -> Result<u64, Unavailable>;

    /// Removes the value; `true` when there was one.
    async fn delete(&self, key: &Key) -> Result<bool, Unavailable>;

    /// Confirms that the store takes writes.
    async fn ping(&self) -> Result<(), Unavailable>;

    /// The random name that this store got when it was first used. A store that lost everything has another name,
    /// by which artefacts from before the loss are told apart.
    async fn store_id(&self) -> Result<String, Unavailable>;
}

/// Opens the store that `url` names: `sqlite://PATH`, `redis://…`, `rediss://…` (TLS), `redis+unix://PATH`,
/// `redis-cluster://HOST:PORT,HOST:PORT…` or `rediss-cluster://…`, `redis-sentinel://HOST:PORT,HOST:PORT/SERVICE/DB` or
/// `rediss-sentinel://…`. Needs a Tokio runtime.
///
/// Fails when the scheme is none of these, or when the store does not answer.
pub async fn open(
    url: &str,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
) -> Result<Arc<dyn Ephemeral>, Unavailable> {
    let Some((scheme, rest)) = url.split_once("://") else {
        return Err(Unavailable::new("ephemeral.url has no scheme: sqlite, redis, rediss, redis-cluster"));
    };
    match scheme {
        "sqlite" => Ok(Arc::new(SqliteStore::open(rest, clock, random)?)),
        "redis" | "rediss" | "redis+unix" => Ok(Arc::new(redis::connect(url, clock, random).await?)),
        "redis-cluster" => Ok(Arc::new(redis::connect_cluster("redis", rest, clock, random).await?)),
        "rediss-cluster" => Ok(Arc::new(redis::connect_cluster("rediss", rest, clock, random).await?)),
        "redis-sentinel" | "rediss-sentinel" => {
            let url = SentinelUrl::parse(url).map_err(|rule| Unavailable::new(format!("ephemeral.url {rule}")))?;
            Ok(Arc::new(redis::connect_sentinel(&url, clock, random).await?))
        }
        other => Err(Unavailable::new(format!("ephemeral.url: unknown scheme `{other}`"))),
    }
}
