//! Redis Sentinel: which server is the master is asked of the sentinels at each connection.

use super::connect::CONNECT_WAIT;
use ::redis::sentinel::{SentinelClient, SentinelClientBuilder, SentinelServerType};
use ::redis::{Client, ConnectionAddr, ProtocolVersion, RedisResult, TlsMode};
use std::collections::HashMap;
use url::Url;

/// `redis-sentinel://[user:password@]host:port,host:port/SERVICE[/DB][?sentinel_username=…&sentinel_password=…]`, or
/// `rediss-sentinel://…` for TLS to sentinels and servers alike. Sentinels listen at 26379 where no port is given.
#[derive(Clone, PartialEq, Eq)]
pub struct SentinelUrl {
    tls: bool,
    hosts: Vec<(String, u16)>,
    service: String,
    db: i64,
    /// For the servers, and for the sentinels.
    servers: Login,
    sentinels: Login,
}

#[derive(Clone, Default, PartialEq, Eq)]
struct Login {
    username: Option<String>,
    password: Option<String>,
}

const PORT: u16 = 26379;
const LOGIN: [&str; 2] = ["sentinel_username", "sentinel_password"];

impl SentinelUrl {
    /// What its query may hold.
    pub const OPTIONS: &[&str] = &LOGIN;

    /// Reads a URL.
    ///
    /// # Errors
    /// The rule that it breaks, without a word of it.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        const RULE: &str = "must be `redis-sentinel://HOST:PORT,HOST:PORT/SERVICE` or `…/SERVICE/DB`, with the service's name as the sentinels know it";
        let (scheme, rest) = text.split_once("://").ok_or(RULE)?;
        let tls = match scheme {
            "redis-sentinel" => false,
            "rediss-sentinel" => true,
            _ => return Err(RULE),
        };
        let (authority, path) = rest.split_once('/').ok_or(RULE)?;
        let (login, hosts) = authority.rsplit_once('@').map_or(("", authority), |(login, hosts)| (login, hosts));
        // Everything but the hosts is as in any URL: let its reader decode it.
        let at = if login.is_empty() { "" } else { "@" };
        let url = Url::parse(&format!("redis://{login}{at}host/{path}")).map_err(|_| RULE)?;
        let decoded = |part: &str| {
            // What a form reads as a space or as an end is itself here.
            let form = format!("v={}", part.replace('+', "%2B").replace('&', "%26"));
            let text = url::form_urlencoded::parse(form.as_bytes()).next().map(|(_, value)| value.into_owned());
            text.filter(|value| !value.is_empty())
        };
        let mut segments = url.path_segments().ok_or(RULE)?;
        let service = segments.next().and_then(decoded).ok_or(RULE)?;
        let db = segments.next().filter(|db| !db.is_empty()).map_or(Ok(0), str::parse).map_err(|_| RULE)?;
        if segments.next().is_some() || !(0..=65_535).contains(&db) {
            return Err(RULE);
        }
        let query: HashMap<String, String> = url.query_pairs().into_owned().collect();
        let [username, password] = LOGIN.map(|name| query.get(name).filter(|value| !value.is_empty()).cloned());
        Ok(Self {
            tls,
            hosts: hosts.split(',').map(|host| host_and_port(host).ok_or(RULE)).collect::<Result<_, _>>()?,
            service,
            db,
            servers: Login { username: decoded(url.username()), password: url.password().and_then(decoded) },
            sentinels: Login { username, password },
        })
    }

    /// What finds the master.
    pub(super) fn client(&self) -> RedisResult<SentinelClient> {
        let address = |(host, port): &(String, u16)| match self.tls {
            true => ConnectionAddr::TcpTls { host: host.clone(), port: *port, insecure: false, tls_params: None },
            false => ConnectionAddr::Tcp(host.clone(), *port),
        };
        let sentinels = self.hosts.iter().map(address);
        let mut builder = SentinelClientBuilder::new(sentinels, &self.service, SentinelServerType::Master)?
            .set_client_to_redis_db(self.db)
            // RESP3 tells of a connection that ends while nothing is asked.
            .set_client_to_redis_protocol(ProtocolVersion::RESP3);
        if self.tls {
            builder = builder.set_client_to_redis_tls_mode(TlsMode::Secure);
        }
        if let Some(username) = &self.servers.username {
            builder = builder.set_client_to_redis_username(username);
        }
        if let Some(password) = &self.servers.password {
            builder = builder.set_client_to_redis_password(password);
        }
        if let Some(username) = &self.sentinels.username {
            builder = builder.set_client_to_sentinel_username(username);
        }
        if let Some(password) = &self.sentinels.password {
            builder = builder.set_client_to_sentinel_password(password);
        }
        builder.build()
    }

    /// The server that is the master now.
    ///
    /// # Errors
    /// When no sentinel knows one.
    pub async fn master(&self) -> RedisResult<Client> {
        let mut client = self.client()?;
        let found = tokio::time::timeout(CONNECT_WAIT * 2, client.async_get_client()).await;
        found.map_err(|_| ::redis::RedisError::from(std::io::Error::from(std::io::ErrorKind::TimedOut)))?
    }
}

impl std::fmt::Debug for SentinelUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SentinelUrl")
            .field("hosts", &self.hosts)
            .field("service", &self.service)
            .finish_non_exhaustive()
    }
}

fn host_and_port(text: &str) -> Option<(String, u16)> {
    let url = Url::parse(&format!("redis://{}", text.trim())).ok()?;
    let plain = url.username().is_empty() && url.path().len() <= 1 && url.query().is_none();
    let host = url.host_str().filter(|host| plain && !host.is_empty())?;
    Some((host.trim_matches(['[', ']']).to_owned(), url.port().unwrap_or(PORT)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_service_database_and_both_logins_are_read() {
        let url = SentinelUrl::parse(
            "rediss-sentinel://app:p%40ss@a.example:26380,[::1]/main/3?sentinel_username=s&sentinel_password=x%2Fy",
        )
        .unwrap();
        assert_eq!(url.hosts, [("a.example".to_owned(), 26380), ("::1".to_owned(), PORT)]);
        assert_eq!((url.tls, url.service.as_str(), url.db), (true, "main", 3));
        assert_eq!((url.servers.username.as_deref(), url.servers.password.as_deref()), (Some("app"), Some("p@ss")));
        assert_eq!((url.sentinels.username.as_deref(), url.sentinels.password.as_deref()), (Some("s"), Some("x/y")));
        assert!(!format!("{url:?}").contains("p@ss"));
        assert!(url.client().is_ok());
        let plain = SentinelUrl::parse("redis-sentinel://a/main").unwrap();
        assert!((plain.tls, plain.db) == (false, 0) && plain.servers == Login::default());
        assert!(SentinelUrl::parse("redis-sentinel://:only%20words@a/main").unwrap().servers.password.is_some());
        for bad in [
            "redis-sentinel://a",
            "redis-sentinel://a/",
            "redis-sentinel:///main",
            "redis-sentinel://a,,b/main",
            "redis-sentinel://a/main/x",
            "redis-sentinel://a/main/1/2",
            "redis://a/main",
        ] {
            assert!(SentinelUrl::parse(bad).is_err(), "{bad}");
        }
    }
}
