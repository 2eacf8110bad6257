//! RFC 7523, OpenID Connect Core §9: a client proves itself with an HMAC over its secret.

use crate::support::assertion::{TYPE, claims, key, present, sign, sign_raw, unsigned};
use crate::support::registrar::{manage, party, plain, registered, with as with_members};
use crate::support::{Answer, RelyingParty, Setup, TestOp, minutes, seconds};
use latchkey::platform::jose::{MacKey, SymmetricAlgorithm};
use serde_json::{Value, json};

fn metadata() -> Value {
    json!({"token_endpoint_auth_method": "client_secret_jwt", "grant_types": ["client_credentials"]})
}

fn with_alg(alg: &str) -> Value {
    let mut metadata = metadata();
    metadata["token_endpoint_auth_signing_alg"] = alg.into();
    metadata
}

/// A client whose secret is the provider's own make.
async fn client(op: &TestOp, metadata: Value) -> RelyingParty {
    op.client(metadata).await.rotate_secret(op, seconds(0)).await
}

fn mac(secret: &str, algorithm: SymmetricAlgorithm, claims: &Value) -> String {
    MacKey::new(secret.as_bytes()).unwrap().sign(algorithm, "JWT", claims.to_string().as_bytes()).unwrap()
}

async fn with(op: &TestOp, rp: &RelyingParty, changes: Value) -> Answer {
    let mut claims = claims(op, rp);
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    present(rp, &mac(&rp.secret, SymmetricAlgorithm::HS256, &claims)).await
}

on_both_stores! {
    async fn core_9_the_secret_never_travels(op: TestOp) {
        let rp = client(&op, metadata()).await;
        with(&op, &rp, json!({})).await.ok();
        // The registered method is the only one, however right the secret is.
        for auth in [crate::support::Auth::Basic, crate::support::Auth::Post] {
            let answer = rp.with_auth(auth).token(&[("grant_type", "client_credentials")]).await;
            assert!(answer.refused(401, "invalid_client").description().contains("client_secret_jwt"));
        }
    }

    async fn cli_06_the_claims_are_judged_as_those_of_private_key_jwt(op: TestOp) {
        let rp = client(&op, metadata()).await;
        let now = op.now().seconds();
        with(&op, &rp, json!({"aud": format!("{}/token", op.issuer())})).await.ok();
        for changes in [
            json!({"aud": "https://other.example"}),
            json!({"aud": null}),
            json!({"iss": "other"}),
            json!({"iss": null}),
            json!({"sub": "other"}),
            json!({"jti": null}),
            json!({"exp": null}),
            json!({"exp": now - 61}),
            json!({"exp": now + 3_700}),
            json!({"iat": now + 90}),
        ] {
            with(&op, &rp, changes.clone()).await.refused(401, "invalid_client");
        }
    }

    async fn rfc7523_3_an_assertion_is_used_once_whichever_replica_sees_it(op: TestOp) {
        let rp = client(&op, metadata()).await;
        let replica = op.replica();
        let assertion = mac(&rp.secret, SymmetricAlgorithm::HS256, &claims(&op, &rp));
        present(&rp, &assertion).await.ok();
        present(&rp, &assertion).await.refused(401, "invalid_client");
        present(&rp.through(&replica), &assertion).await.refused(401, "invalid_client");
    }

    async fn rfc8725_3_1_the_registered_algorithm_is_the_only_one(op: TestOp) {
        for algorithm in SymmetricAlgorithm::ALL {
            let rp = client(&op, with_alg(algorithm.as_str())).await;
            for used in SymmetricAlgorithm::ALL {
                let answer = present(&rp, &mac(&rp.secret, used, &claims(&op, &rp))).await;
                if used == algorithm { answer.ok() } else { answer.refused(401, "invalid_client") };
            }
        }
        let unregistered = client(&op, metadata()).await;
        for used in SymmetricAlgorithm::ALL {
            present(&unregistered, &mac(&unregistered.secret, used, &claims(&op, &unregistered))).await.ok();
        }
        for alg in ["none", "RS256", "ES256"] {
            let rp = client(&op, with_alg(alg)).await;
            with(&op, &rp, json!({})).await.refused(401, "invalid_client");
        }
    }

    async fn jwt_04_keys_and_secrets_are_never_mixed_up(op: TestOp) {
        let mut both = metadata();
        both["jwks"] = json!({"keys": [key().public_jwk()]});
        let rp = client(&op, both.clone()).await;
        let (claims, payload) = (claims(&op, &rp), claims(&op, &rp).to_string());
        let public = json!(key().public_jwk()).to_string();
        for forged in [
            sign(key(), &claims),
            mac(&public, SymmetricAlgorithm::HS256, &claims),
            sign_raw(key(), r#"{"alg":"HS256"}"#, &payload),
            mac(&"x".repeat(64), SymmetricAlgorithm::HS256, &claims),
            format!("{}.", unsigned(r#"{"alg":"none"}"#, &payload)),
            format!("{}.", unsigned(r#"{"alg":"HS256"}"#, &payload)),
        ] {
            present(&rp, &forged).await.refused(401, "invalid_client");
        }
        // And the other way round: who registered a key is not let in by a secret.
        both["token_endpoint_auth_method"] = "private_key_jwt".into();
        rp.reregister(&op, both).await;
        present(&rp, &mac(&rp.secret, SymmetricAlgorithm::HS256, &claims)).await.refused(401, "invalid_client");
    }

    async fn rfc8725_3_11_a_token_of_another_kind_is_no_assertion(op: TestOp) {
        let rp = client(&op, metadata()).await;
        let key = MacKey::new(rp.secret.as_bytes()).unwrap();
        for (typ, good) in [("client-authentication+jwt", true), ("at+jwt", false), ("oauth-authz-req+jwt", false)] {
            let claims = claims(&op, &rp).to_string();
            let answer = present(&rp, &key.sign(SymmetricAlgorithm::HS256, typ, claims.as_bytes()).unwrap()).await;
            if good { answer.ok() } else { answer.refused(401, "invalid_client") };
        }
    }

    async fn two_secrets_are_good_while_one_replaces_the_other(op: TestOp) {
        let former = client(&op, metadata()).await;
        with(&op, &former, json!({})).await.ok();
        let rp = former.rotate_secret(&op, minutes(10)).await;
        let replica = op.replica();
        for known in [&former, &rp, &former.through(&replica), &rp.through(&replica)] {
            with(&op, known, json!({})).await.ok();
        }
        op.advance(minutes(10) + seconds(1));
        with(&op, &former, json!({})).await.refused(401, "invalid_client");
        with(&op, &rp, json!({})).await.ok();
    }

    async fn a_secret_that_was_only_hashed_must_be_rotated_first(op: TestOp) {
        let rp = op.client(json!({"grant_types": ["client_credentials"]})).await.with_auth(crate::support::Auth::None);
        let (client_id, now) = (rp.client_id.clone(), op.now());
        op.write(move |tx| {
            use latchkey::model::client::{Origin, store};
            let metadata = serde_json::from_value(metadata()).unwrap();
            store::save(tx, &client_id, Origin::Operator, true, &metadata, now)
        })
        .await;
        let answer = with(&op, &rp, json!({})).await;
        let refusal = op.op.refusals.find(&answer.refused(401, "invalid_client").reference()).await.unwrap().unwrap();
        assert!(refusal.cause.unwrap().contains("rotate the secret"));
        let rp = rp.rotate_secret(&op, seconds(0)).await;
        with(&op, &rp, json!({})).await.ok();
    }

    async fn cli_19_a_secret_below_256_bits_makes_no_hmac(op: TestOp) {
        let rp = RelyingParty::register_as(&op, "short", &"s".repeat(31), metadata()).await;
        let mut claims = claims(&op, &rp);
        claims["jti"] = "x".into();
        let input = unsigned(r#"{"alg":"HS256"}"#, &claims.to_string());
        present(&rp, &format!("{input}.{}", "A".repeat(43))).await.refused(401, "invalid_client");
    }

    async fn the_text_of_a_secret_stands_nowhere_in_the_store(op: TestOp) {
        let rp = client(&op, metadata()).await;
        let id = rp.client_id.clone();
        let kept = op.op.db.read(move |connection| latchkey::model::client::store::find(connection, &id)).await;
        let secrets = kept.unwrap().unwrap().secrets;
        assert!(secrets.iter().any(|secret| secret.sealed.is_some()));
        assert!(!format!("{secrets:?}").contains(&rp.secret));
        let plain = op.web_app().await.client_id;
        let kept = op.op.db.read(move |connection| latchkey::model::client::store::find(connection, &plain)).await;
        assert!(kept.unwrap().unwrap().secrets.iter().all(|secret| secret.sealed.is_none()));
    }

    async fn rfc7591_3_2_1_a_client_that_registers_itself_is_given_a_secret_for_it(setup: Setup) {
        let op = setup.config("registration.mode = \"open\"").start();
        let changes = json!({"token_endpoint_auth_method": "client_secret_jwt"});
        let known = registered(&with_members(&op, None, changes.clone()).await);
        let rp = party(&op, &known).await.with_auth(crate::support::Auth::None);
        let unauthorized = with(&op, &rp, json!({})).await;
        // It proved who it is; robots' grants are not open to those who register themselves.
        unauthorized.refused(400, "unauthorized_client");
        present(&rp, &mac(&"x".repeat(64), SymmetricAlgorithm::HS256, &claims(&op, &rp))).await.refused(401, "invalid_client");
        // Who changes to this method is given a secret whose text is kept.
        let known = registered(&with_members(&op, None, json!({})).await);
        let mut metadata = plain();
        metadata.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        metadata["client_id"] = known["client_id"].clone();
        let changed = manage(&op, reqwest::Method::PUT, &known, Some(&metadata)).await;
        let rp = party(&op, &changed.ok().json()).await.with_auth(crate::support::Auth::None);
        assert_ne!(rp.secret, known["client_secret"].as_str().unwrap());
        with(&op, &rp, json!({})).await.refused(400, "unauthorized_client");
    }

    async fn discovery_announces_the_method_and_its_algorithms(op: TestOp) {
        let rp = client(&op, metadata()).await;
        let metadata = Answer::of(rp.raw(reqwest::Method::GET, "/.well-known/openid-configuration")).await.json();
        for endpoint in ["token_endpoint", "introspection_endpoint", "revocation_endpoint"] {
            let has = |member: &str, value: &str| {
                metadata[format!("{endpoint}_{member}")].as_array().unwrap().contains(&json!(value))
            };
            assert!(has("auth_methods_supported", "client_secret_jwt"), "{endpoint}");
            for alg in ["HS256", "HS384", "HS512", "RS256", "EdDSA"] {
                assert!(has("auth_signing_alg_values_supported", alg), "{endpoint} {alg}");
            }
            assert!(!has("auth_signing_alg_values_supported", "none"));
        }
        let assertion = mac(&rp.secret, SymmetricAlgorithm::HS256, &claims(&op, &rp));
        let form = [("token", "x"), ("client_assertion_type", TYPE), ("client_assertion", &assertion)];
        rp.post("/introspect", &form).await.ok();
    }
}
