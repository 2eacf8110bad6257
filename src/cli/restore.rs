//! `latchkey restore`: puts a backup in place, and does what `recover` does after it.

use super::{
    Answer, DATABASE, EPHEMERAL, Failure, Globals, Scratch, Site, StaysInForce, bring_up, end_all, hear, load_config,
    passphrase, without_password,
};
use crate::platform::backup::{self, Fault, Keys, Manifest};
use crate::platform::config::{Config, DatabaseUrl, EphemeralUrl};
use crate::platform::db::{self, Held, NotHeld};
use crate::tokens::recovery::witness::Testimony;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(super) const EXAMPLES: &str = "\
Examples:
  latchkey restore /backups/2026-11-22.latchkey                         where nothing is kept yet
  latchkey restore --overwrite /backups/2026-11-22.latchkey             in the place of what is kept now
  latchkey restore --passphrase-file words.txt --keep consents FILE

Stop the server first. What is replaced is kept beside it and is asked what was decided since the backup was made, as by
`latchkey recover --from`; then whatever was issued before counts no more, as by `latchkey recover`.

With PostgreSQL:
  pg_restore --clean --if-exists --single-transaction --dbname=URL FILE && latchkey migrate && latchkey recover";

/// A command that just ended may hold the file a moment longer.
const PATIENCE: Duration = Duration::from_secs(3);

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// What `latchkey backup` wrote
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Replace the present data
    #[arg(long)]
    overwrite: bool,
    /// A file with the passphrase that encrypts the backup
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// What stays valid, as for `latchkey recover`
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    keep: Vec<StaysInForce>,
    /// The lost database, if it is not the one that is replaced, as for `latchkey recover`
    #[arg(long, value_name = "URL")]
    from: Option<String>,
}

/// A store of the configuration, and where its copy waits.
struct Place {
    name: &'static str,
    target: PathBuf,
    new: PathBuf,
}

impl Place {
    fn of(name: &'static str, target: &Path) -> Self {
        Self { name, target: target.to_owned(), new: with(target, ".restoring") }
    }
}

pub(super) async fn run(globals: &Globals, arguments: &Arguments) -> Result<Answer, Failure> {
    let site = Site::of(load_config(globals)?)?;
    let places = places(&site.config)?;
    free(&places, arguments)?;
    // Owned from here on, and deleted in the end if it is not put in place.
    let _scratch: Vec<_> = places.iter().map(|place| Scratch(place.new.clone())).collect();
    let manifest = unpack(&site, arguments, &places)?;
    places.iter().filter(|place| place.new.exists()).try_for_each(|place| whole(&arguments.file, place))?;
    let database = places.first().ok_or_else(|| Failure::new("no store is configured"))?;
    let recovered = recover_copy(globals, arguments, database).await?;
    let replaced = put(&places, site.now().seconds())?;
    Ok(said(arguments, &manifest, &places, &replaced, recovered))
}

/// The database first.
fn places(config: &Config) -> Result<Vec<Place>, Failure> {
    let DatabaseUrl::Sqlite(database) = &config.database.url else {
        let name = without_password(config.database.url.url().expose());
        let failure =
            Failure::new(format!("{name} is PostgreSQL, which has its own restore tools; nothing was changed"));
        return Err(failure.fix(format!(
            "stop the servers, then: pg_restore --clean --if-exists --single-transaction --dbname='{name}' FILE && \
             latchkey migrate && latchkey recover"
        )));
    };
    let mut places = vec![Place::of(DATABASE, database)];
    if let Some(EphemeralUrl::Sqlite(path)) = &config.ephemeral {
        places.push(Place::of(EPHEMERAL, path));
    }
    Ok(places)
}

/// Locks that prove that nobody has the stores open.
fn free(places: &[Place], arguments: &Arguments) -> Result<Vec<Held>, Failure> {
    let mut held = Vec::new();
    for Place { target, new, .. } in places {
        let path = target.display();
        if new.exists() {
            let failure =
                Failure::new(format!("{} exists: another restore is running or was interrupted", new.display()));
            return Err(failure.fix("if none is running, delete it and run this again; nothing was changed"));
        }
        if !target.exists() {
            continue;
        }
        match db::hold(target, PATIENCE) {
            Ok(one) => held.push(one),
            Err(NotHeld::InUse) => {
                let failure = Failure::new(format!("{path} is in use: {}", NotHeld::InUse));
                return Err(failure.fix(
                    "stop the server and any other process that has it open, then run this again; nothing was changed",
                ));
            }
            // A damaged database is a reason to restore; the operator decides whether it may be replaced.
            Err(NotHeld::Unreadable(_)) => {}
        }
        if !arguments.overwrite {
            let failure = Failure::new(format!("{path} already exists"));
            return Err(failure.fix(
                "with --overwrite the backup replaces it, and the old file is kept beside it; nothing was changed",
            ));
        }
    }
    Ok(held)
}

fn unpack(site: &Site, arguments: &Arguments, places: &[Place]) -> Result<Manifest, Failure> {
    let passphrase = arguments.passphrase_file.as_deref().map(passphrase).transpose()?;
    let masters = site.master_keys()?;
    let keys = Keys { masters: Some(&masters), passphrase: passphrase.as_ref().map(|words| words.expose().as_str()) };
    let place = |name: &str| places.iter().find(|place| place.name == name).map(|place| place.new.clone());
    let file = arguments.file.display();
    let manifest = backup::read(&arguments.file, keys, &place).map_err(|fault| {
        let failure = Failure::new(format!("{file} cannot be restored: {fault}"));
        failure.fix(match fault {
            Fault::Io(_) => "name a backup that this user may read, and make sure that there is enough disk space beside the database; nothing was changed",
            Fault::Key(_) => "give --passphrase-file, or the master key of the time of the backup (`keys.master_key_file` takes several); nothing was changed",
            Fault::Damaged(_) => "take another backup; nothing was changed",
        })
    })?;
    let issuer = site.config.issuer.as_str();
    if manifest.issuer != issuer {
        let failure =
            Failure::new(format!("{file} is a backup of {}, but this configuration is for {issuer}", manifest.issuer));
        return Err(failure.fix("use the configuration of the provider that was backed up; nothing was changed"));
    }
    Ok(manifest)
}

fn whole(file: &Path, place: &Place) -> Result<(), Failure> {
    let faults = db::faults(&place.new).map_err(|error| vec![error.cause]);
    let faults = faults.unwrap_or_else(|unreadable| unreadable);
    if faults.is_empty() {
        return Ok(());
    }
    let failure = Failure::new(format!("{} in {} is damaged: {}", place.name, file.display(), faults.join("; ")));
    Err(failure.fix("take another backup; nothing was changed"))
}

/// Ends in the copy what may have been revoked since, before it is served.
async fn recover_copy(globals: &Globals, arguments: &Arguments, database: &Place) -> Result<Answer, Failure> {
    let mut config = load_config(globals)?;
    config.database.url = DatabaseUrl::Sqlite(database.new.clone());
    let site = Site::of(config)?;
    // Including the steps of a migration outside SQL.
    let copy = site.config.clone();
    let migrated = tokio::task::spawn_blocking(move || bring_up(&copy)).await.map_err(Failure::stopped)?;
    migrated.map_err(|error| Failure::new(format!("the backup cannot be brought to this version: {}", error.cause)))?;
    // The master key is checked before anything is replaced.
    site.pepper().await?;
    let (testimony, warning) = witness(&site, arguments, database).await?;
    Ok(end_all(&site, &arguments.keep, false, testimony).await?.warn(warning))
}

/// What the replaced database knows of the time since the backup, or why that is unknown.
async fn witness(
    site: &Site,
    arguments: &Arguments,
    database: &Place,
) -> Result<(Option<Testimony>, Option<String>), Failure> {
    if let Some(from) = &arguments.from {
        return Ok((Some(hear(site, from).await?), None));
    }
    if !database.target.exists() {
        return Ok((None, None));
    }
    let unknown = |failure: Failure| format!("changes since the backup are unknown: {}", failure.message());
    Ok(match hear(site, &format!("sqlite://{}", database.target.display())).await {
        Ok(testimony) => (Some(testimony), None),
        // It is damaged, or older than the backup.
        Err(failure) => (None, Some(unknown(failure))),
    })
}

/// Puts the copies in place; the old files are kept under other names, which are returned.
fn put(places: &[Place], now: i64) -> Result<Vec<PathBuf>, Failure> {
    let mut replaced = Vec::new();
    for Place { target, new, .. } in places {
        let failed = |error: std::io::Error| {
            let failure = Failure::new(format!("{} could not be put in place: {error}", target.display()));
            failure.fix("look in the folder: the old file is kept there under a name that ends in .replaced-SECONDS")
        };
        let _old = match target.exists().then(|| db::hold(target, PATIENCE)) {
            Some(Err(NotHeld::InUse)) => {
                return Err(Failure::new(format!("{} was opened meanwhile", target.display()))
                    .fix("stop the server, then run this again"));
            }
            held => held,
        };
        // Its write-ahead log belongs to the copy from here on.
        let _new = new.exists().then(|| db::hold(new, PATIENCE)).transpose();
        let _new = _new.map_err(|error| Failure::new(format!("the restored copy cannot be used: {error}")))?;
        if target.exists() {
            let aside = with(target, &format!(".replaced-{now}"));
            std::fs::rename(target, &aside).map_err(failed)?;
            for suffix in ["-wal", "-shm"] {
                // Left by a damaged database, which could not be locked; an intact one has none.
                let (from, to) = (with(target, suffix), with(&aside, suffix));
                let _ = from.exists().then(|| std::fs::rename(from, to));
            }
            replaced.push(aside);
        }
        if new.exists() {
            std::fs::rename(new, target).map_err(failed)?;
        }
        let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
    }
    Ok(replaced)
}

fn with(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn said(
    arguments: &Arguments,
    manifest: &Manifest,
    places: &[Place],
    replaced: &[PathBuf],
    recovered: Answer,
) -> Answer {
    let restored: Vec<_> =
        places.iter().filter(|place| manifest.files.iter().any(|file| file.name == place.name)).collect();
    let mut text = format!("Restored the backup of {} from {}:\n", manifest.created_at, arguments.file.display());
    restored.iter().for_each(|place| text.push_str(&format!("  {}\n", place.target.display())));
    if !replaced.is_empty() {
        text.push_str("The old files are kept and hold people's data: delete them once you are sure\n");
        replaced.iter().for_each(|path| text.push_str(&format!("  {}\n", path.display())));
    }
    text.push('\n');
    text.push_str(&recovered.text);
    let json = json!({
        "file": arguments.file, "created_at": manifest.created_at,
        "restored": restored.iter().map(|place| place.target.clone()).collect::<Vec<_>>(),
        "replaced": replaced, "recover": recovered.json,
    });
    Answer { json, text, ..recovered }
}
