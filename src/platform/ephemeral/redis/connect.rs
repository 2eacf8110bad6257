//! Connections to one server or to a cluster; both reconnect automatically.

use super::line::Dial;
use super::{MAX_WAIT, RedisStore, SentinelUrl, unavailable};
use crate::platform::{clock::Clock, error::Unavailable, random::Random};
use ::redis::{
    Client, IntoConnectionInfo as _, ProtocolVersion, RedisResult,
    aio::{ConnectionManager, ConnectionManagerConfig},
    cluster::{ClusterClient, ClusterClientBuilder},
    cluster_async::ClusterConnection,
};
use futures_util::FutureExt as _;
use std::{sync::Arc, time::Duration};

/// Shorter than [`MAX_WAIT`], so that a failed first try leaves time for a second.
pub(super) const CONNECT_WAIT: Duration = Duration::from_millis(900);
const RETRY_AFTER_AT_MOST: Duration = Duration::from_millis(250);
/// Commands that may wait in the process for the socket.
const PIPELINE: usize = 1024;

/// Connects to one server, or fails within [`MAX_WAIT`].
pub(in super::super) async fn connect(
    url: &str,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
) -> Result<RedisStore<ConnectionManager>, Unavailable> {
    let client = client(url).map_err(|error| unavailable(&error))?;
    // The name is resolved again, and the proxy in between chooses again.
    let dial: Dial<_> = Box::new(move || ConnectionManager::new_with_config(client.clone(), manager()).boxed());
    RedisStore::open(dial, false, clock, random).await
}

/// Connects to the master that sentinels name, again at each failover.
pub(in super::super) async fn connect_sentinel(
    url: &SentinelUrl,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
) -> Result<RedisStore<ConnectionManager>, Unavailable> {
    let sentinels = url.client().map_err(|error| unavailable(&error))?;
    let sentinels = Arc::new(tokio::sync::Mutex::new(sentinels));
    let dial: Dial<_> = Box::new(move || {
        let sentinels = Arc::clone(&sentinels);
        async move {
            let master = sentinels.lock().await.async_get_client().await?;
            ConnectionManager::new_with_config(master, manager()).await
        }
        .boxed()
    });
    RedisStore::open(dial, true, clock, random).await
}

fn manager() -> ConnectionManagerConfig {
    ConnectionManagerConfig::new()
        .set_connection_timeout(Some(CONNECT_WAIT))
        .set_response_timeout(Some(MAX_WAIT))
        .set_min_delay(Duration::from_millis(20))
        .set_max_delay(RETRY_AFTER_AT_MOST)
        .set_number_of_retries(2)
        .set_pipeline_buffer_size(PIPELINE)
}

/// RESP3 tells of a connection that ends while nothing is asked, so it is replaced before the next request.
fn client(url: &str) -> RedisResult<Client> {
    let info = url.into_connection_info()?;
    let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
    Client::open(info.set_redis_settings(settings))
}

/// Connects to a cluster by some of its nodes: `[user:password@]host:port,host:port…`.
pub(in super::super) async fn connect_cluster(
    scheme: &str,
    nodes: &str,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
) -> Result<RedisStore<ClusterConnection>, Unavailable> {
    let client = cluster_client(node_urls(scheme, nodes)).map_err(|error| unavailable(&error))?;
    let dial: Dial<_> = Box::new(move || {
        let client = client.clone();
        async move { client.get_async_connection().await }.boxed()
    });
    RedisStore::open(dial, false, clock, random).await
}

fn cluster_client(nodes: Vec<String>) -> RedisResult<ClusterClient> {
    ClusterClientBuilder::new(nodes)
        .connection_timeout(CONNECT_WAIT)
        .response_timeout(MAX_WAIT)
        .overall_response_timeout(Some(MAX_WAIT))
        .use_protocol(ProtocolVersion::RESP3)
        .retries(3)
        .build()
}

/// One URL per node; the credentials before the first node are used for all.
fn node_urls(scheme: &str, nodes: &str) -> Vec<String> {
    let nodes = nodes.trim_end_matches('/');
    let (user, hosts) = nodes.rsplit_once('@').map_or(("", nodes), |(user, hosts)| (user, hosts));
    let at = if user.is_empty() { "" } else { "@" };
    hosts.split(',').map(|host| format!("{scheme}://{user}{at}{host}")).collect()
}

#[cfg(test)]
mod tests {
    use super::node_urls;

    #[test]
    fn every_node_of_a_cluster_gets_the_credentials() {
        assert_eq!(node_urls("rediss", "u:p@a:1,b:2/"), ["rediss://u:p@a:1", "rediss://u:p@b:2"]);
        assert_eq!(node_urls("redis", "a:1"), ["redis://a:1"]);
    }
}
