//! The shared engine: Redis 6.2 or newer, or a cluster of it, over one multiplexed connection.
//!
//! A stored value is its expiry (16 decimal digits, milliseconds since 1970) and then the bytes. Redis drops it by
//! its own timer; the expiry inside is judged by [`Clock`], so that both engines mean the same under any clock.

mod connect;
mod line;
mod script;
mod sentinel;

pub(super) use self::connect::{connect, connect_cluster, connect_sentinel};
pub use self::sentinel::SentinelUrl;

use self::line::{Dial, Line};
use self::script::Scripts;
use super::{Ephemeral, Key, MAX_WAIT};
use crate::platform::{
    clock::{Clock, Time},
    error::Unavailable,
    random::{self, Random},
};
use ::redis::{Cmd, FromRedisValue, RedisError, RedisResult, ScriptInvocation, aio::ConnectionLike};
use async_trait::async_trait;
use std::{future::Future, sync::Arc, time::Duration};

/// Digits of the expiry before the value.
const HEAD: usize = 16;
/// Where the store keeps its own name. It has no expiry.
const STORE_ID: &str = "lk:store";
/// The value of the write probe.
const PROBE: &str = "lk:probe";

/// The shared store over a connection `C` that reconnects by itself, and is replaced when its server is the wrong one.
pub struct RedisStore<C> {
    line: Line<C>,
    scripts: Scripts,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl<C: ConnectionLike + Clone + Send + Sync> RedisStore<C> {
    async fn open(
        dial: Dial<C>,
        moves: bool,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, Unavailable> {
        let line = bounded(Line::open(dial, moves)).await?;
        Ok(Self { line, scripts: Scripts::new(), clock, random })
    }

    /// Asks something that may be asked twice without harm: a connection that broke while idle is not a refusal.
    async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, Unavailable> {
        let attempt = |mut connection: C| async move { command.query_async(&mut connection).await };
        bounded(self.attempt(attempt, |error| error.is_unrecoverable_error() || error.is_connection_refusal())).await
    }

    /// Sends a command that is not idempotent; retries it only if it was certainly not executed.
    async fn tell<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, Unavailable> {
        let attempt = |mut connection: C| async move { command.query_async(&mut connection).await };
        bounded(self.attempt(attempt, RedisError::is_connection_refusal)).await
    }

    async fn run<T: FromRedisValue>(&self, script: ScriptInvocation<'_>) -> Result<T, Unavailable> {
        let script = &script;
        let attempt = |mut connection: C| async move { script.invoke_async(&mut connection).await };
        bounded(self.attempt(attempt, RedisError::is_connection_refusal)).await
    }

    /// Once, and once more where `again` allows it or the server was the wrong one, which did nothing.
    async fn attempt<T, F: Future<Output = RedisResult<T>>>(
        &self,
        attempt: impl Fn(C) -> F,
        again: impl Fn(&RedisError) -> bool,
    ) -> RedisResult<T> {
        let (number, connection) = self.line.current();
        let error = match attempt(connection.clone()).await {
            Err(error) => error,
            answer => return answer,
        };
        let may_repeat = line::is_wrong_server(&error) || again(&error);
        if !self.line.leads_astray(&error) {
            return if may_repeat { attempt(connection).await } else { Err(error) };
        }
        // The next request gets the right server even where this one may not be repeated.
        let renewed = self.line.renew(number).await;
        if may_repeat { attempt(renewed?).await } else { Err(error) }
    }

    fn entry(&self, value: &[u8], ttl: Duration) -> (Vec<u8>, i64) {
        let until = self.clock.now() + ttl;
        (encode(value, until), milliseconds(ttl))
    }

    fn live(&self, stored: Option<Vec<u8>>) -> Option<Vec<u8>> {
        decode(stored?, self.clock.now())
    }
}

async fn bounded<T>(answer: impl Future<Output = RedisResult<T>>) -> Result<T, Unavailable> {
    match tokio::time::timeout(MAX_WAIT, answer).await {
        Ok(answer) => answer.map_err(|error| unavailable(&error)),
        Err(_) => Err(Unavailable::new("redis: timed out")),
    }
}

fn unavailable(error: &RedisError) -> Unavailable {
    Unavailable::new(format!("redis: {error}"))
}

/// Redis takes neither a lifetime of zero nor one near the end of its numbers.
fn milliseconds(ttl: Duration) -> i64 {
    const TEN_YEARS: i64 = 10 * 366 * 86_400_000;
    i64::try_from(ttl.as_millis()).unwrap_or(TEN_YEARS).clamp(1, TEN_YEARS)
}

fn encode(value: &[u8], until: Time) -> Vec<u8> {
    let mut stored = format!("{:0HEAD$}", until.millis().max(0)).into_bytes();
    stored.extend_from_slice(value);
    stored
}

fn decode(mut stored: Vec<u8>, now: Time) -> Option<Vec<u8>> {
    let until: i64 = std::str::from_utf8(stored.get(..HEAD)?).ok()?.parse().ok()?;
    (until > now.millis()).then(|| stored.split_off(HEAD))
}

#[async_trait]
impl<C: ConnectionLike + Clone + Send + Sync + 'static> Ephemeral for RedisStore<C> {
    async fn put(&self, key: &Key, value: Vec<u8>, ttl: Duration) -> Result<(), Unavailable> {
        let (entry, ttl) = self.entry(&value, ttl);
        self.ask(::redis::cmd("SET").arg(key.redis_name()).arg(entry).arg("PX").arg(ttl)).await
    }

    async fn get(&self, key: &Key) -> Result<Option<Vec<u8>>, Unavailable> {
        let stored = self.ask(::redis::cmd("GET").arg(key.redis_name())).await?;
        Ok(self.live(stored))
    }

    async fn take(&self, key: &Key) -> Result<Option<Vec<u8>>, Unavailable> {
        let stored = self.tell(::redis::cmd("GETDEL").arg(key.redis_name())).await?;
        Ok(self.live(stored))
    }

    async fn put_if_absent(&self, key: &Key, value: Vec<u8>, ttl: Duration) -> Result<bool, Unavailable> {
        let (entry, ttl) = self.entry(&value, ttl);
        let mut script = self.scripts.put_if_absent.key(key.redis_name());
        script.arg(self.clock.now().millis()).arg(entry).arg(ttl);
        self.run(script).await
    }

    async fn compare_and_swap(
        &self,
        key: &Key,
        expected: &[u8],
        new: Vec<u8>,
        ttl: Duration,
    ) -> Result<bool, Unavailable> {
        let (entry, ttl) = self.entry(&new, ttl);
        let mut script = self.scripts.compare_and_swap.key(key.redis_name());
        script.arg(self.clock.now().millis()).arg(entry).arg(ttl).arg(expected);
        self.run(script).await
    }

    async fn increment(&self, key: &Key, ttl: Duration) -> Result<u64, Unavailable> {
        let (entry, ttl) = self.entry(b"1", ttl);
        let mut script = self.scripts.increment.key(key.redis_name());
        script.arg(self.clock.now().millis()).arg(entry).arg(ttl);
        self.run(script).await
    }

    async fn delete(&self, key: &Key) -> Result<bool, Unavailable> {
        Ok(self.take(key).await?.is_some())
    }

    async fn ping(&self) -> Result<(), Unavailable> {
        // A write: a replica, and a server that is at `maxmemory`, answer everything else.
        self.ask(::redis::cmd("SET").arg(PROBE).arg(1).arg("PX").arg(60_000)).await
    }

    async fn store_id(&self) -> Result<String, Unavailable> {
        if let Some(id) = self.ask(::redis::cmd("GET").arg(STORE_ID)).await? {
            return Ok(id);
        }
        let candidate = random::token(&*self.random);
        let () = self.ask(::redis::cmd("SETNX").arg(STORE_ID).arg(candidate)).await?;
        self.ask(::redis::cmd("GET").arg(STORE_ID)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_value_carries_its_expiry() {
        let stored = encode(b"v", Time::from_millis(5));
        assert_eq!(stored, b"0000000000000005v");
        assert_eq!(decode(stored.clone(), Time::from_millis(4)), Some(b"v".to_vec()));
        assert_eq!(decode(stored, Time::from_millis(5)), None);
    }

    #[test]
    fn what_others_wrote_under_our_key_reads_as_absent() {
        for foreign in [&b""[..], b"short", b"sixteen letters!", b"sixteen letters!!"] {
            assert_eq!(decode(foreign.to_vec(), Time::from_millis(0)), None);
        }
    }
}
