//! `latchkey migrate`: the schema, the pepper, the first signing keys.

use super::{Answer, Failure, Globals, Site, count, database_name, database_url, load_config, unreachable_database};
use crate::model::key::{Rotation, SigningKey, first};
use crate::model::user::names::{self, Collision, State};
use crate::platform::clock::{Clock as _, SystemClock, Time};
use crate::platform::config::{Config, DatabaseUrl};
use crate::platform::db::{self, Db, MigrationState};
use crate::platform::error::Unavailable;
use crate::platform::private_file;
use serde_json::{Map, Value, json};

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
        MigrationState::Current => return current(site).await,
        MigrationState::Pending(pending) => pending,
    };
    let text = format!(
        "{} pending:\n  {}\nTo apply: latchkey migrate",
        count(pending.len(), "migration is", "migrations are"),
        pending.join("\n  ")
    );
    Ok(Answer { failed: true, ..Answer::new(text, json!({"pending": pending})) })
}

/// For a current schema: names that earlier releases wrote.
async fn current(site: &Site) -> Result<Answer, Failure> {
    let state = site.read(names::look).await?;
    let mut json = described(&state);
    json.insert("pending".to_owned(), json!([]));
    Ok(Answer::new("The schema is current.", json.into()).warn(warnings(&state)))
}

/// Warnings about names.
fn warnings(State { to_rewrite, addresses, look_alikes }: &State) -> Vec<String> {
    let spelled = |one: &Collision| one.holders.iter().map(|held| held.value.clone()).collect::<Vec<_>>().join(", ");
    let rewrite = (*to_rewrite > 0).then(|| {
        let addresses = count(*to_rewrite, "address is", "addresses are");
        format!("{addresses} not in normal form; latchkey migrate rewrites them")
    });
    let shared = addresses.iter().map(|one| {
        format!(
            "{} people share an address: {}; latchkey user resolve-addresses decides who keeps it",
            one.holders.len(),
            spelled(one)
        )
    });
    let alike = look_alikes.iter().map(|one| {
        format!(
            "user names of different people look alike: {}; change one with latchkey user update --username",
            spelled(one)
        )
    });
    rewrite.into_iter().chain(shared).chain(alike).collect()
}

/// The same for programs.
fn described(State { to_rewrite, addresses, look_alikes }: &State) -> Map<String, Value> {
    let collision = |one: &Collision| {
        let people: Vec<&str> = one.holders.iter().map(|held| held.person_id.as_str()).collect();
        let spelled: Vec<&str> = one.holders.iter().map(|held| held.value.as_str()).collect();
        json!({"name": one.name, "people": people, "spelled": spelled})
    };
    Map::from_iter([
        ("addresses_to_rewrite".to_owned(), json!(to_rewrite)),
        ("address_collisions".to_owned(), addresses.iter().map(collision).collect()),
        ("look_alike_names".to_owned(), look_alikes.iter().map(collision).collect()),
    ])
}

/// The migration after which names are rewritten in their normal form.
const NAME_FORMS: &str = "name_forms";

/// Applies pending migrations, including the steps outside SQL; for a starting server.
pub(super) fn bring_up(config: &Config) -> Result<Vec<String>, Unavailable> {
    let url = config.database.url.url();
    let applied = db::migrate(url.expose())?;
    if applied.iter().any(|name| name.contains(NAME_FORMS)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Unavailable::new)?;
        let db = Db::new(url.expose(), 1)?.patient();
        runtime.block_on(bring_names_up(&db, SystemClock.now()))?;
    }
    Ok(applied)
}

/// Rewrites names of earlier releases in their normal form; returns the number of rewritten addresses.
async fn bring_names_up(db: &Db, now: Time) -> Result<usize, Unavailable> {
    let rewritten = db.write(move |tx| {
        db::unbounded(tx)?;
        names::rewrite_addresses(tx, now)
    });
    let rewritten = rewritten.await?;
    let mut after = String::new();
    loop {
        let from = after.clone();
        match db.write(move |tx| names::note_skeletons(tx, &from)).await? {
            Some(last) => after = last,
            None => return Ok(rewritten),
        }
    }
}

async fn apply(site: &Site) -> Result<Answer, Failure> {
    // Checked first: a schema without secrets is half an installation.
    let masters = site.master_keys()?;
    make_private(&site.config.database.url)?;
    let (url, name) = (database_url(&site.config), database_name(&site.config));
    let applied = tokio::task::spawn_blocking(move || db::migrate(&url)).await.map_err(Failure::stopped)?;
    let applied = applied.map_err(|error| unreachable_database(&name, &error.cause))?;
    first::ensure_pepper(&site.db, &masters, site.clock.as_ref(), site.random.as_ref()).await?;
    let rewritten = bring_names_up(&site.db, site.now()).await?;
    let state = site.read(names::look).await?;
    let rotation = Rotation::of(&site.config);
    let made = first::ensure_keys(&site.db, &masters, site.clock.as_ref(), &site.random, &rotation).await?;
    if !made.is_empty() {
        site.settle().await;
    }
    let mut json = described(&state);
    json.extend([
        ("database".to_owned(), json!(name)),
        ("applied".to_owned(), json!(applied)),
        ("addresses_rewritten".to_owned(), json!(rewritten)),
        (
            "keys".to_owned(),
            made.iter().map(|key| json!({"kid": key.kid, "alg": key.algorithm.as_str()})).collect::<Vec<_>>().into(),
        ),
    ]);
    let mut text = said(&name, &applied, &made);
    if rewritten > 0 {
        text.push_str(&format!("{} rewritten in normal form.\n", count(rewritten, "address", "addresses")));
    }
    Ok(Answer::new(text, json.into()).warn(warnings(&state)))
}

/// Creates the file of an embedded database, readable by this user only: it holds people's data.
fn make_private(url: &DatabaseUrl) -> Result<(), Failure> {
    let DatabaseUrl::Sqlite(path) = url else { return Ok(()) };
    let failed = |error| Failure::new(format!("{} cannot be created: {error}", path.display()));
    private_file::create(path).map_err(|error| failed(error).fix("create its folder, and let this user write there"))
}

fn said(name: &str, applied: &[String], made: &[SigningKey]) -> String {
    let mut text = match applied {
        [] => format!("{name} is current, nothing to apply.\n"),
        applied => format!("{name}: {} applied.\n", count(applied.len(), "migration", "migrations")),
    };
    for key in made {
        text.push_str(&format!("Created a signing key for {}: {}\n", key.algorithm, key.kid));
    }
    text
}
