//! OAuth 2.0 Multiple Response Types, Form Post Response Mode, and OpenID Connect Core §3.2, §3.3.

use crate::support::answer::Answer;
use crate::support::relying_party::{REDIRECT_URI, RelyingParty, Request, part};
use crate::support::{Setup, TestOp};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use sha2::Digest as _;
use std::collections::BTreeMap;

const TYPES: [&str; 6] = ["id_token", "id_token token", "code id_token", "code token", "code id_token token", "code"];

/// A provider with the legacy switch, a person, and a client that registered everything.
async fn legacy(setup: Setup) -> (TestOp, RelyingParty) {
    let op = setup.config("[legacy]\nimplicit = true").start();
    op.person("ada").await;
    let rp = op.client(everything()).await;
    (op, rp)
}

fn everything() -> serde_json::Value {
    json!({
        "redirect_uris": [REDIRECT_URI], "grant_types": ["authorization_code", "implicit"],
        "response_types": [TYPES[0], TYPES[1], TYPES[2], TYPES[3], TYPES[4], TYPES[5], "none"],
    })
}

fn left_half(value: &str) -> String {
    URL_SAFE_NO_PAD.encode(&sha2::Sha256::digest(value)[..16])
}

/// What came back holds what its type says, bound together by hashes.
async fn judge(rp: &RelyingParty, request: &Request, response: &BTreeMap<String, String>) {
    let response_type = request.find("response_type").unwrap();
    let words: Vec<&str> = response_type.split(' ').collect();
    for (word, member) in [("code", "code"), ("id_token", "id_token"), ("token", "access_token")] {
        assert_eq!(response.contains_key(member), words.contains(&word), "{response_type}: {member}");
    }
    assert_eq!(response["state"], request.find("state").unwrap());
    assert_eq!(response["iss"], rp.issuer);
    if let Some(id_token) = response.get("id_token") {
        let claims = rp.id_claims(id_token).await;
        assert_eq!(claims["nonce"], request.find("nonce").unwrap());
        assert_eq!(claims["s_hash"], left_half(&response["state"]));
        let hash = |member: &str| response.get(member).map(|value| left_half(value));
        assert_eq!(claims["c_hash"].as_str().map(str::to_owned), hash("code"), "{response_type}");
        assert_eq!(claims["at_hash"].as_str().map(str::to_owned), hash("access_token"), "{response_type}");
    }
    if let Some(access_token) = response.get("access_token") {
        assert_eq!((response["token_type"].as_str(), response["expires_in"].as_str()), ("Bearer", "600"));
        assert_eq!(rp.userinfo(access_token).await.ok().json()["email"], "ada@example.com");
    }
}

on_both_stores! {
    async fn oidc_core_3_3_every_type_comes_back_in_the_fragment_bound_by_hashes(setup: Setup) {
        let (op, rp) = legacy(setup).await;
        let mut browser = op.browser();
        for response_type in TYPES {
            let request = rp.request().with("response_type", response_type);
            let answer = browser.walk(&request.url()).await;
            let location = answer.location().unwrap_or_else(|| panic!("{response_type}: {}", answer.body)).to_owned();
            assert_eq!(location.contains('#'), response_type != "code", "{response_type}: {location}");
            let response = answer.response();
            judge(&rp, &request, &response).await;
            if let Some(code) = response.get("code") {
                let tokens = rp.redeem(code, &request).await.ok().json();
                let (front, back) = (response.get("id_token"), tokens["id_token"].as_str().unwrap());
                let sub = part(back, 1)["sub"].clone();
                assert!(front.is_none_or(|front| part(front, 1)["sub"] == sub), "§3.3.3.6: the same person");
            }
        }
    }

    async fn form_post_2_the_same_members_travel_in_a_form(setup: Setup) {
        let (op, rp) = legacy(setup).await;
        let mut browser = op.browser();
        for response_type in TYPES {
            let request = rp.request().with("response_type", response_type).with("response_mode", "form_post");
            let answer = browser.walk(&request.url()).await;
            assert_eq!(answer.status, 200, "{response_type}");
            assert_eq!(browser.form().action, REDIRECT_URI);
            assert_eq!(answer.header("cache-control"), "no-store");
            judge(&rp, &request, &answer.response()).await;
        }
        let request = rp.request().with("response_mode", "form_post").with("prompt", "none").with("max_age", "0");
        let answer = browser.open(&request.url()).await;
        assert_eq!(answer.response()["error"], "login_required");
    }

    async fn multiple_response_types_5_a_query_never_carries_tokens(setup: Setup) {
        let (op, rp) = legacy(setup).await;
        for response_type in TYPES.iter().filter(|known| **known != "code") {
            let request = rp.request().with("response_type", response_type).with("response_mode", "query");
            let answer = op.browser().open(&request.url()).await;
            assert!(answer.location().unwrap().starts_with(&format!("{REDIRECT_URI}#")), "{response_type}");
            assert_eq!(answer.response()["error"], "invalid_request", "{response_type}");
        }
        let answer = op.browser().walk(&rp.request().with("response_mode", "fragment").url()).await;
        assert!(answer.response().contains_key("code") && answer.location().unwrap().contains('#'));
    }

    async fn multiple_response_types_4_none_proves_the_sign_in_and_gives_nothing(setup: Setup) {
        let (op, rp) = legacy(setup).await;
        let request = rp.request().with("response_type", "none");
        let response = op.browser().walk(&request.url()).await.query();
        assert_eq!(response.keys().collect::<Vec<_>>(), ["iss", "session_state", "state"]);
    }

    async fn oidc_core_3_2_2_1_an_id_token_from_the_front_needs_a_nonce(setup: Setup) {
        let (op, rp) = legacy(setup).await;
        for response_type in ["id_token", "id_token token", "code id_token", "code id_token token"] {
            let request = rp.request().with("response_type", response_type).without("nonce");
            let answer = op.browser().open(&request.url()).await;
            assert_eq!(answer.response()["error"], "invalid_request", "{response_type}");
        }
        let request = rp.request().with("response_type", "code token").without("nonce");
        assert!(op.browser().walk(&request.url()).await.response().contains_key("access_token"));
    }

    async fn oidc_core_5_4_an_id_token_that_comes_alone_carries_the_claims_of_the_scope(setup: Setup) {
        let (op, rp) = legacy(setup).await;
        let mut browser = op.browser();
        for (response_type, carried) in [("id_token", true), ("id_token token", false), ("code id_token", false)] {
            let response = browser.walk(&rp.request().with("response_type", response_type).url()).await.response();
            let claims = rp.id_claims(&response["id_token"]).await;
            assert_eq!(claims.get("email").is_some(), carried, "{response_type}");
        }
    }

    async fn cod_14_without_the_switch_nothing_comes_from_the_front(op: TestOp) {
        let rp = op.client(everything()).await;
        for response_type in TYPES.iter().filter(|known| **known != "code") {
            let answer = op.browser().open(&rp.request().with("response_type", response_type).url()).await;
            assert_eq!(answer.response()["error"], "unsupported_response_type", "{response_type}");
        }
    }

    async fn cod_16_the_switch_is_the_clients_own(setup: Setup) {
        let (op, _) = legacy(setup).await;
        let rp = op.web_app().await;
        for response_type in ["id_token", "code token", "none"] {
            let answer = op.browser().open(&rp.request().with("response_type", response_type).url()).await;
            assert_eq!(answer.response()["error"], "unauthorized_client", "{response_type}");
        }
    }

    async fn tok_14_a_front_channel_token_ends_with_its_session(setup: Setup) {
        let (op, rp) = legacy(setup).await;
        let mut browser = op.browser();
        let request = rp.request().with("response_type", "id_token token");
        let response = browser.walk(&request.url()).await.response();
        assert_eq!(rp.introspect(&response["access_token"]).await.json()["active"], true);
        let hint = [("id_token_hint", response["id_token"].as_str())];
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(hint).finish();
        browser.open(&op.url(&format!("/logout?{query}"))).await;
        assert_eq!(rp.introspect(&response["access_token"]).await.json()["active"], false);
    }

    async fn form_post_2_a_deny_travels_the_same_way(setup: Setup) {
        let (op, rp) = legacy(setup).await;
        let mut browser = op.browser();
        browser.open(&rp.request().with("response_mode", "form_post").url()).await;
        browser.sign_in("ada", crate::support::people::PASSWORD).await;
        let answer: Answer = browser.deny().await;
        assert_eq!(answer.response()["error"], "access_denied");
        assert_eq!(browser.form().action, REDIRECT_URI);
    }
}
