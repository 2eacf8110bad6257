//! The statements of RFC 8725 and the traps of the library below, each as a test.

use super::*;
use crate::time::Time;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::LazyLock;

const NOW: i64 = 1_800_000_000;

static KEYS: LazyLock<HashMap<Algorithm, KeyPair>> =
    LazyLock::new(|| Algorithm::ALL.into_iter().map(|alg| (alg, KeyPair::generate(alg).unwrap())).collect());

fn public(algorithm: Algorithm) -> VerificationKeys {
    VerificationKeys::from_jwk(KEYS[&algorithm].public_jwk()).unwrap()
}

fn signed(algorithm: Algorithm, typ: &'static str) -> String {
    let claims = json!({"iss": "i", "exp": NOW + 60}).to_string();
    KEYS[&algorithm].signer().unwrap().sign(typ, claims.as_bytes()).unwrap()
}

fn read(token: &str, algorithms: &[Algorithm], keys: &VerificationKeys) -> Result<Verified, VerifyError> {
    verify(token, &Rules { algorithms, typ: Typ::Is("at+jwt"), keys })
}

/// A token with a header of one's own, signed properly over just that header.
fn forged(algorithm: Algorithm, header: &str, payload: &str) -> String {
    let input = format!("{}.{}", B64.encode(header), B64.encode(payload));
    let signature = KEYS[&algorithm].signer().unwrap().sign_bytes(input.as_bytes()).unwrap();
    format!("{input}.{}", B64.encode(signature))
}

fn es256(header: &str) -> Result<Verified, VerifyError> {
    read(&forged(Algorithm::ES256, header, "{}"), &[Algorithm::ES256], &public(Algorithm::ES256))
}

#[test]
fn every_algorithm_signs_what_it_verifies() {
    for algorithm in Algorithm::ALL {
        let token = signed(algorithm, "at+jwt");
        let verified = read(&token, &[algorithm], &public(algorithm)).unwrap();
        assert_eq!(verified.header.kid(), Some(KEYS[&algorithm].kid()));
        assert_eq!(verified.header.typ(), Some("at+jwt"));
        assert_eq!(ClaimRules::at(Time::from_seconds(NOW)).issuer("i").check(&verified.claims), Ok(()));
        let mut altered = token.into_bytes();
        let middle = altered.iter().position(|byte| *byte == b'.').unwrap() + 5;
        altered[middle] ^= 1;
        assert!(read(std::str::from_utf8(&altered).unwrap(), &[algorithm], &public(algorithm)).is_err());
    }
}

#[test]
fn a_stored_key_comes_back_whole() {
    for (algorithm, pair) in KEYS.iter() {
        let again = KeyPair::from_pkcs8(*algorithm, pair.private_pkcs8()).unwrap();
        assert_eq!((again.kid(), again.public_jwk()), (pair.kid(), pair.public_jwk()));
    }
    assert!(KeyPair::from_pkcs8(Algorithm::ES256, KEYS[&Algorithm::RS256].private_pkcs8()).is_err());
    assert!(KeyPair::from_pkcs8(Algorithm::ES256, KEYS[&Algorithm::ES384].private_pkcs8()).is_err());
    assert!(KeyPair::from_pkcs8(Algorithm::EdDSA, &crate::secret::Secret::new(vec![1, 2])).is_err());
}

#[test]
fn jwt_01_only_the_algorithms_of_the_use_are_allowed() {
    let token = signed(Algorithm::RS384, "at+jwt");
    let keys = VerificationKeys::from_jwks(KEYS.values().map(KeyPair::public_jwk)).unwrap();
    assert!(read(&token, &[Algorithm::ES256, Algorithm::RS384], &keys).is_ok());
    assert_eq!(read(&token, &[Algorithm::ES256, Algorithm::RS256], &keys).unwrap_err(), VerifyError::Algorithm);
    assert_eq!(read(&token, &[], &keys).unwrap_err(), VerifyError::Algorithm);
}

#[test]
fn jwt_02_a_key_is_used_with_its_one_algorithm() {
    let pair = &KEYS[&Algorithm::RS256];
    let pss = KeyPair::from_pkcs8(Algorithm::PS256, pair.private_pkcs8()).unwrap();
    let token = pss.signer().unwrap().sign("at+jwt", b"{}").unwrap();
    let both = [Algorithm::RS256, Algorithm::PS256];
    let keys = VerificationKeys::from_jwk(pair.public_jwk()).unwrap();
    assert_eq!(read(&token, &both, &keys).unwrap_err(), VerifyError::NoKey);
    let mut open = pair.public_jwk().clone();
    open.remove("alg");
    assert!(read(&token, &both, &VerificationKeys::from_jwk(&open).unwrap()).is_ok());
}

#[test]
fn jwt_03_none_is_refused_in_any_letter_case() {
    for none in ["none", "None", "NONE", "nOnE", "", "none ", "NoNe\\u0000"] {
        let header = format!(r#"{{"alg":"{none}","typ":"at+jwt"}}"#);
        let unsigned = format!("{}.{}.", B64.encode(&header), B64.encode("{}"));
        for token in [unsigned, forged(Algorithm::ES256, &header, "{}")] {
            assert_eq!(read(&token, &Algorithm::ALL, &public(Algorithm::ES256)).unwrap_err(), VerifyError::Algorithm);
        }
        assert_eq!(Algorithm::parse(none), None);
    }
    let stripped = signed(Algorithm::ES256, "at+jwt");
    let stripped = stripped.rsplit_once('.').unwrap().0.to_owned() + ".";
    assert_eq!(read(&stripped, &[Algorithm::ES256], &public(Algorithm::ES256)).unwrap_err(), VerifyError::Signature);
}

#[test]
fn jwt_05_jwt_08_algorithms_of_other_families_have_no_value() {
    for name in [
        "HS256",
        "HS512",
        "RSA1_5",
        "RSA-OAEP",
        "PBES2-HS256+A128KW",
        "ES256K",
        "rs256",
        "RS256 ",
        "dir",
        "A128GCMKW",
        "RS1",
        "eddsa",
    ] {
        assert_eq!(Algorithm::parse(name), None, "{name}");
        let token = forged(Algorithm::RS256, &format!(r#"{{"alg":"{name}","typ":"at+jwt"}}"#), "{}");
        assert_eq!(read(&token, &Algorithm::ALL, &public(Algorithm::RS256)).unwrap_err(), VerifyError::Algorithm);
    }
    assert!(Algorithm::ALL.into_iter().all(|algorithm| Algorithm::parse(algorithm.as_str()) == Some(algorithm)));
}

#[test]
fn jwt_04_a_public_key_is_no_hmac_secret() {
    use hmac::{Hmac, Mac};
    let rsa = openssl::pkey::PKey::private_key_from_der(KEYS[&Algorithm::RS256].private_pkcs8().expose()).unwrap();
    for secret in [rsa.public_key_to_pem().unwrap(), rsa.public_key_to_der().unwrap()] {
        for alg in ["HS256", "RS256"] {
            let header = format!(r#"{{"alg":"{alg}","typ":"at+jwt"}}"#);
            let input = format!("{}.{}", B64.encode(header), B64.encode("{}"));
            let mac = Hmac::<sha2::Sha256>::new_from_slice(&secret).unwrap().chain_update(&input).finalize();
            let token = format!("{input}.{}", B64.encode(mac.into_bytes()));
            assert!(read(&token, &Algorithm::ALL, &public(Algorithm::RS256)).is_err());
        }
    }
}

#[test]
fn jwt_07_zip_and_jwt_14_t4_every_crit_are_refused() {
    for extra in [
        r#""crit":["exp"]"#,
        r#""crit":[]"#,
        r#""crit":null"#,
        r#""crit":["b64"],"b64":false"#,
        r#""b64":true"#,
        r#""zip":"DEF""#,
    ] {
        let error = es256(&format!(r#"{{"alg":"ES256","typ":"at+jwt",{extra}}}"#)).unwrap_err();
        assert!(matches!(error, VerifyError::Malformed(Malformed::Header(_))), "{extra}: {error}");
    }
}

#[test]
fn jwt_10_keys_and_links_in_the_header_are_ignored() {
    let mine = KeyPair::generate(Algorithm::ES256).unwrap();
    let header = json!({"alg": "ES256", "typ": "at+jwt", "jwk": mine.public_jwk(), "jku": "https://evil.example/",
        "x5u": "https://evil.example/", "x5c": ["AAAA"], "kid": "../../dev/null' OR 1=1"});
    let input = format!("{}.{}", B64.encode(header.to_string()), B64.encode("{}"));
    let signature = mine.signer().unwrap().sign_bytes(input.as_bytes()).unwrap();
    let token = format!("{input}.{}", B64.encode(signature));
    assert_eq!(read(&token, &[Algorithm::ES256], &public(Algorithm::ES256)).unwrap_err(), VerifyError::NoKey);
    let proof = parse(&token).unwrap();
    assert_eq!(proof.header.value("jwk"), Some(&Value::Object(mine.public_jwk().clone())));
}

#[test]
fn jwt_11_a_token_of_another_kind_is_refused() {
    for typ in ["JWT", "logout+jwt", "dpop+jwt", "oauth-authz-req+jwt", "token-introspection+jwt"] {
        let token = signed(Algorithm::ES256, typ);
        assert_eq!(read(&token, &[Algorithm::ES256], &public(Algorithm::ES256)).unwrap_err(), VerifyError::Typ);
    }
    assert_eq!(es256(r#"{"alg":"ES256"}"#).unwrap_err(), VerifyError::Typ);
}

#[test]
fn jwt_13_loose_encodings_are_refused() {
    let token = signed(Algorithm::ES256, "at+jwt");
    let keys = public(Algorithm::ES256);
    let loose = [
        format!("{token}="),
        format!(" {token}"),
        format!("{token}\n"),
        token.replacen('.', "=.", 1),
        token.replacen('.', "..", 1),
        format!("{token}."),
        format!(".{token}"),
        format!("{token}.a"),
        token.replacen('.', ".\t", 1),
        token.replace('.', " . "),
        token.replacen('e', "+", 1),
        token.replacen('e', "é", 1),
        String::new(),
        ".".into(),
        "..".into(),
        "...".into(),
        "a.b.c".into(),
    ];
    for text in loose {
        assert!(matches!(read(&text, &[Algorithm::ES256], &keys), Err(VerifyError::Malformed(_))), "{text}");
    }
    // 64 bytes leave four unused bits in the last character: they must be zero.
    let mut dirty = token.clone().into_bytes();
    let last = dirty.last_mut().unwrap();
    *last = if *last == b'A' { b'B' } else { *last + 1 };
    assert!(read(std::str::from_utf8(&dirty).unwrap(), &[Algorithm::ES256], &keys).is_err());
    assert_eq!(parse(&"a".repeat(16 * 1024 + 1)).unwrap_err(), Malformed::TooLong);
}

#[test]
fn jwt_13_json_must_be_strict_in_header_and_payload() {
    for header in [
        r#"{"alg":"ES256","alg":"ES256","typ":"at+jwt"}"#,
        r#"{"alg":"ES256","typ":"at+jwt","x":{"a":1,"a":1}}"#,
        "[]",
        "{}",
        "",
        r#"{"alg":1}"#,
        r#"{"alg":null}"#,
        r#"{"alg":"ES256","typ":1}"#,
        r#"{"alg":"ES256","kid":1}"#,
        r#"{"alg":"ES256"}x"#,
    ] {
        assert!(matches!(es256(header), Err(VerifyError::Malformed(_))), "{header}");
    }
    for payload in [r#"{"iss":"a","iss":"b"}"#, "[]", "x", r#"{"a":1}{"#, r#""text""#] {
        let token = forged(Algorithm::ES256, r#"{"alg":"ES256","typ":"at+jwt"}"#, payload);
        let error = read(&token, &[Algorithm::ES256], &public(Algorithm::ES256)).unwrap_err();
        assert!(matches!(error, VerifyError::Malformed(Malformed::PayloadJson(_))), "{payload}");
    }
}

#[test]
fn ecdsa_signatures_have_exactly_one_size_and_form() {
    let token = signed(Algorithm::ES256, "at+jwt");
    let (input, signature) = token.rsplit_once('.').unwrap();
    let raw = B64.decode(signature).unwrap();
    let ecdsa = |r: &[u8], s: &[u8]| {
        let number = |bytes: &[u8]| openssl::bn::BigNum::from_slice(bytes).unwrap();
        openssl::ecdsa::EcdsaSig::from_private_components(number(r), number(s)).unwrap().to_der().unwrap()
    };
    let padded = [&[0][..], &raw[..32], &[0], &raw[32..]].concat();
    let zero_s = [&raw[..32], &[0; 32]].concat();
    let bad = [
        ecdsa(&raw[..32], &raw[32..]),
        padded,
        zero_s,
        raw[..63].to_vec(),
        [&raw[..], &[0]].concat(),
        vec![0; 64],
        vec![0xff; 64],
        vec![0; 63],
        vec![],
        [&raw[32..], &raw[..32]].concat(),
    ];
    for signature in bad {
        let text = format!("{input}.{}", B64.encode(&signature));
        assert_eq!(read(&text, &[Algorithm::ES256], &public(Algorithm::ES256)).unwrap_err(), VerifyError::Signature);
    }
}

#[test]
fn a_signature_of_one_curve_is_none_of_another() {
    let token = signed(Algorithm::ES384, "at+jwt");
    let pair = [Algorithm::ES256, Algorithm::ES384];
    assert_eq!(read(&token, &pair, &public(Algorithm::ES256)).unwrap_err(), VerifyError::NoKey);
    let keys = VerificationKeys::from_jwks([KEYS[&Algorithm::ES256].public_jwk()]).unwrap();
    let lying = forged(Algorithm::ES384, r#"{"alg":"ES256","typ":"at+jwt"}"#, "{}");
    assert_eq!(read(&lying, &pair, &keys).unwrap_err(), VerifyError::Signature);
}

fn set(keys: &[Value]) -> Result<VerificationKeys, InvalidKey> {
    VerificationKeys::parse(json!({ "keys": keys }).to_string().as_bytes())
}

#[test]
fn jwt_16_published_keys_are_public_and_labelled() {
    for (algorithm, pair) in KEYS.iter() {
        let jwk = pair.public_jwk();
        assert_eq!((jwk["use"].as_str(), jwk["alg"].as_str()), (Some("sig"), Some(algorithm.as_str())));
        assert_eq!(jwk["kid"].as_str(), thumbprint(jwk).as_deref());
        assert!(["d", "p", "q", "k"].iter().all(|name| !jwk.contains_key(*name)));
    }
}

#[test]
fn cli_15_key_sets_of_others_are_bounded_and_public() {
    let jwk = |change: &dyn Fn(&mut Map<String, Value>)| {
        let mut jwk = KEYS[&Algorithm::ES256].public_jwk().clone();
        change(&mut jwk);
        Value::Object(jwk)
    };
    let good = jwk(&|_| ());
    assert!(set(std::slice::from_ref(&good)).unwrap().supports(Algorithm::ES256));
    assert!(set(&vec![good.clone(); 20]).is_ok());
    assert_eq!(set(&vec![good.clone(); 21]).unwrap_err(), InvalidKey::TooMany);
    let private = jwk(&|jwk| drop(jwk.insert("d".into(), json!("AQAB"))));
    assert_eq!(set(&[good.clone(), private]).unwrap_err(), InvalidKey::Private("d"));
    let symmetric = json!({"kty": "oct", "k": "AQAB"});
    assert_eq!(set(&[good.clone(), symmetric]).unwrap_err(), InvalidKey::Private("k"));
    let long = format!(r#"{{"keys":[],"x":"{}"}}"#, "x".repeat(64 * 1024));
    assert_eq!(VerificationKeys::parse(long.as_bytes()).unwrap_err(), InvalidKey::TooLong);
    assert!(matches!(VerificationKeys::parse(br#"{"keys":[],"keys":[]}"#), Err(InvalidKey::Json(_))));
    for document in [&b"{}"[..], br#"{"keys":{}}"#, br#"{"keys":[1]}"#] {
        assert_eq!(VerificationKeys::parse(document).unwrap_err(), InvalidKey::Member("keys"));
    }
}

#[test]
fn keys_that_are_not_for_verifying_are_passed_over() {
    let other = |name: &str, value: Value| {
        let mut jwk = KEYS[&Algorithm::ES256].public_jwk().clone();
        jwk.insert(name.to_owned(), value);
        Value::Object(jwk)
    };
    for key in [
        other("use", json!("enc")),
        other("alg", json!("ECDH-ES")),
        other("alg", json!("none")),
        other("key_ops", json!(["encrypt"])),
        json!({"kty": "OKP", "crv": "X25519", "x": "AA"}),
        json!({"kty": "new"}),
        json!({"kty": "EC", "crv": "secp256k1"}),
    ] {
        assert!(set(std::slice::from_ref(&key)).unwrap().is_empty(), "{key}");
    }
    assert_eq!(set(&[other("kid", json!(1))]).unwrap_err(), InvalidKey::Member("kid"));
}

#[test]
fn kid_selects_and_a_missing_one_fits_any() {
    let token = signed(Algorithm::ES256, "at+jwt");
    let mut unnamed = KEYS[&Algorithm::ES256].public_jwk().clone();
    unnamed.remove("kid");
    assert!(read(&token, &[Algorithm::ES256], &VerificationKeys::from_jwk(&unnamed).unwrap()).is_ok());
    let mut renamed = unnamed;
    renamed.insert("kid".into(), json!("other"));
    let renamed = VerificationKeys::from_jwk(&renamed).unwrap();
    assert_eq!(read(&token, &[Algorithm::ES256], &renamed).unwrap_err(), VerifyError::NoKey);
    let nameless = forged(Algorithm::ES256, r#"{"alg":"ES256","typ":"at+jwt"}"#, "{}");
    assert!(read(&nameless, &[Algorithm::ES256], &renamed).is_ok());
}

#[test]
fn a_signer_writes_each_header_once() {
    let signer = KEYS[&Algorithm::ES256].signer().unwrap();
    assert!(std::sync::Arc::ptr_eq(&signer.header("at+jwt"), &signer.header("at+jwt")));
    assert_ne!(signer.header("at+jwt"), signer.header("JWT"));
    fn shared<T: Send + Sync>(_: &T) {}
    shared(&signer);
    shared(&public(Algorithm::ES256));
}

proptest! {
    #[test]
    fn no_text_makes_reading_panic(token in "\\PC{0,200}") {
        let _ = read(&token, &Algorithm::ALL, &public(Algorithm::ES256));
    }

    #[test]
    fn no_segments_make_reading_panic(header in any::<Vec<u8>>(), payload in any::<Vec<u8>>(), signature in any::<Vec<u8>>()) {
        let token = format!("{}.{}.{}", B64.encode(header), B64.encode(payload), B64.encode(signature));
        prop_assert!(read(&token, &Algorithm::ALL, &public(Algorithm::ES256)).is_err());
    }

    #[test]
    fn no_signature_makes_verifying_panic(at in 0usize..10, signature in prop::collection::vec(any::<u8>(), 0..520)) {
        let algorithm = Algorithm::ALL[at];
        let token = signed(algorithm, "at+jwt");
        let token = format!("{}.{}", token.rsplit_once('.').unwrap().0, B64.encode(signature));
        prop_assert_eq!(read(&token, &Algorithm::ALL, &public(algorithm)).unwrap_err(), VerifyError::Signature);
    }

    #[test]
    fn no_claims_make_judging_panic(name in "exp|nbf|iat|iss|sub|aud|jti", number in any::<f64>(), text in ".{0,20}") {
        let rules = ClaimRules::at(Time::from_seconds(NOW)).issuer("i").audience(&["a"]).require(&["jti"]);
        for value in [json!(number), json!(text), json!([text])] {
            let claims = json!({"iss": "i", "aud": "a", "exp": NOW, "jti": "j", (name.clone()): value}).to_string();
            if let Ok(claims) = Claims::parse(claims.as_bytes()) {
                let _ = rules.check(&claims);
            }
        }
    }

    #[test]
    fn no_key_set_makes_judging_panic(document in any::<Vec<u8>>(), n in "[A-Za-z0-9_-]{0,400}", kty in "RSA|EC|OKP|oct|x", crv in "P-256|P-521|Ed25519") {
        let _ = VerificationKeys::parse(&document);
        let _ = set(&[json!({"kty": kty, "crv": crv, "n": n, "e": "AQAB", "x": n, "y": n})]);
    }
}
