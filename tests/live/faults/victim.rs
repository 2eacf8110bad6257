//! F-11: the database ends a transaction in favour of another one. Injected by a trigger that fails the first times, as
//! a sequence counts (its numbers are not rolled back), and once for real.

use std::time::Duration;

use diesel::{Connection as _, PgConnection, RunQueryDsl as _};

use crate::party::{Outcome, Party, Tokens, tokens};
use crate::person::Person;
use crate::stage::{self, Route, Store, TRUSTED, eventually};
use crate::support::{Latchkey, Postgres};
use crate::wire::Connection;

const SERIALIZATION: &str =
    "RAISE EXCEPTION 'could not serialize access due to concurrent update' USING ERRCODE = '40001'";
const DEADLOCK: &str = "RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01'";

struct Scene {
    database: String,
    _instances: [Latchkey; 1],
    route: Route,
    party: Party,
    person: Person,
}

impl Scene {
    fn set() -> Self {
        let database = Postgres::shared().create_database();
        let instances = [stage::start(stage::on(Store::PostgresAndRedis).database(&database))];
        let route = Route::to(&instances);
        let (party, person) = (Party::new(&route, TRUSTED), Person::new(&route));
        Postgres::execute(&database, "CREATE SEQUENCE failures");
        Self { database, _instances: instances, route, party, person }
    }

    /// The next `times` writes of a family fail so; none where `times` is 0.
    fn fail(&self, raise: &str, times: u32) {
        let function = format!(
            "CREATE OR REPLACE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             IF nextval('failures') <= {times} THEN {raise}; END IF; RETURN NEW; END $$"
        );
        let trigger = "CREATE OR REPLACE TRIGGER fail BEFORE INSERT OR UPDATE ON token_families \
                       FOR EACH ROW EXECUTE FUNCTION fail()";
        for sql in ["SELECT setval('failures', 1, false)", &function, trigger] {
            Postgres::execute(&self.database, sql);
        }
    }

    fn number(&self, of: &str) -> i64 {
        let mut connection = PgConnection::establish(&self.database).unwrap();
        super::commit::rows(&mut connection, &format!("SELECT count(*) AS value FROM {of}"))[0]
    }

    /// Of how many families the provider has given tokens.
    fn issued(&self) -> (i64, i64) {
        (self.number("token_families"), self.number("spent_codes"))
    }
}

#[test]
fn f_11_a_victim_is_tried_again_and_issues_once() {
    let mut scene = Scene::set();
    for (round, raise) in [SERIALIZATION, DEADLOCK].into_iter().enumerate() {
        let code = scene.party.authorize(&mut scene.person).unwrap();
        scene.fail(raise, 2);
        let first = scene.party.redeem(&code).expect_done("the third try holds");
        let times = i64::try_from(round).unwrap() + 1;
        assert_eq!(scene.issued(), (times, times), "I1");
        scene.fail(raise, 2);
        let second = scene.party.refresh(&first.refresh).expect_done("the third try holds");
        assert!(scene.party.introspect(&second.access).expect_done("introspection"), "I4");
    }
}

#[test]
fn f_11_tries_end_in_503_and_what_failed_can_be_asked_again() {
    let mut scene = Scene::set();
    for raise in [SERIALIZATION, DEADLOCK] {
        let before = scene.issued();
        let code = scene.party.authorize(&mut scene.person).unwrap();
        scene.fail(raise, 1_000_000);
        assert_eq!(scene.party.redeem(&code), Outcome::Unavailable);
        assert_eq!(scene.issued(), before, "I4: a trace of what was told 503");
        scene.fail(raise, 0);
        let first = scene.party.redeem(&code).expect_done("the code is good");
        scene.fail(raise, 1_000_000);
        assert_eq!(scene.party.refresh(&first.refresh), Outcome::Unavailable);
        scene.fail(raise, 0);
        scene.party.refresh(&first.refresh).expect_done("the token is good");
        scene.party.redeem(&code).expect_refused("I1");
    }
}

/// A real one: we hold the person, the provider's redemption holds the session and waits for the person, and then we
/// want the session. The server finds out after a second and ends either.
#[test]
fn f_11_a_real_deadlock_ends_with_one_family_a_code() {
    let mut scene = Scene::set();
    let code = scene.party.authorize(&mut scene.person).unwrap();
    let mut ours = PgConnection::establish(&scene.database).unwrap();
    for sql in ["BEGIN", "SELECT id FROM people FOR UPDATE"] {
        diesel::sql_query(sql).execute(&mut ours).unwrap();
    }
    let mut connection = Connection::open(scene.route.port()).unwrap();
    connection.write(&scene.party.redemption(&code)).unwrap();
    eventually("it waits for us", Duration::from_secs(10), || {
        (scene.number("pg_stat_activity WHERE wait_event_type = 'Lock'") > 0).then_some(())
    });
    let wanted = diesel::sql_query("SELECT id FROM sessions FOR UPDATE").execute(&mut ours);
    println!("we {}", if wanted.is_ok() { "came through" } else { "were ended" });
    diesel::sql_query("ROLLBACK").execute(&mut ours).unwrap();
    let outcome: Outcome<Tokens> = tokens(connection.read());
    println!("the provider: {}", if outcome.is_open() { "503" } else { "issued" });
    let issued = match outcome {
        Outcome::Unavailable => scene.party.redeem(&code).expect_done("the code is good"),
        outcome => outcome.expect_done("a try of the provider's own"),
    };
    assert_eq!(scene.issued(), (1, 1), "I1");
    assert!(scene.party.introspect(&issued.access).expect_done("introspection"), "I4");
}
