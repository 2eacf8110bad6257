//! OpenID Connect Discovery 1.0, RFC 8414, RFC 7517: what the provider says about itself.

use crate::support::stores::masters;
use crate::support::{Answer, RelyingParty, Setup, TestOp, days};
use reqwest::Method;
use serde_json::{Value, json};

const OPENID: &str = "/.well-known/openid-configuration";
const OAUTH: &str = "/.well-known/oauth-authorization-server";

async fn fetch(rp: &RelyingParty, path: &str) -> Answer {
    Answer::of(rp.raw(Method::GET, path)).await
}

/// An answer at a path of the origin, whatever the issuer's path.
async fn at_root(op: &TestOp, rp: &RelyingParty, path: &str) -> Answer {
    Answer::of(rp.http.get(format!("{}{path}", op.address))).await
}

on_both_stores! {
    async fn oidc_discovery_4_3_the_issuer_is_byte_identical(op: TestOp) {
        let rp = op.web_app().await;
        for path in [OPENID, OAUTH, &format!("{OPENID}/"), &format!("{OAUTH}/")] {
            let answer = fetch(&rp, path).await;
            assert_eq!(answer.ok().json()["issuer"], op.issuer(), "{path}");
            assert_eq!(answer.header("content-type"), "application/json");
        }
    }

    async fn rfc8414_3_1_an_issuer_with_a_path_is_found_in_every_form(setup: Setup) {
        let op = setup.issuer_path("/realms/one").start();
        let rp = op.web_app().await;
        let below = fetch(&rp, OPENID).await;
        assert_eq!(below.ok().json()["issuer"], op.issuer());
        for path in [
            format!("{OPENID}/realms/one"),
            format!("{OAUTH}/realms/one"),
            format!("{OAUTH}/realms/one/"),
            format!("/realms/one{OAUTH}"),
            format!("/realms/one{OPENID}/"),
        ] {
            assert_eq!(at_root(&op, &rp, &path).await.ok().json(), below.json(), "{path}");
        }
        assert_eq!(at_root(&op, &rp, OPENID).await.status, 404);
        assert_eq!(at_root(&op, &rp, &format!("{OPENID}/realms/two")).await.status, 404);
    }

    async fn an_issuer_with_a_path_serves_the_whole_main_job_below_it(setup: Setup) {
        let op = setup.issuer_path("/realms/one").start();
        let (rp, tokens) = op.tokens().await;
        rp.id_claims(&tokens.id_token).await;
        rp.userinfo(&tokens.access_token).await.ok();
    }

    async fn oid_01_what_a_request_says_about_its_host_changes_nothing(op: TestOp) {
        let rp = op.web_app().await;
        let liar = |path: &str| {
            let lies = [
                ("host", "evil.example"),
                ("x-forwarded-host", "evil.example"),
                ("x-forwarded-proto", "https"),
                ("forwarded", "host=evil.example;proto=https"),
                ("x-forwarded-prefix", "/evil"),
                ("x-original-url", "/evil"),
            ];
            lies.iter().fold(rp.raw(Method::GET, path), |request, (name, value)| request.header(*name, *value))
        };
        assert_eq!(Answer::of(liar(OPENID)).await.body, fetch(&rp, OPENID).await.body);
        let answer = Answer::of(liar(&format!("/authorize?{}", rp.request().query()))).await;
        assert!(answer.location().unwrap().starts_with("/login/"), "{:?}", answer.location());
    }

    async fn oidc_discovery_3_the_required_members_are_there_and_true(op: TestOp) {
        let rp = op.web_app().await;
        let metadata = fetch(&rp, OPENID).await.json();
        for (member, path) in [
            ("authorization_endpoint", "/authorize"),
            ("token_endpoint", "/token"),
            ("jwks_uri", "/jwks"),
            ("userinfo_endpoint", "/userinfo"),
            ("introspection_endpoint", "/introspect"),
            ("revocation_endpoint", "/revoke"),
            ("end_session_endpoint", "/logout"),
        ] {
            assert_eq!(metadata[member], format!("{}{path}", op.issuer()), "{member}");
            assert_ne!(fetch(&rp, path).await.status, 404, "{member}");
        }
        for (member, words) in [
            ("response_types_supported", json!(["code", "none"])),
            ("subject_types_supported", json!(["public", "pairwise"])),
            ("code_challenge_methods_supported", json!(["S256"])),
            ("response_modes_supported", json!(["query", "fragment", "form_post"])),
            ("grant_types_supported", json!(["authorization_code", "refresh_token", "client_credentials"])),
        ] {
            assert_eq!(metadata[member], words, "{member}");
        }
        let has = |member: &str, word: &str| metadata[member].as_array().unwrap().contains(&json!(word));
        assert!(has("id_token_signing_alg_values_supported", "RS256") && has("scopes_supported", "openid"));
        assert!(["en", "de", "pt-BR", "zh-Hans", "ar"].iter().all(|tag| has("ui_locales_supported", tag)));
        assert!(
            has("token_endpoint_auth_methods_supported", "none")
                && has("token_endpoint_auth_methods_supported", "private_key_jwt")
        );
        assert!(!has("introspection_endpoint_auth_methods_supported", "none"));
        assert!(
            !metadata.to_string().contains("\"none\",\"RS")
                && !has("token_endpoint_auth_signing_alg_values_supported", "none")
        );
    }

    async fn brw_01_a_script_of_any_origin_may_ask_before_it_reads_the_documents(op: TestOp) {
        let http = crate::support::http::client();
        for path in ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/jwks"] {
            let preflight = http.request(reqwest::Method::OPTIONS, op.url(path)).header("origin", "https://spa.example");
            let preflight = Answer::of(preflight.header("access-control-request-method", "GET")).await;
            assert_eq!((preflight.status, preflight.header("access-control-allow-origin")), (204, "*"), "{path}");
            assert_eq!(preflight.header("access-control-allow-methods"), "GET, HEAD");
            assert_eq!(preflight.header("access-control-allow-credentials"), "");
        }
    }

    async fn rfc9110_13_1_2_the_documents_are_cached_by_their_etag(op: TestOp) {
        let rp = op.web_app().await;
        for path in [OPENID, OAUTH, "/jwks"] {
            let first = fetch(&rp, path).await;
            assert!(first.header("cache-control").contains("max-age=300") && first.header("etag").starts_with('"'));
            assert_eq!(first.header("access-control-allow-origin"), "*");
            for etag in [first.header("etag").to_owned(), format!("\"x\", W/{}", first.header("etag"))] {
                let again = Answer::of(rp.raw(Method::GET, path).header("if-none-match", etag)).await;
                assert_eq!((again.status, again.body.as_str()), (304, ""), "{path}");
            }
            let other = Answer::of(rp.raw(Method::GET, path).header("if-none-match", "\"other\"")).await;
            assert_eq!(other.ok().body, first.body);
            assert_eq!(Answer::of(rp.raw(Method::HEAD, path)).await.ok().body, "");
            let packed = Answer::of(rp.raw(Method::GET, path).header("accept-encoding", "gzip")).await;
            assert_eq!((packed.status, packed.header("content-encoding")), (200, "gzip"));
        }
    }

    async fn rfc7517_5_the_key_set_holds_public_parts_only(op: TestOp) {
        let rp = op.web_app().await;
        let keys = fetch(&rp, "/jwks").await.json()["keys"].as_array().unwrap().clone();
        // A key to encrypt to serves its whole family, so that it names no `alg`.
        let algorithms: Vec<&str> = keys.iter().filter_map(|key| key["alg"].as_str()).collect();
        assert_eq!((algorithms.contains(&"RS256"), algorithms.contains(&"ES256")), (true, true));
        for key in keys {
            assert!(key["kid"].is_string() && (key["use"] == if key["alg"].is_string() { "sig" } else { "enc" }));
            for private in ["d", "p", "q", "dp", "dq", "qi", "k", "oth"] {
                assert!(key.get(private).is_none(), "{private}");
            }
        }
    }

    async fn a_feature_that_is_switched_off_is_neither_announced_nor_served(setup: Setup) {
        let off = ["introspection", "revocation", "userinfo", "logout", "client_credentials"];
        let toml: Vec<String> = off.iter().map(|name| format!("features.{name} = false")).collect();
        let op = setup.config(&toml.join("\n")).start();
        let rp = op.client(json!({"grant_types": ["client_credentials"]})).await;
        let metadata = fetch(&rp, OPENID).await.json();
        for member in ["introspection_endpoint", "revocation_endpoint", "userinfo_endpoint", "end_session_endpoint"] {
            assert!(metadata.get(member).is_none(), "{member}");
        }
        for path in ["/introspect", "/revoke", "/userinfo", "/logout"] {
            assert_eq!(rp.post(path, &[("token", "x")]).await.status, 404, "{path}");
        }
        assert_eq!(metadata["grant_types_supported"], json!(["authorization_code", "refresh_token"]));
        rp.token(&[("grant_type", "client_credentials")]).await.refused(400, "unsupported_grant_type");
    }

    async fn without_refresh_tokens_offline_access_is_not_announced(setup: Setup) {
        let op = setup.config("features.refresh_token = false").start();
        let rp = op.web_app().await;
        let metadata = fetch(&rp, OPENID).await.json();
        assert!(!metadata["scopes_supported"].as_array().unwrap().contains(&json!("offline_access")));
        rp.refresh("lk_rt_x").await.refused(400, "unsupported_grant_type");
    }

    async fn a_new_key_is_published_before_it_signs_and_the_old_one_verifies_until_the_end(op: TestOp) {
        let (rp, before) = op.tokens().await;
        let kids = |set: Value| {
            let signing = set["keys"].as_array().unwrap().iter().filter(|key| key["use"] == "sig");
            signing.map(|key| key["kid"].clone()).collect::<Vec<_>>()
        };
        let (old, etag) = (fetch(&rp, "/jwks").await, fetch(&rp, "/jwks").await.header("etag").to_owned());
        op.advance(days(90));
        latchkey::app::housekeeping(&op.op, &masters()).await.unwrap();
        let ahead = fetch(&rp, "/jwks").await;
        assert_eq!((kids(old.json()).len(), kids(ahead.json()).len()), (2, 4));
        assert_ne!(ahead.header("etag"), etag);
        let rp2 = op.web_app().await;
        let mut browser = op.browser();
        let during = rp2.sign_in(&mut browser, &rp2.request()).await;
        assert_eq!(rp2.verify(&during.id_token).await.0["kid"], rp.verify(&before.id_token).await.0["kid"]);
        op.advance(days(1));
        latchkey::app::housekeeping(&op.op, &masters()).await.unwrap();
        let after = rp2.sign_in(&mut browser, &rp2.request()).await;
        assert_ne!(rp2.verify(&after.id_token).await.0["kid"], rp2.verify(&during.id_token).await.0["kid"]);
        rp2.userinfo(&after.access_token).await.ok();
    }

    async fn an_unknown_address_is_a_page_with_a_reference(op: TestOp) {
        let rp = op.web_app().await;
        for path in ["/nothing", "/.well-known/nothing", "/token/x", "/%00", "/..%2f..%2fetc/passwd"] {
            let answer = fetch(&rp, path).await;
            assert_eq!(answer.status, 404, "{path}");
            assert!(answer.reference().starts_with("LK-"));
            // Nobody's request: no words of OAuth for a person who mistyped an address.
            assert!(!answer.body.contains("OAuth") && !answer.body.contains("invalid_request"), "{path}");
        }
    }
}
