//! OpenID Connect RP-Initiated Logout 1.0.

use crate::support::people::PASSWORD;
use crate::support::relying_party::web_app;
use crate::support::{Answer, Browser, RelyingParty, TestOp, Tokens, days};
use latchkey::model::end_reason::EndReason;
use latchkey::model::session;
use reqwest::Method;

const BACK: &str = "https://rp.example/signed-out";

/// Ada is signed in at an application that may take her back.
struct SignedIn {
    rp: RelyingParty,
    browser: Browser,
    tokens: Tokens,
}

impl SignedIn {
    async fn at(op: &TestOp) -> Self {
        Self::with_scope(op, "openid").await
    }

    async fn with_scope(op: &TestOp, scope: &str) -> Self {
        op.person("ada").await;
        let mut metadata = web_app();
        metadata["post_logout_redirect_uris"] = serde_json::json!([BACK]);
        let (rp, mut browser) = (op.client(metadata).await, op.browser());
        let tokens = rp.sign_in(&mut browser, &rp.request().with("scope", scope)).await;
        Self { rp, browser, tokens }
    }

    /// The five parameters by name, as applications send them.
    fn url(&self, op: &TestOp, names: &[&str]) -> String {
        let value = |name: &str| match name {
            "id_token_hint" => self.tokens.id_token.clone(),
            "client_id" => self.rp.client_id.clone(),
            "post_logout_redirect_uri" => BACK.to_owned(),
            _ => "a b&c".to_owned(),
        };
        let pairs = names.iter().map(|name| (*name, value(name)));
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        op.url(&format!("/logout?{query}"))
    }

    async fn open(&mut self, op: &TestOp, names: &[&str]) -> Answer {
        let url = self.url(op, names);
        self.browser.open(&url).await
    }

    async fn confirm(&mut self) -> Answer {
        assert!(self.browser.page().body.contains("id=\"logout-confirm\""), "{}", self.browser.page().body);
        self.browser.submit(&[("decision", "logout")]).await
    }

    async fn is_in(&mut self) -> bool {
        let answer = self.browser.open(&self.rp.request().with("scope", "openid").with("prompt", "none").url()).await;
        answer.query().contains_key("code")
    }
}

on_both_stores! {
    async fn rp_logout_2_with_nothing_the_person_is_asked_and_told(op: TestOp) {
        let mut ada = SignedIn::at(&op).await;
        ada.open(&op, &[]).await.ok();
        assert!(ada.is_in().await);
        ada.open(&op, &[]).await;
        let done = ada.confirm().await;
        assert!(done.ok().body.contains("signed out") || done.body.contains("Signed out"));
        assert!(!ada.is_in().await);
    }

    async fn oid_10_a_person_behind_a_session_that_is_over_is_not_signed_out_unasked(op: TestOp) {
        let mut ada = SignedIn::at(&op).await;
        let grace = op.person("grace").await;
        ada.browser.open(&ada.rp.request().with("prompt", "select_account").url()).await;
        ada.browser.use_another_account().await;
        ada.browser.sign_in("grace", PASSWORD).await;
        let now = op.now();
        let id = op.write(move |tx| Ok(session::store::list(tx, &grace.id, now)?.remove(0).id)).await;
        assert!(op.write(move |tx| session::store::end(tx, &id, EndReason::Operator, now)).await);
        let page = ada.open(&op, &[]).await;
        assert!(page.ok().body.contains("id=\"logout-confirm\""), "{}", page.body);
        ada.open(&op, &["id_token_hint"]).await.ok();
        let again = ada.open(&op, &[]).await;
        assert!(!again.ok().body.contains("logout-confirm"), "ada's own hint signed her out");
    }

    async fn rp_logout_2_with_a_hint_and_client_id_it_is_done_at_once(op: TestOp) {
        let mut ada = SignedIn::at(&op).await;
        let done = ada.open(&op, &["id_token_hint", "client_id"]).await;
        assert!(!done.ok().body.contains("logout-confirm"));
        assert!(!ada.is_in().await);
    }

    async fn rp_logout_2_with_a_hint_and_an_address_the_browser_goes_there(op: TestOp) {
        let mut ada = SignedIn::at(&op).await;
        let done = ada.open(&op, &["id_token_hint", "post_logout_redirect_uri"]).await;
        assert_eq!((done.status, done.location()), (303, Some(BACK)));
        assert!(!ada.is_in().await);
    }

    async fn rp_logout_3_state_goes_along(op: TestOp) {
        let mut ada = SignedIn::at(&op).await;
        let done = ada.open(&op, &["id_token_hint", "post_logout_redirect_uri", "state"]).await;
        assert_eq!(done.location(), Some("https://rp.example/signed-out?state=a+b%26c"));
        assert!(!ada.is_in().await);
    }

    async fn rp_logout_2_all_four_together(op: TestOp) {
        let mut ada = SignedIn::at(&op).await;
        let done = ada.open(&op, &["id_token_hint", "client_id", "post_logout_redirect_uri", "state"]).await;
        assert_eq!(done.query()["state"], "a b&c");
        assert!(!ada.is_in().await);
    }

    async fn rp_logout_2_a_client_id_alone_vouches_for_the_address_and_the_person_is_asked(op: TestOp) {
        let mut ada = SignedIn::at(&op).await;
        ada.open(&op, &["client_id", "post_logout_redirect_uri", "state"]).await.ok();
        assert_eq!(ada.confirm().await.query()["state"], "a b&c");
        assert!(!ada.is_in().await);
    }

    async fn rp_logout_3_an_address_that_nobody_vouches_for_leads_nowhere(op: TestOp) {
        let mut ada = SignedIn::at(&op).await;
        ada.open(&op, &["post_logout_redirect_uri"]).await.ok();
        assert_eq!(ada.confirm().await.ok().location(), None);
        assert!(!ada.is_in().await);
    }

    async fn rp_logout_3_an_address_that_is_not_registered_is_refused_on_a_page(op: TestOp) {
        let mut ada = SignedIn::at(&op).await;
        for uri in [
            "https://evil.example/",
            "https://rp.example/signed-out/",
            "https://rp.example/callback",
            "javascript:alert(1)",
        ] {
            let url = ada.url(&op, &["id_token_hint"]) + "&post_logout_redirect_uri=" + uri;
            let answer = ada.browser.open(&url).await;
            answer.refused(400, "invalid_request");
            assert_eq!(answer.location(), None);
        }
        assert!(ada.is_in().await);
    }

    async fn rp_logout_2_a_hint_of_another_client_is_refused(op: TestOp) {
        let mut ada = SignedIn::at(&op).await;
        let other = op.web_app().await;
        let mismatch = ada.url(&op, &["id_token_hint"]) + "&client_id=" + other.client_id.as_str();
        ada.browser.open(&mismatch).await.refused(400, "invalid_request");
        assert!(ada.is_in().await);
    }

    async fn rp_logout_2_a_hint_that_cannot_be_verified_asks_the_person(op: TestOp) {
        let mut ada = SignedIn::at(&op).await;
        for hint in [ada.tokens.access_token.clone(), "a.b.c".into(), ada.tokens.id_token.clone() + "x"] {
            let page = ada.browser.open(&op.url(&format!("/logout?id_token_hint={hint}"))).await;
            assert!(page.ok().body.contains("logout-confirm") && page.body.contains("verify which one"), "{}", page.body);
            assert!(ada.is_in().await);
        }
        ada.browser.open(&op.url("/logout?id_token_hint=a.b.c&state=s")).await;
        assert_eq!(ada.confirm().await.ok().location(), None);
        assert!(!ada.is_in().await);
    }

    async fn rp_logout_2_a_hint_that_was_changed_leads_nowhere_and_ends_nothing_unasked(op: TestOp) {
        let mut ada = SignedIn::at(&op).await;
        let parts: Vec<_> = ada.tokens.id_token.split('.').map(str::to_owned).collect();
        let encode = |text: String| base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, text);
        let mut claims = crate::support::relying_party::part(&ada.tokens.id_token, 1);
        claims["sub"] = serde_json::json!("somebody else");
        let changed = encode(claims.to_string());
        let unsigned = encode(r#"{"alg":"none"}"#.to_owned());
        for hint in [
            format!("{}.{changed}.{}", parts[0], parts[2]),
            format!("{}.{}.{}", parts[0], parts[1], parts[2].chars().rev().collect::<String>()),
            format!("{unsigned}.{}.", parts[1]),
            "bad".to_owned(),
        ] {
            let url = op.url(&format!("/logout?id_token_hint={hint}&post_logout_redirect_uri={BACK}&state=s"));
            for url in [url.clone(), format!("{url}&client_id={}", ada.rp.client_id)] {
                let answer = ada.browser.open(&url).await;
                assert!(answer.ok().location().is_none() && answer.body.contains("logout-confirm"), "{}", answer.body);
            }
        }
        assert!(ada.is_in().await);
    }

    async fn rp_logout_3_a_query_added_to_a_registered_address_makes_it_another(op: TestOp) {
        let mut ada = SignedIn::at(&op).await;
        let url = ada.url(&op, &["id_token_hint", "state"]);
        let added = format!("{url}&post_logout_redirect_uri={BACK}%3Fadded%3D1");
        ada.browser.open(&added).await.refused(400, "invalid_request");
        assert!(ada.is_in().await);
    }

    async fn rp_logout_2_a_state_alone_asks_and_leads_nowhere(op: TestOp) {
        let mut ada = SignedIn::at(&op).await;
        ada.open(&op, &["state"]).await.ok();
        let done = ada.confirm().await;
        assert_eq!((done.ok().location(), done.body.contains("a b&amp;c")), (None, false));
        assert!(!ada.is_in().await);
    }

    async fn rp_logout_3_a_state_without_an_address_is_passed_over(op: TestOp) {
        let mut ada = SignedIn::at(&op).await;
        let done = ada.open(&op, &["id_token_hint", "state"]).await;
        assert_eq!(done.ok().location(), None);
        assert!(!ada.is_in().await);
    }

    async fn rp_logout_2_1_discovery_names_the_endpoint(op: TestOp) {
        let rp = op.web_app().await;
        let metadata = Answer::of(rp.raw(Method::GET, "/.well-known/openid-configuration")).await.json();
        assert_eq!(metadata["end_session_endpoint"], format!("{}/logout", op.issuer()));
    }

    async fn rp_logout_4_a_hint_of_an_earlier_session_only_asks(op: TestOp) {
        let mut ada = SignedIn::at(&op).await;
        let old = ada.url(&op, &["id_token_hint"]);
        ada.browser.open(&old).await.ok();
        let request = ada.rp.request().with("scope", "openid");
        ada.browser.walk(&request.url()).await;
        assert!(ada.browser.open(&old).await.ok().body.contains("logout-confirm"));
        assert!(ada.is_in().await);
    }

    async fn rp_logout_2_an_expired_id_token_is_still_a_hint(op: TestOp) {
        let mut ada = SignedIn::at(&op).await;
        op.advance(crate::support::minutes(60));
        assert!(!ada.open(&op, &["id_token_hint"]).await.ok().body.contains("logout-confirm"));
        assert!(!ada.is_in().await);
    }

    async fn a_person_may_stay(op: TestOp) {
        let mut ada = SignedIn::at(&op).await;
        ada.open(&op, &[]).await;
        ada.browser.submit(&[("decision", "cancel")]).await;
        assert!(ada.is_in().await);
    }

    async fn ses_10_nobody_else_signs_the_person_out(op: TestOp) {
        let mut ada = SignedIn::at(&op).await;
        ada.open(&op, &[]).await;
        let (form, csrf) = (ada.browser.form(), ada.browser.form().hidden[0].1.clone());
        ada.browser.post(&form.action, &[("decision", "logout")]).await.refused(403, "invalid_request");
        ada.browser.headers = vec![("origin", "https://evil.example".into())];
        ada.browser
            .post(&form.action, &[("csrf", &csrf), ("decision", "logout")])
            .await
            .refused(403, "invalid_request");
        ada.browser.headers.clear();
        assert!(ada.is_in().await);
    }

    async fn rp_logout_2_a_post_from_another_site_goes_on_with_the_session(op: TestOp) {
        let mut ada = SignedIn::at(&op).await;
        let kept = std::mem::take(&mut ada.browser.cookies);
        ada.browser.headers = vec![("origin", "https://rp.example".into()), ("sec-fetch-site", "cross-site".into())];
        let hint = ada.tokens.id_token.clone();
        let fields = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BACK)];
        let answer = ada.browser.request(Method::POST, "/logout", Some(&fields)).await;
        assert_eq!(answer.status, 303);
        ada.browser.headers.clear();
        ada.browser.cookies.extend(kept);
        let done = ada.browser.open(answer.location().unwrap()).await;
        assert_eq!(done.location(), Some(BACK));
        assert!(!ada.is_in().await);
    }

    async fn the_cookie_of_a_session_that_ended_is_dead(op: TestOp) {
        let mut ada = SignedIn::at(&op).await;
        let kept = ada.browser.cookies.clone();
        ada.open(&op, &["id_token_hint"]).await.ok();
        ada.browser.cookies = kept;
        assert!(!ada.is_in().await);
    }

    async fn signing_out_ends_refresh_tokens_save_offline_ones(op: TestOp) {
        let mut online = SignedIn::at(&op).await;
        online.open(&op, &["id_token_hint"]).await.ok();
        online.rp.refresh(&online.tokens.refresh_token).await.refused(400, "invalid_grant");
        online.rp.userinfo(&online.tokens.access_token).await.refused(401, "invalid_token");
    }

    async fn oidc_core_11_offline_access_outlives_the_session(op: TestOp) {
        let mut offline = SignedIn::with_scope(&op, "openid offline_access").await;
        offline.open(&op, &["id_token_hint"]).await.ok();
        op.advance(days(3));
        offline.rp.refresh(&offline.tokens.refresh_token).await.ok();
    }

    async fn rp_logout_2_a_request_from_behind_ends_the_session_that_its_hint_names(op: TestOp) {
        let mut ada = SignedIn::at(&op).await;
        let mut elsewhere = op.browser();
        let others = ada.rp.sign_in(&mut elsewhere, &ada.rp.request().with("scope", "openid")).await;
        // An application's server has no cookie of ours.
        let page = Answer::of(ada.rp.raw(Method::GET, &ada.url(&op, &["id_token_hint"]).replace(&op.url(""), ""))).await;
        assert!(page.ok().body.contains("signed out") && !page.body.contains("logout-confirm"), "{}", page.body);
        assert!(!ada.is_in().await);
        ada.rp.refresh(&ada.tokens.refresh_token).await.refused(400, "invalid_grant");
        let silent = ada.rp.request().with("scope", "openid").with("prompt", "none");
        assert!(elsewhere.open(&silent.url()).await.query().contains_key("code"), "the other session goes on");
        ada.rp.refresh(&others.refresh_token).await.ok();
    }

    async fn rp_logout_2_a_request_from_behind_that_ends_nothing_says_so(op: TestOp) {
        let mut ada = SignedIn::at(&op).await;
        let hint = ada.url(&op, &["id_token_hint"]).replace(&op.url(""), "");
        Answer::of(ada.rp.raw(Method::GET, &hint)).await.ok();
        for path in [hint.as_str(), "/logout?id_token_hint=a.b.c"] {
            let page = Answer::of(ada.rp.raw(Method::GET, path)).await;
            assert!(page.ok().body.contains("Nothing was signed out"), "{}", page.body);
        }
        assert!(!ada.is_in().await);
    }

    async fn rp_logout_2_a_request_from_behind_names_a_pairwise_person_too(op: TestOp) {
        op.person("ada").await;
        let mut metadata = web_app();
        metadata["subject_type"] = "pairwise".into();
        let (rp, mut browser) = (op.client(metadata).await, op.browser());
        let tokens = rp.sign_in(&mut browser, &rp.request()).await;
        Answer::of(rp.raw(Method::GET, &format!("/logout?id_token_hint={}", tokens.id_token))).await.ok();
        browser.open(&rp.request().with("prompt", "none").url()).await.refused(303, "login_required");
    }

    async fn where_nobody_is_signed_in_nobody_is_asked(op: TestOp) {
        let ada = SignedIn::at(&op).await;
        let mut stranger = op.browser();
        assert!(!stranger.open(&op.url("/logout")).await.ok().body.contains("logout-confirm"));
        let done = stranger.open(&ada.url(&op, &["id_token_hint", "post_logout_redirect_uri"])).await;
        assert_eq!(done.location(), Some(BACK));
    }

    async fn one_of_two_people_in_a_browser_signs_out_alone(op: TestOp) {
        let mut ada = SignedIn::at(&op).await;
        op.person("grace").await;
        ada.browser.open(&ada.rp.request().with("prompt", "select_account").url()).await;
        ada.browser.use_another_account().await;
        ada.browser.sign_in("grace", crate::support::people::PASSWORD).await;
        ada.browser.allow().await;
        ada.open(&op, &["id_token_hint"]).await.ok();
        let home = ada.browser.open(&op.url("/")).await;
        assert!(home.body.contains("grace Lovelace"), "{}", home.body);
    }
}
