//! F-13, F-14, F-19, F-25: a machine that runs out of disk, descriptors, processor or memory, or has the wrong key.
//!
//! A full disk is made by a limit on the size of the server's files, of which the kernel says as much as of a full disk
//! (an error from `write`); a full log volume by `/dev/full`; a read-only file system by `/proc`; a throttled processor
//! by stopping the process nine tenths of the time. A memory limit of a control group is not made: what is shown is that
//! a flood of sign-ins does not grow with its length. A full disk of PostgreSQL's own is an error like others (F-11).

use std::process::Command;
use std::time::Duration;

use super::alone;
use crate::history::Rules;
use crate::load::{Load, assert_no_secret_in_log};
use crate::party::Party;
use crate::person::Person;
use crate::stage::{self, Route, Store, TRUSTED};
use crate::support::{Latchkey, http};
use crate::wire::Connection;

/// No file of the server's can be longer than this.
fn limit_files(server: &Latchkey, bytes: &str) {
    // The soft limit alone: the hard one could not be raised again.
    let limit = format!("--fsize={bytes}:");
    let done = Command::new("prlimit").args(["--pid", &server.pid().to_string(), &limit]).status();
    assert!(done.expect("prlimit is part of util-linux").success());
}

/// A figure of `/metrics`.
fn figure(server: &Latchkey, name: &str) -> f64 {
    let port = server.management_url().rsplit_once(':').unwrap().1.parse().unwrap();
    let (_, text) = http::get(port, "/metrics").expect("the management listener answers");
    let line = text.lines().find(|line| line.split([' ', '{']).next() == Some(name));
    line.and_then(|line| line.rsplit(' ').next()?.parse().ok()).unwrap_or_else(|| panic!("no {name} in {text}"))
}

/// Writes beyond a limit are to fail, not to kill.
const NO_SIGNAL: &str = "trap '' XFSZ";

#[test]
fn f_13_with_a_full_disk_nothing_is_issued_and_nothing_is_lost() {
    let _alone = alone();
    let server = stage::start(stage::on(Store::Sqlite).after(NO_SIGNAL));
    let party = Party::new(&Route::to(std::slice::from_ref(&server)), TRUSTED);
    let route = Route::to(std::slice::from_ref(&server));
    let code = party.authorize(&mut Person::new(&route)).unwrap();
    limit_files(&server, "4096");
    for _ in 0..5 {
        assert!(party.redeem(&code).is_open(), "a redemption that was not written down");
        let stuck = party.authorize(&mut Person::new(&route)).unwrap_err();
        assert_eq!(stuck.status(), Some(503), "{stuck:?}");
    }
    assert_eq!(http::get(route.port(), "/healthz").map(|(status, _)| status), Some(200));
    assert_eq!(http::get(route.port(), "/jwks").map(|(status, _)| status), Some(200));
    limit_files(&server, "unlimited");
    let tokens = party.redeem(&code).expect_done("the same code, once there is room");
    party.refresh(&tokens.refresh).expect_done("refresh");
    // The log was on the same disk.
    assert!(figure(&server, "latchkey_log_records_lost_total") > 0.0);
}

#[test]
fn f_13_a_disk_that_is_full_now_and_then_breaks_no_invariant() {
    let _alone = alone();
    let servers = [stage::start(stage::on(Store::Sqlite).after(NO_SIGNAL))];
    let load = Load::start(&Route::to(&servers), 4);
    for _ in 0..6 {
        limit_files(&servers[0], "4096");
        std::thread::sleep(Duration::from_millis(120));
        limit_files(&servers[0], "unlimited");
        load.goes_on();
    }
    let history = load.stop_and_judge(Rules::STRICT);
    assert_no_secret_in_log(&servers[0], &history);
    assert_eq!(super::sqlite::integrity(&servers[0].folder().join("latchkey.sqlite").display().to_string()), "ok");
}

#[test]
fn f_13_a_log_that_cannot_be_written_stops_nobody_and_is_counted() {
    let servers = [stage::start(stage::on(Store::Sqlite).after("exec 2>/dev/full"))];
    let load = Load::start(&Route::to(&servers), 2);
    load.goes_on();
    load.stop_and_judge(Rules::STRICT);
    assert!(figure(&servers[0], "latchkey_log_records_lost_total") > 0.0);
    assert!(figure(&servers[0], "latchkey_panics_total") < 0.5);
}

#[test]
fn f_14_a_store_that_cannot_be_written_is_told_at_the_start() {
    for key in ["database.url", "ephemeral.url"] {
        let (status, said) = stage::on(Store::Sqlite).set(key, "sqlite:///proc/latchkey.sqlite").start_refused();
        assert!(!status.success() && said.contains("/proc/latchkey.sqlite"), "{key}: {said}");
        assert!(!said.contains("panicked"), "{said}");
    }
}

#[test]
fn f_19_with_another_master_key_nothing_starts_and_nothing_is_sealed_anew() {
    let mut first = stage::start(stage::on(Store::Sqlite));
    let party = Party::new(&Route::to(std::slice::from_ref(&first)), TRUSTED);
    let route = Route::to(std::slice::from_ref(&first));
    let tokens = party.redeem(&party.authorize(&mut Person::new(&route)).unwrap()).expect_done("redemption");
    first.sigterm();
    first.wait();
    // The last command to close the store leaves all of it in one file.
    first.run(&["user", "list"]);
    let file = first.folder().join("latchkey.sqlite");
    let before = std::fs::read(&file).unwrap();
    let other = stage::on(Store::Sqlite).database(&format!("sqlite://{}", file.display()));
    let other = other.env("LATCHKEY__KEYS__MASTER_KEY", "UIsn5Gx1N2yR3nQp0aVdTf4WvKcH7jBEo9MiZLlSxgA=");
    let (status, said) = other.start_refused();
    assert!(!status.success() && said.contains("master key"), "{said}");
    assert!(!said.contains("UIsn5Gx1"), "I8: {said}");
    assert!(std::fs::read(&file).unwrap() == before, "the refused start wrote into the store");
    first.restart();
    party.refresh(&tokens.refresh).expect_done("with the right key all is as before");
}

#[test]
fn f_25_when_descriptors_run_out_the_server_stays_and_recovers() {
    let _alone = alone();
    let servers = [stage::start(stage::on(Store::Sqlite).after("ulimit -n 64"))];
    let route = Route::to(&servers);
    let load = Load::start(&route, 2);
    // They say nothing; the kernel takes those that the server can't.
    let idle: Vec<_> = (0..200).filter_map(|_| Connection::open(route.port()).ok()).collect();
    std::thread::sleep(Duration::from_millis(500));
    drop(idle);
    load.goes_on();
    load.stop_and_judge(Rules::STRICT);
}

#[test]
fn f_25_with_a_tenth_of_the_processor_no_invariant_breaks() {
    let _alone = alone();
    let mut servers = [stage::start(stage::on(Store::Sqlite))];
    let load = Load::start(&Route::to(&servers), 4);
    for _ in 0..30 {
        servers[0].freeze();
        std::thread::sleep(Duration::from_millis(90));
        servers[0].thaw();
        std::thread::sleep(Duration::from_millis(10));
    }
    load.goes_on();
    load.stop_and_judge(Rules::STRICT);
}

#[test]
fn f_25_a_flood_of_sign_ins_takes_no_more_memory_the_longer_it_is() {
    const PEOPLE: usize = 120;
    let _alone = alone();
    let server = stage::start(stage::on(Store::Sqlite));
    let route = Route::to(std::slice::from_ref(&server));
    let before = peak(&server);
    let sign_in = |_| {
        let party = Party::new(&route, TRUSTED);
        let mut person = Person::new(&route);
        std::thread::spawn(move || match party.authorize(&mut person) {
            Ok(_) => {}
            // The line is full: come again.
            Err(stuck) => assert_eq!(stuck.status(), Some(503), "{stuck:?}"),
        })
    };
    let flood: Vec<_> = (0..PEOPLE).map(sign_in).collect();
    flood.into_iter().for_each(|person| person.join().unwrap());
    // One hash takes 19 MiB: a quarter of all of them at once would be far too many.
    let grown = peak(&server) - before;
    assert!(grown < PEOPLE * 19 / 4, "{grown} MiB for {PEOPLE} sign-ins");
}

/// The most memory that the process ever had, in MiB.
fn peak(server: &Latchkey) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() / 1024
}
