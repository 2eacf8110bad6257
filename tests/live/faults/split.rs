//! F-22: the network splits. Both instances have a line of their own to PostgreSQL; the second one's is cut, or falls
//! silent, which is the worse: what it had under way may arrive when the line heals.
//!
//! What is not produced here: real packet loss. A silent line holds bytes back and delivers them later, in order, as a
//! network does that comes back before TCP gives up.

use std::time::Duration;

use super::alone;
use crate::history::Rules;
use crate::load::{Load, assert_no_secret_in_log};
use crate::party::{Outcome, Party};
use crate::person::Person;
use crate::proxy::Line;
use crate::stage::{self, Route, Store, TRUSTED, eventually};
use crate::support::{Latchkey, Postgres};
use crate::wire::Request;

const RECOVERY: Duration = Duration::from_secs(30);

#[test]
fn f_22_the_side_that_is_cut_off_decides_nothing_and_takes_the_others_word_afterwards() {
    split(Line::cut);
}

#[test]
fn f_22_a_line_that_falls_silent_delivers_nothing_late() {
    split(Line::fall_silent);
}

fn split(part: impl Fn(&Line)) {
    let _alone = alone();
    let database = Postgres::shared().create_database();
    let port = database.rsplit_once(':').unwrap().1.split_once('/').unwrap().0.parse().unwrap();
    let lines = [Line::to(port), Line::to(port)];
    let setup = stage::on(Store::PostgresAndRedis);
    let first = stage::start(setup.clone().database(&lines[0].url(&database)));
    let second = setup.database(&lines[1].url(&database)).issuer(&first.issuer()).start();
    let instances = [first, second];
    let route = Route::to(&instances);
    let (a, b) = (route.only(0), route.only(1));
    let party = Party::new(&a, TRUSTED);
    let mut person = Person::new(&a);
    let [revoked, spent] = [(); 2].map(|()| party.authorize(&mut person).unwrap());
    let revoked = party.redeem(&revoked).expect_done("redemption");
    let load = Load::start(&route, 4);

    for _ in 0..2 {
        part(&lines[1]);
        eventually("B is not ready", RECOVERY, || (status(&instances[1], "/readyz") == 503).then_some(()));
        let cut_off = party.over(&b);
        assert_eq!(cut_off.introspect(&revoked.access), Outcome::Unavailable, "I5");
        assert_eq!(cut_off.refresh(&revoked.refresh), Outcome::Unavailable, "I5");
        assert_eq!(cut_off.authorize(&mut person.over(&b)).unwrap_err().status(), Some(503), "I5");
        assert_eq!(status(&instances[1], "/healthz"), 200);
        assert_eq!(status(&instances[0], "/readyz"), 200);
        lines[1].heal();
        eventually("I9: B serves again", RECOVERY, || (status(&instances[1], "/readyz") == 200).then_some(()));
        load.goes_on();
    }

    // What A does meanwhile, B must know as soon as it answers again. What B was asked meanwhile must not happen late.
    part(&lines[1]);
    eventually("B is not ready", RECOVERY, || (status(&instances[1], "/readyz") == 503).then_some(()));
    assert_eq!(party.over(&b).redeem(&spent), Outcome::Unavailable, "I5");
    let tokens = party.redeem(&spent).expect_done("A serves: what B was asked has not happened");
    party.revoke(&revoked.refresh).expect_done("revocation");
    load.goes_on();
    lines[1].heal();
    let known = || Some(party.over(&b).introspect(&revoked.access)).filter(|outcome| !outcome.is_open());
    assert_eq!(eventually("I9: B answers", RECOVERY, known), Outcome::Done(false), "I3");
    party.over(&b).refresh(&revoked.refresh).expect_refused("I3");
    load.goes_on();
    assert!(party.introspect(&tokens.access).expect_done("introspection"), "B did late what it had answered with 503");
    party.over(&b).refresh(&tokens.refresh).expect_done("I4");
    let history = load.stop_and_judge(Rules::STRICT);
    instances.iter().for_each(|instance| assert_no_secret_in_log(instance, &history));
}

fn status(instance: &Latchkey, path: &str) -> u16 {
    Request::get(path).send(stage::port(instance)).unwrap().status
}
