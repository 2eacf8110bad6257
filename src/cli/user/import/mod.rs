//! `latchkey user import`: people from a file; each row is imported completely or not at all. A thread reads and validates rows,
//! the pool hashes plain passwords, and a transaction holds a few hundred rows and the progress in the file:
//! an interrupted import continues there.

mod array;
mod batch;
mod columns;
mod comma_separated;
mod from;
mod json_lines;
mod notes;
mod progress;
mod report;
mod row;
mod source;
mod switch;

use super::password::{reason, weakness};
use super::{Answer, Failure, Person, Site, count, table};
use crate::admin::people::{Change, Stamp, add, alter, name_after};
use crate::admin::{Users, Write};
use crate::model::import;
use crate::platform::password::{Cost, FirebaseProject, PasswordError, Passwords};
use crate::platform::secret::Secret;
use from::System;
use progress::Teller;
use report::Report;
use row::{Row, Rows, Rules};
use source::{Format, Source};
use std::path::PathBuf;
use std::sync::Arc;

pub(in crate::cli) const EXAMPLE: &str = "\
Examples:
  latchkey user import people.json
  latchkey user import people.jsonl --errors refused.jsonl
  latchkey user import people.csv --dry-run
  latchkey user import realm.json --from keycloak-realm
  latchkey user import users.json --from firebase --firebase hash_config.txt
  zcat people.jsonl.gz | latchkey user import - --format jsonl

people.json:
  [{\"username\": \"ada\", \"password\": \"…\", \"name\": \"Ada Lovelace\", \"email\": \"ada@example.org\", \"email_verified\": true},
   {\"username\": \"bob\", \"password_hash\": \"$argon2id$v=19$m=19456,t=2,p=1$…\", \"sub\": \"248289761001\", \"disabled\": true}]
people.jsonl: the same objects, one per line
people.csv:
  username,email,email_verified,name,address.country,password_hash
  ada,ada@example.org,true,Ada Lovelace,GB,$2b$12$…

Fields are the standard claims of OpenID Connect, and username, password or password_hash, sub, disabled. A password_hash is one
of Argon2, bcrypt, scrypt, PBKDF2 (also of Django, Keycloak, ASP.NET Core Identity), sha-crypt, md5-crypt, phpass, WordPress, LDAP or
Firebase; it is replaced at the first sign-in. CSV fields are separated by commas, semicolons or tabs; an empty cell sets no field.
With --from the file is an export of that system: people without a password and disabled ones are imported and counted, and
whatever cannot be imported is listed.
Existing people (by username) are updated. Rows with errors are skipped, the others are imported, and the exit code is 1.
To continue an interrupted import, import the same file again.";

/// Rows per transaction.
const BATCH: usize = 250;

#[derive(clap::Args)]
pub(in crate::cli) struct Import {
    /// People as a JSON array, JSON Lines or CSV; `-` is standard input
    file: PathBuf,
    /// Read the file as an export of this system
    #[arg(long, value_enum, value_name = "SYSTEM")]
    from: Option<System>,
    /// The file format [default: by file name: .json, .jsonl or .ndjson, .csv]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Check every row and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Write refused rows to this file, as JSON Lines
    #[arg(long, value_name = "FILE")]
    errors: Option<PathBuf>,
    /// Report progress on standard error every N rows; a terminal shows it every second
    #[arg(long, value_name = "ROWS", value_parser = clap::value_parser!(u64).range(1..))]
    progress: Option<u64>,
    /// Start from the beginning although an import of this file was interrupted
    #[arg(long)]
    from_start: bool,
    /// A file with the project's password hash parameters (hash_config), for Firebase hashes
    #[arg(long, value_name = "FILE")]
    firebase: Option<PathBuf>,
}

pub(in crate::cli) async fn run(site: &Site, arguments: &Import) -> Result<Answer, Failure> {
    let firebase = arguments.firebase.as_deref().map(project).transpose()?;
    let source = Source::find(&arguments.file, arguments.format, arguments.from)?;
    let resumed = resumed(site, &source, arguments).await?;
    let done = resumed.map_or(0, |progress| progress.done);
    let mut report = Report::begin(source.format, arguments.errors.as_deref(), resumed)?;
    let mut teller = Teller::new(arguments.progress, done);
    let passwords = hasher(site)?;
    let format = source.format;
    let rules = Rules {
        system: arguments.from,
        firebase,
        password: site.config.password.clone(),
        profile: Arc::clone(&site.config.profile),
        now: site.now(),
    };
    let mut rows = Rows::read(source, rules, done)?;
    while let Some(batch) = rows.next(BATCH).await? {
        let prepared = prepare(site, &passwords, batch, arguments.dry_run).await?;
        let written = batch::write(site, prepared, &rows.digest, report.progress, arguments.dry_run).await;
        for outcome in written.map_err(|failure| cut_off(failure, format, report.progress.done))? {
            report.add(outcome)?;
        }
        teller.tell(&report.progress);
    }
    teller.end();
    if !arguments.dry_run {
        if let Some(digest) = rows.digest.clone() {
            site.write(move |tx| import::store::forget(tx, &digest)).await?;
        }
        site.settle().await;
    }
    Ok(report.answer(arguments.dry_run, rows.notes()))
}

fn project(path: &std::path::Path) -> Result<FirebaseProject, Failure> {
    let failed = |cause: String| Failure::new(format!("{} cannot be used: {cause}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    FirebaseProject::parse(&text).map_err(|cause| {
        failed(cause).fix("save what the Firebase console shows under Authentication, Users, Password hash parameters")
    })
}

async fn resumed(site: &Site, source: &Source, arguments: &Import) -> Result<Option<import::Progress>, Failure> {
    let Some(digest) = source.digest.clone().filter(|_| !arguments.dry_run && !arguments.from_start) else {
        return Ok(None);
    };
    site.read(move |connection| import::store::find(connection, &digest)).await
}

/// Hashes on every core: an import may use the whole machine.
fn hasher(site: &Site) -> Result<Passwords, Failure> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let started = Passwords::with_workers(Cost::STANDARD, Arc::clone(&site.random), cores, BATCH.saturating_mul(2));
    started.map_err(|error| Failure::new(format!("passwords cannot be hashed: {error}")))
}

/// Hashes plain passwords, unless they are the present ones.
async fn prepare(site: &Site, passwords: &Passwords, rows: Vec<Row>, dry_run: bool) -> Result<Vec<Row>, Failure> {
    let present = batch::present(site, &rows).await?;
    let one = async |mut row: Row| {
        let Ok(draft) = &mut row.outcome else { return Ok(row) };
        let Some(password) = draft.password.take() else { return Ok(row) };
        if let Some(phc) = present.get(&draft.username.folded)
            && passwords.verify(&password, phc).await.is_ok_and(|verified| verified.ok)
        {
            return Ok(row);
        }
        let hashed = match dry_run {
            true if Passwords::is_acceptable(&password) => Ok(Secret::new(String::new())),
            true => Err(PasswordError::Unacceptable),
            false => passwords.hash(&password).await,
        };
        match hashed {
            Ok(phc) => draft.change.phc = Some(phc),
            Err(error @ PasswordError::Unacceptable) => row.outcome = Err(reason(&error)),
            Err(error) => return Err(Failure::new(reason(&error))),
        }
        Ok(row)
    };
    futures_util::future::try_join_all(rows.into_iter().map(one)).await
}

fn cut_off(failure: Failure, format: Format, done: i64) -> Failure {
    let advice =
        format!("{} are done. Import the same file again to continue there. {}", format.rows(done), failure.advice());
    failure.fix(advice)
}
