//! The throttle on the embedded store, under a clock that is advanced.

use super::*;
use crate::platform::{
    clock::{ManualClock, Time},
    ephemeral::{KeyHasher, SqliteStore},
    random::{self, OsRandom},
};
use futures_util::future::join_all;

fn rules() -> Rules {
    let minutes = |minutes: u64| Duration::from_secs(minutes * 60);
    Rules::new(Some((5, minutes(24 * 60))), None, Some((30, minutes(15))))
}

struct Fixture {
    throttle: Throttle,
    clock: Arc<ManualClock>,
    path: std::path::PathBuf,
}

impl Fixture {
    fn new() -> Self {
        let clock = Arc::new(ManualClock::new(Time::from_seconds(1_800_000_000)));
        let path = std::env::temp_dir().join(format!("lk-throttle-{}", random::token(&OsRandom)));
        let store = SqliteStore::open(path.to_str().unwrap(), clock.clone(), Arc::new(OsRandom)).unwrap();
        let slots = Slots::new(Arc::new(store), KeyHasher::new(&[7; 32]));
        Self { throttle: Throttle::new(slots, clock.clone(), rules()), clock, path }
    }

    /// The seconds to wait; 0 when admitted.
    async fn wait(&self, attempt: &Attempt<'_>) -> u64 {
        seconds(self.throttle.admit(attempt).await)
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", self.path.display()));
        }
    }
}

fn seconds(answer: Result<(), Throttled>) -> u64 {
    match answer {
        Ok(()) => 0,
        Err(Throttled::RetryAfter(wait)) => wait.as_secs(),
        Err(Throttled::Unavailable(error)) => panic!("{error}"),
    }
}

fn attempt(account: &str) -> Attempt<'_> {
    Attempt { account, address: "203.0.113.7".parse().unwrap(), known_device: None }
}

#[tokio::test]
async fn five_failures_are_free_and_then_delays_grow() {
    let fixture = Fixture::new();
    let alice = attempt("alice");
    for _ in 0..5 {
        assert_eq!(fixture.wait(&alice).await, 0);
    }
    for expected in [1, 2, 4, 8] {
        assert_eq!(fixture.wait(&alice).await, expected);
        fixture.clock.advance(Duration::from_secs(expected) - Duration::from_millis(1));
        assert_eq!(fixture.wait(&alice).await, 1);
        fixture.clock.advance(Duration::from_millis(1));
        assert_eq!(fixture.wait(&alice).await, 0);
    }
    assert_eq!(fixture.wait(&attempt("bob")).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_guesses_at_once_gain_no_more_than_five() {
    let fixture = Fixture::new();
    let answers = join_all((0..200).map(|_| {
        let throttle = fixture.throttle.clone();
        tokio::spawn(async move { throttle.admit(&attempt("alice")).await.is_ok() })
    }));
    assert_eq!(answers.await.into_iter().filter(|admitted| *admitted.as_ref().unwrap()).count(), 5);
}

#[tokio::test]
async fn a_success_ends_the_delays_of_its_account() {
    let fixture = Fixture::new();
    for _ in 0..5 {
        fixture.throttle.admit(&attempt("alice")).await.unwrap();
    }
    fixture.throttle.succeeded(&attempt("alice")).await.unwrap();
    for _ in 0..5 {
        assert_eq!(fixture.wait(&attempt("alice")).await, 0);
    }
}

#[tokio::test]
async fn what_was_not_judged_does_not_count() {
    let fixture = Fixture::new();
    for _ in 0..50 {
        assert_eq!(fixture.wait(&attempt("alice")).await, 0);
        fixture.throttle.withdraw(&attempt("alice")).await.unwrap();
    }
}

#[tokio::test]
async fn strangers_cannot_hold_up_a_known_browser() {
    let fixture = Fixture::new();
    for _ in 0..6 {
        let _ = fixture.throttle.admit(&attempt("alice")).await;
    }
    assert_ne!(fixture.wait(&attempt("alice")).await, 0);
    let known =
        Attempt { known_device: Some("browser 1"), address: "198.51.100.1".parse().unwrap(), ..attempt("alice") };
    for _ in 0..5 {
        assert_eq!(fixture.wait(&known).await, 0);
    }
    assert_eq!(fixture.wait(&known).await, 1, "a stolen cookie is not a way round");
}

#[tokio::test]
async fn a_network_that_tries_many_accounts_is_delayed_and_successes_do_not_count() {
    let fixture = Fixture::new();
    for person in 0..40 {
        let name = person.to_string();
        assert_eq!(fixture.wait(&attempt(&name)).await, 0);
        fixture.throttle.succeeded(&attempt(&name)).await.unwrap();
    }
    for person in 0..30 {
        assert_eq!(fixture.wait(&attempt(&person.to_string())).await, 0);
    }
    let neighbour = Attempt { address: "203.0.113.250".parse().unwrap(), ..attempt("31") };
    assert_eq!(fixture.wait(&neighbour).await, 1);
    let elsewhere = Attempt { address: "203.0.114.7".parse().unwrap(), ..attempt("31") };
    for _ in 0..5 {
        assert_eq!(fixture.wait(&elsewhere).await, 0, "the refused attempt did not count for the account");
    }
}

#[tokio::test]
async fn every_address_of_an_ipv6_network_counts_as_one() {
    let fixture = Fixture::new();
    let address = |last: u16| Who::Address(format!("2001:db8:1:2::{last:x}").parse().unwrap());
    for last in 1..=3 {
        assert_eq!(seconds(fixture.throttle.allow("mail", address(last), 3, Duration::from_secs(60)).await), 0);
    }
    assert_ne!(seconds(fixture.throttle.allow("mail", address(4), 3, Duration::from_secs(60)).await), 0);
    let elsewhere = Who::Address("2001:db8:1:3::1".parse().unwrap());
    assert_eq!(seconds(fixture.throttle.allow("mail", elsewhere, 3, Duration::from_secs(60)).await), 0);

    // Failures of sign-in by address, too.
    let slots = fixture.throttle.slots.clone();
    let rules = Rules::new(None, Some((2, Duration::from_secs(60))), None);
    let throttle = Throttle::new(slots, fixture.clock.clone(), rules);
    let from = |last: u16| Attempt { address: format!("2001:db8:9:9::{last:x}").parse().unwrap(), ..attempt("ada") };
    for last in 1..=2 {
        assert_eq!(seconds(throttle.admit(&from(last)).await), 0);
    }
    assert_ne!(seconds(throttle.admit(&from(3)).await), 0);
}

#[tokio::test]
async fn a_rate_admits_its_count_in_each_window() {
    let fixture = Fixture::new();
    let allow = |who| fixture.throttle.allow("token", Who::Named(who), 3, Duration::from_secs(60));
    for _ in 0..3 {
        assert_eq!(seconds(allow("client").await), 0);
    }
    fixture.clock.advance(Duration::from_secs(20));
    assert_eq!(seconds(allow("client").await), 40);
    assert_eq!(seconds(allow("another").await), 0);
    fixture.clock.advance(Duration::from_secs(40));
    assert_eq!(seconds(allow("client").await), 0);
}
