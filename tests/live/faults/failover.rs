//! F-27: servers that answer and can't serve. A Redis that became a replica, lost its master or is full; a PostgreSQL
//! that was fenced off. Their sockets are healthy, so nothing but their answers tells; the provider leaves them for
//! the right ones, and says meanwhile that it is not ready.

use std::time::Duration;

use super::alone;
use crate::history::Rules;
use crate::load::Load;
use crate::party::Party;
use crate::person::Person;
use crate::proxy::Line;
use crate::stage::{self, Route, Store, TRUSTED, eventually};
use crate::support::{Latchkey, PgBouncer, Postgres, Redis, http};
use crate::wire::Request;

const RECOVERY: Duration = Duration::from_secs(30);

fn status(server: &Latchkey) -> u16 {
    Request::get("/readyz").send(stage::port(server)).unwrap().status
}

fn is_ready(server: &Latchkey) {
    eventually("it is ready", RECOVERY, || (status(server) == 200).then_some(()));
}

fn is_not_ready(server: &Latchkey) {
    eventually("it is not ready", RECOVERY, || (status(server) == 503).then_some(()));
}

/// What `/metrics` says of a part.
fn is_told(server: &Latchkey, part: &str, ready: bool) {
    let port = server.management_url().rsplit_once(':').unwrap().1.parse().unwrap();
    let line = format!("latchkey_ready{{part=\"{part}\"}} {}", u8::from(ready));
    eventually(&line, RECOVERY, || http::get(port, "/metrics").filter(|(_, text)| text.contains(&line)).map(drop));
}

fn doctor(server: &Latchkey) -> (bool, String) {
    let said = server.output(&["doctor"], "");
    (said.status.success(), String::from_utf8_lossy(&said.stdout).into_owned())
}

#[test]
fn f_27_a_redis_that_became_a_replica_is_left_for_the_one_that_took_over() {
    // What each says from then on: READONLY to writes, MASTERDOWN to everything.
    for stale in ["yes", "no"] {
        let (old, new) = (Redis::start_with(&["--replica-serve-stale-data", stale]), Redis::start());
        let line = Line::to(old.port());
        let server = [stage::start(stage::on(Store::PostgresAndRedis).ephemeral(&line.url(&old.url())))];
        let route = Route::to(&server);
        let (mut person, party) = (Person::new(&route), Party::new(&route, TRUSTED));
        party.redeem(&party.authorize(&mut person).unwrap()).expect_done("before");
        // Nobody listens at port 1: a replica whose master is away.
        let master = if stale == "yes" { format!("127.0.0.1 {}", new.port()) } else { "127.0.0.1 1".to_owned() };
        assert!(old.ask(&format!("REPLICAOF {master}")).contains("OK"));
        is_not_ready(&server[0]);
        is_told(&server[0], "short_lived_store", false);
        let (well, said) = doctor(&server[0]);
        assert!(!well && said.contains("accepts no writes"), "{said}");
        // The name leads to the new one; what is connected stays connected to the old one.
        line.lead_new_ones_to(new.port());
        is_ready(&server[0]);
        is_told(&server[0], "short_lived_store", true);
        party.redeem(&party.authorize(&mut Person::new(&route)).expect("I9")).expect_done("I9");
        assert!(server[0].log().contains("wrong server"), "it was not the connection that was replaced");
    }
}

#[test]
fn f_27_sentinels_lead_to_the_master_wherever_it_is() {
    let _alone = alone();
    let first = Redis::start();
    let mut second = Redis::start_with(&["--replicaof", &format!("127.0.0.1 {}", first.port())]);
    eventually("the replica follows", RECOVERY, || {
        second.ask("INFO replication").contains("master_link_status:up").then_some(())
    });
    let sentinel = Redis::sentinel(first.port());
    eventually("the sentinel sees both", RECOVERY, || {
        sentinel.ask("SENTINEL REPLICAS main").contains("127.0.0.1").then_some(())
    });
    let url = format!("redis-sentinel://127.0.0.1:1,127.0.0.1:{}/main/2", sentinel.port());
    let server = [stage::start(stage::on(Store::PostgresAndRedis).ephemeral(&url))];
    assert!(first.ask("INFO keyspace").contains("db2:"), "the database of the URL");
    assert!(doctor(&server[0]).1.contains("noeviction"), "the doctor looks at the master");
    let load = Load::start(&Route::to(&server), 3);

    // Asked for: the old master becomes a replica and says so.
    eventually("a failover", RECOVERY, || sentinel.ask("SENTINEL FAILOVER main").contains("OK").then_some(()));
    let is_master = |redis: &Redis| redis.ask("INFO replication").contains("role:master");
    eventually("the second is the master", RECOVERY, || is_master(&second).then_some(()));
    eventually("the first follows it", RECOVERY, || {
        first.ask("INFO replication").contains("master_link_status:up").then_some(())
    });
    is_ready(&server[0]);
    load.goes_on();

    // Not asked for: it dies.
    second.kill();
    eventually("the first is the master", RECOVERY, || is_master(&first).then_some(()));
    is_ready(&server[0]);
    load.goes_on();
    // Replication is asynchronous: what was confirmed last may be lost.
    load.stop_and_judge(Rules::FORGETFUL);
}

#[test]
fn f_27_a_redis_that_is_full_is_told_and_is_well_again_by_itself() {
    let redis = Redis::start();
    let server = [stage::start(stage::on(Store::PostgresAndRedis).ephemeral(&redis.url()))];
    let route = Route::to(&server);
    assert!(redis.ask("CONFIG SET maxmemory 1").contains("OK"));
    is_not_ready(&server[0]);
    is_told(&server[0], "short_lived_store", false);
    assert_eq!(Party::new(&route, TRUSTED).authorize(&mut Person::new(&route)).unwrap_err().status(), Some(503));
    let (well, said) = doctor(&server[0]);
    assert!(!well && said.contains("maxmemory"), "{said}");
    assert!(redis.ask("CONFIG SET maxmemory 0").contains("OK"));
    is_ready(&server[0]);
    is_told(&server[0], "short_lived_store", true);
    Party::new(&route, TRUSTED).authorize(&mut Person::new(&route)).expect("I9");
}

#[test]
fn f_27_a_postgresql_that_takes_no_writes_is_left_for_the_one_that_does() {
    let first = Postgres::start();
    let database = first.create_database();
    let setup = stage::on(Store::PostgresAndRedis).database(&database);
    drop(stage::start(setup));
    let second = first.standby(first.port());
    let name = database.rsplit_once('/').unwrap().1;
    let both = format!("postgres://latchkey@127.0.0.1:{},127.0.0.1:{}/{name}", first.port(), second.port());
    let server = [stage::on(Store::PostgresAndRedis).database(&both).start()];
    let route = Route::to(&server);
    let (mut person, party) = (Person::new(&route), Party::new(&route, TRUSTED));
    let tokens = party.redeem(&party.authorize(&mut person).unwrap()).expect_done("before");
    let fence = |value: &str| {
        Postgres::execute(&database, &format!("ALTER SYSTEM SET default_transaction_read_only = {value}"));
        Postgres::execute(&database, "SELECT pg_reload_conf()");
    };

    // Fenced off for a while: well again by itself.
    fence("on");
    is_not_ready(&server[0]);
    is_told(&server[0], "database", false);
    assert!(party.refresh(&tokens.refresh).is_open(), "I5");
    let (well, said) = doctor(&server[0]);
    assert!(!well && said.contains("read-only"), "{said}");
    Postgres::execute(
        &format!("{database}?options=-c%20default_transaction_read_only%3Doff"),
        "ALTER SYSTEM RESET default_transaction_read_only",
    );
    Postgres::execute(&database, "SELECT pg_reload_conf()");
    is_ready(&server[0]);
    is_told(&server[0], "database", true);
    let tokens = party.refresh(&tokens.refresh).expect_done("I4: nothing happened to it");

    // Fenced off for good, while it answers: the other one took over.
    let caught_up = || {
        let held = second.same_database(&database);
        let ours = super::commit::rows(
            &mut connect(&database),
            "SELECT count(*) AS value FROM token_families WHERE generation > 0",
        );
        let theirs = super::commit::rows(
            &mut connect(&held),
            "SELECT count(*) AS value FROM token_families WHERE generation > 0",
        );
        (ours == theirs).then_some(())
    };
    std::thread::sleep(Duration::from_millis(500));
    eventually("the standby has it all", RECOVERY, caught_up);
    fence("on");
    Postgres::execute(&second.same_database(&database), "SELECT pg_promote()");
    is_ready(&server[0]);
    // The first may meet a connection to the old one, which is given up by its answer.
    eventually("by the new primary", RECOVERY, || party.refresh(&tokens.refresh).done());
    party.redeem(&party.authorize(&mut Person::new(&route)).expect("I9")).expect_done("I9");
}

fn connect(url: &str) -> diesel::PgConnection {
    diesel::Connection::establish(url).unwrap()
}

#[test]
fn f_27_behind_a_pooler_of_transactions_the_switch_makes_it_work_and_the_doctor_tells_of_it() {
    let _alone = alone();
    let database = Postgres::shared().create_database();
    let pooler = PgBouncer::in_front_of(Postgres::shared().port(), 3);
    let pooled = pooler.same_database(&database);
    let without = |setup: crate::support::latchkey::Setup| setup.set("database.prepared_statements", false);
    // Migrations too go through it.
    let servers = [stage::start(without(stage::on(Store::PostgresAndRedis).database(&pooled)))];
    let load = Load::start(&Route::to(&servers), 4);
    load.goes_on();
    let (well, said) = doctor(&servers[0]);
    assert!(well && said.contains("behind a pooler"), "{said}");
    let file = servers[0].config_file();
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("prepared_statements = false", "prepared_statements = true")).unwrap();
    let (well, said) = doctor(&servers[0]);
    assert!(!well && said.contains("`database.prepared_statements` to false"), "{said}");
    load.stop_and_judge(Rules::STRICT);
}

#[test]
fn f_27_a_full_disk_is_told_by_readiness_metrics_and_doctor_and_ends_by_itself() {
    let server = [stage::start(stage::on(Store::Sqlite).after("trap '' XFSZ"))];
    let limit = |bytes: &str| {
        let limit = format!("--fsize={bytes}:");
        let done = std::process::Command::new("prlimit").args(["--pid", &server[0].pid().to_string(), &limit]).status();
        assert!(done.expect("prlimit is part of util-linux").success());
    };
    limit("4096");
    is_not_ready(&server[0]);
    is_told(&server[0], "database", false);
    limit("unlimited");
    is_ready(&server[0]);
    is_told(&server[0], "database", true);
}
