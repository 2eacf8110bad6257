//! OpenID Connect Core 1.0 §2, §3.1: authentication requests and ID tokens.

use crate::support::people::PASSWORD;
use crate::support::relying_party::web_app;
use crate::support::{Browser, RelyingParty, Setup, TestOp, seconds};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use sha2::{Digest as _, Sha256};

/// Ada is signed in and has allowed the application what it usually asks for.
async fn signed_in(op: &TestOp) -> (RelyingParty, Browser) {
    op.person("ada").await;
    let (rp, mut browser) = (op.web_app().await, op.browser());
    rp.sign_in(&mut browser, &rp.request()).await;
    (rp, browser)
}

on_both_stores! {
    async fn oidc_core_2_the_id_token_tells_who_for_whom_and_since_when(op: TestOp) {
        let ada = op.person("ada").await;
        let rp = op.web_app().await;
        let request = rp.request();
        let tokens = rp.sign_in(&mut op.browser(), &request).await;
        let (claims, now) = (rp.id_claims(&tokens.id_token).await, op.now().seconds());
        assert_eq!(claims["sub"], ada.sub);
        assert_eq!(
            (&claims["iat"], &claims["exp"], &claims["auth_time"]),
            (&json!(now), &json!(now + 600), &json!(now))
        );
        assert_eq!((&claims["acr"], &claims["amr"]), (&json!("1fa"), &json!(["pwd"])));
        assert_eq!(claims["nonce"].as_str(), request.find("nonce"));
    }

    async fn oidc_core_3_1_3_6_at_hash_is_the_left_half_of_the_access_tokens_hash(op: TestOp) {
        let (rp, tokens) = op.tokens().await;
        let hash = Sha256::digest(tokens.access_token.as_bytes());
        assert_eq!(rp.id_claims(&tokens.id_token).await["at_hash"], URL_SAFE_NO_PAD.encode(&hash[..16]));
    }

    async fn oidc_core_3_1_2_1_a_nonce_is_copied_exactly_or_refused(op: TestOp) {
        let (rp, mut browser) = signed_in(&op).await;
        for nonce in ["n", &"x".repeat(64), &"y".repeat(1_024), "ünï \"quoted\" & <odd>"] {
            let tokens = rp.sign_in(&mut browser, &rp.request().with("nonce", nonce)).await;
            assert_eq!(rp.id_claims(&tokens.id_token).await["nonce"], nonce);
        }
        browser.open(&rp.request().with("nonce", &"z".repeat(1_025)).url()).await.refused(303, "invalid_request");
        let without = rp.sign_in(&mut browser, &rp.request().without("nonce")).await;
        assert!(rp.id_claims(&without.id_token).await.get("nonce").is_none());
    }

    async fn oidc_core_3_1_2_6_prompt_none_never_shows_a_page(op: TestOp) {
        op.person("ada").await;
        let rp = op.web_app().await;
        let mut browser = op.browser();
        let silent = || rp.request().with("prompt", "none");
        browser.open(&silent().url()).await.refused(303, "login_required");
        browser.open(&rp.request().url()).await;
        browser.sign_in("ada", PASSWORD).await;
        op.browser().open(&silent().url()).await.refused(303, "login_required");
        browser.open(&silent().url()).await.refused(303, "consent_required");
        browser.open(&rp.request().url()).await;
        browser.allow().await;
        let answer = browser.open(&silent().url()).await;
        assert!(answer.query().contains_key("code"), "{:?}", answer.query());
    }

    async fn oidc_core_3_1_2_1_prompt_login_asks_for_the_password_again(op: TestOp) {
        let (rp, mut browser) = signed_in(&op).await;
        op.advance(seconds(100));
        let request = rp.request().with("prompt", "login");
        browser.open(&request.url()).await;
        assert!(browser.is_at("/login") && browser.page().body.contains("readonly"));
        let answer = browser.sign_in("ada", PASSWORD).await;
        let tokens = crate::support::Tokens::of(rp.redeem(&answer.query()["code"], &request).await.ok());
        assert_eq!(rp.id_claims(&tokens.id_token).await["auth_time"], op.now().seconds());
    }

    async fn oidc_core_3_1_2_1_prompt_consent_asks_again(op: TestOp) {
        let (rp, mut browser) = signed_in(&op).await;
        browser.open(&rp.request().with("prompt", "consent").url()).await;
        assert!(browser.is_at("/consent"));
        assert!(browser.allow().await.query().contains_key("code"));
        browser.open(&rp.request().with("prompt", "login consent").url()).await;
        browser.sign_in("ada", PASSWORD).await;
        assert!(browser.is_at("/consent"));
    }

    async fn oidc_core_3_1_2_1_prompt_select_account_lets_another_person_sign_in(op: TestOp) {
        let (rp, mut browser) = signed_in(&op).await;
        let grace = op.person("grace").await;
        let request = rp.request().with("prompt", "select_account");
        browser.open(&request.url()).await;
        assert!(browser.page().body.contains("ada"));
        browser.use_another_account().await;
        assert!(browser.is_at("/login") || browser.path.ends_with("?switch=1"));
        assert!(!browser.page().body.contains("readonly"));
        browser.sign_in("grace", PASSWORD).await;
        let answer = browser.allow().await;
        let tokens = crate::support::Tokens::of(rp.redeem(&answer.query()["code"], &request).await.ok());
        assert_eq!(rp.id_claims(&tokens.id_token).await["sub"], grace.sub);
    }

    async fn oidc_core_3_1_2_1_the_chosen_account_is_used_and_no_other(op: TestOp) {
        let (rp, mut browser) = signed_in(&op).await;
        let grace = op.person("grace").await;
        let request = rp.request().with("prompt", "select_account");
        browser.open(&request.url()).await;
        browser.use_another_account().await;
        browser.sign_in("grace", PASSWORD).await;
        browser.allow().await;
        // Both are signed in now: grace's session is in use, and ada's is chosen.
        browser.open(&request.url()).await;
        let handles: Vec<String> = browser.page().body.split("name=\"account\" value=\"").skip(1)
            .map(|rest| rest.split('"').next().unwrap().to_owned()).collect();
        assert_eq!(handles.len(), 2, "{}", browser.page().body);
        browser.submit(&[("account", "another")]).await.refused(400, "invalid_request");
        browser.open(&request.url()).await;
        let answer = browser.submit(&[("account", &handles[1])]).await;
        let tokens = crate::support::Tokens::of(rp.redeem(&answer.query()["code"], &request).await.ok());
        assert_ne!(rp.id_claims(&tokens.id_token).await["sub"], grace.sub);
        // The choice holds: without a prompt the same person answers.
        let request = rp.request().with("prompt", "none");
        let answer = browser.open(&request.url()).await;
        let tokens = crate::support::Tokens::of(rp.redeem(&answer.query()["code"], &request).await.ok());
        assert_ne!(rp.id_claims(&tokens.id_token).await["sub"], grace.sub);
    }

    async fn initiating_registration_4_nobody_signs_up_where_that_is_not_offered(op: TestOp) {
        let rp = op.web_app().await;
        op.browser().open(&rp.request().with("prompt", "create").url()).await.refused(303, "invalid_request");
    }

    async fn oidc_core_3_1_2_1_prompt_none_stands_alone(op: TestOp) {
        let rp = op.web_app().await;
        for prompt in ["none login", "consent none", "dance", "none none-such"] {
            op.browser().open(&rp.request().with("prompt", prompt).url()).await.refused(303, "invalid_request");
        }
    }

    async fn oidc_core_3_1_2_1_max_age_bounds_the_age_of_the_sign_in(op: TestOp) {
        let (rp, mut browser) = signed_in(&op).await;
        op.advance(seconds(100));
        let young = browser.open(&rp.request().with("max_age", "100").url()).await;
        assert!(young.query().contains_key("code"));
        for old in ["99", "0"] {
            let request = rp.request().with("max_age", old);
            browser.open(&request.clone().with("prompt", "none").url()).await.refused(303, "login_required");
            browser.open(&request.url()).await;
            assert!(browser.is_at("/login"), "max_age={old}");
        }
        let request = rp.request().with("max_age", "10");
        browser.open(&request.url()).await;
        let answer = browser.sign_in("ada", PASSWORD).await;
        let tokens = crate::support::Tokens::of(rp.redeem(&answer.query()["code"], &request).await.ok());
        assert_eq!(rp.id_claims(&tokens.id_token).await["auth_time"], op.now().seconds());
        for bad in ["-1", "soon", "1e3", "99999999999999999999999"] {
            browser.open(&rp.request().with("max_age", bad).url()).await.refused(303, "invalid_request");
        }
    }

    async fn oidc_registration_2_default_max_age_counts_where_a_request_has_none(op: TestOp) {
        op.person("ada").await;
        let mut metadata = web_app();
        metadata["default_max_age"] = 60.into();
        let (rp, mut browser) = (op.client(metadata).await, op.browser());
        rp.sign_in(&mut browser, &rp.request()).await;
        op.advance(seconds(61));
        browser.open(&rp.request().with("prompt", "none").url()).await.refused(303, "login_required");
        assert!(browser.open(&rp.request().with("max_age", "3600").url()).await.query().contains_key("code"));
    }

    async fn oidc_core_3_1_2_1_a_hint_of_the_person_signed_in_passes(op: TestOp) {
        op.person("ada").await;
        let (rp, mut browser) = (op.web_app().await, op.browser());
        let tokens = rp.sign_in(&mut browser, &rp.request()).await;
        // An ID token that has expired is still a good hint.
        op.advance(seconds(3_600));
        let request = rp.request().with("id_token_hint", &tokens.id_token).with("prompt", "none");
        assert!(browser.open(&request.url()).await.query().contains_key("code"));
    }

    async fn oid_04_a_hint_of_somebody_else_never_switches_silently(op: TestOp) {
        let (rp, mut browser) = signed_in(&op).await;
        op.person("grace").await;
        let mut hers = op.browser();
        let answer = hers.walk_as("grace", &rp.request().url()).await;
        assert!(answer.query().contains_key("code"));
        let request = rp.request();
        let code = hers.open(&request.url()).await.query()["code"].clone();
        let tokens = crate::support::Tokens::of(rp.redeem(&code, &request).await.ok());
        let hinted = rp.request().with("id_token_hint", &tokens.id_token);
        browser.open(&hinted.clone().with("prompt", "none").url()).await.refused(303, "login_required");
        browser.open(&hinted.url()).await;
        assert!(browser.is_at("/login"));
        browser.sign_in("ada", PASSWORD).await.refused(303, "login_required");
    }

    async fn oidc_core_3_1_2_1_a_hint_that_was_made_for_another_client_is_refused(op: TestOp) {
        let (_, tokens) = op.tokens().await;
        let other = op.web_app().await;
        let request = other.request().with("id_token_hint", &tokens.id_token);
        op.browser().open(&request.url()).await.refused(303, "invalid_request");
    }

    async fn oidc_core_3_1_2_1_a_hint_that_cannot_be_verified_asks_the_person(op: TestOp) {
        op.person("ada").await;
        let (rp, mut browser) = (op.web_app().await, op.browser());
        let tokens = rp.sign_in(&mut browser, &rp.request()).await;
        for hint in [tokens.access_token, "a.b.c".to_owned(), "x".repeat(3_000), format!("{}x", tokens.id_token)] {
            let hinted = rp.request().with("id_token_hint", &hint);
            let silent = browser.open(&hinted.clone().with("prompt", "none").url()).await;
            assert!(silent.refused(303, "login_required").description().contains("id_token_hint"), "{}", silent.description());
            browser.open(&hinted.url()).await.ok();
            assert!(browser.is_at("/login/accounts"), "{}", browser.path);
            let account = crate::support::answer::between(&browser.page().body, "name=\"account\" value=\"", "\"").unwrap();
            let chosen = browser.submit(&[("account", &account)]).await;
            assert!(chosen.query().contains_key("code"), "{}", chosen.body);
            let mut stranger = op.browser();
            assert!(stranger.walk(&hinted.url()).await.query().contains_key("code"));
        }
    }

    async fn oidc_core_3_1_2_1_a_hint_that_a_retired_key_signed_counts_as_long_as_its_session_can_live(op: TestOp) {
        op.person("ada").await;
        let (rp, mut browser) = (op.web_app().await, op.browser());
        let tokens = rp.sign_in(&mut browser, &rp.request()).await;
        let retire = |key: &'static str| {
            let (now, kid) = (op.now(), crate::support::relying_party::part(&tokens.id_token, 0)["kid"].as_str().unwrap().to_owned());
            op.write(move |tx| {
                use latchkey::model::key::{KeyState, store};
                match key {
                    "retired" => store::advance(tx, &kid, KeyState::Active, KeyState::Retired, Some(now)),
                    _ => store::revoke(tx, &kid, now),
                }
            })
        };
        let hinted = rp.request().with("id_token_hint", &tokens.id_token).with("prompt", "none");
        assert!(retire("retired").await);
        // A key of the same algorithm takes over, as it does before another retires.
        latchkey::app::housekeeping(&op.op, &crate::support::stores::masters()).await.unwrap();
        op.changed();
        assert!(browser.open(&hinted.url()).await.query().contains_key("code"));
        assert!(retire("revoked").await);
        op.changed();
        browser.open(&hinted.url()).await.refused(303, "login_required");
    }

    async fn oidc_core_3_1_2_1_a_hint_of_a_key_that_retired_long_ago_is_not_known_any_more(setup: Setup) {
        let op = setup.config("session.absolute = \"2h\"\nsession.idle = \"2h\"").start();
        op.person("ada").await;
        let (rp, mut browser) = (op.web_app().await, op.browser());
        let tokens = rp.sign_in(&mut browser, &rp.request()).await;
        let (now, kid) = (op.now(), crate::support::relying_party::part(&tokens.id_token, 0)["kid"].as_str().unwrap().to_owned());
        op.write(move |tx| {
            use latchkey::model::key::{KeyState, store};
            store::advance(tx, &kid, KeyState::Active, KeyState::Retired, Some(now))
        })
        .await;
        op.changed();
        assert!(latchkey::op::authorize::Hints::new(&op.op).read_hint(&tokens.id_token).await.unwrap().is_some());
        op.advance(seconds(2 * 3_600));
        assert_eq!(latchkey::op::authorize::Hints::new(&op.op).read_hint(&tokens.id_token).await.unwrap(), None);
    }

    async fn oidc_core_3_1_2_6_silent_renewal_of_a_program_on_the_device_is_told_the_rule_that_applies(op: TestOp) {
        op.person("ada").await;
        let mut metadata = crate::support::relying_party::web_app();
        metadata["token_endpoint_auth_method"] = "none".into();
        metadata["redirect_uris"] = json!(["http://127.0.0.1/callback"]);
        let rp = op.client(metadata).await;
        let mut browser = op.browser();
        rp.sign_in(&mut browser, &rp.request()).await;
        let silent = browser.open(&rp.request().with("prompt", "none").url()).await;
        assert!(silent.refused(303, "consent_required").description().contains("RFC 8252 section 8.6"), "{}", silent.description());
        let mut wider = browser.clone();
        let more = rp.request().with("prompt", "none").with("scope", "openid phone");
        assert!(wider.open(&more.url()).await.refused(303, "consent_required").description().contains("not consented to this yet"));
    }

    async fn core_5_4_the_id_token_of_the_token_endpoint_carries_what_the_scope_opens(op: TestOp) {
        op.person("ada").await;
        let (rp, mut browser) = (op.web_app().await, op.browser());
        let tokens = rp.sign_in(&mut browser, &rp.request().with("scope", "openid email offline_access")).await;
        let refreshed = crate::support::Tokens::of(rp.refresh(&tokens.refresh_token).await.ok());
        for id_token in [tokens.id_token, refreshed.id_token] {
            let claims = rp.id_claims(&id_token).await;
            assert_eq!((&claims["email"], &claims["email_verified"]), (&json!("ada@example.com"), &json!(true)));
            assert!(claims.get("name").is_none() && claims.get("phone_number").is_none(), "{claims}");
        }
    }

    async fn core_5_4_operator_and_client_may_keep_the_id_token_small(setup: Setup) {
        let op = setup.config("tokens.id_claims = \"minimal\"").start();
        op.person("ada").await;
        let mut metadata = crate::support::relying_party::web_app();
        for (word, carries) in [(None, false), (Some("scope"), true), (Some("minimal"), false)] {
            metadata["id_token_claims"] = json!(word);
            let rp = op.client(metadata.clone()).await;
            let tokens = rp.sign_in(&mut op.browser(), &rp.request()).await;
            let claims = rp.id_claims(&tokens.id_token).await;
            assert_eq!(claims.get("email").is_some(), carries, "{word:?} {claims}");
        }
    }

    async fn oidc_core_3_1_2_1_the_login_hint_is_shown_and_harmless(op: TestOp) {
        let rp = op.web_app().await;
        let mut browser = op.browser();
        let page = browser.open(&rp.request().with("login_hint", "grace@example.com").url()).await;
        assert!(page.body.contains("value=\"grace@example.com\""));
        let odd = browser.open(&rp.request().with("login_hint", "\"><script>alert(1)</script>").url()).await;
        assert!(!odd.ok().body.contains("<script>alert"));
        browser.open(&rp.request().with("login_hint", &"x".repeat(257)).url()).await.refused(303, "invalid_request");
    }

    async fn oidc_core_3_1_2_1_ui_locales_never_fail_a_request(op: TestOp) {
        let rp = op.web_app().await;
        for locales in ["en", "sw-KE sw en", "tlh", "\u{fffd}", ";;;"] {
            let page = op.browser().open(&rp.request().with("ui_locales", locales).url()).await;
            assert!(page.ok().body.contains("<html lang=\"en\""), "{locales}");
        }
    }

    async fn oidc_core_3_1_2_1_acr_values_are_a_wish_and_display_a_known_word(op: TestOp) {
        let (rp, mut browser) = signed_in(&op).await;
        let tokens = rp.sign_in(&mut browser, &rp.request().with("acr_values", "urn:gold 1fa")).await;
        assert_eq!(rp.id_claims(&tokens.id_token).await["acr"], "1fa");
        for display in ["page", "popup", "touch", "wap"] {
            assert!(browser.open(&rp.request().with("display", display).url()).await.query().contains_key("code"));
        }
        browser.open(&rp.request().with("display", "hologram").url()).await.refused(303, "invalid_request");
    }

    async fn oidc_core_3_1_3_3_without_openid_there_is_no_id_token(op: TestOp) {
        op.person("ada").await;
        let rp = op.web_app().await;
        let tokens = rp.sign_in(&mut op.browser(), &rp.request().with("scope", "profile")).await;
        assert_eq!((tokens.id_token.as_str(), tokens.all["scope"].as_str()), ("", Some("profile")));
    }

    async fn oidc_registration_2_a_client_may_choose_es256(op: TestOp) {
        op.person("ada").await;
        let mut metadata = web_app();
        metadata["id_token_signed_response_alg"] = "ES256".into();
        let rp = op.client(metadata).await;
        let tokens = rp.sign_in(&mut op.browser(), &rp.request()).await;
        assert_eq!(rp.verify(&tokens.id_token).await.0["alg"], "ES256");
    }

    async fn a_client_sees_a_session_under_a_name_of_its_own(op: TestOp) {
        let (one, mut browser) = signed_in(&op).await;
        let two = op.web_app().await;
        let (first, second) =
            (one.sign_in(&mut browser, &one.request()).await, two.sign_in(&mut browser, &two.request()).await);
        let (first, second) = (one.id_claims(&first.id_token).await, two.id_claims(&second.id_token).await);
        assert_eq!(first["sub"], second["sub"]);
        assert!(first["sid"].is_string() && first["sid"] != second["sid"]);
    }
}
