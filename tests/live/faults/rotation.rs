//! F-17: signing keys rotate in the middle of flows.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::ecdsa::EcdsaSig;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Public};
use openssl::rsa::Rsa;
use openssl::sign::Verifier;
use serde_json::Value;

use super::alone;
use crate::history::Rules;
use crate::load::Load;
use crate::stage::{self, Route, Store};
use crate::support::Latchkey;
use crate::wire::Request;

const EVERY: Duration = Duration::from_secs(2);

#[test]
fn f_17_every_token_verifies_by_the_published_keys_while_they_rotate() {
    let _alone = alone();
    let instances = [stage::start(stage::on(Store::Sqlite))];
    let load = Load::start(&Route::to(&instances), 3);
    let seconds = if std::env::var_os("LATCHKEY_LONG").is_some() { 60 } else { 14 };
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut published = Published::default();
    while Instant::now() < end {
        let turn = Instant::now() + EVERY;
        instances[0].run(&["keys", "rotate", "--now"]);
        while Instant::now() < turn {
            published.verify_all(&instances[0], &load);
        }
    }
    published.verify_all(&instances[0], &load);
    load.stop_and_judge(Rules::STRICT);
    assert!(published.signed_with.len() >= 4, "signed with {:?}", published.signed_with);
}

/// What a relying party keeps of the JWKS, and what it saw of the tokens.
#[derive(Default)]
struct Published {
    /// The public key of every `kid` ever published.
    known: HashMap<String, Value>,
    /// How many tokens each key has signed.
    signed_with: HashMap<String, usize>,
    verified: usize,
}

impl Published {
    /// I7: takes the tokens first and the keys then, as a relying party does.
    fn verify_all(&mut self, latchkey: &Latchkey, load: &Load) {
        let given = load.history().tokens();
        let keys = self.fetch(latchkey);
        for tokens in &given[self.verified..] {
            for token in [&tokens.access, &tokens.id] {
                let kid = verify(token, &keys);
                *self.signed_with.entry(kid).or_default() += 1;
            }
        }
        self.verified = given.len();
        // Tokens of the keys before are not over yet: those keys are still there.
        let gone: Vec<_> = self.signed_with.keys().filter(|kid| !keys.contains_key(*kid)).collect();
        assert!(gone.is_empty(), "I7: no longer published: {gone:?}");
    }

    fn fetch(&mut self, latchkey: &Latchkey) -> HashMap<String, PKey<Public>> {
        let answer = Request::get("/jwks").send(stage::port(latchkey)).unwrap();
        assert_eq!(answer.status, 200);
        let mut keys = HashMap::new();
        for jwk in answer.json()["keys"].as_array().unwrap() {
            let kid = jwk["kid"].as_str().unwrap().to_owned();
            let before = self.known.insert(kid.clone(), jwk.clone());
            assert!(before.is_none_or(|before| before == *jwk), "{kid} was reused for another key");
            if jwk["use"] == "sig" {
                keys.insert(kid, public_key(jwk));
            }
        }
        keys
    }
}

fn public_key(jwk: &Value) -> PKey<Public> {
    let number =
        |name: &str| BigNum::from_slice(&URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap()).unwrap();
    if jwk["kty"] == "RSA" {
        return PKey::from_rsa(Rsa::from_public_components(number("n"), number("e")).unwrap()).unwrap();
    }
    assert_eq!((&jwk["kty"], &jwk["crv"]), (&"EC".into(), &"P-256".into()));
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    PKey::from_ec_key(EcKey::from_public_key_affine_coordinates(&group, &number("x"), &number("y")).unwrap()).unwrap()
}

/// Checks an RS256 or ES256 signature; which key it was made with.
fn verify(token: &str, keys: &HashMap<String, PKey<Public>>) -> String {
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let header = signed.split('.').next().unwrap();
    let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap();
    let kid = header["kid"].as_str().unwrap();
    let key = keys.get(kid).unwrap_or_else(|| panic!("I7: {kid} signed and is not published"));
    let mut verifier = Verifier::new(MessageDigest::sha256(), key).unwrap();
    let mut signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    if header["alg"] == "ES256" {
        let number = |bytes: &[u8]| BigNum::from_slice(bytes).unwrap();
        let (r, s) = signature.split_at(32);
        signature = EcdsaSig::from_private_components(number(r), number(s)).unwrap().to_der().unwrap();
    }
    let holds = verifier.verify_oneshot(&signature, signed.as_bytes()).unwrap();
    assert!(holds, "I7: the signature of {kid} does not verify");
    kid.to_owned()
}
