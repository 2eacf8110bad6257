//! The connection in use, and the next one when it leads to the wrong server.

use ::redis::{ErrorKind, RedisError, RedisResult, ServerErrorKind};
use futures_util::future::BoxFuture;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Makes a connection, to whichever server takes writes now.
pub(super) type Dial<C> = Box<dyn Fn() -> BoxFuture<'static, RedisResult<C>> + Send + Sync>;

/// At most one connection attempt in this time.
const BETWEEN: Duration = Duration::from_millis(100);

/// A connection that heals itself while its server is the right one, and is replaced when it is not.
pub(super) struct Line<C> {
    dial: Dial<C>,
    /// With a number that says whether another has replaced it since.
    current: Mutex<(u64, C)>,
    dialled: tokio::sync::Mutex<Option<(Instant, Option<RedisError>)>>,
    /// Whether a server that can't be reached may have a successor elsewhere.
    moves: bool,
}

impl<C: Clone + Send> Line<C> {
    pub(super) async fn open(dial: Dial<C>, moves: bool) -> RedisResult<Self> {
        let first = dial().await?;
        Ok(Self { dial, current: Mutex::new((0, first)), dialled: tokio::sync::Mutex::default(), moves })
    }

    pub(super) fn current(&self) -> (u64, C) {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether the error says that another server is the one to ask.
    pub(super) fn leads_astray(&self, error: &RedisError) -> bool {
        let is_gone = || error.is_unrecoverable_error() || error.is_connection_refusal() || error.is_timeout();
        is_wrong_server(error) || (self.moves && is_gone())
    }

    /// A connection other than number `left`: what another request made meanwhile, or a new one.
    pub(super) async fn renew(&self, left: u64) -> RedisResult<C> {
        let mut dialled = self.dialled.lock().await;
        let (number, connection) = self.current();
        if number != left {
            return Ok(connection);
        }
        if let Some((_, outcome)) = dialled.as_ref().filter(|(at, _)| at.elapsed() < BETWEEN) {
            return outcome.clone().map_or(Ok(connection), Err);
        }
        let fresh = (self.dial)().await;
        *dialled = Some((Instant::now(), fresh.as_ref().err().cloned()));
        let fresh = fresh?;
        tracing::warn!("the connection to the short-lived store was to a wrong server and was replaced");
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = (number.wrapping_add(1), fresh.clone());
        Ok(fresh)
    }
}

/// A server that answers and can't serve: a replica, one that lost its master, one that still reads its dump. What it was
/// asked, it did not do. (A script's failure has the word in its text alone before Redis 7.)
pub(super) fn is_wrong_server(error: &RedisError) -> bool {
    const WORDS: [&str; 3] = ["READONLY", "MASTERDOWN", "LOADING"];
    match error.kind() {
        ErrorKind::Server(ServerErrorKind::ReadOnly | ServerErrorKind::MasterDown | ServerErrorKind::BusyLoading) => {
            true
        }
        ErrorKind::Server(_) => error.detail().is_some_and(|detail| WORDS.iter().any(|word| detail.contains(word))),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    fn said(text: &str) -> RedisError {
        match ::redis::parse_redis_value(format!("-{text}\r\n").as_bytes()).unwrap() {
            ::redis::Value::ServerError(error) => error.into(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_server_that_cannot_serve_is_told_from_a_refusal() {
        let wrong = [
            "READONLY You can't write against a read only replica.",
            "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
            "LOADING Redis is loading the dataset in memory",
            "ERR Error running script (call to f_1): @user_script:5: -READONLY You can't write against a read only replica.",
        ];
        assert!(wrong.iter().all(|text| is_wrong_server(&said(text))));
        let right =
            ["OOM command not allowed when used memory > 'maxmemory'.", "NOAUTH Authentication required.", "ERR no"];
        assert!(!right.iter().any(|text| is_wrong_server(&said(text))));
    }

    #[tokio::test]
    async fn of_many_that_were_led_astray_one_dials_and_all_get_its_connection() {
        let dialled = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&dialled);
        let dial: Dial<u64> = Box::new(move || {
            let number = counted.fetch_add(1, Ordering::Relaxed);
            Box::pin(async move { Ok(number) })
        });
        let line = Line::open(dial, false).await.unwrap();
        let (left, first) = line.current();
        assert_eq!(first, 0);
        let all = futures_util::future::join_all((0..20).map(|_| line.renew(left))).await;
        assert!(all.into_iter().all(|connection| connection.unwrap() == 1));
        assert_eq!(dialled.load(Ordering::Relaxed), 2);
        // At once again: not more than so often.
        assert_eq!(line.renew(line.current().0).await.unwrap(), 1);
    }
}
