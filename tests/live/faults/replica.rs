//! F-08, F-09: a standby that lags, by real streaming replication. It lags because its line to the primary is dead: with
//! replay merely paused a promotion still replays what had arrived.
//!
//! What is not produced here: two servers that both believe to be the primary. Fencing the old one is the work of what
//! promotes; Latchkey would believe either.

use std::time::Duration;

use diesel::sql_types::Bool;
use diesel::{Connection as _, PgConnection, QueryableByName, RunQueryDsl as _};

use crate::load::assert_no_secret_in_log;
use crate::party::{Outcome, Party};
use crate::person::Person;
use crate::proxy::Line;
use crate::stage::{self, Route, Store, TRUSTED, eventually};
use crate::support::{Latchkey, Postgres};
use crate::wire::Request;

const RECOVERY: Duration = Duration::from_secs(30);

struct Scene {
    primary: Postgres,
    standby: Postgres,
    database: String,
    /// From the provider to whoever is the primary.
    line: Line,
    /// From the standby to the primary.
    replication: Line,
    instances: [Latchkey; 1],
}

impl Scene {
    fn set() -> Self {
        let primary = Postgres::start();
        let database = primary.create_database();
        let (line, replication) = (Line::to(primary.port()), Line::to(primary.port()));
        let instances = [stage::start(stage::on(Store::PostgresAndRedis).database(&line.url(&database)))];
        let standby = primary.standby(replication.port());
        Self { primary, standby, database, line, replication, instances }
    }

    /// Whether the standby has all that the primary has written.
    fn is_caught_up(&self) -> bool {
        #[derive(QueryableByName)]
        struct Position {
            #[diesel(sql_type = diesel::sql_types::Text)]
            value: String,
        }
        let sql = "SELECT pg_current_wal_lsn()::text AS value";
        let mut connection = PgConnection::establish(&self.database).unwrap();
        let written: Position = diesel::sql_query(sql).get_result(&mut connection).unwrap();
        self.holds(&format!("pg_last_wal_replay_lsn() >= '{}'", written.value))
    }

    fn holds(&self, condition: &str) -> bool {
        let mut connection = PgConnection::establish(&self.standby.same_database(&self.database)).unwrap();
        let sql = format!("SELECT COALESCE({condition}, false) AS value");
        let found: Truth = diesel::sql_query(sql).get_result(&mut connection).unwrap();
        found.value
    }

    fn status(&self, path: &str) -> u16 {
        Request::get(path).send(stage::port(&self.instances[0])).unwrap().status
    }
}

#[derive(QueryableByName)]
struct Truth {
    #[diesel(sql_type = Bool)]
    value: bool,
}

#[test]
fn f_08_what_was_revoked_stays_so_when_a_replica_is_promoted_that_never_heard_of_it() {
    let mut scene = Scene::set();
    let route = Route::to(&scene.instances);
    let (mut person, party) = (Person::new(&route), Party::new(&route, TRUSTED));
    let [revoked, other] = [(); 2].map(|()| party.redeem(&party.authorize(&mut person).unwrap()).expect_done("code"));
    eventually("the standby has it all", RECOVERY, || scene.is_caught_up().then_some(()));
    scene.replication.cut();
    party.revoke(&revoked.refresh).expect_done("revocation");
    let unheard = party.redeem(&party.authorize(&mut person).unwrap()).expect_done("a family of after the lag");
    assert!(!scene.is_caught_up());

    scene.primary.kill();
    // Its children may serve for a moment more.
    eventually("they end", RECOVERY, || (scene.status("/readyz") == 503).then_some(()));
    assert_eq!(party.refresh(&other.refresh), Outcome::Unavailable, "I5: without a primary");
    Postgres::execute(&scene.standby.same_database(&scene.database), "SELECT pg_promote()");
    scene.line.lead_to(scene.standby.port());
    let alive = || match party.introspect(&revoked.access) {
        Outcome::Done(active) => Some(active),
        _ => None,
    };
    assert!(eventually("it serves", RECOVERY, alive), "the replica did not lag: the test shows nothing");

    scene.instances[0].run(&["recover"]);
    for dead in [&revoked, &other, &unheard] {
        assert!(!party.introspect(&dead.access).expect_done("introspection"), "I3");
        party.refresh(&dead.refresh).expect_refused("I3");
        party.userinfo(&dead.access).expect_refused("I3");
    }
    let typed = person.passwords;
    let fresh = party.redeem(&party.authorize(&mut person).expect("I9")).expect_done("I9");
    assert_eq!(person.passwords, typed + 1, "a session of before");
    party.refresh(&fresh.refresh).expect_done("I9");
    assert_no_secret_in_log(&scene.instances[0], &crate::history::History::default());
}

#[test]
fn f_09_a_standby_decides_nothing() {
    let mut scene = Scene::set();
    let route = Route::to(&scene.instances);
    let (mut person, party) = (Person::new(&route), Party::new(&route, TRUSTED));
    let tokens = party.redeem(&party.authorize(&mut person).unwrap()).expect_done("redemption");
    let code = party.authorize(&mut person).unwrap();
    eventually("the standby has it all", RECOVERY, || scene.is_caught_up().then_some(()));

    scene.line.lead_to(scene.standby.port());
    assert!(scene.holds("pg_is_in_recovery()"));
    assert_eq!(party.introspect(&tokens.access), Outcome::Unavailable, "I5");
    assert_eq!(party.userinfo(&tokens.access), Outcome::Unavailable, "I5");
    assert_eq!(party.refresh(&tokens.refresh), Outcome::Unavailable, "I5");
    assert_eq!(party.revoke(&tokens.refresh), Outcome::Unavailable, "I5");
    assert_eq!(party.redeem(&code), Outcome::Unavailable);
    assert_eq!(party.authorize(&mut person).unwrap_err().status(), Some(503));
    assert_eq!((scene.status("/healthz"), scene.status("/readyz")), (200, 503));
    assert!(scene.instances[0].log().contains("is a standby (in recovery)"), "{}", scene.instances[0].log());
    let doctor = scene.instances[0].output(&["doctor"], "");
    let said = String::from_utf8_lossy(&doctor.stdout).into_owned();
    assert!(!doctor.status.success() && said.contains("standby") && said.contains("latchkey recover"), "{said}");
    let url = scene.standby.same_database(&scene.database);
    let (status, said) = stage::on(Store::PostgresAndRedis).database(&url).start_refused();
    assert!(!status.success() && said.contains("standby"), "{said}");

    scene.line.lead_to(scene.primary.port());
    eventually("I9: it serves again", RECOVERY, || (scene.status("/readyz") == 200).then_some(()));
    party.refresh(&tokens.refresh).expect_done("nothing happened to it");
    scene.replication.cut();
    scene.primary.kill();
}
