//! F-05: kill -9 around a redemption and a rotation.

use super::alone;
use crate::history::Rules;
use crate::load::{Dice, Load, assert_no_secret_in_log};
use crate::party::Party;
use crate::person::Person;
use crate::stage::{self, Route, Store, TRUSTED};

#[test]
fn f_05_kills_at_random_moments_break_no_invariant_on_sqlite() {
    let _alone = alone();
    let mut instances = [stage::start(stage::on(Store::Sqlite))];
    let load = Load::start(&Route::to(&instances), 4);
    let mut dice = Dice::new();
    for _ in 0..12 {
        dice.pause(20, 400);
        instances[0].kill9();
        instances[0].restart();
        load.goes_on();
    }
    let history = load.stop_and_judge(Rules::STRICT);
    assert_no_secret_in_log(&instances[0], &history);
}

#[test]
fn f_05_kills_of_either_instance_at_random_moments_break_no_invariant() {
    let _alone = alone();
    let mut instances = stage::start_two(stage::on(Store::PostgresAndRedis));
    let load = Load::start(&Route::to(&instances), 4);
    let mut dice = Dice::new();
    for round in 0..12 {
        dice.pause(20, 400);
        instances[round % 2].kill9();
        load.goes_on();
        instances[round % 2].restart();
    }
    let history = load.stop_and_judge(Rules::STRICT);
    instances.iter().for_each(|instance| assert_no_secret_in_log(instance, &history));
}

#[test]
fn f_05_after_an_answer_and_a_kill_the_new_token_works_and_the_old_one_ends_the_family() {
    for store in [Store::Sqlite, Store::PostgresAndRedis] {
        let mut instances = [stage::start(stage::on(store).set("tokens.refresh_grace", "1s"))];
        let route = Route::to(&instances);
        let party = Party::new(&route, TRUSTED);
        let old = party.redeem(&party.authorize(&mut Person::new(&route)).unwrap()).expect_done("redemption");
        let new = party.refresh(&old.refresh).expect_done("refresh");
        let newest = party.refresh(&new.refresh).expect_done("refresh");
        instances[0].kill9();
        instances[0].restart();
        assert!(party.introspect(&newest.access).expect_done("introspection"));
        let why = party.refresh(&old.refresh).expect_refused("a replay after the restart");
        assert!(why.contains("already used"), "{why}");
        assert!(!party.introspect(&newest.access).expect_done("introspection"));
        party.refresh(&newest.refresh).expect_refused("the family has ended");
    }
}
