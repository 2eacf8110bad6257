//! The same tokens given to our verifier and to one that shares no code with it (joserfc): what it refuses, we must
//! refuse. That it accepts some that we refuse is as it should be; how many is printed.

use crate::foreign_client::interpreter;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use josekit::jwk::KeyPair as _;
use josekit::jwk::alg::ec::{EcCurve, EcKeyPair};
use josekit::jwk::alg::rsa::RsaKeyPair;
use latchkey::platform::clock::Time;
use latchkey::platform::jose::jwe::{
    ContentEncryption, DecryptionKey, DecryptionKeys, DecryptionRules, EncryptionKeys, Envelope, KeyFamily,
    KeyManagement, RecipientKey, decrypt, encrypt,
};
use latchkey::platform::jose::{Algorithm, ClaimRules, KeyPair, Rules, Signer as _, Typ, VerificationKeys, verify};
use latchkey::platform::random::OsRandom;
use latchkey::platform::secret::Secret;
use serde_json::{Map, Value, json};
use sha2::Digest as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

const NOW: i64 = 1_800_000_000;

fn foreign(cases: &[Value]) -> Vec<Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/jose_judge.py");
    let mut command = Command::new(interpreter());
    let mut process = command.arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut input, text) = (process.stdin.take().unwrap(), json!(cases).to_string());
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()).unwrap());
    let output = process.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success());
    let verdicts: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(verdicts.len(), cases.len());
    verdicts
}

struct Case {
    name: String,
    token: String,
}

struct Maker<'a> {
    key: &'a KeyPair,
    cases: Vec<Case>,
    seed: u64,
}

impl Maker<'_> {
    fn chance(&mut self, below: usize) -> usize {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.seed >> 33) as usize % below.max(1)
    }

    fn add(&mut self, name: impl Into<String>, token: String) {
        self.cases.push(Case { name: format!("{} {}", self.key.algorithm(), name.into()), token });
    }

    /// Signed properly over whatever it is.
    fn signed(&self, header: &str, payload: &str) -> String {
        let input = format!("{}.{}", B64.encode(header), B64.encode(payload));
        let signature = self.key.signer().unwrap().sign_bytes(input.as_bytes()).unwrap();
        format!("{input}.{}", B64.encode(signature))
    }

    fn header(&self) -> Value {
        json!({"alg": self.key.algorithm().as_str(), "kid": self.key.kid(), "typ": "JWT"})
    }

    fn claims(&self) -> Value {
        json!({"iss": "i", "sub": "s", "aud": "a", "exp": NOW + 60, "iat": NOW, "nbf": NOW, "deep": {"a": [1, null]}})
    }

    fn good(&self) -> String {
        self.signed(&self.header().to_string(), &self.claims().to_string())
    }

    fn claims_of_all_kinds(&mut self) {
        self.add("good", self.good());
        let values = [
            Value::Null,
            json!(""),
            json!("i"),
            json!("a"),
            json!(["a"]),
            json!(["x", "a"]),
            json!([]),
            json!([1]),
            json!({}),
            json!(true),
            json!(0),
            json!(-1),
            json!(NOW - 61),
            json!(NOW - 30),
            json!(NOW + 30),
            json!(NOW + 61),
            json!(NOW.to_string()),
            json!(u64::MAX),
            json!(1e300),
        ];
        for name in ["iss", "sub", "aud", "exp", "iat", "nbf", "jti"] {
            for value in &values {
                let mut claims = self.claims();
                claims[name] = value.clone();
                self.add(format!("{name} {value}"), self.signed(&self.header().to_string(), &claims.to_string()));
            }
            let mut claims = self.claims();
            claims.as_object_mut().unwrap().remove(name);
            self.add(format!("without {name}"), self.signed(&self.header().to_string(), &claims.to_string()));
        }
        let good = self.claims().to_string();
        for (name, payload) in [
            ("a list", "[]".to_owned()),
            ("no JSON", "iss=i".to_owned()),
            ("nothing", String::new()),
            ("text behind", format!("{good} x")),
            ("a duplicate", good.replacen('{', r#"{"iss":"x","#, 1)),
            ("a later duplicate", format!("{},\"iss\":\"x\"}}", &good[..good.len() - 1])),
            ("NaN", good.replacen('{', r#"{"n":NaN,"#, 1)),
        ] {
            self.add(format!("payload: {name}"), self.signed(&self.header().to_string(), &payload));
        }
    }

    fn headers_of_all_kinds(&mut self) {
        let payload = self.claims().to_string();
        let changes = [
            json!({"crit": ["exp"]}),
            json!({"crit": []}),
            json!({"crit": ["b64"], "b64": false}),
            json!({"crit": "exp"}),
            json!({"b64": true}),
            json!({"zip": "DEF"}),
            json!({"alg": "none"}),
            json!({"alg": "None"}),
            json!({"alg": "HS256"}),
            json!({"alg": ""}),
            json!({"alg": 1}),
            json!({"alg": null}),
            json!({"typ": null}),
            json!({"typ": "at+jwt"}),
            json!({"typ": 7}),
            json!({"kid": "unknown"}),
            json!({"kid": 7}),
            json!({"kid": null}),
            json!({"kid": "../../etc/passwd"}),
            json!({"jwk": {"kty": "oct", "k": "AQAB"}}),
            json!({"jku": "https://evil.example/"}),
            json!({"x5c": ["AAAA"]}),
            json!({"unknown": {"a": 1}}),
        ];
        let others = Algorithm::ALL.map(|algorithm| json!({"alg": algorithm.as_str()}));
        for change in changes.into_iter().chain(others) {
            let mut header = self.header();
            for (name, value) in change.as_object().unwrap() {
                header[name] = value.clone();
            }
            header.as_object_mut().unwrap().retain(|_, value| !value.is_null());
            self.add(format!("header {change}"), self.signed(&header.to_string(), &payload));
        }
        let good = self.header().to_string();
        for header in [good.replacen('{', r#"{"alg":"none","#, 1), format!("{good} "), format!("{good}x"), "[]".into()]
        {
            self.add(format!("header {header}"), self.signed(&header, &payload));
        }
        let public = B64.encode(Value::Object(self.key.public_jwk().clone()).to_string());
        let embedded = format!("{}.{}.{public}", B64.encode(r#"{"alg":"none"}"#), B64.encode(&payload));
        self.add("unsigned", embedded);
    }

    fn texts_of_all_kinds(&mut self) {
        const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=. \n";
        for _ in 0..60 {
            let mut token = self.good().into_bytes();
            let (at, to) = (self.chance(token.len()), ALPHABET[self.chance(ALPHABET.len())]);
            match self.chance(4) {
                0 => drop(token.remove(at)),
                1 => token.insert(at, to),
                2 => token.truncate(at),
                _ => token[at] = to,
            }
            self.add(format!("text at {at}"), String::from_utf8(token).unwrap());
        }
        let good = self.good();
        let (input, signature) = good.rsplit_once('.').unwrap();
        let bytes = B64.decode(signature).unwrap();
        let with = |bytes: &[u8]| format!("{input}.{}", B64.encode(bytes));
        let half = bytes.len() / 2;
        for (name, token) in [
            ("no signature", format!("{input}.")),
            ("zeros", with(&vec![0; bytes.len()])),
            ("half", with(&bytes[..half])),
            ("one more", with(&[bytes.as_slice(), &[0]].concat())),
            ("a zero before", with(&[&[0], bytes.as_slice()].concat())),
            ("halves swapped", with(&[&bytes[half..], &bytes[..half]].concat())),
            ("padding", format!("{good}=")),
            ("a line", format!("{good}\n")),
            ("a segment", format!("{good}.")),
            ("two segments", input.to_owned()),
        ] {
            self.add(format!("signature: {name}"), token);
        }
    }
}

#[test]
fn jwt_validation_accepts_nothing_that_an_independent_implementation_refuses() {
    let keys: Vec<KeyPair> =
        Algorithm::ALL.into_iter().map(|algorithm| KeyPair::generate(algorithm).unwrap()).collect();
    let set: Vec<&Map<String, Value>> = keys.iter().map(KeyPair::public_jwk).collect();
    let ours = VerificationKeys::from_jwks(set.iter().copied()).unwrap();
    let mut cases = Vec::new();
    for (number, key) in keys.iter().enumerate() {
        let mut maker = Maker { key, cases: Vec::new(), seed: number as u64 };
        maker.claims_of_all_kinds();
        maker.headers_of_all_kinds();
        maker.texts_of_all_kinds();
        cases.extend(maker.cases);
    }
    let names = Algorithm::ALL.map(Algorithm::as_str);
    let asked = cases.iter().map(|case| {
        json!({"do": "verify", "token": case.token, "keys": {"keys": set}, "algs": names, "now": NOW, "iss": "i", "aud": "a"})
    });
    let verdicts = foreign(&asked.collect::<Vec<_>>());
    let (mut both, mut stricter, mut refused) = (0, Vec::new(), 0);
    for (case, theirs) in cases.iter().zip(&verdicts) {
        let rules = Rules { algorithms: &Algorithm::ALL, typ: Typ::Plain, keys: &ours };
        let claims = ClaimRules::at(Time::from_seconds(NOW)).issuer("i").audience(&["a"]);
        let read = verify(&case.token, &rules).ok().filter(|read| claims.check(&read.claims).is_ok());
        match (read, theirs["ok"] == true) {
            (Some(read), true) => {
                assert_eq!(Value::Object(read.claims.into_members()), theirs["claims"], "{}", case.name);
                both += 1;
            }
            (Some(_), false) => panic!("we accept what they refuse: {}: {}: {}", case.name, theirs["why"], case.token),
            (None, true) => stricter.push(case.name.as_str()),
            (None, false) => refused += 1,
        }
    }
    println!(
        "{} cases: {both} accepted by both, {refused} refused by both, {} by us alone",
        cases.len(),
        stricter.len()
    );
    stricter.iter().filter(|name| name.starts_with("ES256 ")).for_each(|name| println!("by us alone: {name}"));
    assert!(both >= 200 && refused >= 1_000, "{both} {refused}");
}

fn secret() -> Secret<String> {
    Secret::new("the secret that both sides know".to_owned())
}

/// The key that the secret stands for, computed apart from the code under test (OpenID Connect Core §10.2).
fn derived(length: usize) -> Value {
    let secret = secret();
    let hash = match length {
        0..=32 => sha2::Sha256::digest(secret.expose()).to_vec(),
        33..=48 => sha2::Sha384::digest(secret.expose()).to_vec(),
        _ => sha2::Sha512::digest(secret.expose()).to_vec(),
    };
    json!({"kty": "oct", "k": B64.encode(&hash[..length])})
}

fn private_jwk(key: &DecryptionKey) -> Value {
    let der = key.private_pkcs8().expose();
    let jwk = match key.family() {
        KeyFamily::Rsa => RsaKeyPair::from_der(der).unwrap().to_jwk_private_key(),
        KeyFamily::Ec => EcKeyPair::from_der(der, Some(EcCurve::P256)).unwrap().to_jwk_private_key(),
    };
    let (mut whole, private): (Map<String, Value>, Map<String, Value>) = (key.public_jwk().clone(), jwk.into());
    whole.extend(private);
    Value::Object(whole)
}

fn foreign_key(ours: &DecryptionKeys, alg: KeyManagement, enc: ContentEncryption) -> Value {
    match (alg.family(), alg.as_str(), enc.as_str()) {
        (Some(family), ..) => private_jwk(ours.pairs().iter().find(|pair| pair.family() == family).unwrap()),
        (None, "A128KW", _) | (None, "dir", "A128GCM") => derived(16),
        (None, "A192KW", _) | (None, "dir", "A192GCM") => derived(24),
        (None, "A256KW", _) | (None, "dir", "A128CBC-HS256" | "A256GCM") => derived(32),
        (None, _, "A192CBC-HS384") => derived(48),
        _ => derived(64),
    }
}

#[test]
fn jwe_is_understood_both_ways_by_an_independent_implementation() {
    let pairs = KeyFamily::ALL.map(|family| Arc::new(DecryptionKey::generate(family).unwrap()));
    let ours = DecryptionKeys::new(pairs.to_vec()).with_client_secret(&secret());
    let public = EncryptionKeys::from_jwks(pairs.iter().map(|pair| pair.public_jwk())).unwrap();
    let all = || KeyManagement::ALL.into_iter().flat_map(|alg| ContentEncryption::ALL.map(|enc| (alg, enc)));
    let (mut sent, mut asked) = (Vec::new(), Vec::new());
    for (alg, enc) in all() {
        let recipient = public.find(alg).unwrap_or_else(|| RecipientKey::from_client_secret(&secret()));
        let envelope = Envelope { alg, enc, typ: None, cty: Some("JWT") };
        let token = encrypt(b"from us", &recipient, &envelope, &OsRandom).unwrap();
        let (key, names) = (foreign_key(&ours, alg, enc), [alg.as_str(), enc.as_str()]);
        sent.push(json!({"do": "decrypt", "token": token, "key": key, "algs": names}));
        let header = json!({"alg": alg.as_str(), "enc": enc.as_str()});
        asked.push(json!({"do": "encrypt", "header": header, "content": "from them", "key": key, "algs": names}));
    }
    for ((alg, enc), read) in all().zip(foreign(&sent)) {
        assert_eq!(read["content"], B64.encode("from us"), "{alg} {enc}: {read}");
    }
    for ((alg, enc), made) in all().zip(foreign(&asked)) {
        let token = made["token"].as_str().unwrap_or_else(|| panic!("{alg} {enc}: {made}"));
        let rules = DecryptionRules { algorithms: &[alg], contents: &[enc], keys: &ours };
        assert_eq!(decrypt(token, &rules).unwrap().content, b"from them", "{alg} {enc}");
    }
}
