//! RFC 7517, OpenID Connect Core §10: the life of the provider's keys, and the clients' keys to encrypt to.

use crate::support::stores::masters;
use crate::support::{Answer, RelyingParty, Setup, TestOp, days, seconds};
use latchkey::model::key::{sightings, store};
use latchkey::platform::jose::jwe::{
    ContentEncryption, DecryptionKey, DecryptionRules, EncryptionKeys, Envelope, KeyFamily, KeyManagement, decrypt,
    encrypt,
};
use latchkey::platform::random::OsRandom;
use reqwest::Method;
use serde_json::{Map, Value, json};
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

async fn jwks(rp: &RelyingParty) -> Vec<Map<String, Value>> {
    let set = Answer::of(rp.raw(Method::GET, "/jwks")).await.json();
    set["keys"].as_array().unwrap().iter().map(|key| key.as_object().unwrap().clone()).collect()
}

async fn kids(rp: &RelyingParty, of: &str) -> Vec<String> {
    let keys = jwks(rp).await;
    keys.iter().filter(|key| key["use"] == of).map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

async fn keep(op: &TestOp) {
    latchkey::app::housekeeping(&op.op, &masters()).await.unwrap();
}

/// What a sender makes with the key set that it holds.
fn sent(keys: &[Map<String, Value>], alg: KeyManagement) -> String {
    let recipient = EncryptionKeys::from_jwks(keys).unwrap().find(alg).expect("a key to encrypt to");
    let envelope = Envelope { alg, enc: ContentEncryption::A256gcm, typ: None, cty: None };
    encrypt(b"sealed", &recipient, &envelope, &OsRandom).unwrap()
}

/// What the provider reads.
async fn read(op: &TestOp, token: &str) -> Option<Vec<u8>> {
    let keys = op.op.keys.load().await.unwrap();
    let rules = DecryptionRules {
        algorithms: &op.op.decryption_algorithms(&keys),
        contents: &ContentEncryption::ALL,
        keys: &keys.decryption,
    };
    decrypt(token, &rules).ok().map(|decrypted| decrypted.content)
}

fn public(family: KeyFamily) -> Value {
    Value::Object(DecryptionKey::generate(family).unwrap().public_jwk().clone())
}

async fn serves(server: &MockServer, key: &Value) {
    server.reset().await;
    let set = ResponseTemplate::new(200).set_body_json(json!({"keys": [key]}));
    Mock::given(path("/jwks")).respond_with(set).mount(server).await;
}

on_both_stores! {
    async fn oidc_core_10_2_what_is_encrypted_to_a_published_key_is_read_by_every_algorithm(op: TestOp) {
        let rp = op.web_app().await;
        let (keys, replica) = (jwks(&rp).await, op.replica());
        for alg in KeyManagement::ALL.into_iter().filter(|alg| !alg.is_symmetric()) {
            let token = sent(&keys, alg);
            assert_eq!(read(&op, &token).await.as_deref(), Some(&b"sealed"[..]), "{alg}");
            assert_eq!(read(&replica, &token).await.as_deref(), Some(&b"sealed"[..]), "{alg}");
        }
    }

    async fn oidc_core_10_2_1_encryption_keys_rotate_and_the_old_one_decrypts_for_a_while(op: TestOp) {
        let rp = op.web_app().await;
        let old = jwks(&rp).await;
        let (before, token) = (kids(&rp, "enc").await, sent(&old, KeyManagement::EcdhEsA256kw));
        op.advance(days(90));
        keep(&op).await;
        let during = kids(&rp, "enc").await;
        assert_eq!((before.len(), during.len()), (2, 4));
        // One that waits decrypts already: a sender may pick it.
        let mut ahead = jwks(&rp).await;
        ahead.retain(|key| !before.iter().any(|kid| key["kid"] == **kid));
        assert!(read(&op, &sent(&ahead, KeyManagement::RsaOaep256)).await.is_some());
        op.advance(days(1));
        keep(&op).await;
        let after = kids(&rp, "enc").await;
        assert!(after.len() == 2 && after.iter().all(|kid| !before.contains(kid)), "{after:?}");
        // Whoever holds the former JWKS is still understood, until that must have been fetched again.
        assert_eq!(read(&op, &sent(&old, KeyManagement::RsaOaep)).await.as_deref(), Some(&b"sealed"[..]));
        assert!(read(&op, &token).await.is_some());
        op.advance(days(3));
        keep(&op).await;
        op.changed();
        assert!(read(&op, &token).await.is_none());
    }

    async fn a_revoked_key_is_gone_at_once_and_nothing_it_signed_verifies(setup: Setup) {
        // One key for both tokens.
        let op = setup.config("tokens.access_signing_alg = \"RS256\"").start();
        let (rp, tokens) = op.tokens().await;
        rp.userinfo(&tokens.access_token).await.ok();
        let (header, _) = rp.verify(&tokens.id_token).await;
        let (kid, now) = (header["kid"].as_str().unwrap().to_owned(), op.now());
        let leaked = kid.clone();
        assert!(op.write(move |tx| store::revoke(tx, &leaked, now)).await);
        assert!(!kids(&rp, "sig").await.contains(&kid));
        assert_eq!(rp.userinfo(&tokens.access_token).await.status, 401);
        assert_eq!(rp.introspect(&tokens.access_token).await.json(), json!({"active": false}));
        keep(&op).await;
        let fresh = Answer::json(rp.refresh(&tokens.refresh_token).await.ok());
        assert_ne!(rp.verify(fresh["id_token"].as_str().unwrap()).await.0["kid"], kid.as_str());
        rp.userinfo(fresh["access_token"].as_str().unwrap()).await.ok();
        let again = kid.clone();
        assert!(!op.write(move |tx| store::revoke(tx, &again, now)).await, "revoked before");
        keep(&op).await;
        assert!(!kids(&rp, "sig").await.contains(&kid));
    }

    async fn who_has_not_fetched_a_key_is_told_by_address(op: TestOp) {
        let (rp, _) = op.tokens().await;
        keep(&op).await;
        let readers = || op.write(sightings::store::readers);
        let first = readers().await;
        assert_eq!((first.len(), &first[0].client_id), (1, &rp.client_id));
        assert_eq!(first[0].fetched_at, None, "nobody fetched the JWKS");
        kids(&rp, "sig").await;
        op.advance(seconds(60));
        let published = op.now();
        keep(&op).await;
        assert!(!readers().await[0].knows(published), "the fetch was before");
        kids(&rp, "sig").await;
        keep(&op).await;
        assert!(readers().await[0].knows(published));
        // A public client's requests come from people's browsers: they tell nothing of a server.
        let public = op.client(json!({"token_endpoint_auth_method": "none", "grant_types": ["refresh_token"]})).await;
        public.refresh("lk_rt_x").await;
        keep(&op).await;
        assert_eq!(readers().await.len(), 1);
        op.advance(days(200));
        keep(&op).await;
        assert!(readers().await.is_empty());
    }

    async fn oidc_core_10_2_a_client_s_encryption_key_is_found_by_value(op: TestOp) {
        let curve = public(KeyFamily::Ec);
        let mut metadata = crate::support::relying_party::web_app();
        metadata["jwks"] = json!({"keys": [public(KeyFamily::Rsa), curve]});
        let rp = op.client(metadata).await;
        let client = op.op.clients.find_enabled(&rp.client_id).await.unwrap().unwrap();
        let key = op.op.hubs().client_auth.client_encryption_key(&client, KeyManagement::EcdhEs).await.unwrap();
        assert_eq!(key.kid(), curve["kid"].as_str());
        let none = op.web_app().await;
        let client = op.op.clients.find_enabled(&none.client_id).await.unwrap().unwrap();
        assert!(op.op.hubs().client_auth.client_encryption_key(&client, KeyManagement::EcdhEs).await.is_err());
    }

    async fn oidc_core_10_2_1_a_client_s_set_is_fetched_anew_when_no_key_fits(setup: Setup) {
        let op = setup.config("egress.allow_addresses = [\"127.0.0.0/8\"]").start();
        let server = MockServer::start().await;
        let (rsa, curve) = (public(KeyFamily::Rsa), public(KeyFamily::Ec));
        serves(&server, &rsa).await;
        let mut metadata = crate::support::relying_party::web_app();
        metadata["jwks_uri"] = json!(format!("{}/jwks", server.uri()));
        let rp = op.client(metadata).await;
        let client = op.op.clients.find_enabled(&rp.client_id).await.unwrap().unwrap();
        let find = |alg| op.op.hubs().client_auth.client_encryption_key(&client, alg);
        assert_eq!(find(KeyManagement::RsaOaep).await.unwrap().kid(), rsa["kid"].as_str());
        serves(&server, &curve).await;
        assert!(find(KeyManagement::EcdhEs).await.is_err(), "fetched a moment ago");
        op.advance(seconds(31));
        assert_eq!(find(KeyManagement::EcdhEs).await.unwrap().kid(), curve["kid"].as_str());
        assert!(find(KeyManagement::RsaOaep).await.is_err(), "the new set counts");
    }
}
