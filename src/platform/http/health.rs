//! `/healthz` (the process is alive) and `/readyz` (its stores answer, the schema is current and the clock right), on both
//! listeners.

use crate::platform::clock::{Clock, SystemClock};
use crate::platform::db::{self, Db, MigrationState, state};
use crate::platform::ephemeral::Slots;
use crate::platform::error::Unavailable;
use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{self, Data, ServiceConfig};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// Clocks may be so far apart.
const MOST_SKEW: Duration = Duration::from_secs(60);

/// What readiness depends on.
pub struct Health {
    db: Db,
    slots: Slots,
    database_url: String,
    clock: Arc<dyn Clock>,
    /// Once current, the schema stays readable: migrations expand first.
    schema: OnceLock<()>,
}

impl Health {
    /// Watches these stores.
    pub fn new(db: Db, slots: Slots, database_url: String, clock: Arc<dyn Clock>) -> Self {
        Self { db, slots, database_url, clock, schema: OnceLock::new() }
    }

    /// Replicas go by their own clocks, so one that is off is worse than none.
    async fn check_clock(&self) -> Result<(), Unavailable> {
        let held_back = SystemClock::held_back();
        if held_back > MOST_SKEW {
            let seconds = held_back.as_secs();
            return Err(Unavailable::new(format!(
                "this machine's clock was set back by {seconds} s: restart once it is right"
            )));
        }
        let Some(theirs) = self.db.read(db::time).await? else { return Ok(()) };
        let ours = self.clock.now();
        let apart = ours.since(theirs).max(theirs.since(ours));
        let why = || format!("this machine's clock and the database server's are {} s apart", apart.as_secs());
        if apart > MOST_SKEW { Err(Unavailable::new(why())) } else { Ok(()) }
    }

    async fn check(&self) -> Result<(), Unavailable> {
        self.db.ping().await?;
        self.check_clock().await?;
        self.slots.store().ping().await?;
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

/// Mounts both.
pub fn routes(config: &mut ServiceConfig) {
    config.service(web::resource("/healthz").route(web::get().to(alive)));
    config.service(web::resource("/readyz").route(web::get().to(ready)));
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
        Err(unavailable) => {
            tracing::error!(cause = %unavailable, "not ready");
            HttpResponse::ServiceUnavailable()
                .insert_header((header::CACHE_CONTROL, "no-store"))
                .insert_header((header::RETRY_AFTER, "2"))
                .content_type("text/plain")
                .body("not ready\n")
        }
    }
}
