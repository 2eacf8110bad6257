//! OpenID Connect Core §6, RFC 9101: authorization requests as signed objects, by value and by reference.

use crate::support::assertion::{key, sign_raw, unsigned};
use crate::support::people::PASSWORD;
use crate::support::relying_party::{REDIRECT_URI, web_app};
use crate::support::{Answer, RelyingParty, Request, Setup, TestOp, minutes, seconds};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey::platform::jose::jwe::{ContentEncryption, Envelope, KeyManagement, RecipientKey, encrypt};
use latchkey::platform::jose::{Algorithm, KeyPair, MacKey, SymmetricAlgorithm};
use latchkey::platform::random::OsRandom;
use latchkey::platform::secret::Secret;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

/// A web application with a key.
fn metadata() -> Value {
    let mut metadata = web_app();
    metadata["jwks"] = json!({"keys": [key().public_jwk()]});
    metadata
}

fn with_alg(alg: &str) -> Value {
    let mut metadata = metadata();
    metadata["request_object_signing_alg"] = alg.into();
    metadata
}

/// The parameters of a request as claims.
fn claims(request: &Request) -> Value {
    request
        .parameters
        .iter()
        .map(|(name, value)| (name.clone(), json!(value)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn changed(request: &Request, changes: Value) -> Value {
    let mut claims = claims(request);
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
}

fn signed(claims: &Value) -> String {
    sign_raw(key(), &json!({"alg": "ES256", "kid": key().kid()}).to_string(), &claims.to_string())
}

/// What stands outside: as little as OpenID Connect Core §6.1 allows.
fn outer(rp: &RelyingParty, more: &[(&str, &str)]) -> String {
    let start = [("client_id", rp.client_id.as_str()), ("response_type", "code"), ("scope", "openid")];
    let outside = [("redirect_uri", REDIRECT_URI), ("state", "outside")];
    let all = start.iter().chain(&outside).chain(more);
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(all).finish();
    format!("{}/authorize?{query}", rp.base)
}

fn by_value(rp: &RelyingParty, object: &str) -> String {
    outer(rp, &[("request", object)])
}

/// The answer to an object over a good request with some claims changed.
async fn with(op: &TestOp, rp: &RelyingParty, changes: Value) -> Answer {
    op.browser().open(&by_value(rp, &signed(&changed(&rp.request(), changes)))).await
}

/// A request that was let in waits at the sign-in page.
#[track_caller]
fn let_in(answer: &Answer) {
    answer.ok();
    assert!(answer.body.contains("id=\"username\""), "{}", answer.body);
}

#[track_caller]
fn refused(answer: &Answer, error: &str) {
    answer.refused(303, error);
    assert!(answer.location().unwrap().starts_with(REDIRECT_URI) && answer.description().contains("LK-"), "{error}");
}

on_both_stores! {
    async fn core_6_1_an_object_by_value_signs_a_person_in(op: TestOp) {
        op.person("ada").await;
        let rp = op.client(metadata()).await;
        let request = rp.request();
        let answer = op.browser().walk(&by_value(&rp, &signed(&claims(&request)))).await;
        let query = answer.query();
        // RFC 9101 §6.3: what is outside does not count.
        assert_eq!(Some(query["state"].as_str()), request.find("state"));
        let tokens = rp.redeem(&query["code"], &request).await.ok().json();
        assert_eq!(tokens["scope"], "openid profile email");
        let id_token = rp.id_claims(tokens["id_token"].as_str().unwrap()).await;
        assert_eq!(id_token["nonce"].as_str(), request.find("nonce"));
    }

    async fn rfc9101_5_client_id_and_the_object_are_enough_outside(op: TestOp) {
        op.person("ada").await;
        let rp = op.client(metadata()).await;
        let request = rp.request();
        let query = [("client_id", rp.client_id.as_str()), ("request", &signed(&claims(&request)))];
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        let code = op.browser().walk(&format!("{}/authorize?{query}", rp.base)).await.query()["code"].clone();
        rp.redeem(&code, &request).await.ok();
    }

    async fn par_08_a_parameter_outside_cannot_add_or_replace(op: TestOp) {
        op.person("ada").await;
        let rp = op.client(metadata()).await;
        let request = rp.request().without("state").without("nonce");
        let url = outer(&rp, &[
            ("request", &signed(&claims(&request))),
            ("nonce", "outside"),
            ("prompt", "none"),
            ("max_age", "0"),
        ]);
        let query = op.browser().walk(&url).await.query();
        assert!(!query.contains_key("state"));
        let tokens = rp.redeem(&query["code"], &request).await.ok().json();
        assert!(rp.id_claims(tokens["id_token"].as_str().unwrap()).await.get("nonce").is_none());
        // A redirect_uri outside doesn't stand in for the one inside.
        let answer = with(&op, &rp, json!({"redirect_uri": "https://evil.example/"})).await;
        answer.refused(400, "invalid_request");
    }

    async fn core_6_1_a_post_carries_an_object_too(op: TestOp) {
        let rp = op.client(metadata()).await;
        let object = signed(&claims(&rp.request()));
        let form = [("client_id", rp.client_id.as_str()), ("response_type", "code"), ("request", &object)];
        let mut browser = op.browser();
        let answer = browser.post("/authorize", &form).await;
        assert!(answer.status == 200 && answer.body.contains("id=\"username\"") || answer.status == 303, "{}", answer.body);
        let bad = [("client_id", rp.client_id.as_str()), ("redirect_uri", REDIRECT_URI), ("request", "x.y.z")];
        refused(&op.browser().post("/authorize", &bad).await, "invalid_request_object");
    }

    async fn rfc9101_4_numbers_and_objects_are_read_as_parameters(op: TestOp) {
        op.person("ada").await;
        let rp = op.client(metadata()).await;
        let mut browser = op.browser();
        browser.walk(&rp.request().url()).await;
        op.advance(minutes(5));
        let older = |max_age: Value| changed(&rp.request(), json!({"max_age": max_age, "prompt": "none"}));
        refused(&browser.open(&by_value(&rp, &signed(&older(json!(60))))).await, "login_required");
        assert!(browser.open(&by_value(&rp, &signed(&older(json!(3_600))))).await.query().contains_key("code"));
        refused(&browser.open(&by_value(&rp, &signed(&older(json!(-1))))).await, "invalid_request");
    }

    async fn core_6_1_client_id_and_response_type_must_be_the_same_inside(op: TestOp) {
        let (rp, other) = (op.client(metadata()).await, op.client(metadata()).await);
        for changes in [
            json!({"client_id": other.client_id}),
            json!({"client_id": 7}),
            json!({"response_type": "code id_token"}),
        ] {
            refused(&with(&op, &rp, changes).await, "invalid_request_object");
        }
    }

    async fn rfc9101_6_issuer_and_audience_are_judged_where_they_are_there(op: TestOp) {
        let rp = op.client(metadata()).await;
        for changes in [
            json!({"iss": rp.client_id, "aud": op.issuer()}),
            json!({"aud": ["https://other.example", op.issuer()]}),
        ] {
            let_in(&with(&op, &rp, changes).await);
        }
        for changes in [
            json!({"iss": "other"}),
            json!({"iss": 7}),
            json!({"iss": null}),
            json!({"aud": "https://other.example"}),
            json!({"aud": format!("{}/", op.issuer())}),
            json!({"aud": []}),
            json!({"aud": null}),
        ] {
            refused(&with(&op, &rp, changes).await, "invalid_request_object");
        }
    }

    async fn rfc9101_6_times_are_judged_where_they_are_there(op: TestOp) {
        let (rp, now) = (op.client(metadata()).await, op.now().seconds());
        let_in(&with(&op, &rp, json!({"exp": now + 60, "nbf": now, "iat": now})).await);
        for changes in [
            json!({"exp": now - 61}),
            json!({"nbf": now + 61}),
            json!({"iat": now + 61}),
            json!({"exp": "soon"}),
            json!({"exp": u64::MAX}),
            json!({"nbf": 1e300}),
        ] {
            refused(&with(&op, &rp, changes).await, "invalid_request_object");
        }
    }

    async fn an_object_that_ends_while_the_person_signs_in_has_done_its_work(op: TestOp) {
        op.person("ada").await;
        let rp = op.client(metadata()).await;
        let request = rp.request();
        let object = signed(&changed(&request, json!({"exp": op.now().seconds() + 30})));
        let mut browser = op.browser();
        let_in(&browser.open(&by_value(&rp, &object)).await);
        op.advance(minutes(5));
        browser.sign_in("ada", PASSWORD).await;
        let answer = browser.allow().await;
        rp.redeem(&answer.query()["code"], &request).await.ok();
        refused(&op.browser().open(&by_value(&rp, &object)).await, "invalid_request_object");
    }

    async fn par_07_an_unsigned_object_is_refused_whatever_is_registered(op: TestOp) {
        for metadata in [metadata(), with_alg("none"), with_alg("ES256")] {
            let rp = op.client(metadata).await;
            let claims = claims(&rp.request()).to_string();
            for alg in ["none", "None", "NONE", "nOnE"] {
                let header = json!({"alg": alg}).to_string();
                for end in ["", "AAAA"] {
                    let object = format!("{}.{end}", unsigned(&header, &claims));
                    refused(&op.browser().open(&by_value(&rp, &object)).await, "invalid_request_object");
                }
            }
        }
    }

    async fn par_07_only_the_registered_algorithm_and_the_clients_key_count(op: TestOp) {
        let let_through = op.client(with_alg("ES256")).await;
        let_in(&with(&op, &let_through, json!({})).await);
        for alg in ["RS256", "none", "ES256K", "HS256"] {
            let rp = op.client(with_alg(alg)).await;
            refused(&with(&op, &rp, json!({})).await, "invalid_request_object");
        }
        let (rp, stranger) = (op.client(metadata()).await, KeyPair::generate(Algorithm::ES256).unwrap());
        let claims = claims(&rp.request()).to_string();
        let mac = |secret: &str| {
            MacKey::new(secret.as_bytes()).unwrap().sign(SymmetricAlgorithm::HS256, "JWT", claims.as_bytes()).unwrap()
        };
        for object in [
            sign_raw(&stranger, r#"{"alg":"ES256"}"#, &claims),
            sign_raw(&stranger, &json!({"alg": "ES256", "kid": key().kid()}).to_string(), &claims),
            sign_raw(&stranger, &json!({"alg": "ES256", "jwk": stranger.public_jwk()}).to_string(), &claims),
            mac(&json!(key().public_jwk()).to_string()),
            mac(&rp.secret),
            signed(&json!([])),
            sign_raw(key(), r#"{"alg":"ES256","crit":["x"],"x":1}"#, &claims),
            sign_raw(key(), r#"{"alg":"ES256"}"#, &claims.replacen('{', "{\"scope\":\"openid\",", 1)),
            "x.y.z".to_owned(),
            "x".to_owned(),
            format!("{}.x.y", signed(&json!({}))),
        ] {
            refused(&op.browser().open(&by_value(&rp, &object)).await, "invalid_request_object");
        }
        let keyless = op.web_app().await;
        refused(&with(&op, &keyless, json!({})).await, "invalid_request_object");
    }

    async fn jwt_11_a_token_of_another_kind_is_no_request_object(op: TestOp) {
        let rp = op.client(metadata()).await;
        for (typ, good) in [("oauth-authz-req+jwt", true), ("JWT", true), ("at+jwt", false), ("logout+jwt", false)] {
            let header = json!({"alg": "ES256", "typ": typ}).to_string();
            let object = sign_raw(key(), &header, &claims(&rp.request()).to_string());
            let answer = op.browser().open(&by_value(&rp, &object)).await;
            if good { let_in(&answer) } else { refused(&answer, "invalid_request_object") };
        }
    }

    async fn core_10_1_an_object_may_be_signed_with_the_secret(op: TestOp) {
        op.person("ada").await;
        let rp = op.client(with_alg("HS256")).await.rotate_secret(&op, seconds(0)).await;
        let mac = |rp: &RelyingParty, algorithm, claims: &Value| {
            let key = MacKey::new(rp.secret.as_bytes()).unwrap();
            key.sign(algorithm, "JWT", claims.to_string().as_bytes()).unwrap()
        };
        let request = rp.request();
        let object = mac(&rp, SymmetricAlgorithm::HS256, &claims(&request));
        let code = op.browser().walk(&by_value(&rp, &object)).await.query()["code"].clone();
        rp.redeem(&code, &request).await.ok();
        let other = mac(&rp, SymmetricAlgorithm::HS512, &claims(&request));
        refused(&op.browser().open(&by_value(&rp, &other)).await, "invalid_request_object");
        // Both secrets are good while one replaces the other.
        let next = rp.rotate_secret(&op, minutes(10)).await;
        for rp in [&rp, &next] {
            let object = mac(rp, SymmetricAlgorithm::HS256, &claims(&rp.request()));
            let_in(&op.browser().open(&by_value(rp, &object)).await);
        }
        op.advance(minutes(11));
        refused(&op.browser().open(&by_value(&rp, &object)).await, "invalid_request_object");
    }

    async fn core_10_2_an_object_may_be_encrypted_with_the_secret_around_its_signature(op: TestOp) {
        op.person("ada").await;
        for (alg, enc) in [("dir", None), ("A256KW", Some("A256GCM"))] {
            let mut metadata = metadata();
            metadata["request_object_encryption_alg"] = alg.into();
            metadata["request_object_encryption_enc"] = enc.into();
            let rp = op.client(metadata).await;
            let (used, content) = (KeyManagement::parse(alg).unwrap(), ContentEncryption::parse(enc.unwrap_or("A128CBC-HS256")).unwrap());
            let sealed = |text: &str, secret: &str, alg, enc| {
                let envelope = Envelope { alg, enc, typ: None, cty: Some("JWT") };
                let recipient = RecipientKey::from_client_secret(&Secret::new(secret.to_owned()));
                encrypt(text.as_bytes(), &recipient, &envelope, &OsRandom).unwrap()
            };
            let request = rp.request();
            let inner = signed(&claims(&request));
            let object = sealed(&inner, &rp.secret, used, content);
            let code = op.browser().walk(&by_value(&rp, &object)).await.query()["code"].clone();
            rp.redeem(&code, &request).await.ok();
            // It may be encrypted, and need not be.
            let_in(&with(&op, &rp, json!({})).await);
            let stranger = KeyPair::generate(Algorithm::ES256).unwrap();
            let unsigned = format!("{}.", unsigned(r#"{"alg":"none"}"#, &claims(&request).to_string()));
            for object in [
                sealed(&inner, &"x".repeat(64), used, content),
                sealed(&inner, &rp.secret, KeyManagement::A128kw, content),
                sealed(&inner, &rp.secret, used, ContentEncryption::A192gcm),
                sealed(&claims(&request).to_string(), &rp.secret, used, content),
                sealed(&unsigned, &rp.secret, used, content),
                sealed(&sign_raw(&stranger, r#"{"alg":"ES256"}"#, &claims(&request).to_string()), &rp.secret, used, content),
                sealed(&object, &rp.secret, used, content),
            ] {
                refused(&op.browser().open(&by_value(&rp, &object)).await, "invalid_request_object");
            }
            // Without a registration nothing is decrypted.
            let plain = op.client(self::metadata()).await;
            refused(&op.browser().open(&by_value(&plain, &sealed(&inner, &plain.secret, used, content))).await, "invalid_request_object");
        }
    }

    async fn par_11_an_object_has_no_other_inside_or_beside_it(op: TestOp) {
        let rp = op.client(metadata()).await;
        for changes in [json!({"request": "x.y.z"}), json!({"request_uri": "https://rp.example/r"})] {
            refused(&with(&op, &rp, changes).await, "invalid_request_object");
        }
        let both = [("request", "x.y.z"), ("request_uri", "https://rp.example/r")];
        refused(&op.browser().open(&outer(&rp, &both)).await, "invalid_request");
    }

    async fn rfc6749_4_1_2_1_without_a_proven_way_back_an_error_is_a_page(op: TestOp) {
        let rp = op.client(metadata()).await;
        let object = signed(&claims(&rp.request()));
        for (client_id, redirect_uri, request, error) in [
            (rp.client_id.as_str(), "https://evil.example/", "x.y.z", "invalid_request_object"),
            (rp.client_id.as_str(), "", "x.y.z", "invalid_request_object"),
            ("nobody", REDIRECT_URI, object.as_str(), "unauthorized_client"),
            ("", REDIRECT_URI, object.as_str(), "invalid_request"),
        ] {
            let pairs = [("client_id", client_id), ("redirect_uri", redirect_uri), ("scope", "openid"), ("request", request)];
            let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
            let answer = op.browser().open(&format!("{}/authorize?{query}", rp.base)).await;
            answer.refused(400, error);
            assert_eq!(answer.location(), None);
        }
    }

    async fn errors_of_what_is_inside_travel_as_those_of_any_request(op: TestOp) {
        let rp = op.client(metadata()).await;
        let request = rp.request();
        let object = signed(&changed(&request, json!({"prompt": "none"})));
        let answer = op.browser().open(&by_value(&rp, &object)).await;
        refused(&answer, "login_required");
        assert_eq!(Some(answer.query()["state"].as_str()), request.find("state"));
        refused(&with(&op, &rp, json!({"registration": {}})).await, "registration_not_supported");
        refused(&with(&op, &rp, json!({"nonce": "n".repeat(1_025)})).await, "invalid_request");
    }

    async fn core_6_2_by_reference_is_off_until_the_operator_asks_for_it(op: TestOp) {
        let rp = op.client(metadata()).await;
        refused(&op.browser().open(&outer(&rp, &[("request_uri", "https://rp.example/r")])).await, "request_uri_not_supported");
        let metadata = discovery(&rp).await;
        assert_eq!((&metadata["request_parameter_supported"], &metadata["request_uri_parameter_supported"]), (&json!(true), &json!(false)));
        let algorithms = metadata["request_object_signing_alg_values_supported"].as_array().unwrap();
        assert!(algorithms.contains(&json!("PS256")) && algorithms.contains(&json!("HS256")) && !algorithms.contains(&json!("none")));
    }

    async fn core_6_2_an_object_by_reference_signs_a_person_in(setup: Setup) {
        let (op, server) = (setup.config(BY_REFERENCE).start(), MockServer::start().await);
        assert_eq!(discovery(&op.web_app().await).await["request_uri_parameter_supported"], true);
        op.person("ada").await;
        let rp = registered(&op, &server, &["/object"]).await;
        let request = rp.request();
        publish(&server, "/object", &format!("{}\n", signed(&claims(&request)))).await;
        let url = outer(&rp, &[("request_uri", &format!("{}/object", server.uri()))]);
        let code = op.browser().walk(&url).await.query()["code"].clone();
        rp.redeem(&code, &request).await.ok();
        // Sign-in, consent and the way back work with what was fetched at first: it may have been good for one fetch.
        assert_eq!(server.received_requests().await.unwrap().len(), 1);
    }

    async fn core_6_2_a_fragment_with_the_hash_holds_the_content_fast(setup: Setup) {
        let (op, server) = (setup.config(BY_REFERENCE).start(), MockServer::start().await);
        let rp = registered(&op, &server, &["/object"]).await;
        let object = signed(&claims(&rp.request()));
        publish(&server, "/object", &object).await;
        let uri = |content: &str| {
            format!("{}/object#{}", server.uri(), URL_SAFE_NO_PAD.encode(Sha256::digest(content)))
        };
        for _ in 0..3 {
            let_in(&op.browser().open(&outer(&rp, &[("request_uri", &uri(&object))])).await);
        }
        assert_eq!(server.received_requests().await.unwrap().len(), 1);
        // Any other fragment is a sign of the client's own, which promises nothing.
        for _ in 0..2 {
            let_in(&op.browser().open(&outer(&rp, &[("request_uri", &uri("another"))])).await);
        }
        let word = format!("{}/object#section", server.uri());
        for _ in 0..2 {
            let_in(&op.browser().open(&outer(&rp, &[("request_uri", &word)])).await);
        }
        assert_eq!(server.received_requests().await.unwrap().len(), 5);
    }

    async fn par_10_only_registered_addresses_are_fetched(setup: Setup) {
        let (op, server) = (setup.config(BY_REFERENCE).start(), MockServer::start().await);
        let rp = registered(&op, &server, &["/object"]).await;
        let base = server.uri();
        for uri in [
            format!("{base}/other"),
            format!("{base}/object/"),
            format!("{base}/object?x=1"),
            format!("{base}/OBJECT"),
            format!("{base}/x/../object"),
            format!("{}/object", base.replace("127.0.0.1", "localhost")),
            format!("{base}/object#{}", "x".repeat(512)),
            "urn:ietf:params:oauth:request_uri:abc".to_owned(),
            "file:///etc/passwd".to_owned(),
            "x".to_owned(),
        ] {
            refused(&op.browser().open(&outer(&rp, &[("request_uri", &uri)])).await, "invalid_request_uri");
        }
        let unregistered = op.client(metadata()).await;
        let uri = format!("{base}/object");
        refused(&op.browser().open(&outer(&unregistered, &[("request_uri", &uri)])).await, "invalid_request_uri");
        assert_eq!(server.received_requests().await.unwrap().len(), 0);
    }

    async fn par_10_what_a_fetch_may_not_bring_is_refused(setup: Setup) {
        let (op, server) = (setup.config(BY_REFERENCE).start(), MockServer::start().await);
        let rp = registered(&op, &server, &["/missing", "/moved", "/long", "/huge", "/bytes", "/text", "/unsigned"]).await;
        let answer = |place: &'static str, template: ResponseTemplate| Mock::given(path(place)).respond_with(template).mount(&server);
        answer("/moved", ResponseTemplate::new(302).insert_header("location", "/text")).await;
        answer("/long", ResponseTemplate::new(200).set_body_string("x".repeat(32 * 1024 + 1))).await;
        answer("/huge", ResponseTemplate::new(200).set_body_string("x".repeat(65 * 1024))).await;
        answer("/bytes", ResponseTemplate::new(200).set_body_bytes(vec![0xff; 10])).await;
        answer("/text", ResponseTemplate::new(200).set_body_string("hello")).await;
        let none = format!("{}.", unsigned(r#"{"alg":"none"}"#, &claims(&rp.request()).to_string()));
        answer("/unsigned", ResponseTemplate::new(200).set_body_string(none)).await;
        for (place, error) in [
            ("/missing", "invalid_request_uri"),
            ("/moved", "invalid_request_uri"),
            ("/long", "invalid_request_uri"),
            ("/huge", "invalid_request_uri"),
            ("/bytes", "invalid_request_uri"),
            ("/text", "invalid_request_object"),
            ("/unsigned", "invalid_request_object"),
        ] {
            let uri = format!("{}{place}", server.uri());
            let answer = op.browser().open(&outer(&rp, &[("request_uri", &uri)])).await;
            refused(&answer, error);
            // What the fetch met is for the log: an answer would let others look around through us.
            let told = answer.description();
            assert!(!told.contains("404") && !told.contains("redirect (") && !told.contains(&server.uri()), "{told}");
        }
    }

    async fn cli_16_a_private_address_is_not_fetched_from(setup: Setup) {
        let (op, server) = (setup.config("features.request_uri = true").start(), MockServer::start().await);
        let rp = registered(&op, &server, &["/object"]).await;
        publish(&server, "/object", &signed(&claims(&rp.request()))).await;
        let uri = format!("{}/object", server.uri());
        refused(&op.browser().open(&outer(&rp, &[("request_uri", &uri)])).await, "invalid_request_uri");
        assert_eq!(server.received_requests().await.unwrap().len(), 0);
    }

    async fn core_10_1_1_a_new_key_is_noticed_by_its_kid(setup: Setup) {
        let (op, server) = (setup.config(BY_REFERENCE).start(), MockServer::start().await);
        let rotated = KeyPair::generate(Algorithm::ES256).unwrap();
        let mut metadata = web_app();
        metadata["jwks_uri"] = format!("{}/keys", server.uri()).into();
        let rp = op.client(metadata).await;
        publish(&server, "/keys", &json!({"keys": [key().public_jwk()]}).to_string()).await;
        let_in(&with(&op, &rp, json!({})).await);
        server.reset().await;
        publish(&server, "/keys", &json!({"keys": [rotated.public_jwk()]}).to_string()).await;
        op.advance(seconds(31));
        let header = json!({"alg": "ES256", "kid": rotated.kid()}).to_string();
        let object = sign_raw(&rotated, &header, &claims(&rp.request()).to_string());
        let_in(&op.browser().open(&by_value(&rp, &object)).await);
        refused(&with(&op, &rp, json!({})).await, "invalid_request_object");
    }
}

const BY_REFERENCE: &str = "features.request_uri = true\negress.allow_addresses = [\"127.0.0.0/8\"]";

async fn registered(op: &TestOp, server: &MockServer, places: &[&str]) -> RelyingParty {
    let mut metadata = metadata();
    metadata["request_uris"] = places.iter().map(|place| format!("{}{place}", server.uri())).collect();
    op.client(metadata).await
}

async fn publish(server: &MockServer, place: &str, content: &str) {
    Mock::given(path(place)).respond_with(ResponseTemplate::new(200).set_body_string(content)).mount(server).await;
}

async fn discovery(rp: &RelyingParty) -> Value {
    Answer::of(rp.raw(reqwest::Method::GET, "/.well-known/openid-configuration")).await.json()
}
