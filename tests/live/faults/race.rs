//! F-06: two replicas race for one code, for one refresh token.

use std::sync::Barrier;

use super::alone;
use crate::party::{Outcome, Party, Tokens, tokens};
use crate::person::Person;
use crate::stage::{self, Route, Store, TRUSTED};
use crate::wire::{Connection, Request};

const ROUNDS: usize = 200;

#[test]
fn f_06_of_two_replicas_that_redeem_one_code_exactly_one_wins() {
    let _alone = alone();
    let instances = stage::start_two(stage::on(Store::PostgresAndRedis));
    let route = Route::to(&instances);
    let (mut person, party) = (Person::new(&route), Party::new(&route, TRUSTED));
    for round in 0..ROUNDS {
        let code = party.authorize(&mut person).unwrap();
        let [one, other] = race(&route, &party.redemption(&code));
        let won: Vec<Tokens> = [&one, &other].into_iter().filter_map(|outcome| outcome.clone().done()).collect();
        assert_eq!(won.len(), 1, "round {round}: {one:?} {other:?}");
        // The loser was a replay: what came of the code has ended (RFC 6749 §4.1.2).
        assert!(!party.introspect(&won[0].access).expect_done("introspection"), "round {round}");
    }
}

#[test]
fn f_06_two_replicas_that_rotate_one_refresh_token_make_one_branch() {
    let _alone = alone();
    let instances = stage::start_two(stage::on(Store::PostgresAndRedis));
    let route = Route::to(&instances);
    let party = Party::new(&route, TRUSTED);
    let mut newest = party.redeem(&party.authorize(&mut Person::new(&route)).unwrap()).expect_done("redemption");
    for round in 0..ROUNDS {
        let outcomes = race(&route, &party.refreshing(&newest.refresh));
        // Inside the grace the second gets the same successor again.
        let [one, other] = outcomes.map(|outcome| outcome.expect_done(&format!("round {round}")));
        assert_eq!(one.refresh, other.refresh, "round {round}: two branches");
        assert!(party.introspect(&one.access).expect_done("introspection"), "round {round}");
        newest = one;
    }
}

/// Sends one request over both instances at once.
pub fn race(route: &Route, request: &Request) -> [Outcome<Tokens>; 2] {
    let barrier = Barrier::new(2);
    let run = |instance: usize| {
        let mut connection = Connection::open(route.only(instance).port()).unwrap();
        barrier.wait();
        connection.write(request).unwrap();
        tokens(connection.read())
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(|| run(1));
        let one = run(0);
        [one, other.join().unwrap()]
    })
}
