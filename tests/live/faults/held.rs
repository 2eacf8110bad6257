//! F-10: locks that others hold, connections that others have used up. Asserted is the order of things (an answer came
//! while the lock was held) and a bound that a loaded machine keeps; how long it took is printed.

use std::time::{Duration, Instant};

use diesel::{Connection as _, PgConnection, RunQueryDsl as _};

use super::alone;
use crate::party::{Outcome, Party, Tokens};
use crate::person::Person;
use crate::stage::{self, Route, Store, TRUSTED, eventually};
use crate::support::{Latchkey, Postgres};
use crate::wire::Request;

const RECOVERY: Duration = Duration::from_secs(30);
/// The server answers within 2 s; the rest is for machines that are busy.
const GENEROUS: Duration = Duration::from_secs(15);
/// Requests at once, several times what the pool holds.
const AT_ONCE: usize = 24;
const POOL: i64 = 4;

struct Scene {
    _postgres: Postgres,
    database: String,
    instances: [Latchkey; 1],
    route: Route,
    party: Party,
    person: Person,
}

impl Scene {
    fn set() -> Self {
        let postgres = Postgres::start_with(&["max_connections=20"]);
        let database = postgres.create_database();
        let setup = stage::on(Store::PostgresAndRedis).database(&database).set("database.max_connections", POOL);
        let instances = [stage::start(setup)];
        let route = Route::to(&instances);
        let (party, person) = (Party::new(&route, TRUSTED), Person::new(&route));
        Self { _postgres: postgres, database, instances, route, party, person }
    }

    fn tokens(&mut self) -> Tokens {
        self.party.redeem(&self.party.authorize(&mut self.person).unwrap()).expect_done("redemption")
    }

    fn status(&self, path: &str) -> u16 {
        Request::get(path).send(self.route.port()).unwrap().status
    }

    /// What people and applications ask, all at once; how long the slowest answer took.
    fn ask_everything(&self, tokens: &Tokens) -> Duration {
        let ask = |number: usize| {
            let (party, mut person, began) = (self.party.clone(), self.person.clone(), Instant::now());
            let is_unavailable = match number % 5 {
                0 => party.refresh(&tokens.refresh) == Outcome::Unavailable,
                1 => party.introspect(&tokens.access) == Outcome::Unavailable,
                2 => party.userinfo(&tokens.access) == Outcome::Unavailable,
                3 => party.authorize(&mut person).unwrap_err().status() == Some(503),
                _ => party.authorize(&mut Person::new(&self.route)).unwrap_err().status() == Some(503),
            };
            assert!(is_unavailable, "I5: request {number}");
            began.elapsed()
        };
        let slowest = std::thread::scope(|scope| {
            let asked: Vec<_> = (0..AT_ONCE).map(|number| scope.spawn(move || ask(number))).collect();
            asked.into_iter().map(|thread| thread.join().unwrap()).max().unwrap()
        });
        assert!(slowest < GENEROUS, "an answer took {slowest:?}");
        slowest
    }

    fn backends(&self) -> i64 {
        let mut connection = PgConnection::establish(&self.database).unwrap();
        let others = "SELECT count(*) AS value FROM pg_stat_activity \
                      WHERE datname = current_database() AND pid <> pg_backend_pid()";
        super::commit::rows(&mut connection, others)[0]
    }
}

/// Holds what a statement locks until it is dropped.
struct Held(PgConnection);

impl Held {
    fn by(database: &str, statement: &str) -> Self {
        let mut connection = PgConnection::establish(database).unwrap();
        for sql in ["BEGIN", statement] {
            diesel::sql_query(sql).execute(&mut connection).unwrap();
        }
        Self(connection)
    }

    fn release(mut self) {
        diesel::sql_query("ROLLBACK").execute(&mut self.0).unwrap();
    }
}

#[test]
fn f_10_locked_tables_are_503_while_they_are_locked_and_nobody_waits_for_them_after() {
    let _alone = alone();
    let mut scene = Scene::set();
    let tokens = scene.tokens();
    for tables in ["people, sessions, token_families, spent_codes", "changes"] {
        // What is cached may be used for 400 ms more; readiness is asked of the tables themselves.
        let held = Held::by(&scene.database, &format!("LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE"));
        eventually("not ready", GENEROUS, || (scene.status("/readyz") == 503).then_some(()));
        for wave in 0..2 {
            let slowest = scene.ask_everything(&tokens);
            println!("{tables} locked, wave {wave}: {AT_ONCE} requests, the slowest took {slowest:.2?}");
            assert_eq!(scene.status("/healthz"), 200);
            assert_eq!(scene.status("/readyz"), 503);
        }
        // The one that holds the lock, and the provider's pool: nothing has piled up.
        assert!(scene.backends() <= POOL + 1, "{} backends", scene.backends());
        held.release();
        eventually("I9: ready", RECOVERY, || (scene.status("/readyz") == 200).then_some(()));
        eventually("I9: sign-in", RECOVERY, || scene.party.authorize(&mut Person::new(&scene.route)).ok());
    }
    let fresh = scene.party.refresh(&tokens.refresh).expect_done("I4: nothing of what was told 503 happened");
    scene.party.refresh(&fresh.refresh).expect_done("refresh");
}

#[test]
fn f_10_a_blocked_row_is_503_for_its_requests_and_nobody_elses() {
    let mut scene = Scene::set();
    let (blocked, free) = (scene.tokens(), scene.tokens());
    // The newest family is the second one's.
    let oldest = "SELECT id FROM token_families ORDER BY created_at, id LIMIT 1 FOR UPDATE";
    let held = Held::by(&scene.database, oldest);
    let began = Instant::now();
    assert_eq!(scene.party.refresh(&blocked.refresh), Outcome::Unavailable);
    println!("a blocked row: 503 after {:.2?}", began.elapsed());
    let free = scene.party.refresh(&free.refresh).expect_done("another family");
    assert_eq!((scene.status("/healthz"), scene.status("/readyz")), (200, 200));
    held.release();
    scene.party.refresh(&blocked.refresh).expect_done("I4: what was told 503 did not happen");
    scene.party.refresh(&free.refresh).expect_done("refresh");
}

#[test]
fn f_10_a_server_whose_connections_others_hold_is_503_until_there_are_some_again() {
    let _alone = alone();
    let mut scene = Scene::set();
    let tokens = scene.tokens();
    // Outside a transaction, where it sees what is there now.
    let (mut own, mut holders) = (PgConnection::establish(&scene.database).unwrap(), Vec::new());
    eventually("every connection is somebody else's", GENEROUS, || {
        while let Ok(mut holder) = PgConnection::establish(&scene.database) {
            diesel::sql_query("BEGIN").execute(&mut holder).unwrap();
            holders.push(holder);
        }
        let pids = "SELECT pid::bigint AS value FROM pg_stat_activity \
                    WHERE datname = current_database() AND state <> 'idle in transaction' AND pid <> pg_backend_pid()";
        let theirs = super::commit::rows(&mut own, pids);
        for pid in &theirs {
            diesel::sql_query(format!("SELECT pg_terminate_backend({pid})")).execute(&mut own).unwrap();
        }
        theirs.is_empty().then_some(())
    });
    let slowest = scene.ask_everything(&tokens);
    println!("no connections left: {AT_ONCE} requests, the slowest took {slowest:.2?}");
    assert_eq!((scene.status("/healthz"), scene.status("/readyz")), (200, 503));
    drop((own, holders));
    eventually("I9: sign-in", RECOVERY, || scene.party.authorize(&mut Person::new(&scene.route)).ok());
    scene.party.refresh(&tokens.refresh).expect_done("I4");
    // What readiness found a second ago still counts.
    eventually("I9: ready", RECOVERY, || (scene.status("/readyz") == 200).then_some(()));
    assert!(scene.instances[0].is_running());
}
