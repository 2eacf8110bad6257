//! The configuration and the stores that a command works on.

use super::{Failure, Globals};
use crate::admin::{self, Installation, Listed, Object, Permit, Verb};
use crate::model::client::secret::SecretSealing;
use crate::model::event::Actor;
use crate::model::key::{self, first};
use crate::op::notice::Notice;
use crate::pages::letter::Change;
use crate::platform::clock::SystemClock;
use crate::platform::config::{Config, DatabaseUrl, Layers};
use crate::platform::crypto::{MasterKeys, Pepper};
use crate::platform::db::{self, Connection, Db, MigrationState};
use crate::platform::ephemeral::{self, Slots};
use crate::platform::mail::Mailer;
use crate::platform::random::OsRandom;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A command needs one reader and one writer.
const CONNECTIONS: usize = 2;

/// An installation, as commands on its machine see it.
pub(super) struct Site(Installation);

impl Deref for Site {
    type Target = Installation;

    fn deref(&self) -> &Installation {
        &self.0
    }
}

/// The configuration of a command: `--config`, else `latchkey.toml` in the working directory; environment variables take precedence.
pub(super) fn load_config(globals: &Globals) -> Result<Config, Failure> {
    let layers = match config_file(globals) {
        Some(file) => Layers::default().file(file),
        None => Layers::default(),
    };
    let failed = |error: crate::platform::config::ConfigError| {
        Failure::new(format!("the configuration is invalid\n{error}")).fix("correct it; nothing was done")
    };
    layers.environment().load().map_err(failed)
}

/// The file that is read.
pub(super) fn config_file(globals: &Globals) -> Option<PathBuf> {
    let default = Path::new("latchkey.toml");
    globals.config.clone().or_else(|| default.is_file().then(|| default.to_owned()))
}

/// The database as `platform::db` takes it.
pub(super) fn database_url(config: &Config) -> String {
    config.database.url.url().expose().clone()
}

/// The database for messages: without password.
pub(super) fn database_name(config: &Config) -> String {
    match &config.database.url {
        DatabaseUrl::Sqlite(path) => format!("sqlite://{}", path.display()),
        DatabaseUrl::Postgres(url) => without_password(url.expose()),
    }
}

/// A URL without user and password.
pub(super) fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return "an unreadable URL".to_owned() };
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    format!("{scheme}://{}", rest.rsplit_once('@').map_or(rest, |(_, host)| host))
}

/// The short-lived store as `platform::ephemeral` takes it.
pub(super) fn ephemeral_url(config: &Config) -> Option<String> {
    config.ephemeral.as_ref().map(|url| url.url().expose().clone())
}

impl Site {
    /// Opens the database, which must have this binary's schema.
    pub(super) async fn open(globals: &Globals) -> Result<Self, Failure> {
        let site = Self::of(load_config(globals)?)?;
        site.require_schema().await?;
        Ok(site)
    }

    /// The stores of a configuration, whatever their state.
    pub(super) fn of(config: Config) -> Result<Self, Failure> {
        let db = Db::new(&database_url(&config), CONNECTIONS)?.patient();
        let (config, clock, random) = (Arc::new(config), Arc::new(SystemClock), Arc::new(OsRandom));
        Ok(Self(Installation { config, db, clock, random }))
    }

    /// The state of the schema. A missing database file is not created.
    pub(super) async fn schema(&self) -> Result<MigrationState, Failure> {
        if let DatabaseUrl::Sqlite(path) = &self.config.database.url
            && !path.exists()
        {
            let whole = std::path::absolute(path).unwrap_or_else(|_| path.clone());
            let failure = Failure::new(format!("there is no database at {}", whole.display()));
            return Err(failure.fix(
                "`latchkey migrate` creates it; if it should exist, check `database.url` and `--config`: a relative path is relative to the configuration file",
            ));
        }
        let (url, name) = (database_url(&self.config), database_name(&self.config));
        let state = tokio::task::spawn_blocking(move || db::state(&url)).await.map_err(Failure::stopped)?;
        state.map_err(|error| unreachable_database(&name, &error.cause))
    }

    async fn require_schema(&self) -> Result<(), Failure> {
        match self.schema().await? {
            MigrationState::Current => Ok(()),
            MigrationState::Pending(names) => {
                let failure = Failure::new(format!("the database lacks migrations: {}", names.join(", ")));
                Err(failure.fix("run `latchkey migrate`"))
            }
        }
    }

    /// What the operator may do, which is everything.
    pub(super) fn permit<V: Verb, O: Object>(&self) -> Result<Permit<V, O>, Failure>
    where
        (V, O): Listed,
    {
        admin::permit(&Actor::Operator).map_err(|denied| Failure::new(denied.to_string()))
    }

    /// The master keys.
    pub(super) fn master_keys(&self) -> Result<Arc<MasterKeys>, Failure> {
        let keys = first::master_keys(&self.config.keys).map_err(|error| {
            let fix = "set `keys.master_key_file` or LATCHKEY__KEYS__MASTER_KEY to the key of this provider; a new one: `openssl rand -base64 32`";
            Failure::new(error.to_string()).fix(fix)
        })?;
        Ok(Arc::new(keys))
    }

    /// The pepper, which `migrate` created.
    pub(super) async fn pepper(&self) -> Result<Pepper, Failure> {
        let masters = self.master_keys()?;
        let sealed = self.read(|connection| key::store::find_secret(connection, first::PEPPER)).await?;
        let missing = || Failure::new("this database has no secrets yet").fix("run `latchkey migrate`");
        first::open_pepper(&masters, &sealed.ok_or_else(missing)?).map_err(|error| {
            Failure::new(format!("the master keys do not open the secrets in this database: {error}"))
                .fix("configure the master key that the database was created with; nothing was changed")
        })
    }

    /// Hashes client secrets.
    pub(super) async fn secret_sealing(&self) -> Result<SecretSealing, Failure> {
        let (pepper, masters) = (self.pepper().await?, self.master_keys()?);
        Ok(SecretSealing { pepper, masters, random: Arc::clone(&self.random) })
    }

    /// Seals queued emails, which a server sends.
    pub(super) fn mailer(&self) -> Result<Mailer, Failure> {
        let mailer = Mailer::new(&self.config.mail, self.master_keys()?, Arc::clone(&self.random));
        mailer.map_err(Failure::new)
    }

    /// Queues an email about an operator's change; none where mail is off. A server sends it.
    pub(super) fn notice(&self, what: Change) -> Result<Option<Notice>, Failure> {
        if !self.config.mail.is_on() {
            return Ok(None);
        }
        let means = (self.mailer()?, Arc::clone(&self.random));
        Ok(Some(Notice::new(means, &self.config, what, None, self.now())))
    }

    /// The short-lived store.
    pub(super) async fn slots(&self) -> Result<Slots, Failure> {
        let url = ephemeral_url(&self.config).ok_or_else(|| {
            Failure::new("`ephemeral.url` is not set").fix("set it to the Redis that every server uses: `redis://…`")
        })?;
        let hasher = first::key_hasher(&self.pepper().await?);
        let store = ephemeral::open(&url, Arc::clone(&self.clock), Arc::clone(&self.random)).await?;
        Ok(Slots::new(store, hasher))
    }

    /// Runs a query.
    pub(super) async fn read<T, F>(&self, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> diesel::QueryResult<T> + Send + 'static,
    {
        self.db.read(work).await.map_err(Failure::from)
    }

    /// Runs a change in one transaction.
    pub(super) async fn write<T, F>(&self, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> diesel::QueryResult<T> + Clone + Send + 'static,
    {
        self.db.write(work).await.map_err(Failure::from)
    }
}

impl Failure {
    /// An internal task ended early.
    pub(super) fn stopped(error: tokio::task::JoinError) -> Self {
        Self::new(format!("the command was stopped: {error}"))
    }
}

/// A message for a database that cannot be reached.
pub(super) fn unreachable_database(name: &str, cause: &str) -> Failure {
    let cause: Vec<_> = cause.split_whitespace().collect();
    let failure = Failure::new(format!("the database {name} cannot be used: {}", cause.join(" ")));
    failure.fix("check `database.url`, that the server is running, and that this user may read and write it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_shown_without_its_password() {
        assert_eq!(
            without_password("postgres://u:p%40@db.example:5432/id?sslmode=require"),
            "postgres://db.example:5432/id"
        );
        assert_eq!(without_password("redis://localhost:6379"), "redis://localhost:6379");
    }
}
