//! `latchkey migrate`: the schema, the pepper, the first signing keys.

use super::{Answer, Failure, Globals, Site, count, database_name, database_url, load_config, unreachable_database};
use crate::model::key::{Rotation, SigningKey, first};
use crate::platform::config::DatabaseUrl;
use crate::platform::db::{self, MigrationState};
use crate::platform::private_file;
use serde_json::json;

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Change nothing; exit 1 if migrations are pending
    #[arg(long)]
    check: bool,
}

pub(super) async fn run(globals: &Globals, arguments: &Arguments) -> Result<Answer, Failure> {
    let site = Site::of(load_config(globals)?)?;
    if arguments.check { check(&site).await } else { apply(&site).await }
}

async fn check(site: &Site) -> Result<Answer, Failure> {
    let pending = match site.schema().await? {
        MigrationState::Current => return Ok(Answer::new("The schema is current.", json!({"pending": []}))),
        MigrationState::Pending(pending) => pending,
    };
    let text = format!(
        "{} pending:\n  {}\nTo apply: latchkey migrate",
        count(pending.len(), "migration is", "migrations are"),
        pending.join("\n  ")
    );
    Ok(Answer { failed: true, ..Answer::new(text, json!({"pending": pending})) })
}

async fn apply(site: &Site) -> Result<Answer, Failure> {
    // Judged first: a schema without secrets is half an installation.
    let masters = site.master_keys()?;
    make_private(&site.config.database.url)?;
    let (url, name) = (database_url(&site.config), database_name(&site.config));
    let applied = tokio::task::spawn_blocking(move || db::migrate(&url)).await.map_err(Failure::stopped)?;
    let applied = applied.map_err(|error| unreachable_database(&name, &error.cause))?;
    first::ensure_pepper(&site.db, &masters, site.clock.as_ref(), site.random.as_ref()).await?;
    let rotation = Rotation::of(&site.config);
    let made = first::ensure_keys(&site.db, &masters, site.clock.as_ref(), &site.random, &rotation).await?;
    if !made.is_empty() {
        site.settle().await;
    }
    Ok(Answer::new(
        said(&name, &applied, &made),
        json!({
            "database": name,
            "applied": applied,
            "keys": made.iter().map(|key| json!({"kid": key.kid, "alg": key.algorithm.as_str()})).collect::<Vec<_>>(),
        }),
    ))
}

/// Makes the file of an embedded database, readable by this user alone: it holds people's data.
fn make_private(url: &DatabaseUrl) -> Result<(), Failure> {
    let DatabaseUrl::Sqlite(path) = url else { return Ok(()) };
    let failed = |error| Failure::new(format!("{} cannot be made: {error}", path.display()));
    private_file::create(path).map_err(|error| failed(error).fix("make its folder, and let this user write there"))
}

fn said(name: &str, applied: &[String], made: &[SigningKey]) -> String {
    let mut text = match applied {
        [] => format!("{name} is current, nothing to apply.\n"),
        applied => format!("{name}: {} applied.\n", count(applied.len(), "migration", "migrations")),
    };
    for key in made {
        text.push_str(&format!("Made a signing key for {}: {}\n", key.algorithm, key.kid));
    }
    text
}
