//! The database and the short-lived store.

use super::{Finding, Site, database_name, ephemeral_url, span, without_password};
use crate::platform::clock::Time;
use crate::platform::config::{DatabaseUrl, EphemeralUrl};
use crate::platform::db::{self, MigrationState};
use crate::platform::ephemeral::{self, SentinelUrl};
use crate::platform::secret::Secret;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// Longer than a healthy store takes.
const PATIENCE: Duration = Duration::from_secs(3);
/// Seconds. Clocks that differ by more make tokens invalid.
const APART: Duration = Duration::from_secs(5);

/// Checks the database; also returns whether its schema is current.
pub(in crate::cli) async fn database(site: &Site, found: &mut Vec<Finding>) -> bool {
    let name = database_name(&site.config);
    match site.schema().await {
        Err(failure) => found.push(Finding::fail(failure.message(), failure.advice())),
        Ok(MigrationState::Pending(names)) => {
            found.push(Finding::fail(format!("{name} lacks migrations: {}", names.join(", ")), "latchkey migrate"));
        }
        Ok(MigrationState::Current) => {
            found.push(Finding::ok(format!("{name} answers and its schema is current")));
            found.push(takes_writes(site, &name).await);
            found.extend(pooler(site).await);
            found.extend(clock(site).await);
            return true;
        }
    }
    false
}

async fn takes_writes(site: &Site, name: &str) -> Finding {
    match site.db.probe().await {
        Ok(()) => Finding::ok(format!("{name} accepts writes")),
        Err(error) => Finding::fail(
            format!("{name} accepts no writes, so nothing can be served: {}", error.cause),
            "check its disk space, the privileges of this user, and whether it is the primary",
        ),
    }
}

/// Two open connections share a session only behind a pooler.
async fn pooler(site: &Site) -> Option<Finding> {
    let DatabaseUrl::Postgres(url) = &site.config.database.url else { return None };
    let url = url.clone();
    let asked = tokio::task::spawn_blocking(move || db::shares_sessions(url.expose())).await;
    let shares = asked.ok()?.ok()?;
    match (shares, site.config.database.prepared_statements) {
        (true, true) => Some(Finding::fail(
            "the database is behind a pooler in transaction mode (such as PgBouncer), which loses named prepared statements",
            "set `database.prepared_statements` to false, or the pooler's pool_mode to session",
        )),
        (true, false) => Some(Finding::ok("the database is behind a pooler, and no named statements are used")),
        (false, false) => Some(Finding::warn(
            "`database.prepared_statements` is false, but no pooler was found: each statement is planned again",
            "remove it where no pooler in transaction mode is used",
        )),
        (false, true) => None,
    }
}

async fn clock(site: &Site) -> Option<Finding> {
    let theirs = site.db.read(db::time).await.ok()??;
    Some(compare("the database server's clock", theirs, site.now()))
}

/// Compares a clock with ours.
pub(in crate::cli) fn compare(whose: &str, theirs: Time, ours: Time) -> Finding {
    let apart = theirs.since(ours).max(ours.since(theirs));
    if apart > APART {
        let what = format!("{whose} and this machine's differ by {}", span(apart));
        return Finding::fail(what, "synchronise both with the same time servers (chrony, systemd-timesyncd)");
    }
    Finding::ok(format!("{whose} agrees with this machine's"))
}

/// Looks at the short-lived store.
pub(in crate::cli) async fn ephemeral(site: &Site) -> Vec<Finding> {
    // A missing one is reported by `check_for_serve`.
    let (Some(url), Some(setting)) = (ephemeral_url(&site.config), &site.config.ephemeral) else { return Vec::new() };
    let nodes: Vec<&Secret<String>> = match setting {
        EphemeralUrl::Sqlite(path) if !path.exists() => {
            return vec![Finding::ok(format!(
                "the short-lived store {} is created at the first start",
                path.display()
            ))];
        }
        EphemeralUrl::Sqlite(_) => Vec::new(),
        EphemeralUrl::Redis(url) => vec![url],
        EphemeralUrl::RedisCluster(nodes) => nodes.iter().collect(),
        EphemeralUrl::RedisSentinel(_) => Vec::new(),
    };
    let mut found = vec![answers(site, &url).await];
    if let Ok(sentinels) = SentinelUrl::parse(&url)
        && let Ok(master) = sentinels.master().await
    {
        found.extend(redis_settings(&master.get_connection_info().addr().to_string(), Ok(master)).await);
    }
    for node in nodes {
        found.extend(
            redis_settings(&without_password(node.expose()), redis::Client::open(node.expose().as_str())).await,
        );
    }
    found
}

async fn answers(site: &Site, url: &str) -> Finding {
    let name = without_password(url);
    let opened = ephemeral::open(url, Arc::clone(&site.clock), Arc::clone(&site.random)).await;
    let pinged = match opened {
        Ok(store) => store.ping().await,
        Err(error) => Err(error),
    };
    match pinged {
        Ok(()) => Finding::ok(format!("the short-lived store {name} answers and accepts writes")),
        Err(error) => Finding::fail(
            format!("the short-lived store {name} does not answer, or accepts no writes: {}", error.cause),
            "check `ephemeral.url`, and that the server runs, has free memory (maxmemory) and is not a replica; nobody can sign in without it",
        ),
    }
}

async fn redis_settings(name: &str, client: redis::RedisResult<redis::Client>) -> Vec<Finding> {
    match tokio::time::timeout(PATIENCE, ask_redis(client)).await {
        Ok(Ok((settings, persistence))) => judge_redis(name, &settings, &persistence),
        // Whether the server answers is reported elsewhere; CONFIG may be forbidden, as in hosted Redis.
        _ => vec![Finding::warn(
            format!("{name} does not show its settings"),
            "make sure that maxmemory-policy is noeviction and that it is persistent (appendonly yes)",
        )],
    }
}

async fn ask_redis(client: redis::RedisResult<redis::Client>) -> redis::RedisResult<(HashMap<String, String>, String)> {
    let mut connection = client?.get_multiplexed_async_connection().await?;
    let settings = redis::cmd("CONFIG").arg("GET").arg("maxmemory*").query_async(&mut connection).await?;
    let persistence = redis::cmd("INFO").arg("persistence").query_async(&mut connection).await?;
    Ok((settings, persistence))
}

fn judge_redis(name: &str, settings: &HashMap<String, String>, persistence: &str) -> Vec<Finding> {
    let setting = |key: &str| settings.get(key).map_or("", String::as_str);
    let state = |key: &str| {
        persistence.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':')).map_or("", str::trim)
    };
    let mut found = Vec::new();
    found.push(match setting("maxmemory-policy") {
        "noeviction" => Finding::ok(format!("{name} does not evict keys (noeviction)")),
        other => Finding::fail(
            format!("{name} may evict keys that must be kept: maxmemory-policy is {other}"),
            "CONFIG SET maxmemory-policy noeviction, and the same in redis.conf",
        ),
    });
    if state("aof_enabled") != "1" {
        found.push(Finding::warn(
            format!("{name} writes no append-only file: restarting it signs everyone out"),
            "set appendonly yes",
        ));
    } else if state("aof_last_write_status") == "err" {
        found.push(Finding::fail(format!("{name} cannot write its append-only file"), "look at its disk and its log"));
    }
    if state("rdb_last_bgsave_status") == "err" {
        found.push(Finding::fail(
            format!("{name} failed to save and may refuse writes"),
            "look at its disk and its log",
        ));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;

    #[test]
    fn a_redis_that_evicts_is_a_failure() {
        let settings = |policy: &str| HashMap::from([("maxmemory-policy".to_owned(), policy.to_owned())]);
        let levels = |policy, info| {
            judge_redis("r", &settings(policy), info).iter().map(|finding| finding.level).collect::<Vec<_>>()
        };
        assert_eq!(levels("noeviction", "aof_enabled:1\r\naof_last_write_status:ok\r\n"), [Level::Ok]);
        assert_eq!(levels("allkeys-lru", "aof_enabled:0\r\n"), [Level::Fail, Level::Warn]);
    }

    #[test]
    fn clocks_that_differ_are_a_failure_either_way() {
        let (early, late) = (Time::from_seconds(0), Time::from_seconds(60));
        assert_eq!(compare("c", early, late).level, Level::Fail);
        assert_eq!(compare("c", late, early).level, Level::Fail);
        assert_eq!(compare("c", late, late).level, Level::Ok);
    }
}
