//! F-05 and F-07 to the point: a transaction is held just before its commit, or in it when it is on disk already, and
//! there its server dies or its connection is cut.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use diesel::sql_types::{BigInt, Integer};
use diesel::{Connection as _, PgConnection, QueryableByName, RunQueryDsl};

use super::alone;
use crate::history::Rules;
use crate::load::{Dice, Load, assert_no_secret_in_log};
use crate::party::{Outcome, Party, Tokens, tokens};
use crate::person::Person;
use crate::stage::{self, Route, Store, TRUSTED, eventually};
use crate::support::{Latchkey, Postgres, Redis};
use crate::wire::Connection;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    BeforeCommit,
    /// The commit is on disk, its server does not know yet.
    InCommit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Blow {
    Kill9,
    Cut,
}

#[test]
fn f_05_a_kill_before_the_commit_leaves_code_and_token_good() {
    let mut scene = Scene::set();
    scene.redemption(Moment::BeforeCommit, Blow::Kill9).expect_done("nothing was committed: the code is good");
    scene.rotation(Moment::BeforeCommit, Blow::Kill9);
}

#[test]
fn f_05_a_kill_after_the_commit_and_before_the_answer_gives_no_second_branch() {
    let mut scene = Scene::set();
    let why = scene.redemption(Moment::InCommit, Blow::Kill9).expect_refused("the code was spent");
    assert!(why.contains("already used"), "{why}");
    scene.rotation(Moment::InCommit, Blow::Kill9);
}

#[test]
fn f_07_a_connection_cut_before_the_commit_is_503_and_nothing_happened() {
    let mut scene = Scene::set();
    scene.redemption(Moment::BeforeCommit, Blow::Cut).expect_done("nothing was committed: the code is good");
    scene.rotation(Moment::BeforeCommit, Blow::Cut);
}

#[test]
fn f_07_a_connection_cut_in_the_commit_is_503_and_all_of_it_happened() {
    let mut scene = Scene::set();
    let why = scene.redemption(Moment::InCommit, Blow::Cut).expect_refused("the code was spent");
    assert!(why.contains("already used"), "{why}");
    scene.rotation(Moment::InCommit, Blow::Cut);
}

#[test]
fn f_07_connections_cut_at_random_moments_break_no_invariant() {
    let _alone = alone();
    let database = Postgres::shared().create_database();
    let instances = stage::start_two(stage::on(Store::PostgresAndRedis).database(&database));
    let load = Load::start(&Route::to(&instances), 4);
    let mut dice = Dice::new();
    for _ in 0..40 {
        dice.pause(10, 150);
        Postgres::cut_connections(&database);
    }
    load.goes_on();
    let history = load.stop_and_judge(Rules::STRICT);
    instances.iter().for_each(|instance| assert_no_secret_in_log(instance, &history));
}

struct Scene {
    postgres: Postgres,
    database: String,
    instances: [Latchkey; 2],
    route: Route,
    person: Person,
}

impl Scene {
    fn set() -> Self {
        // Its own server: holding commits back holds back everyone's.
        let postgres = Postgres::start();
        let database = postgres.create_database();
        let setup =
            stage::on(Store::PostgresAndRedis).database(&database).ephemeral(&Redis::shared().database_url(500));
        let instances = stage::start_two(setup.set("tokens.refresh_grace", "30s"));
        Postgres::execute(&database, "CREATE TABLE probe (id SERIAL)");
        let route = Route::to(&instances);
        let person = Person::new(&route);
        Self { postgres, database, instances, route, person }
    }

    /// What a second redemption comes to after the first was struck.
    fn redemption(&mut self, moment: Moment, blow: Blow) -> Outcome<Tokens> {
        let party = Party::new(&self.route, TRUSTED);
        let code = party.authorize(&mut self.person).unwrap();
        self.strike(moment, blow, &party.redemption(&code));
        let retry = party.over(&self.survivor(blow)).redeem(&code);
        self.stand_up_again();
        retry
    }

    /// Inside the grace a client that knows nothing asks again and gets the one successor.
    fn rotation(&mut self, moment: Moment, blow: Blow) {
        let party = Party::new(&self.route, TRUSTED);
        let old = party.redeem(&party.authorize(&mut self.person).unwrap()).expect_done("redemption");
        self.strike(moment, blow, &party.refreshing(&old.refresh));
        let party = party.over(&self.survivor(blow));
        let one = party.refresh(&old.refresh).expect_done("the old token, again");
        let same = party.refresh(&old.refresh).expect_done("the old token, once more");
        assert_eq!(one.refresh, same.refresh);
        assert_eq!(self.newest_generation(), 2, "two rotations for one");
        party.refresh(&one.refresh).expect_done("the successor");
        self.stand_up_again();
    }

    /// Sends `request` to the first instance, and strikes when its transaction has come to `moment`.
    fn strike(&mut self, moment: Moment, blow: Blow, request: &crate::wire::Request) {
        let hold = Hold::take(&self.database, moment);
        let mut connection = Connection::open(self.route.only(0).port()).unwrap();
        connection.write(request).unwrap();
        let backend = eventually("its transaction is held", Duration::from_secs(10), || hold.held(&self.database));
        match blow {
            Blow::Kill9 => self.instances[0].kill9(),
            Blow::Cut => Postgres::execute(&self.database, &format!("SELECT pg_terminate_backend({backend})")),
        }
        let outcome = tokens(connection.read());
        let expected = if blow == Blow::Kill9 { Outcome::Lost } else { Outcome::Unavailable };
        assert_eq!(outcome, expected, "I5");
        hold.release(&self.database);
    }

    fn survivor(&self, blow: Blow) -> Route {
        self.route.only(usize::from(blow == Blow::Kill9))
    }

    fn stand_up_again(&mut self) {
        if !self.instances[0].is_running() {
            self.instances[0].restart();
        }
    }

    fn newest_generation(&self) -> i64 {
        let sql = "SELECT generation AS value FROM token_families ORDER BY created_at DESC, id DESC LIMIT 1";
        number(&self.database, sql).unwrap()
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        // Commits that nobody lets go would keep the server from stopping.
        let _ = std::panic::catch_unwind(|| let_commits_go(&self.database));
        let _ = self.postgres.port();
    }
}

/// What keeps transactions from going on.
enum Hold {
    /// A lock on what they write.
    Lock(Box<PgConnection>),
    /// A standby that does not exist: a commit is written here and waits for it.
    Standby { stop: Arc<AtomicBool>, probe: JoinHandle<()> },
}

impl Hold {
    fn take(database: &str, moment: Moment) -> Self {
        match moment {
            Moment::BeforeCommit => {
                let mut connection = PgConnection::establish(database).unwrap();
                diesel::sql_query("BEGIN").execute(&mut connection).unwrap();
                let lock = "LOCK TABLE spent_codes, token_families IN EXCLUSIVE MODE";
                diesel::sql_query(lock).execute(&mut connection).unwrap();
                Self::Lock(Box::new(connection))
            }
            Moment::InCommit => {
                Postgres::execute(database, "ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
                Postgres::execute(database, "SELECT pg_reload_conf()");
                let stop = Arc::<AtomicBool>::default();
                let (mut connection, stopped) = (PgConnection::establish(database).unwrap(), Arc::clone(&stop));
                let probe = std::thread::spawn(move || {
                    while !stopped.load(Ordering::Relaxed) {
                        diesel::sql_query("INSERT INTO probe DEFAULT VALUES").execute(&mut connection).unwrap();
                    }
                });
                let waits = "SELECT pid AS value FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
                eventually("commits wait", Duration::from_secs(10), || pid(database, waits));
                Self::Standby { stop, probe }
            }
        }
    }

    /// The server process that works for the held transaction.
    fn held(&self, database: &str) -> Option<i32> {
        let held = match self {
            Self::Lock(_) => "wait_event_type = 'Lock'",
            Self::Standby { .. } => "wait_event = 'SyncRep' AND query NOT LIKE '%probe%'",
        };
        pid(database, &format!("SELECT pid AS value FROM pg_stat_activity WHERE {held}"))
    }

    fn release(self, database: &str) {
        match self {
            Self::Lock(mut connection) => drop(diesel::sql_query("ROLLBACK").execute(&mut *connection).unwrap()),
            Self::Standby { stop, probe } => {
                stop.store(true, Ordering::Relaxed);
                let_commits_go(database);
                probe.join().unwrap();
            }
        }
    }
}

fn let_commits_go(database: &str) {
    Postgres::execute(database, "ALTER SYSTEM RESET synchronous_standby_names");
    Postgres::execute(database, "SELECT pg_reload_conf()");
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

#[derive(QueryableByName)]
struct Pid {
    #[diesel(sql_type = Integer)]
    value: i32,
}

fn number(database: &str, sql: &str) -> Option<i64> {
    rows(&mut PgConnection::establish(database).unwrap(), sql).first().copied()
}

/// The numbers that a query gives as `value`.
pub fn rows(connection: &mut PgConnection, sql: &str) -> Vec<i64> {
    let rows: Vec<Number> = diesel::sql_query(sql).load(connection).unwrap();
    rows.into_iter().map(|row| row.value).collect()
}

fn pid(database: &str, sql: &str) -> Option<i32> {
    let mut connection = PgConnection::establish(database).unwrap();
    let rows: Vec<Pid> = diesel::sql_query(sql).load(&mut connection).unwrap();
    rows.first().map(|row| row.value)
}
