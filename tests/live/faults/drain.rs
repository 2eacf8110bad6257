//! F-26: SIGTERM under load.

use std::time::{Duration, Instant};

use super::alone;
use crate::history::Rules;
use crate::load::Load;
use crate::party::Party;
use crate::person::{Person, path_of};
use crate::stage::{self, REDIRECT_URI, Route, Store, TRUSTED, eventually};
use crate::support::process::describe;
use crate::wire::{Connection, Request};

/// What the server has to finish in at most.
const DRAIN: Duration = Duration::from_secs(30);

#[test]
fn f_26_requests_that_were_taken_are_answered_and_what_they_did_is_kept() {
    let _alone = alone();
    let mut instances = [stage::start(stage::on(Store::Sqlite))];
    let route = Route::to(&instances);
    let party = Party::new(&route, TRUSTED);
    // Passwords take a while: these requests are under way when the signal comes.
    let mut waiting: Vec<(Person, Connection)> = (0..6).map(|_| with_password_sent(&route, &party)).collect();
    eventually("every request is read", Duration::from_secs(10), || {
        waiting.iter().all(|(_, connection)| unread(route.port(), connection.local_port()) == Some(0)).then_some(())
    });
    let began = Instant::now();
    instances[0].sigterm();
    let answers: Vec<_> = waiting.iter_mut().map(|(_, connection)| connection.read()).collect();
    let status = instances[0].wait();
    assert!(status.success(), "{}\n{}", describe(status), instances[0].log());
    assert!(began.elapsed() < DRAIN, "it took {:?}", began.elapsed());
    instances[0].restart();
    for ((person, _), answer) in waiting.iter_mut().zip(answers) {
        let answer = answer.unwrap_or_else(|error| panic!("a request that was taken got no answer: {error}"));
        assert_eq!(answer.status, 303, "{}", answer.text());
        person.keep_cookies(&answer);
        // Signed in, as the answer said: the password is not asked for again.
        let typed = person.passwords;
        person.visit(&path_of(answer.header("location").unwrap()), REDIRECT_URI).unwrap();
        assert_eq!(person.passwords, typed);
    }
}

#[test]
fn f_26_a_rolling_restart_under_load_loses_no_commit() {
    let _alone = alone();
    let mut instances = stage::start_two(stage::on(Store::PostgresAndRedis));
    let load = Load::start(&Route::to(&instances), 4);
    for round in 0..4 {
        let began = Instant::now();
        instances[round % 2].sigterm();
        let status = instances[round % 2].wait();
        assert!(status.success(), "{}", describe(status));
        assert!(began.elapsed() < DRAIN, "it took {:?}", began.elapsed());
        load.goes_on();
        instances[round % 2].restart();
    }
    load.stop_and_judge(Rules::STRICT);
}

/// A person whose password is on its way to the server.
fn with_password_sent(route: &Route, party: &Party) -> (Person, Connection) {
    let mut person = Person::new(route);
    let (target, ..) = party.authorization_request("");
    let to_login = person.fetch(Request::get(&target)).unwrap();
    let login = path_of(to_login.header("location").unwrap());
    let page = person.fetch(Request::get(&login)).unwrap();
    let request = person.fill_in(&login, &page).expect("a sign-in page");
    let mut connection = Connection::open(route.port()).unwrap();
    connection.write(&person.dressed(request)).unwrap();
    (person, connection)
}

/// Bytes that the server's end of a connection has received and the server has not read yet.
fn unread(server: u16, client: u16) -> Option<u64> {
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let (server, client) = (format!("0100007F:{server:04X}"), format!("0100007F:{client:04X}"));
    let mut rows = table.lines().map(|row| row.split_whitespace().collect::<Vec<_>>());
    let row = rows.find(|row| row.get(1) == Some(&server.as_str()) && row.get(2) == Some(&client.as_str()))?;
    u64::from_str_radix(row[4].split_once(':')?.1, 16).ok()
}
