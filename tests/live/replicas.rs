//! Two instances on one PostgreSQL and one Redis, behind one issuer.

use std::time::Duration;

use crate::clients::authlib_goes_all_the_way;
use crate::party::{Outcome, Party};
use crate::person::Person;
use crate::proxy::RoundRobin;
use crate::stage::{self, Route, Store, TRUSTED, WEB, eventually};

#[test]
fn every_step_of_a_flow_may_be_served_by_the_other_instance() {
    let instances = stage::start_two(stage::on(Store::PostgresAndRedis));
    let route = Route::to(&instances);
    let (mut person, party) = (Person::new(&route), Party::new(&route, WEB));
    for round in 0..4 {
        if round % 2 == 1 {
            route.port(); // the other instance begins
        }
        let code = party.authorize(&mut person).unwrap();
        let tokens = party.redeem(&code).expect_done("redemption");
        assert_eq!(party.userinfo(&tokens.access).expect_done("userinfo")["email"], "mary@example.com");
        let fresh = party.refresh(&tokens.refresh).expect_done("refresh");
        assert!(party.introspect(&fresh.access).expect_done("introspection"));
        party.revoke(&fresh.refresh).expect_done("revocation");
        for _ in 0..2 {
            assert!(!party.introspect(&fresh.access).expect_done("introspection"));
            party.refresh(&fresh.refresh).expect_refused("a revoked token");
        }
    }
    // Whoever signed in at one is signed in at the other.
    assert_eq!((person.passwords, person.consents), (1, 1));
}

#[test]
fn a_foreign_client_behind_a_round_robin_proxy_notices_nothing() {
    let proxy = RoundRobin::open();
    let setup = stage::on(Store::PostgresAndRedis).issuer(&proxy.url());
    let instances = [stage::start(setup.clone()), setup.start()];
    proxy.serve(instances.iter().map(stage::port).collect());
    authlib_goes_all_the_way(&instances[0]);
    assert!(proxy.served().iter().all(|count| *count > 5), "{:?}", proxy.served());
}

#[test]
fn kill_9_of_one_instance_in_the_middle_of_a_flow_loses_nothing_that_was_acknowledged() {
    let mut instances = stage::start_two(stage::on(Store::PostgresAndRedis));
    let route = Route::to(&instances);
    let [one, other] = [route.only(0), route.only(1)];
    let mut person = Person::new(&one);
    let party = Party::new(&one, TRUSTED);
    let code = party.authorize(&mut person).unwrap();
    instances[0].kill9();

    let (mut person, party) = (person.over(&other), party.over(&other));
    let tokens = party.redeem(&code).expect_done("a code that the dead instance issued");
    party.authorize(&mut person).expect("a session that the dead instance began");
    assert_eq!(person.passwords, 1);

    instances[0].restart();
    let again = party.over(&one);
    let fresh = again.refresh(&tokens.refresh).expect_done("a token that the other instance issued");
    instances[0].kill9();
    assert!(party.introspect(&fresh.access).expect_done("introspection"));
    let newest = party.refresh(&fresh.refresh).expect_done("a rotation that was answered before the kill");
    party.revoke(&newest.refresh).expect_done("revocation");
    instances[1].kill9();
    instances[0].restart();
    assert!(matches!(again.refresh(&newest.refresh), Outcome::Refused(_)), "a revocation outlives who took it");
}

#[test]
fn a_flow_in_its_sign_in_form_goes_on_at_the_other_instance() {
    let mut instances = stage::start_two(stage::on(Store::PostgresAndRedis));
    let route = Route::to(&instances);
    let party = Party::new(&route.only(0), WEB);
    let mut person = Person::new(&route.only(0));
    let (target, ..) = party.authorization_request("");
    let to_login = person.fetch(crate::wire::Request::get(&target)).unwrap();
    let login = crate::person::path_of(to_login.header("location").unwrap());
    assert!(login.starts_with("/login/"), "{login}");
    assert_eq!(person.fetch(crate::wire::Request::get(&login)).unwrap().status, 200);
    instances[0].kill9();
    let mut person = person.over(&route.only(1));
    let back = person.visit(&login, stage::REDIRECT_URI).unwrap();
    assert!(back.contains("code=lk_ac_"), "{back}");
    assert_eq!((person.passwords, person.consents), (1, 1));
}

#[test]
fn a_disabled_client_is_refused_everywhere_once_the_command_returned() {
    let instances = stage::start_two(stage::on(Store::PostgresAndRedis));
    let route = Route::to(&instances);
    let (mut person, party) = (Person::new(&route), Party::new(&route, TRUSTED));
    let tokens = party.redeem(&party.authorize(&mut person).unwrap()).expect_done("redemption");
    instances[0].run(&["client", "disable", TRUSTED]);
    for _ in 0..4 {
        party.refresh(&tokens.refresh).expect_refused("a disabled client");
    }
    instances[1].run(&["client", "enable", TRUSTED]);
    eventually("it works again", Duration::from_secs(5), || party.refresh(&tokens.refresh).done());
}
