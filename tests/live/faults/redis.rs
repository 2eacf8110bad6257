//! F-01, F-02, F-03: Redis dies idle, dies between a code and its redemption, comes back empty.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::sign::Signer;
use serde_json::json;

use super::alone;
use crate::history::Rules;
use crate::load::{Dice, Load, assert_no_secret_in_log};
use crate::party::{Outcome, Party, judge};
use crate::person::Person;
use crate::stage::{self, Route, Store, TRUSTED, eventually};
use crate::support::{Latchkey, Redis};
use crate::wire::Request;

const RECOVERY: Duration = Duration::from_secs(30);

struct Scene {
    redis: Redis,
    instances: [Latchkey; 1],
    person: Person,
    party: Party,
}

impl Scene {
    fn set() -> Self {
        let redis = Redis::start();
        let instances = [stage::start(stage::on(Store::PostgresAndRedis).ephemeral(&redis.url()))];
        let route = Route::to(&instances);
        Self { redis, instances, person: Person::new(&route), party: Party::new(&route, TRUSTED) }
    }

    fn port(&self) -> u16 {
        stage::port(&self.instances[0])
    }

    fn status(&self, path: &str) -> u16 {
        Request::get(path).send(self.port()).unwrap().status
    }
}

#[test]
fn f_01_without_redis_nobody_gets_in_past_a_step_and_afterwards_everyone_signs_in_again() {
    let Scene { mut redis, instances, mut person, party } = Scene::set();
    let tokens = party.redeem(&party.authorize(&mut person).unwrap()).expect_done("redemption");
    redis.kill();
    let scene = Scene { redis, instances, person: person.clone(), party: party.clone() };
    // I5: neither in, nor "as if nobody were signed in".
    assert_eq!(party.authorize(&mut person).unwrap_err().status(), Some(503));
    assert_eq!(party.authorize(&mut Person::new(&Route::to(&scene.instances))).unwrap_err().status(), Some(503));
    assert_eq!((scene.status("/healthz"), scene.status("/readyz")), (200, 503));
    // What the database decides alone may go on; what cannot be confirmed is 503.
    let fresh = party.refresh(&tokens.refresh);
    assert!(matches!(fresh, Outcome::Done(_) | Outcome::Unavailable), "{fresh:?}");
    let Scene { mut redis, instances, .. } = scene;
    redis.restart_empty();
    eventually("I9: the person signs in again", RECOVERY, || party.authorize(&mut person).ok());
    assert_eq!(person.passwords, 2, "I6: a session was revived, or a step skipped");
    let newest = fresh.done().unwrap_or(tokens);
    party.refresh(&newest.refresh).expect_done("the family lives in the database");
    assert_no_secret_in_log(&instances[0], &crate::history::History::default());
}

#[test]
fn f_02_a_code_whose_redis_died_is_redeemed_at_most_once() {
    let Scene { mut redis, instances: _instances, mut person, party } = Scene::set();
    let (unused, used) = (party.authorize(&mut person).unwrap(), party.authorize(&mut person).unwrap());
    let tokens = party.redeem(&used).expect_done("redemption");
    redis.kill();
    let mut outcomes = vec![party.redeem(&unused)];
    assert!(!matches!(outcomes[0], Outcome::Refused(_)), "I5: as if the code were not known: {:?}", outcomes[0]);
    assert!(party.redeem(&used).done().is_none(), "I1");
    redis.restart_empty();
    let first = || Some(party.redeem(&unused)).filter(|outcome| !outcome.is_open());
    outcomes.push(eventually("I9: it answers again", RECOVERY, first));
    outcomes.push(party.redeem(&unused));
    let won = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Done(_))).count();
    assert!(won <= 1, "I1: {outcomes:?}");
    let why = party.redeem(&used).expect_refused("a replay");
    assert!(why.contains("already used"), "{why}");
    assert!(!party.introspect(&tokens.access).expect_done("introspection"), "I3");
}

#[test]
fn f_03_an_empty_redis_revives_nothing() {
    let Scene { mut redis, instances, mut person, party } = Scene::set();
    let [revoked, ended, kept] = [(); 3].map(|()| party.authorize(&mut person).unwrap());
    let [revoked, ended_tokens, kept] = [&revoked, &ended, &kept].map(|code| party.redeem(code).expect_done("code"));
    party.revoke(&revoked.refresh).expect_done("revocation");
    party.redeem(&ended).expect_refused("a replay ends the family");
    let newest = party.refresh(&kept.refresh).expect_done("refresh");
    let signing = SigningClient::register(&instances[0]);
    let assertion = signing.assertion("the only one");
    signing.ask(&assertion).expect_done("client credentials");
    signing.ask(&assertion).expect_refused("a replayed assertion");
    redis.restart_empty();
    eventually("I9: it answers again", RECOVERY, || {
        (signing.ask(&signing.assertion(&fresh_id())) == Outcome::Done(())).then_some(())
    });
    signing.ask(&assertion).expect_refused("I1: a replayed assertion");
    for dead in [&revoked, &ended_tokens] {
        assert!(!party.introspect(&dead.access).expect_done("introspection"), "I3");
        party.refresh(&dead.refresh).expect_refused("I3");
        party.userinfo(&dead.access).expect_refused("I3");
    }
    assert!(party.introspect(&newest.access).expect_done("introspection"), "I4");
    party.refresh(&newest.refresh).expect_done("I4");
}

#[test]
fn f_03_redis_emptied_again_and_again_under_load_breaks_no_invariant() {
    let _alone = alone();
    let Scene { mut redis, instances, .. } = Scene::set();
    let load = Load::start(&Route::to(&instances), 3);
    let mut dice = Dice::new();
    for _ in 0..5 {
        dice.pause(50, 500);
        redis.restart_empty();
        load.goes_on();
    }
    let history = load.stop_and_judge(Rules::FORGETFUL);
    assert_no_secret_in_log(&instances[0], &history);
}

/// A client that authenticates with `private_key_jwt` (RFC 7523).
pub struct SigningClient {
    key: PKey<Private>,
    issuer: String,
    port: u16,
}

impl SigningClient {
    const ID: &str = "signing";

    pub fn register(latchkey: &Latchkey) -> Self {
        let rsa = Rsa::generate(2048).unwrap();
        let [n, e] = [rsa.n(), rsa.e()].map(|number| URL_SAFE_NO_PAD.encode(number.to_vec()));
        let client = json!([{
            "client_id": Self::ID, "token_endpoint_auth_method": "private_key_jwt", "redirect_uris": [],
            "response_types": [], "grant_types": ["client_credentials"], "token_endpoint_auth_signing_alg": "RS256",
            "jwks": { "keys": [{ "kty": "RSA", "kid": "1", "use": "sig", "alg": "RS256", "n": n, "e": e }] },
        }]);
        stage::import(latchkey, "client", &client);
        let key = PKey::from_rsa(rsa).unwrap();
        Self { key, issuer: latchkey.issuer(), port: stage::port(latchkey) }
    }

    pub fn assertion(&self, id: &str) -> String {
        let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
        let header = json!({ "alg": "RS256", "kid": "1" });
        let claims =
            json!({ "iss": Self::ID, "sub": Self::ID, "aud": self.issuer, "exp": now + 120, "iat": now, "jti": id });
        let signed = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string())).join(".");
        let mut signer = Signer::new(MessageDigest::sha256(), &self.key).unwrap();
        let signature = signer.sign_oneshot_to_vec(signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    pub fn ask(&self, assertion: &str) -> Outcome<()> {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", assertion),
        ];
        judge(Request::post("/token", &form).send(self.port), |_| ())
    }
}

fn fresh_id() -> String {
    openidconnect::CsrfToken::new_random().secret().clone()
}
