//! F-20: two versions on one database. This binary plays both: the database knows a migration more than it (a rollback),
//! or one less (an upgrade whose `migrate` was forgotten). That migrations only expand is a rule of the house
//! (`tests/house.rs`), so that the older one goes on.
//!
//! What is not produced here: the binary of the release before. There is none yet; the first release makes this a test
//! of two binaries.

use std::time::Duration;

use crate::history::Rules;
use crate::load::Load;
use crate::party::Party;
use crate::person::Person;
use crate::stage::{self, Route, Store, TRUSTED, eventually};
use crate::support::Postgres;
use crate::wire::Request;

/// A column that may be empty, as the next release might bring it.
const LATER: [&str; 3] = [
    "ALTER TABLE people ADD COLUMN of_the_next_release TEXT",
    "ALTER TABLE token_families ADD COLUMN of_the_next_release BIGINT NOT NULL DEFAULT 0",
    "INSERT INTO __diesel_schema_migrations (version) VALUES ('20991231000000')",
];

#[test]
fn f_20_a_server_goes_on_under_a_schema_that_is_later_than_its_own_and_starts_on_it() {
    let database = Postgres::shared().create_database();
    let mut instances = stage::start_two(stage::on(Store::PostgresAndRedis).database(&database));
    let route = Route::to(&instances);
    let party = Party::new(&route, TRUSTED);
    let tokens = party.redeem(&party.authorize(&mut Person::new(&route)).unwrap()).expect_done("redemption");
    let load = Load::start(&route, 2);
    LATER.iter().for_each(|sql| Postgres::execute(&database, sql));
    // Commands of either version, beside running servers.
    for _ in 0..3 {
        instances[0].run(&["migrate"]);
    }
    load.goes_on();
    instances[1].sigterm();
    assert!(instances[1].wait().success());
    instances[1].restart();
    eventually("ready", Duration::from_secs(10), || {
        (Request::get("/readyz").send(stage::port(&instances[1])).ok()?.status == 200).then_some(())
    });
    load.goes_on();
    party.over(&route.only(1)).refresh(&tokens.refresh).expect_done("a token of before");
    instances[1].run(&["user", "list"]);
    load.stop_and_judge(Rules::STRICT);
}

#[test]
fn f_20_a_server_that_may_not_change_the_schema_names_the_command_and_serves_once_it_ran() {
    let database = Postgres::shared().create_database();
    drop(stage::start(stage::on(Store::PostgresAndRedis).database(&database)));
    let role = database.rsplit_once('/').unwrap().1.replace("test", "role");
    for sql in [
        format!("CREATE ROLE {role} LOGIN"),
        format!("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"),
        format!("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}"),
        // The last migration, as if it had not run yet.
        "CREATE TABLE set_aside AS SELECT max(version) AS version FROM __diesel_schema_migrations".to_owned(),
        "DELETE FROM __diesel_schema_migrations WHERE version IN (SELECT version FROM set_aside)".to_owned(),
    ] {
        Postgres::execute(&database, &sql);
    }
    let setup = stage::on(Store::PostgresAndRedis).database(&database.replacen("latchkey@", &format!("{role}@"), 1));
    let (status, said) = setup.clone().start_refused();
    assert!(!status.success() && said.contains("run `latchkey migrate`"), "{said}");
    Postgres::execute(&database, "INSERT INTO __diesel_schema_migrations (version) SELECT version FROM set_aside");
    // A role that may read and write rows and no more is enough to serve.
    let instances = [setup.start()];
    let route = Route::to(&instances);
    Party::new(&route, TRUSTED).authorize(&mut Person::new(&route)).expect("sign-in");
}
