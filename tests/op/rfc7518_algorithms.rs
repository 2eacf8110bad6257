//! RFC 7518 §3.1, RFC 8037: every signature algorithm, wherever something is signed.

use crate::support::assertion::{claims, metadata, present, sign};
use crate::support::{Answer, Setup, TestOp};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey::platform::jose::{Algorithm, KeyPair};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Digest as _;

fn with_all(setup: Setup) -> TestOp {
    let names: Vec<_> = Algorithm::ALL.iter().map(|algorithm| algorithm.as_str()).collect();
    setup.config(&format!("keys.algorithms = {names:?}")).start()
}

/// The left half of the hash that belongs to an algorithm (OpenID Connect Core §3.1.3.6; EdDSA with Ed25519: SHA-512).
fn at_hash(algorithm: Algorithm, access_token: &str) -> String {
    let hash = match algorithm.as_str() {
        "EdDSA" => sha2::Sha512::digest(access_token).to_vec(),
        name if name.ends_with("256") => sha2::Sha256::digest(access_token).to_vec(),
        name if name.ends_with("384") => sha2::Sha384::digest(access_token).to_vec(),
        _ => sha2::Sha512::digest(access_token).to_vec(),
    };
    URL_SAFE_NO_PAD.encode(&hash[..hash.len() / 2])
}

on_both_stores! {
    async fn oidc_core_3_1_3_7_id_tokens_are_signed_by_the_registered_algorithm(setup: Setup) {
        let op = with_all(setup);
        op.person("ada").await;
        let mut browser = op.browser();
        let mut announced = Value::Null;
        for algorithm in Algorithm::ALL {
            let mut metadata = crate::support::relying_party::web_app();
            metadata["id_token_signed_response_alg"] = json!(algorithm.as_str());
            let rp = op.client(metadata).await;
            let request = rp.request();
            let tokens = rp.sign_in(&mut browser, &request).await;
            let (header, claims) = rp.verify(&tokens.id_token).await;
            assert_eq!(header["alg"], algorithm.as_str());
            assert_eq!(claims["at_hash"], at_hash(algorithm, &tokens.access_token), "{algorithm}");
            assert_eq!(claims["nonce"].as_str(), request.find("nonce"));
            rp.userinfo(&tokens.access_token).await.ok();
            let hint = [("id_token_hint", tokens.id_token.as_str()), ("prompt", "none")];
            let again = hint.iter().fold(rp.request(), |request, (name, value)| request.with(name, value));
            rp.code(&mut browser, &again).await;
            let answer = Answer::of(rp.raw(Method::GET, "/.well-known/openid-configuration")).await.json();
            announced = answer["id_token_signing_alg_values_supported"].clone();
        }
        for algorithm in Algorithm::ALL {
            assert!(announced.as_array().unwrap().contains(&json!(algorithm.as_str())), "{algorithm}");
        }
        assert_eq!(announced.as_array().unwrap().len(), 10);
    }

    async fn jwt_02_each_algorithm_has_a_key_of_its_own(setup: Setup) {
        let op = with_all(setup);
        let rp = op.web_app().await;
        let keys = Answer::of(rp.raw(Method::GET, "/jwks")).await.json()["keys"].as_array().unwrap().clone();
        let distinct = |member: &str| {
            let values = keys.iter().filter(|key| key["use"] == "sig").map(|key| key[member].to_string());
            values.collect::<std::collections::BTreeSet<_>>()
        };
        assert_eq!((distinct("alg").len(), distinct("kid").len()), (10, 10));
        let moduli: std::collections::BTreeSet<_> = keys.iter().filter_map(|key| key["n"].as_str()).collect();
        assert_eq!(moduli.len(), 7, "six to sign, one to encrypt to");
    }

    async fn rfc7523_3_assertions_are_taken_by_every_algorithm(op: TestOp) {
        for algorithm in Algorithm::ALL {
            let key = KeyPair::generate(algorithm).unwrap();
            let mut registered = metadata();
            registered["jwks"] = json!({"keys": [key.public_jwk()]});
            registered["token_endpoint_auth_signing_alg"] = json!(algorithm.as_str());
            let rp = op.client(registered.clone()).await;
            present(&rp, &sign(&key, &claims(&op, &rp))).await.ok();
            let other = KeyPair::generate(Algorithm::ES256).unwrap();
            present(&rp, &sign(&other, &claims(&op, &rp))).await.refused(401, "invalid_client");
        }
    }

    async fn rfc8725_3_1_a_registered_pss_key_verifies_no_pkcs1_signature(op: TestOp) {
        let pss = KeyPair::generate(Algorithm::PS256).unwrap();
        let pkcs1 = KeyPair::from_pkcs8(Algorithm::RS256, pss.private_pkcs8()).unwrap();
        let mut registered = metadata();
        registered["jwks"] = json!({"keys": [pss.public_jwk()]});
        let rp = op.client(registered).await;
        present(&rp, &sign(&pss, &claims(&op, &rp))).await.ok();
        present(&rp, &sign(&pkcs1, &claims(&op, &rp))).await.refused(401, "invalid_client");
    }
}
