//! The vectors of RFC 7516 and RFC 7520, and each trap as a refusal.

use super::super::jwk::InvalidKey;
use super::super::{ClientKeySet, Malformed};
use super::*;
use crate::random::OsRandom;
use crate::secret::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use josekit::jwk::Jwk;
use josekit::jwk::alg::ec::EcKeyPair;
use josekit::jwk::alg::rsa::RsaKeyPair;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::sync::{Arc, LazyLock};

const CONTENT: &[u8] = b"what only one may read";

static OURS: LazyLock<DecryptionKeys> = LazyLock::new(|| {
    let pairs = KeyFamily::ALL.map(|family| Arc::new(DecryptionKey::generate(family).unwrap()));
    DecryptionKeys::new(pairs.to_vec()).with_client_secret(&secret())
});

fn secret() -> Secret<String> {
    Secret::new("lk_cs_the-secret-that-both-sides-know".to_owned())
}

fn pair(family: KeyFamily) -> &'static DecryptionKey {
    OURS.pairs().iter().find(|pair| pair.family() == family).unwrap()
}

fn recipient(alg: KeyManagement) -> RecipientKey {
    let keys = EncryptionKeys::from_jwks(OURS.pairs().iter().map(|pair| pair.public_jwk())).unwrap();
    if alg.is_symmetric() { RecipientKey::from_client_secret(&secret()) } else { keys.find(alg).unwrap() }
}

fn sealed(alg: KeyManagement, enc: ContentEncryption) -> String {
    let envelope = Envelope { alg, enc, typ: None, cty: Some("JWT") };
    encrypt(CONTENT, &recipient(alg), &envelope, &OsRandom).unwrap()
}

fn read(token: &str) -> Result<Decrypted, DecryptError> {
    read_with(token, &OURS)
}

fn read_with(token: &str, keys: &DecryptionKeys) -> Result<Decrypted, DecryptError> {
    decrypt(token, &DecryptionRules { algorithms: &KeyManagement::ALL, contents: &ContentEncryption::ALL, keys })
}

/// A token whose header is replaced: decryption fails by its tag at the latest, so only earlier errors tell something.
fn headed(token: &str, header: &str) -> String {
    format!("{}.{}", B64.encode(header), token.split_once('.').unwrap().1)
}

fn with_segment(token: &str, at: usize, bytes: &[u8]) -> String {
    let mut segments: Vec<String> = token.split('.').map(str::to_owned).collect();
    segments[at] = B64.encode(bytes);
    segments.join(".")
}

fn header_of(token: &str) -> Map<String, Value> {
    let header = B64.decode(token.split_once('.').unwrap().0).unwrap();
    serde_json::from_slice(&header).unwrap()
}

fn imported(jwk: &Value) -> DecryptionKeys {
    let mut members = jwk.as_object().unwrap().clone();
    members.remove("kid");
    let jwk = Jwk::from_map(members).unwrap();
    let (family, der) = match jwk.key_type() {
        "RSA" => (KeyFamily::Rsa, RsaKeyPair::from_jwk(&jwk).unwrap().to_der_private_key()),
        _ => (KeyFamily::Ec, EcKeyPair::from_jwk(&jwk).unwrap().to_der_private_key()),
    };
    DecryptionKeys::new(vec![Arc::new(DecryptionKey::from_pkcs8(family, &Secret::new(der)).unwrap())])
}

#[test]
fn the_examples_of_rfc_7516_and_rfc_7520_decrypt() {
    let vectors: Vec<Value> = serde_json::from_str(include_str!("vectors.json")).unwrap();
    assert_eq!(vectors.len(), 5);
    for vector in vectors {
        let (name, token) = (vector["name"].as_str().unwrap(), vector["token"].as_str().unwrap());
        let mut keys = imported(&vector["key"]);
        if header_of(token).contains_key("kid") {
            // The examples name their keys; ours are named by thumbprint.
            assert_eq!(read_with(token, &keys).unwrap_err(), DecryptError::NoKey, "{name}");
            let named = keys.pairs[0].renamed(vector["key"]["kid"].as_str().unwrap());
            keys = DecryptionKeys::new(vec![Arc::new(named)]);
        }
        match vector["content"].as_str() {
            Some(content) => assert_eq!(read_with(token, &keys).unwrap().content, content.as_bytes(), "{name}"),
            // RSA1_5.
            None => assert_eq!(read_with(token, &keys).unwrap_err(), DecryptError::Algorithm("alg"), "{name}"),
        }
    }
}

#[test]
fn every_alg_with_every_enc_goes_there_and_back() {
    for alg in KeyManagement::ALL {
        assert_eq!(KeyManagement::parse(alg.as_str()), Some(alg));
        for enc in ContentEncryption::ALL {
            let token = sealed(alg, enc);
            let read = read(&token).unwrap();
            assert_eq!(read.content, CONTENT, "{alg} {enc}");
            assert_eq!((read.header.alg(), read.header.value("cty")), (alg.as_str(), Some(&json!("JWT"))));
            assert_eq!(read.header.value("enc"), Some(&json!(enc.as_str())));
            assert_eq!(read.header.kid(), alg.family().map(|family| pair(family).kid()));
            assert_ne!(sealed(alg, enc).split('.').nth(2), token.split('.').nth(2), "a new iv each time");
        }
    }
    assert!(ContentEncryption::ALL.into_iter().all(|enc| ContentEncryption::parse(enc.as_str()) == Some(enc)));
}

#[test]
fn jwt_05_jwt_08_t5_rsa1_5_and_pbes2_have_no_value() {
    let token = sealed(KeyManagement::RsaOaep, ContentEncryption::A128gcm);
    for alg in ["RSA1_5", "PBES2-HS256+A128KW", "RSA-OAEP-512", "A128GCMKW", "none", "rsa-oaep", "DIR", "HS256", ""] {
        assert_eq!(KeyManagement::parse(alg), None, "{alg}");
        let forged =
            headed(&token, &json!({"alg": alg, "enc": "A128GCM", "p2c": 1_000_000, "p2s": "AAAA"}).to_string());
        assert_eq!(read(&forged).unwrap_err(), DecryptError::Algorithm("alg"), "{alg}");
    }
    for enc in ["none", "A128CBC", "A128CBC+HS256", "a128gcm", "XC20P", ""] {
        assert_eq!(ContentEncryption::parse(enc), None, "{enc}");
        let forged = headed(&token, &json!({"alg": "RSA-OAEP", "enc": enc}).to_string());
        assert_eq!(read(&forged).unwrap_err(), DecryptError::Algorithm("enc"), "{enc}");
    }
}

#[test]
fn jwt_01_only_the_algorithms_of_the_use_are_allowed() {
    let token = sealed(KeyManagement::EcdhEs, ContentEncryption::A128gcm);
    let rules = |algorithms, contents| decrypt(&token, &DecryptionRules { algorithms, contents, keys: &OURS });
    let (alg, enc) = ([KeyManagement::EcdhEs], [ContentEncryption::A128gcm]);
    assert!(rules(&alg, &enc).is_ok());
    assert_eq!(rules(&[KeyManagement::RsaOaep], &enc).unwrap_err(), DecryptError::Algorithm("alg"));
    assert_eq!(rules(&alg, &[ContentEncryption::A256gcm]).unwrap_err(), DecryptError::Algorithm("enc"));
    assert_eq!(rules(&[], &[]).unwrap_err(), DecryptError::Algorithm("alg"));
}

#[test]
fn jwt_07_t3_zip_and_jwt_14_t4_crit_are_refused() {
    let token = sealed(KeyManagement::Dir, ContentEncryption::A128gcm);
    for extra in [r#""zip":"DEF""#, r#""zip":null"#, r#""crit":["exp"]"#, r#""crit":[]"#, r#""b64":true"#] {
        let error = read(&headed(&token, &format!(r#"{{"alg":"dir","enc":"A128GCM",{extra}}}"#))).unwrap_err();
        assert!(matches!(error, DecryptError::Malformed(Malformed::Header(_))), "{extra}: {error}");
    }
}

#[test]
fn jwt_06_a_sender_key_off_the_curve_is_refused() {
    let token = sealed(KeyManagement::EcdhEsA128kw, ContentEncryption::A128gcm);
    let good = header_of(&token);
    let with = |change: &dyn Fn(&mut Map<String, Value>)| {
        let mut header = good.clone();
        change(header.get_mut("epk").unwrap().as_object_mut().unwrap());
        read(&headed(&token, &Value::Object(header).to_string())).unwrap_err()
    };
    let wrong = DecryptError::Malformed(Malformed::Header("epk"));
    let (zero, ones) = (B64.encode([0; 32]), B64.encode([1; 32]));
    assert_eq!(with(&|epk| drop(epk.insert("x".into(), json!(ones)))), wrong);
    assert_eq!(with(&|epk| epk.extend([("x".to_owned(), json!(zero)), ("y".to_owned(), json!(zero))])), wrong);
    assert_eq!(with(&|epk| drop(epk.insert("y".into(), json!(B64.encode([1; 31]))))), wrong);
    assert_eq!(with(&|epk| drop(epk.insert("d".into(), json!(ones)))), wrong);
    assert_eq!(with(&|epk| drop(epk.remove("x"))), wrong);
    // Another curve is no error of the header, but no key of ours is on it.
    assert_eq!(with(&|epk| drop(epk.insert("crv".into(), json!("secp256k1")))), DecryptError::Decryption);
    let mut without = good.clone();
    without.remove("epk");
    assert_eq!(read(&headed(&token, &Value::Object(without).to_string())).unwrap_err(), wrong);
}

#[test]
fn jwt_13_the_form_is_strict() {
    let token = sealed(KeyManagement::Dir, ContentEncryption::A128gcm);
    for loose in [
        format!("{token}="),
        format!(" {token}"),
        format!("{token}\n"),
        format!("{token}.a"),
        format!(".{token}"),
        token.replacen('.', "=.", 1),
        token.rsplit_once('.').unwrap().0.to_owned(),
        token.replacen("..", ".", 1),
        "....".to_owned(),
        String::new(),
        token.replacen('e', "+", 1),
    ] {
        assert!(matches!(read(&loose).unwrap_err(), DecryptError::Malformed(_)), "{loose}");
    }
    for header in [r#"{"alg":"dir","alg":"dir","enc":"A128GCM"}"#, r#"{"alg":"dir","enc":"A128GCM"} "x""#, "[]", "{}"] {
        assert!(matches!(read(&headed(&token, header)).unwrap_err(), DecryptError::Malformed(_)), "{header}");
    }
    for header in [r#"{"alg":"dir"}"#, r#"{"alg":"dir","enc":7}"#] {
        assert_eq!(read(&headed(&token, header)).unwrap_err(), DecryptError::Malformed(Malformed::Header("enc")));
    }
    assert_eq!(read(&"a".repeat(32 * 1024 + 1)).unwrap_err(), DecryptError::TooLong);
    let long = headed(&token, &format!(r#"{{"alg":"dir","enc":"A128GCM","x":"{}"}}"#, "x".repeat(4096)));
    assert_eq!(read(&long).unwrap_err(), DecryptError::Malformed(Malformed::Segments));
    assert!(is_encrypted(&token) && !is_encrypted("a.b.c") && !is_encrypted(""));
}

#[test]
fn whatever_is_altered_nothing_comes_out() {
    for alg in KeyManagement::ALL {
        for enc in [ContentEncryption::A128cbcHs256, ContentEncryption::A256gcm] {
            let token = sealed(alg, enc);
            for at in 1..5 {
                let segment = B64.decode(token.split('.').nth(at).unwrap()).unwrap();
                for place in [0, segment.len() / 2, segment.len().saturating_sub(1)] {
                    let mut altered = segment.clone();
                    let Some(byte) = altered.get_mut(place) else { continue };
                    *byte ^= 1;
                    let error = read(&with_segment(&token, at, &altered)).unwrap_err();
                    assert_eq!(error, DecryptError::Decryption, "{alg} {enc} segment {at}");
                }
            }
        }
    }
}

#[test]
fn a_tag_an_iv_or_a_wrapped_key_of_another_length_is_refused() {
    for alg in KeyManagement::ALL {
        for enc in ContentEncryption::ALL {
            let token = sealed(alg, enc);
            for at in [1, 2, 4] {
                let segment = B64.decode(token.split('.').nth(at).unwrap()).unwrap();
                // OpenSSL takes short GCM tags; josekit computes `length - 8` of a wrapped key.
                for length in [0, 1, 7, 8, 12, segment.len().saturating_sub(1), segment.len() + 1, 600] {
                    if length == segment.len() {
                        continue;
                    }
                    let mut other = segment.clone();
                    other.resize(length, 0);
                    let error = read(&with_segment(&token, at, &other)).unwrap_err();
                    assert_eq!(error, DecryptError::Decryption, "{alg} {enc} segment {at} of {length}");
                }
            }
        }
    }
}

#[test]
fn only_the_named_key_decrypts() {
    let token = sealed(KeyManagement::RsaOaep256, ContentEncryption::A128cbcHs256);
    let stranger = DecryptionKeys::new(vec![Arc::new(DecryptionKey::generate(KeyFamily::Ec).unwrap())]);
    assert_eq!(read_with(&token, &stranger).unwrap_err(), DecryptError::NoKey);
    let agreed = sealed(KeyManagement::EcdhEs, ContentEncryption::A128cbcHs256);
    assert_eq!(read_with(&agreed, &stranger).unwrap_err(), DecryptError::NoKey);
    let shared = sealed(KeyManagement::Dir, ContentEncryption::A128cbcHs256);
    assert_eq!(read_with(&shared, &stranger).unwrap_err(), DecryptError::NoKey);
    let other = stranger.with_client_secret(&Secret::new("another".to_owned()));
    assert_eq!(read_with(&shared, &other).unwrap_err(), DecryptError::Decryption);
    assert!(other.supports(KeyManagement::A128kw) && !other.supports(KeyManagement::RsaOaep));
}

#[test]
fn a_stored_key_comes_back_whole() {
    for pair in OURS.pairs() {
        let again = DecryptionKey::from_pkcs8(pair.family(), pair.private_pkcs8()).unwrap();
        assert_eq!((again.kid(), again.public_jwk()), (pair.kid(), pair.public_jwk()));
        assert_eq!((pair.public_jwk()["use"].as_str(), pair.public_jwk().get("alg")), (Some("enc"), None));
        assert_eq!(KeyFamily::parse(pair.family().as_str()), Some(pair.family()));
    }
    assert!(DecryptionKey::from_pkcs8(KeyFamily::Ec, pair(KeyFamily::Rsa).private_pkcs8()).is_err());
    assert!(DecryptionKey::from_pkcs8(KeyFamily::Rsa, &Secret::new(vec![1, 2])).is_err());
    assert!(!format!("{:?}", pair(KeyFamily::Ec)).contains("PRIVATE"));
}

fn set(keys: &[Value]) -> Result<ClientKeySet, InvalidKey> {
    ClientKeySet::parse(json!({ "keys": keys }).to_string().as_bytes())
}

fn client_key(family: KeyFamily, members: Value) -> Value {
    let mut jwk = pair(family).public_jwk().clone();
    jwk.remove("use");
    jwk.extend(members.as_object().unwrap().clone());
    jwk.retain(|_, value| !value.is_null());
    Value::Object(jwk)
}

#[test]
fn a_recipient_key_is_chosen_by_use_type_and_alg() {
    let found =
        |members: Value, alg| set(&[client_key(KeyFamily::Rsa, members)]).unwrap().encryption.find(alg).is_some();
    for members in [json!({}), json!({"use": "enc"}), json!({"alg": "RSA-OAEP"}), json!({"key_ops": ["wrapKey"]})] {
        assert!(found(members, KeyManagement::RsaOaep));
    }
    for members in
        [json!({"use": "sig"}), json!({"alg": "RS256"}), json!({"alg": "RSA-OAEP-256"}), json!({"key_ops": ["verify"]})]
    {
        assert!(!found(members, KeyManagement::RsaOaep));
    }
    assert!(!found(json!({}), KeyManagement::EcdhEs) && !found(json!({}), KeyManagement::Dir));
    let curve = set(&[client_key(KeyFamily::Ec, json!({"use": "enc", "key_ops": []}))]).unwrap();
    assert!(curve.encryption.find(KeyManagement::EcdhEsA256kw).is_some() && curve.verification.is_empty());
    let two = [json!({"kid": "any"}), json!({"kid": "meant", "use": "enc"})].map(|m| client_key(KeyFamily::Ec, m));
    let two = set(&two).unwrap();
    assert_eq!(two.encryption.find(KeyManagement::EcdhEs).unwrap().kid(), Some("meant"));
    let ed = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
    assert!(set(&[ed]).unwrap().encryption.is_empty());
}

#[test]
fn one_bad_key_refuses_the_set_for_both_uses() {
    let weak = json!({"kty": "RSA", "e": "AQAB", "n": B64.encode([0xff; 128])});
    assert_eq!(set(&[weak]).unwrap_err(), InvalidKey::WeakRsa(1024));
    let private = client_key(KeyFamily::Ec, json!({"d": "AAAA"}));
    assert_eq!(set(&[private]).unwrap_err(), InvalidKey::Private("d"));
    assert_eq!(set(&[client_key(KeyFamily::Ec, json!({"use": 1}))]).unwrap_err(), InvalidKey::Member("use"));
}

#[test]
fn a_key_of_the_wrong_kind_encrypts_nothing() {
    let envelope = |alg| Envelope { alg, enc: ContentEncryption::A128gcm, typ: None, cty: None };
    for (key, alg) in [
        (KeyManagement::RsaOaep, KeyManagement::EcdhEs),
        (KeyManagement::EcdhEs, KeyManagement::RsaOaep),
        (KeyManagement::EcdhEs, KeyManagement::Dir),
        (KeyManagement::Dir, KeyManagement::RsaOaep256),
    ] {
        assert!(encrypt(CONTENT, &recipient(key), &envelope(alg), &OsRandom).is_err());
    }
}

#[test]
fn oidc_core_10_2_the_shared_key_is_the_left_of_the_secret_s_hash() {
    use super::recipient::derived;
    use sha2::Digest as _;
    let secret = Secret::new(b"secret".to_vec());
    let of = |alg, enc| derived(&secret, alg, enc).expose().clone();
    let hash = sha2::Sha256::digest(b"secret");
    assert_eq!(of(KeyManagement::A128kw, ContentEncryption::A256gcm), hash[..16]);
    assert_eq!(of(KeyManagement::A256kw, ContentEncryption::A128gcm), hash[..]);
    assert_eq!(of(KeyManagement::Dir, ContentEncryption::A192gcm), hash[..24]);
    assert_eq!(of(KeyManagement::Dir, ContentEncryption::A192cbcHs384), sha2::Sha384::digest(b"secret")[..]);
    assert_eq!(of(KeyManagement::Dir, ContentEncryption::A256cbcHs512), sha2::Sha512::digest(b"secret")[..]);
}

proptest! {
    #[test]
    fn no_text_makes_decrypting_panic(token in "\\PC{0,200}") {
        let _ = read(&token);
    }

    #[test]
    fn no_segments_make_decrypting_panic(
        alg in 0usize..10, enc in 0usize..6, segments in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 4),
    ) {
        let (alg, enc) = (KeyManagement::ALL[alg], ContentEncryption::ALL[enc]);
        let mut token = sealed(alg, enc);
        for (at, bytes) in segments.iter().enumerate() {
            token = with_segment(&token, at + 1, bytes);
        }
        prop_assert!(read(&token).is_err());
    }
}
