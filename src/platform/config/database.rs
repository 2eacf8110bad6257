//! `database.*` and `ephemeral.url`: where data is kept.

use super::reader::Reader;
use super::store_url;
use super::value::{Raw, Setting};
use crate::platform::db::WITHOUT_PREPARED_STATEMENTS;
use crate::platform::ephemeral::SentinelUrl;
use crate::platform::secret::Secret;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The durable store. URLs of servers carry passwords and so are secrets.
#[derive(Debug, Clone)]
pub enum DatabaseUrl {
    /// `sqlite://PATH`: relative to the working directory, or absolute with a third slash.
    Sqlite(PathBuf),
    /// `postgres://…`, whole.
    Postgres(Secret<String>),
}

impl DatabaseUrl {
    /// The URL as the store opens it.
    pub fn url(&self) -> Secret<String> {
        match self {
            Self::Sqlite(path) => Secret::new(format!("sqlite://{}", path.display())),
            Self::Postgres(url) => url.clone(),
        }
    }

    /// The ephemeral store that goes with it: a file beside an SQLite file, nothing beside PostgreSQL.
    pub fn ephemeral(&self) -> Option<EphemeralUrl> {
        match self {
            Self::Sqlite(path) => {
                let mut beside = path.clone().into_os_string();
                beside.push(".ephemeral");
                Some(EphemeralUrl::Sqlite(beside.into()))
            }
            Self::Postgres(_) => None,
        }
    }
}

/// The store of sessions, codes and other short-lived data.
#[derive(Debug, Clone)]
pub enum EphemeralUrl {
    /// `sqlite://PATH`: for one instance.
    Sqlite(PathBuf),
    /// `redis://…` or `rediss://…`, whole.
    Redis(Secret<String>),
    /// `redis-cluster://host:port,host:port`: the nodes as `redis://…` URLs of their own.
    RedisCluster(Vec<Secret<String>>),
    /// `redis-sentinel://host:port,host:port/service/db` or `rediss-sentinel://…`, whole.
    RedisSentinel(Secret<String>),
}

impl EphemeralUrl {
    /// The URL as the store opens it.
    pub fn url(&self) -> Secret<String> {
        match self {
            Self::Sqlite(path) => Secret::new(format!("sqlite://{}", path.display())),
            Self::Redis(url) | Self::RedisSentinel(url) => url.clone(),
            // One user and password for the cluster, those of its first node.
            Self::RedisCluster(nodes) => {
                let nodes: Vec<_> = nodes.iter().map(|node| node.expose().trim_start_matches("redis://")).collect();
                let (user, first) = nodes.first().and_then(|node| node.rsplit_once('@')).unwrap_or_default();
                let hosts = nodes.iter().map(|node| node.rsplit_once('@').map_or(*node, |(_, host)| host));
                let at = if first.is_empty() { String::new() } else { format!("{user}@") };
                Secret::new(format!("redis-cluster://{at}{}", hosts.collect::<Vec<_>>().join(",")))
            }
        }
    }
}

/// `database.*`
#[derive(Debug, Clone)]
pub struct Database {
    /// `database.url`
    pub url: DatabaseUrl,
    /// `database.max_connections`: of the pool; at least 1.
    pub max_connections: u32,
    /// `database.prepared_statements`: false behind a pooler that gives a connection for a transaction only.
    pub prepared_statements: bool,
}

impl Default for Database {
    fn default() -> Self {
        Self { url: DatabaseUrl::Sqlite("latchkey.db".into()), max_connections: 10, prepared_statements: true }
    }
}

impl Database {
    pub(super) fn read(&mut self, reader: &mut Reader) {
        reader.read_secret("database.url", &mut self.url);
        reader.read("database.max_connections", &mut self.max_connections);
        let in_range = (1..=1000).contains(&self.max_connections);
        reader.require(in_range, "database.max_connections", "must be from 1 to 1000");
        reader.read("database.prepared_statements", &mut self.prepared_statements);
        if let (false, DatabaseUrl::Postgres(url)) = (self.prepared_statements, &self.url) {
            self.url = DatabaseUrl::Postgres(Secret::new(format!("{}{WITHOUT_PREPARED_STATEMENTS}", url.expose())));
        }
    }
}

/// `events.*`
#[derive(Debug, Clone)]
pub struct Events {
    /// `events.retention`: how long events are kept; `None` is for ever.
    pub retention: Option<Duration>,
}

const YEAR: Duration = Duration::from_secs(365 * 86_400);
/// People see events of the last weeks, and the newest event dates a backup.
const SHORTEST_RETENTION: Duration = Duration::from_secs(30 * 86_400);

impl Default for Events {
    fn default() -> Self {
        Self { retention: Some(YEAR) }
    }
}

impl Events {
    pub(super) fn read(&mut self, reader: &mut Reader) {
        reader.read("events.retention", &mut self.retention);
        let long_enough = self.retention.is_none_or(|retention| retention >= SHORTEST_RETENTION);
        reader.require(long_enough, "events.retention", "must be at least 30 days, or `off`");
    }
}

impl Setting for DatabaseUrl {
    const SECRET: bool = true;
    fn parse(raw: &Raw) -> Result<Self, String> {
        let rule = "must be `sqlite://PATH` or `postgres://USER:PASSWORD@HOST/DATABASE`";
        let text = raw.text(rule)?;
        store_url::fault(text).map_or(Ok(()), Err)?;
        let server = text.starts_with("postgres://") || text.starts_with("postgresql://");
        sqlite(text)
            .map(Self::Sqlite)
            .or_else(|| server.then(|| Self::Postgres(Secret::new(text.to_owned()))))
            .ok_or_else(|| rule.to_owned())
    }

    fn below(self, base: &Path) -> Self {
        match self {
            Self::Sqlite(path) => Self::Sqlite(base.join(path)),
            server => server,
        }
    }

    fn paths(&self) -> Vec<&Path> {
        if let Self::Sqlite(path) = self { vec![path] } else { Vec::new() }
    }
}

impl Setting for EphemeralUrl {
    const SECRET: bool = true;
    fn parse(raw: &Raw) -> Result<Self, String> {
        let rule = "must be `sqlite://PATH`, `redis://…`, `rediss://…`, `redis-cluster://HOST:PORT,HOST:PORT` or \
                    `redis-sentinel://HOST:PORT,HOST:PORT/SERVICE`";
        let text = raw.text(rule)?;
        store_url::fault(text).map_or(Ok(()), Err)?;
        if text.starts_with("redis-sentinel://") || text.starts_with("rediss-sentinel://") {
            return SentinelUrl::parse(text)
                .map(|_| Self::RedisSentinel(Secret::new(text.to_owned())))
                .map_err(str::to_owned);
        }
        let server =
            url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "redis" | "rediss") && url.has_host());
        sqlite(text)
            .map(Self::Sqlite)
            .or_else(|| server.then(|| Self::Redis(Secret::new(text.to_owned()))))
            .or_else(|| cluster(text).map(Self::RedisCluster))
            .ok_or_else(|| rule.to_owned())
    }

    fn below(self, base: &Path) -> Self {
        match self {
            Self::Sqlite(path) => Self::Sqlite(base.join(path)),
            server => server,
        }
    }

    fn paths(&self) -> Vec<&Path> {
        if let Self::Sqlite(path) = self { vec![path] } else { Vec::new() }
    }
}

fn sqlite(text: &str) -> Option<PathBuf> {
    // An in-memory database would be another one for each connection.
    let path = text.strip_prefix("sqlite://").filter(|path| !path.is_empty() && *path != ":memory:")?;
    (!path.contains(['?', '#'])).then(|| path.into())
}

/// A user and password before the first node hold for all.
fn cluster(text: &str) -> Option<Vec<Secret<String>>> {
    let nodes = text.strip_prefix("redis-cluster://")?.trim_end_matches('/');
    let (user, nodes) =
        nodes.rsplit_once('@').map_or((String::new(), nodes), |(user, nodes)| (format!("{user}@"), nodes));
    let url = |node: &str| format!("redis://{user}{}", node.trim());
    let urls: Vec<_> = nodes.split(',').map(url).collect();
    let sound = |url: &String| url::Url::parse(url).is_ok_and(|url| url.has_host() && url.path().len() <= 1);
    urls.iter().all(sound).then(|| urls.into_iter().map(Secret::new).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_a_file_or_a_postgresql_url() {
        let path = |text: &str| match DatabaseUrl::parse(&Raw::Text(text.into())) {
            Ok(DatabaseUrl::Sqlite(path)) => Some(path.display().to_string()),
            _ => None,
        };
        assert_eq!(path("sqlite://latchkey.db").as_deref(), Some("latchkey.db"));
        assert_eq!(path("sqlite:///var/lib/latchkey.db").as_deref(), Some("/var/lib/latchkey.db"));
        let postgres = DatabaseUrl::parse(&Raw::Text("postgres://u:p@h/d".into())).unwrap();
        assert!(matches!(&postgres, DatabaseUrl::Postgres(url) if url.expose() == "postgres://u:p@h/d"));
        assert!(!format!("{postgres:?}").contains("u:p"));
        for bad in ["", "latchkey.db", "sqlite://", "sqlite://:memory:", "mysql://h/d"] {
            assert!(DatabaseUrl::parse(&Raw::Text(bad.into())).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_redis_cluster_is_a_list_of_nodes_that_share_a_password() {
        let parsed = EphemeralUrl::parse(&Raw::Text("redis-cluster://u:p@a:7000,b:7001".into())).unwrap();
        let EphemeralUrl::RedisCluster(nodes) = parsed else { panic!("{parsed:?}") };
        let nodes: Vec<_> = nodes.iter().map(|node| node.expose().as_str()).collect();
        assert_eq!(nodes, ["redis://u:p@a:7000", "redis://u:p@b:7001"]);
        let sentinels = EphemeralUrl::parse(&Raw::Text("rediss-sentinel://u:p@a,b:1/main/2".into())).unwrap();
        assert!(matches!(&sentinels, EphemeralUrl::RedisSentinel(url) if url.expose().ends_with("/main/2")));
        assert!(!format!("{sentinels:?}").contains("u:p"));
        for bad in ["redis-cluster://", "redis-cluster://a,,b", "redis://", "memcached://a", "redis-sentinel://a"] {
            assert!(EphemeralUrl::parse(&Raw::Text(bad.into())).is_err(), "{bad}");
        }
    }
}
