//! `/healthz` (the process is alive) and `/readyz` (its stores answer and the schema is current), on both listeners.

use crate::platform::db::{Db, MigrationState, state};
use crate::platform::ephemeral::Slots;
use crate::platform::error::Unavailable;
use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{self, Data, ServiceConfig};
use std::sync::OnceLock;

/// What readiness depends on.
pub struct Health {
    db: Db,
    slots: Slots,
    database_url: String,
    /// Once current, the schema stays readable: migrations expand first.
    schema: OnceLock<()>,
}

impl Health {
    /// Watches these stores.
    pub fn new(db: Db, slots: Slots, database_url: String) -> Self {
        Self { db, slots, database_url, schema: OnceLock::new() }
    }

    async fn check(&self) -> Result<(), Unavailable> {
        self.db.ping().await?;
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
