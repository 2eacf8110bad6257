//! `/healthz` (the process is alive) and `/readyz` (its stores take writes, the schema is current and the clock right), on both
//! listeners.

use crate::platform::clock::{Clock, SystemClock};
use crate::platform::db::{self, Db, MigrationState, state};
use crate::platform::ephemeral::Slots;
use crate::platform::error::Unavailable;
use crate::platform::paths::Location;
use crate::platform::telemetry::metrics;
use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{self, Data, ServiceConfig};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// Clocks may be so far apart.
const MOST_SKEW: Duration = Duration::from_secs(60);

/// An answer serves so long: writing is tried at most so often, however many ask.
const FRESH: Duration = Duration::from_secs(1);

/// What readiness depends on.
pub struct Health {
    db: Db,
    slots: Slots,
    database_url: String,
    clock: Arc<dyn Clock>,
    /// Once current, the schema stays readable: migrations expand first.
    schema: OnceLock<()>,
    last: Mutex<Option<(Instant, Result<(), Unready>)>>,
}

/// The part that is not ready, and the cause.
#[derive(Clone, Debug)]
struct Unready {
    part: &'static str,
    cause: Unavailable,
}

/// The parts in `latchkey_ready`.
const PARTS: [&str; 4] = ["database", "clock", "short_lived_store", "schema"];

impl Health {
    pub fn new(db: Db, slots: Slots, database_url: String, clock: Arc<dyn Clock>) -> Self {
        Self { db, slots, database_url, clock, schema: OnceLock::new(), last: Mutex::default() }
    }

    /// Whether requests can be served, writes included; looked at again when the last look is a second old.
    ///
    /// # Errors
    /// What can't be served, and why.
    pub async fn check(&self) -> Result<(), Unavailable> {
        // One request probes, and the others wait for its result.
        let mut last = self.last.lock().await;
        if let Some((_, seen)) = last.as_ref().filter(|(at, _)| at.elapsed() < FRESH) {
            return seen.clone().map_err(|unready| unready.cause);
        }
        let seen = self.look().await;
        let was_ready = last.as_ref().is_none_or(|(_, seen)| seen.is_ok());
        match &seen {
            Err(Unready { part, cause }) if was_ready => tracing::error!(part, %cause, "not ready"),
            Err(Unready { part, cause }) => tracing::debug!(part, %cause, "still not ready"),
            Ok(()) if !was_ready => tracing::info!("ready again"),
            Ok(()) => {}
        }
        let unready = seen.as_ref().err().map(|unready| unready.part);
        PARTS.into_iter().for_each(|part| metrics::ready(part, unready != Some(part)));
        *last = Some((Instant::now(), seen.clone()));
        seen.map_err(|unready| unready.cause)
    }

    async fn look(&self) -> Result<(), Unready> {
        let of = |part| move |cause| Unready { part, cause };
        self.db.probe().await.map_err(of("database"))?;
        self.check_clock().await.map_err(of("clock"))?;
        self.slots.store().ping().await.map_err(of("short_lived_store"))?;
        self.check_schema().await.map_err(of("schema"))
    }

    /// Replicas go by their own clocks, so one that is off is worse than none.
    async fn check_clock(&self) -> Result<(), Unavailable> {
        let held_back = SystemClock::held_back();
        if held_back > MOST_SKEW {
            // Once it has stood for a while it is believed again.
            SystemClock::settle();
            let seconds = held_back.as_secs();
            return Err(Unavailable::new(format!(
                "this machine's clock was set back by {seconds} s: it is used again once it has run evenly for a minute"
            )));
        }
        let Some(theirs) = self.db.read(db::time).await? else { return Ok(()) };
        let ours = self.clock.now();
        let apart = ours.since(theirs).max(theirs.since(ours));
        let why = || format!("this machine's clock and the database server's are {} s apart", apart.as_secs());
        if apart > MOST_SKEW { Err(Unavailable::new(why())) } else { Ok(()) }
    }

    async fn check_schema(&self) -> Result<(), Unavailable> {
        if self.schema.get().is_some() {
            return Ok(());
        }
        let url = self.database_url.clone();
        let found = tokio::task::spawn_blocking(move || state(&url)).await.map_err(Unavailable::new)??;
        match found {
            MigrationState::Current => {
                let _ = self.schema.set(());
                Ok(())
            }
            MigrationState::Pending(names) => {
                Err(Unavailable::new(format!("migrations are pending: {}", names.join(", "))))
            }
        }
    }
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(web::resource(Location::Health.to_string()).route(web::get().to(alive)));
    config.service(web::resource(Location::Ready.to_string()).route(web::get().to(ready)));
}

async fn alive() -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).content_type("text/plain").body("alive\n")
}

async fn ready(health: Option<Data<Health>>) -> HttpResponse {
    let Some(health) = health else { return alive().await };
    match health.check().await {
        Ok(()) => HttpResponse::Ok()
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .content_type("text/plain")
            .body("ready\n"),
        Err(_) => HttpResponse::ServiceUnavailable()
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::RETRY_AFTER, "2"))
            .content_type("text/plain")
            .body("not ready\n"),
    }
}
