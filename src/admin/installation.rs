//! The installation that administration works on.

use crate::model::end_reason::EndReason;
use crate::model::event::Actor;
use crate::platform::clock::{Clock, Time};
use crate::platform::config::{Config, FeatureName};
use crate::platform::db::{Connection, Db};
use crate::platform::error::Unavailable;
use crate::platform::id;
use crate::platform::random::Random;
use crate::tokens::ending::{By, Closing};
use diesel::QueryResult;
use std::sync::Arc;
use std::time::Duration;

/// Longer than any server answers from what it read before ([`crate::platform::freshness`]: 400 ms).
const STALE_AT_MOST: Duration = Duration::from_millis(500);

/// The configuration, and the store that it names.
#[derive(Clone)]
pub struct Installation {
    pub config: Arc<Config>,
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
}

impl Installation {
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    pub fn new_id(&self) -> String {
        id::new(self.now(), self.random.as_ref())
    }

    /// How sessions end that somebody else ends than the person. A server sends what this leaves in the outbox.
    pub fn closing(&self, actor: &Actor, reason: EndReason) -> Closing {
        Closing {
            reason,
            tells_clients: self.config.feature(FeatureName::BackchannelLogout) != Some(false),
            by: By::Actor(actor.clone()),
            random: Arc::clone(&self.random),
            now: self.now(),
        }
    }

    /// Waits until no server answers from what it read before a change.
    pub async fn settle(&self) {
        tokio::time::sleep(STALE_AT_MOST).await;
    }

    /// Runs a change in one transaction, and waits until every server knows of it.
    ///
    /// # Errors
    /// When the store does not confirm.
    pub(super) async fn change<T, F>(&self, work: F) -> Result<T, Unavailable>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> QueryResult<T> + Clone + Send + 'static,
    {
        let done = self.db.write(work).await?;
        self.settle().await;
        Ok(done)
    }
}
