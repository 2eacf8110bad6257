//! Problems of a store's URL, described without showing its password.

use super::reader::suggestion;

/// What libpq takes (PostgreSQL 18, §32.1.2), but for what it has for its own ends.
const LIBPQ: &[&str] = &[
    "application_name",
    "channel_binding",
    "client_encoding",
    "connect_timeout",
    "dbname",
    "fallback_application_name",
    "gssdelegation",
    "gssencmode",
    "gsslib",
    "host",
    "hostaddr",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "krbsrvname",
    "load_balance_hosts",
    "max_protocol_version",
    "min_protocol_version",
    "options",
    "passfile",
    "password",
    "port",
    "require_auth",
    "requirepeer",
    "scram_client_key",
    "scram_server_key",
    "service",
    "ssl_max_protocol_version",
    "ssl_min_protocol_version",
    "sslcert",
    "sslcertmode",
    "sslcompression",
    "sslcrl",
    "sslcrldir",
    "sslkey",
    "sslmode",
    "sslnegotiation",
    "sslpassword",
    "sslrootcert",
    "sslsni",
    "target_session_attrs",
    "tcp_user_timeout",
    "user",
];
/// Over TCP; everything else is in the URL itself.
const REDIS: &[&str] = &["protocol"];
const REDIS_UNIX: &[&str] = &["db", "pass", "protocol", "user"];
const SENTINEL: &[&str] = crate::platform::ephemeral::SentinelUrl::OPTIONS;

/// What breaks the URL of a server: continues the sentence "`database.url` …".
pub(super) fn fault(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let known = match scheme {
        "postgres" | "postgresql" => LIBPQ,
        "redis" | "rediss" => REDIS,
        "redis+unix" => REDIS_UNIX,
        "redis-sentinel" | "rediss-sentinel" => SENTINEL,
        _ => &[],
    };
    unencoded(rest).or_else(|| percent(rest)).or_else(|| unknown_option(rest, known))
}

/// A user name or password that holds what ends it.
fn unencoded(rest: &str) -> Option<String> {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let told = |what: &str, code: &str| {
        Some(format!("has {what} in its user name or password, which would end it: write {code} instead"))
    };
    if authority.matches('@').count() > 1 {
        return told("an `@`", "`%40`");
    }
    // Options may hold an `@` of their own.
    let before_options = rest.split('?').next().unwrap_or_default();
    let user = rest.get(..authority.len()).unwrap_or_default();
    if !user.contains('@') && user.contains(':') && looks_like_a_password(user) {
        let ended_by = rest.get(user.len()..).and_then(|rest| rest.chars().next());
        let later = if ended_by == Some('?') { rest } else { before_options };
        return match ended_by.filter(|_| later.get(user.len()..).is_some_and(|rest| rest.contains('@')))? {
            '/' => told("a `/`", "`%2F`"),
            '?' => told("a `?`", "`%3F`"),
            _ => told("a `#`", "`%23`"),
        };
    }
    None
}

/// `user:words`, where `host:5432` would be digits.
fn looks_like_a_password(user: &str) -> bool {
    let last = user.rsplit(':').next().unwrap_or_default();
    last.is_empty() || !last.bytes().all(|byte| byte.is_ascii_digit()) || user.contains('@')
}

fn percent(rest: &str) -> Option<String> {
    let sound = |part: &str| part.get(..2).is_some_and(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()));
    rest.split('%')
        .skip(1)
        .any(|part| !sound(part))
        .then(|| "has a `%` that does not start an escape: write `%25` instead".to_owned())
}

fn unknown_option(rest: &str, known: &[&str]) -> Option<String> {
    let query = rest.split('#').next()?.split_once('?')?.1;
    let names = query.split('&').map(|pair| pair.split('=').next().unwrap_or_default());
    let unknown = names.into_iter().find(|name| !known.contains(name))?;
    let shown = unknown.escape_debug();
    Some(match known {
        [] => format!("takes no options, but has `{shown}`"),
        known => format!("has the unknown option `{shown}`{}", suggestion(unknown, known.iter().copied())),
    })
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn what_ends_a_password_too_early_is_named_and_the_password_is_not() {
        let table = [
            ("postgres://u:s3cr@t@h/d", Some("`%40`")),
            ("postgres://u:s3c/ret@h/d", Some("`%2F`")),
            ("postgres://u:s3c?ret@h/d", Some("`%3F`")),
            ("redis://:s3c#ret@h/1", Some("`%23`")),
            ("redis://u:s3cr@t@h:6379/1", Some("`%40`")),
            ("postgres://u:s3c%ret@h/d", Some("`%25`")),
            ("postgres://u:s3cr%40t@h:5432,i:5433/d?sslmode=require", None),
            ("postgres://h:5432/d?application_name=a@b", None),
            ("postgres://h:5432/a@b", None),
            ("postgres:///d?host=/run/postgresql", None),
            ("postgres://u@%2Frun%2Fpg/d", None),
            ("rediss://:p@h/1?protocol=resp3", None),
            ("redis-sentinel://u:p@h,i/main/1?sentinel_password=x", None),
        ];
        for (url, expected) in table {
            let found = fault(url);
            match expected {
                Some(code) => assert!(found.as_ref().is_some_and(|found| found.contains(code)), "{url}: {found:?}"),
                None => assert_eq!(found, None, "{url}"),
            }
            assert!(!found.is_some_and(|found| found.contains("s3c") || found.contains("ret")), "{url}");
        }
    }

    #[test]
    fn an_unknown_option_is_refused_and_the_nearest_is_named() {
        let table = [
            ("postgres://h/d?sslmod=require", "`sslmode`"),
            ("postgres://h/d?sslmode=require&conect_timeout=1", "`connect_timeout`"),
            ("redis://h?db=1", "`protocol`"),
            ("redis-sentinel://h/main?sentinel_pasword=x", "`sentinel_password`"),
            ("redis-cluster://a,b?x=1", "takes no options"),
            ("sqlite://latchkey.db?mode=ro", "takes no options"),
        ];
        for (url, expected) in table {
            let found = fault(url).unwrap_or_default();
            assert!(found.contains(expected), "{url}: {found}");
        }
    }
}
