//! RFC 7523 §2.2, §3, OpenID Connect Core §9: a client proves itself with a key.

use crate::support::assertion::{TYPE, claims, hmac, key, metadata, present, sign, sign_raw, unsigned};
use crate::support::{Answer, RelyingParty, Setup, TestOp, minutes, seconds};
use latchkey::platform::jose::{Algorithm, KeyPair};
use serde_json::{Value, json};
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

/// The answer to a good assertion with some claims changed; `null` takes one out.
async fn with(op: &TestOp, rp: &RelyingParty, changes: Value) -> Answer {
    let mut claims = claims(op, rp);
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    present(rp, &sign(key(), &claims)).await
}

on_both_stores! {
    async fn rfc7523_3_the_audience_is_the_issuer_or_the_token_endpoint(op: TestOp) {
        let rp = op.client(metadata()).await;
        let token_endpoint = format!("{}/token", op.issuer());
        for aud in [
            json!(op.issuer()),
            json!(token_endpoint),
            json!([op.issuer()]),
            json!(["https://x.example", token_endpoint]),
        ] {
            with(&op, &rp, json!({"aud": aud})).await.ok();
        }
        for aud in [
            json!("https://other.example"),
            json!(format!("{}/", op.issuer())),
            json!([]),
            json!({}),
            json!(7),
            Value::Null,
        ] {
            with(&op, &rp, json!({"aud": aud})).await.refused(401, "invalid_client");
        }
    }

    async fn rfc7523_3_an_assertion_is_used_once_whichever_replica_sees_it(op: TestOp) {
        let rp = op.client(metadata()).await;
        let other = op.client(metadata()).await;
        let replica = op.replica();
        let assertion = sign(key(), &claims(&op, &rp));
        present(&rp, &assertion).await.ok();
        present(&rp, &assertion).await.refused(401, "invalid_client");
        present(&rp.through(&replica), &assertion).await.refused(401, "invalid_client");
        // Each client names its own: another's jti says nothing.
        with(&op, &rp, json!({"jti": "one"})).await.ok();
        with(&op, &other, json!({"jti": "one"})).await.ok();
        with(&op, &rp, json!({"jti": "one"})).await.refused(401, "invalid_client");
    }

    async fn cli_07_a_replay_is_noticed_after_a_restart(op: TestOp) {
        let rp = op.client(metadata()).await;
        let assertion = sign(key(), &claims(&op, &rp));
        present(&rp, &assertion).await.ok();
        let op = op.restart();
        present(&rp.through(&op), &assertion).await.refused(401, "invalid_client");
    }

    async fn jwt_13_padding_whitespace_and_trailing_data_are_refused(op: TestOp) {
        let rp = op.client(metadata()).await;
        let good = || sign(key(), &claims(&op, &rp));
        let part = |index: usize| good().split('.').nth(index).unwrap().to_owned();
        for odd in [
            good() + "=",
            good() + "==",
            good() + "\n",
            good() + " ",
            format!(" {}", good()),
            good() + ".x",
            good().replacen('.', "=.", 1),
            good().replacen('.', "\n.", 1),
            format!("{}.{}", part(0), part(1)),
        ] {
            present(&rp, &odd).await.refused(401, "invalid_client");
        }
    }

    async fn rfc7523_3_of_concurrent_uses_one_wins(op: TestOp) {
        let rp = op.client(metadata()).await;
        let replica = op.replica();
        let (assertion, rps) = (sign(key(), &claims(&op, &rp)), [rp.clone(), rp.through(&replica)]);
        let answers = futures_util::future::join_all((0..40).map(|number| present(&rps[number % 2], &assertion))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    }

    async fn cli_06_jti_sub_iss_and_exp_must_be_there(op: TestOp) {
        let rp = op.client(metadata()).await;
        for name in ["jti", "sub", "iss", "exp"] {
            for value in [Value::Null, json!(""), json!([]), json!(true)] {
                with(&op, &rp, json!({name: value})).await.refused(401, "invalid_client");
            }
        }
        with(&op, &rp, json!({"jti": "x".repeat(257)})).await.refused(401, "invalid_client");
    }

    async fn rfc7523_3_an_assertion_lives_for_an_hour_at_most(op: TestOp) {
        let (rp, now) = (op.client(metadata()).await, op.now().seconds());
        with(&op, &rp, json!({"exp": now + 3_600})).await.ok();
        for exp in [now - 61, now + 3_700, 0, -1] {
            with(&op, &rp, json!({"exp": exp})).await.refused(401, "invalid_client");
        }
    }

    async fn t6_a_clock_ten_seconds_ahead_is_fine_and_ninety_are_not(op: TestOp) {
        let (rp, now) = (op.client(metadata()).await, op.now().seconds());
        for claim in ["iat", "nbf"] {
            with(&op, &rp, json!({claim: now + 10})).await.ok();
            with(&op, &rp, json!({claim: now + 90})).await.refused(401, "invalid_client");
        }
    }

    async fn t2_times_beyond_reason_are_refused_in_peace(op: TestOp) {
        let rp = op.client(metadata()).await;
        for claim in ["exp", "nbf", "iat"] {
            for value in [
                json!(u64::MAX),
                json!(i64::MAX),
                json!(1e300),
                json!(i64::MIN),
                json!(506_877_393_600_i64),
                json!("soon"),
            ] {
                with(&op, &rp, json!({claim: value})).await.refused(401, "invalid_client");
            }
        }
    }

    async fn cli_06_issuer_and_subject_are_the_client(op: TestOp) {
        let (rp, other) = (op.client(metadata()).await, op.client(metadata()).await);
        with(&op, &rp, json!({"iss": other.client_id})).await.refused(401, "invalid_client");
        with(&op, &rp, json!({"sub": other.client_id})).await.refused(401, "invalid_client");
        with(&op, &rp, json!({"sub": "nobody", "iss": "nobody"})).await.refused(401, "invalid_client");
        let assertion = sign(key(), &claims(&op, &rp));
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &other.client_id),
            ("client_assertion_type", TYPE),
            ("client_assertion", &assertion),
        ];
        rp.token(&form).await.refused(401, "invalid_client");
    }

    async fn rfc8725_3_1_only_the_registered_key_and_its_algorithm_count(op: TestOp) {
        let rp = op.client(metadata()).await;
        let (stranger, payload) = (KeyPair::generate(Algorithm::ES256).unwrap(), claims(&op, &rp).to_string());
        let kid = key().kid();
        let forged = [
            sign(&stranger, &claims(&op, &rp)),
            sign_raw(&stranger, &json!({"alg": "ES256", "kid": kid}).to_string(), &payload),
            sign_raw(key(), &json!({"alg": "ES384", "kid": kid}).to_string(), &payload),
            sign_raw(key(), &json!({"alg": "RS256", "kid": kid}).to_string(), &payload),
            hmac(json!(key().public_jwk()).to_string().as_bytes(), &claims(&op, &rp)),
            hmac(rp.secret.as_bytes(), &claims(&op, &rp)),
            format!("{}.", unsigned(r#"{"alg":"none"}"#, &payload)),
            format!("{}.AAAA", unsigned(r#"{"alg":"nOnE"}"#, &payload)),
            sign_raw(&stranger, &json!({"alg": "ES256", "jwk": stranger.public_jwk()}).to_string(), &payload),
        ];
        for assertion in forged {
            present(&rp, &assertion).await.refused(401, "invalid_client");
        }
    }

    async fn rfc8725_3_11_a_token_of_another_kind_is_no_assertion(op: TestOp) {
        let rp = op.client(metadata()).await;
        let header = |typ: &str| json!({"alg": "ES256", "kid": key().kid(), "typ": typ}).to_string();
        present(&rp, &sign_raw(key(), &header("client-authentication+jwt"), &claims(&op, &rp).to_string())).await.ok();
        for typ in ["at+jwt", "logout+jwt", "dpop+jwt"] {
            present(&rp, &sign_raw(key(), &header(typ), &claims(&op, &rp).to_string()))
                .await
                .refused(401, "invalid_client");
        }
    }

    async fn t4_critical_extensions_and_ambiguous_json_are_refused(op: TestOp) {
        let rp = op.client(metadata()).await;
        let payload = claims(&op, &rp).to_string();
        let twice = payload.replacen('{', &format!("{{\"iss\":\"{}\",", rp.client_id), 1);
        for (header, payload) in [
            (r#"{"alg":"ES256","crit":["x"],"x":1}"#, payload.as_str()),
            (r#"{"alg":"ES256","crit":[]}"#, &payload),
            (r#"{"alg":"ES256","alg":"ES256"}"#, &payload),
            (r#"{"alg":"ES256"}"#, &twice),
            (r#"{"alg":"ES256"}"#, "[]"),
            (r#"{"alg":"ES256"}"#, &format!("{}{}", "[".repeat(5_000), "]".repeat(5_000))),
        ] {
            present(&rp, &sign_raw(key(), header, payload)).await.refused(401, "invalid_client");
        }
    }

    async fn the_registered_algorithm_is_the_only_one(op: TestOp) {
        let mut metadata = metadata();
        metadata["token_endpoint_auth_signing_alg"] = "RS256".into();
        let rp = op.client(metadata).await;
        with(&op, &rp, json!({})).await.refused(401, "invalid_client");
    }

    async fn rfc7521_4_2_the_type_must_be_named_and_no_other_method_used(op: TestOp) {
        let rp = op.client(metadata()).await;
        let assertion = sign(key(), &claims(&op, &rp));
        let start = [("grant_type", "client_credentials"), ("client_assertion", assertion.as_str())];
        for more in [
            &[][..],
            &[("client_assertion_type", "urn:other")],
            &[("client_assertion_type", TYPE), ("client_secret", "x")],
        ] {
            rp.token(&[&start[..], more].concat()).await.refused(400, "invalid_request");
        }
        // A client with a key has no secret that would do instead.
        rp.with_auth(crate::support::Auth::Basic).token(&start[..1]).await.refused(401, "invalid_client");
    }

    async fn cli_01_introspection_and_revocation_take_assertions_too(op: TestOp) {
        let rp = op.client(metadata()).await;
        let tokens = with(&op, &rp, json!({})).await;
        let token = tokens.ok().json()["access_token"].as_str().unwrap().to_owned();
        for (endpoint, active) in [("/introspect", true), ("/revoke", true), ("/introspect", false)] {
            let assertion = sign(key(), &claims(&op, &rp));
            let form = [("token", token.as_str()), ("client_assertion_type", TYPE), ("client_assertion", &assertion)];
            let answer = rp.post(endpoint, &form).await;
            assert!(endpoint == "/revoke" || answer.ok().json()["active"] == active, "{}", answer.body);
        }
    }

    async fn keys_by_reference_are_fetched_where_the_operator_allows_the_address(setup: Setup) {
        let op = setup.config("egress.allow_addresses = [\"127.0.0.0/8\"]").start();
        let (server, rotated) = (MockServer::start().await, KeyPair::generate(Algorithm::ES256).unwrap());
        publish(&server, key()).await;
        let rp = op.client(by_reference(&server)).await;
        with(&op, &rp, json!({})).await.ok();
        // A new key is noticed by its kid, half a minute later at the earliest.
        server.reset().await;
        publish(&server, &rotated).await;
        op.advance(seconds(31));
        present(&rp, &sign(&rotated, &claims(&op, &rp))).await.ok();
        with(&op, &rp, json!({})).await.refused(401, "invalid_client");
    }

    async fn cli_16_a_place_that_does_not_answer_is_not_asked_by_every_stranger(setup: Setup) {
        let op = setup.config("egress.allow_addresses = [\"127.0.0.0/8\"]").start();
        let server = MockServer::start().await;
        let rp = op.client(by_reference(&server)).await;
        for _ in 0..3 {
            with(&op, &rp, json!({})).await.refused(401, "invalid_client");
        }
        let asked = server.received_requests().await.unwrap().len();
        publish(&server, key()).await;
        op.advance(seconds(31));
        with(&op, &rp, json!({})).await.ok();
        assert_eq!(asked, 1);
    }

    async fn f_27_keys_that_cannot_be_fetched_again_are_used_for_an_hour_and_no_longer(setup: Setup) {
        let op = setup.config("egress.allow_addresses = [\"127.0.0.0/8\"]").start();
        let server = MockServer::start().await;
        publish(&server, key()).await;
        let rp = op.client(by_reference(&server)).await;
        with(&op, &rp, json!({})).await.ok();
        server.reset().await;
        op.advance(minutes(59));
        with(&op, &rp, json!({})).await.ok();
        op.advance(minutes(2));
        with(&op, &rp, json!({})).await.refused(401, "invalid_client");
        publish(&server, key()).await;
        op.advance(seconds(31));
        with(&op, &rp, json!({})).await.ok();
    }

    async fn of_many_requests_that_want_the_same_keys_one_fetches_them(setup: Setup) {
        let op = setup.config("egress.allow_addresses = [\"127.0.0.0/8\"]").start();
        let server = MockServer::start().await;
        publish(&server, key()).await;
        let rp = op.client(by_reference(&server)).await;
        let all = (0..8).map(|_| with(&op, &rp, json!({})));
        futures_util::future::join_all(all).await.iter().for_each(|answer| assert_eq!(answer.status, 200));
        assert_eq!(server.received_requests().await.unwrap().len(), 1);
    }

    async fn keys_by_reference_are_not_fetched_from_a_private_address(op: TestOp) {
        let server = MockServer::start().await;
        publish(&server, key()).await;
        let rp = op.client(by_reference(&server)).await;
        with(&op, &rp, json!({})).await.refused(401, "invalid_client");
        assert_eq!(server.received_requests().await.unwrap().len(), 0);
    }
}

fn by_reference(server: &MockServer) -> Value {
    let jwks_uri = format!("{}/keys", server.uri());
    json!({"token_endpoint_auth_method": "private_key_jwt", "grant_types": ["client_credentials"], "jwks_uri": jwks_uri})
}

async fn publish(server: &MockServer, key: &KeyPair) {
    let set = ResponseTemplate::new(200).set_body_json(json!({"keys": [key.public_jwk()]}));
    Mock::given(path("/keys")).respond_with(set).mount(server).await;
}
