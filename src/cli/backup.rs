//! `latchkey backup`: all data of a running provider in one file.

use super::{Answer, Failure, Globals, Site, load_config, rfc3339, without_password};
use crate::platform::backup::{self, Lock, Manifest, Origin};
use crate::platform::config::{DatabaseUrl, EphemeralUrl};
use crate::platform::db;
use crate::platform::secret::Secret;
use serde_json::json;
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(super) const EXAMPLES: &str = "\
Examples:
  latchkey backup /backups/$(date +%F).latchkey                         unencrypted, readable by its owner only
  latchkey backup --encrypt /backups/$(date +%F).latchkey               encrypted under the master key
  latchkey backup --passphrase-file words.txt /backups/$(date +%F).latchkey

The server keeps running. The backup does not contain the master key and is useless without it: keep a copy elsewhere.
With PostgreSQL this command writes nothing and prints the commands to use instead.";

/// File names inside the archive.
pub(super) const DATABASE: &str = "database.sqlite";
pub(super) const EPHEMERAL: &str = "ephemeral.sqlite";

/// In characters. Shorter passphrases are too easy to guess.
const SHORTEST_PASSPHRASE: usize = 12;

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The file to write; it must not exist yet
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Encrypt it under the master key
    #[arg(long)]
    encrypt: bool,
    /// Encrypt it with the passphrase in this file instead
    #[arg(long, value_name = "FILE", conflicts_with = "encrypt")]
    passphrase_file: Option<PathBuf>,
}

pub(super) async fn run(globals: &Globals, arguments: &Arguments) -> Result<Answer, Failure> {
    let site = Site::of(load_config(globals)?)?;
    let file = &arguments.file;
    let database = match &site.config.database.url {
        DatabaseUrl::Sqlite(path) => path.clone(),
        DatabaseUrl::Postgres(url) => return Err(of_postgres(url.expose(), file)),
    };
    if file.exists() {
        let failure = Failure::new(format!("{} already exists", file.display()));
        return Err(failure.fix("choose a new file name: existing files are never overwritten"));
    }
    // A database with another schema version is copied unchanged.
    site.schema().await?;
    let lock = lock(&site, arguments)?;
    let mut sources = Vec::new();
    // The short-lived store first, so that the database, which is authoritative, is the newer of the two.
    if let Some(EphemeralUrl::Sqlite(path)) = &site.config.ephemeral
        && path.is_file()
    {
        sources.push((EPHEMERAL, path.clone()));
    }
    sources.push((DATABASE, database));
    let manifest = make(&site, file, &sources, lock.as_ref()).await?;
    Ok(said(file, &manifest, lock.as_ref()))
}

fn lock(site: &Site, arguments: &Arguments) -> Result<Option<Lock>, Failure> {
    if arguments.encrypt {
        return Ok(Some(Lock::Master(site.master_keys()?.as_ref().clone())));
    }
    arguments.passphrase_file.as_deref().map(|file| passphrase(file).map(Lock::Passphrase)).transpose()
}

/// The passphrase in a file, without the line end.
pub(super) fn passphrase(file: &Path) -> Result<Secret<String>, Failure> {
    let text = std::fs::read_to_string(file);
    let text = text.map_err(|error| Failure::new(format!("--passphrase-file {}: {error}", file.display())))?;
    let text = text.trim_end_matches(['\r', '\n']);
    if text.chars().count() < SHORTEST_PASSPHRASE {
        let failure = Failure::new(format!("the passphrase in {} is too short", file.display()));
        return Err(
            failure.fix(format!("at least {SHORTEST_PASSPHRASE} characters; `openssl rand -base64 24` makes one"))
        );
    }
    Ok(Secret::new(text.to_owned()))
}

async fn make(
    site: &Site,
    file: &Path,
    sources: &[(&'static str, PathBuf)],
    lock: Option<&Lock>,
) -> Result<Manifest, Failure> {
    let part = Scratch::beside(file, "part");
    let copies: Vec<(&'static str, Scratch)> =
        sources.iter().map(|(name, _)| (*name, Scratch::beside(file, name))).collect();
    let wanted = sources.iter().filter_map(|(_, path)| std::fs::metadata(path).ok()).map(|file| file.len()).sum();
    let progress =
        Progress::of(wanted, copies.iter().map(|(_, copy)| copy.0.clone()).chain([part.0.clone()]).collect());
    let paths: Vec<_> = sources.iter().zip(&copies).map(|((_, from), (_, to))| (from.clone(), to.0.clone())).collect();
    let copied = tokio::task::spawn_blocking(move || paths.iter().try_for_each(|(from, to)| db::snapshot(from, to)));
    progress.while_it_runs(copied).await?.map_err(|error| failed(file, &error.cause))?;
    let (target, lock, random) = (part.0.clone(), lock.cloned(), std::sync::Arc::clone(&site.random));
    let (issuer, now) = (site.config.issuer.as_str().to_owned(), rfc3339(site.now()));
    let files: Vec<_> = copies.iter().map(|(name, copy)| (*name, copy.0.clone())).collect();
    let written = tokio::task::spawn_blocking(move || {
        let origin = Origin { version: env!("CARGO_PKG_VERSION"), issuer: &issuer, created_at: &now };
        let files: Vec<_> = files.iter().map(|(name, path)| (*name, path.as_path())).collect();
        backup::write(&target, origin, &files, lock.as_ref(), random.as_ref())
    });
    let manifest = progress.while_it_runs(written).await?.map_err(|error| failed(file, &error))?;
    progress.end();
    // Renamed only once it is complete; a file created in between is not replaced.
    std::fs::hard_link(&part.0, file).map_err(|error| failed(file, &error))?;
    Ok(manifest)
}

fn failed(file: &Path, cause: &dyn std::fmt::Display) -> Failure {
    let failure = Failure::new(format!("{} could not be written: {cause}", file.display()));
    failure.fix("choose a folder that this user may write to, with free space for twice the size of the databases; the partial files were deleted")
}

fn said(file: &Path, manifest: &Manifest, lock: Option<&Lock>) -> Answer {
    let encrypted = match lock {
        None => "none",
        Some(Lock::Master(_)) => "master-key",
        Some(Lock::Passphrase(_)) => "passphrase",
    };
    let how = match lock {
        None => "It is not encrypted: protect it as you protect the database.",
        Some(Lock::Master(_)) => "It is encrypted under the master key.",
        Some(Lock::Passphrase(_)) => "It is encrypted with the passphrase. Restoring it also needs the master key.",
    };
    let bytes: u64 = manifest.files.iter().map(|file| file.bytes).sum();
    let text = format!(
        "{} holds {}, {} in all.\n{how}\nTo restore: latchkey restore {0}",
        file.display(),
        manifest.files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>().join(" and "),
        size(bytes),
    );
    Answer::new(text, json!({"file": file, "encryption": encrypted, "manifest": manifest}))
}

/// `1.2 MiB`
#[allow(clippy::cast_precision_loss, reason = "one digit after the point")]
fn size(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / 1_048_576.0)
}

/// The commands to run instead where the database is PostgreSQL.
fn of_postgres(url: &str, file: &Path) -> Failure {
    let name = without_password(url);
    Failure::new(format!("{name} is PostgreSQL, which has its own backup tools; nothing was written")).fix(format!(
        "pg_dump --format=custom --file={} '{name}'    (user and password: ~/.pgpass, or PGUSER and PGPASSWORD)\n\
         The short-lived store needs no backup: without it people sign in again.\n\
         To restore: see `latchkey restore --help`",
        file.display()
    ))
}

/// A temporary file, removed on drop.
pub(super) struct Scratch(pub(super) PathBuf);

impl Scratch {
    /// In the same folder as the target, so that it can be renamed; the name is unique to the process.
    fn beside(file: &Path, what: &str) -> Self {
        let mut name = file.as_os_str().to_owned();
        name.push(format!(".{}-{what}", std::process::id()));
        Self(name.into())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        for suffix in ["", "-journal", "-wal", "-shm"] {
            let mut name = self.0.as_os_str().to_owned();
            name.push(suffix);
            let _ = std::fs::remove_file(PathBuf::from(name));
        }
    }
}

/// Progress on one line of a terminal.
struct Progress {
    wanted: u64,
    growing: Vec<PathBuf>,
    is_terminal: bool,
}

impl Progress {
    /// Of files that grow to about `wanted` bytes each way: once copied, once in the archive.
    fn of(wanted: u64, growing: Vec<PathBuf>) -> Self {
        Self { wanted: wanted.saturating_mul(2), growing, is_terminal: std::io::stderr().is_terminal() }
    }

    async fn while_it_runs<T>(&self, mut task: tokio::task::JoinHandle<T>) -> Result<T, Failure> {
        loop {
            match tokio::time::timeout(Duration::from_millis(500), &mut task).await {
                Ok(done) => return done.map_err(Failure::stopped),
                Err(_) => self.tell(),
            }
        }
    }

    fn tell(&self) {
        let done: u64 =
            self.growing.iter().filter_map(|path| std::fs::metadata(path).ok()).map(|file| file.len()).sum();
        let percent = done.saturating_mul(100).checked_div(self.wanted).unwrap_or_default().min(99);
        if self.is_terminal {
            let mut err = std::io::stderr().lock();
            let _ = write!(err, "\r{percent} % of {}\x1b[K", size(self.wanted / 2));
            let _ = err.flush();
        }
    }

    fn end(&self) {
        if self.is_terminal {
            let _ = write!(std::io::stderr().lock(), "\r\x1b[K");
        }
    }
}
