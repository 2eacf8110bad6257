//! One suite, run on the embedded store, on Redis and on a Redis cluster.

mod fixture;
// What this shares with the tests of the whole.
#[path = "../../../../tests/support/ports.rs"]
#[allow(unreachable_pub, dead_code)]
mod ports;
#[path = "../../../../tests/support/process.rs"]
#[allow(unreachable_pub, dead_code)]
mod process;
#[path = "../../../../tests/support/redis_cluster.rs"]
#[allow(unreachable_pub, dead_code)]
mod redis_cluster;
mod suite;

use super::*;
use fixture::Fixture;

macro_rules! on_every_engine {
    ($($behaviour:ident),* $(,)?) => {
        mod embedded { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $behaviour() {
            super::suite::$behaviour(&super::Fixture::embedded().await).await;
        })* }
        mod redis { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $behaviour() {
            super::suite::$behaviour(&super::Fixture::redis().await).await;
        })* }
        /// One test for all: a cluster needs seconds to form. Each behaviour gets keys of its own.
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn a_redis_cluster_behaves_alike() {
            let mut fixture = Fixture::redis_cluster().await;
            $(fixture.use_new_keys(); suite::$behaviour(&fixture).await;)*
        }
    };
}

on_every_engine![
    a_value_is_read_until_it_expires,
    a_value_is_taken_once,
    of_two_hundred_takers_exactly_one_wins,
    only_the_first_puts_if_absent,
    an_expired_value_is_absent_to_every_step,
    a_swap_needs_the_expected_value,
    of_many_swappers_exactly_one_wins_each_round,
    counts_of_many_add_up,
    a_count_expires_at_the_time_of_its_first,
    a_value_of_one_kind_is_not_found_as_another,
    bytes_of_any_kind_and_size_come_back_whole,
    typed_slots_put_find_replace_and_take,
    an_unreadable_value_reads_as_absent,
    the_store_keeps_its_name,
];

#[tokio::test]
async fn the_embedded_store_survives_a_restart() {
    let mut fixture = Fixture::embedded().await;
    let key = fixture.key("kept");
    let name = fixture.store.store_id().await.unwrap();
    fixture.store.put(&key, b"v".to_vec(), fixture::MINUTE).await.unwrap();
    fixture.reopen().await;
    assert_eq!(fixture.store.get(&key).await.unwrap(), Some(b"v".to_vec()));
    assert_eq!(fixture.store.store_id().await.unwrap(), name);
}

#[tokio::test]
async fn two_processes_share_one_embedded_file() {
    let fixture = Fixture::embedded().await;
    let other = fixture.open_again().await;
    let key = fixture.key("shared");
    fixture.store.put(&key, b"v".to_vec(), fixture::MINUTE).await.unwrap();
    assert_eq!(other.take(&key).await.unwrap(), Some(b"v".to_vec()));
    assert_eq!(fixture.store.get(&key).await.unwrap(), None);
}

#[cfg(unix)]
#[tokio::test]
async fn the_embedded_file_is_readable_by_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let fixture = Fixture::embedded().await;
    fixture.store.put(&fixture.key("x"), b"v".to_vec(), fixture::MINUTE).await.unwrap();
    for file in std::fs::read_dir(fixture.folder()).unwrap() {
        assert_eq!(file.unwrap().metadata().unwrap().permissions().mode() & 0o077, 0);
    }
}

/// F-01: killed and started again, the store answers without a restart of ours.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_killed_is_unavailable_and_restarted_answers_at_once() {
    let mut fixture = Fixture::redis().await;
    let key = fixture.key("x");
    fixture.store.put(&key, b"v".to_vec(), fixture::MINUTE).await.unwrap();
    fixture.kill_redis();
    let asked = std::time::Instant::now();
    assert!(fixture.store.get(&key).await.is_err(), "a dead store must not read as an empty one");
    assert!(fixture.store.take(&key).await.is_err());
    assert!(asked.elapsed() < 2 * MAX_WAIT + Duration::from_millis(500));
    fixture.start_redis();
    assert_eq!(fixture.store.get(&key).await.unwrap(), None);
    fixture.store.increment(&key, fixture::MINUTE).await.unwrap();
}

/// F-03: whoever remembers the name of the store sees that it lost everything.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_restarted_empty_has_another_name() {
    let mut fixture = Fixture::redis().await;
    let name = fixture.store.store_id().await.unwrap();
    fixture.kill_redis();
    fixture.start_redis();
    assert_ne!(fixture.store.store_id().await.unwrap(), name);
}

/// F-01 for a third of the keys: a dead node is unavailable and never empty, and the others go on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_serves_what_its_dead_node_did_not_hold() {
    let mut fixture = Fixture::redis_cluster().await;
    let keys: Vec<_> = (0..12).map(|number| fixture.key(&number.to_string())).collect();
    for key in &keys {
        fixture.store.put(key, b"v".to_vec(), fixture::MINUTE).await.unwrap();
    }
    let cluster = fixture.cluster.as_mut().unwrap();
    let dead = cluster.node_of(&keys[0].redis_name());
    let (lost, kept): (Vec<Key>, Vec<Key>) = keys.iter().partition(|key| cluster.node_of(&key.redis_name()) == dead);
    assert!(!kept.is_empty());
    cluster.kill(dead);
    for key in lost.iter().take(2) {
        assert!(fixture.store.get(key).await.is_err(), "a dead node must not read as an empty one");
        assert!(fixture.store.put_if_absent(key, b"w".to_vec(), fixture::MINUTE).await.is_err());
    }
    for key in &kept {
        assert_eq!(fixture.store.get(key).await.unwrap(), Some(b"v".to_vec()));
    }
    fixture.cluster.as_mut().unwrap().restart(dead);
    assert_eq!(fixture.store.get(&lost[0]).await.unwrap(), None);
    assert!(fixture.store.put_if_absent(&lost[0], b"w".to_vec(), fixture::MINUTE).await.unwrap());
}

#[tokio::test]
async fn a_store_that_is_not_there_is_refused_at_opening() {
    let (clock, random) = (fixture::clock(), Arc::new(crate::platform::random::OsRandom));
    for url in ["redis://127.0.0.1:1", "redis-cluster://127.0.0.1:1", "ftp://x", "nonsense", "sqlite:///no/such/dir/f"]
    {
        assert!(open(url, clock.clone(), random.clone()).await.is_err(), "{url}");
    }
}
