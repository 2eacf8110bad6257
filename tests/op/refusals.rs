//! Every refusal has a reference for the client and a record for the operator.

use crate::support::{Answer, RelyingParty, Setup, TestOp};
use latchkey::op::refusal::Refusal;

async fn record(op: &TestOp, reference: &str) -> Refusal {
    let found = op.op.refusals.find(reference).await.unwrap();
    found.unwrap_or_else(|| panic!("no record of {reference}"))
}

on_both_stores! {
    async fn a_json_refusal_ends_with_a_reference_that_the_operator_can_look_up(op: TestOp) {
        let rp = op.web_app().await;
        let answer = rp.token(&[("grant_type", "authorization_code"), ("code", "lk_ac_x")]).await;
        let members: Vec<String> = answer.json().as_object().unwrap().keys().cloned().collect();
        assert_eq!(members, ["error", "error_description"]);
        let reference = answer.reference();
        assert!(answer.description().ends_with(&format!("({reference})")));
        let record = record(&op, &reference).await;
        assert_eq!((record.endpoint.as_str(), record.error.as_str()), ("token", "invalid_grant"));
        assert_eq!(record.client_id.as_deref(), Some(rp.client_id.as_str()));
        assert_eq!((record.at, record.clause.as_deref()), (op.now().millis(), Some("RFC 6749 §5.2")));
    }

    async fn a_page_shows_the_error_its_code_and_the_reference(op: TestOp) {
        let rp = op.web_app().await;
        let page = op.browser().open(&rp.request().with("redirect_uri", "https://evil.example/").url()).await;
        assert!(page.body.contains("error") && page.body.contains("invalid_request"));
        let record = record(&op, &page.reference()).await;
        assert_eq!(record.clause.as_deref(), Some("RFC 6749 §3.1.2.3"));
        assert_eq!(record.sent.as_deref(), Some("https://evil.example/"));
        assert_eq!(record.expected.as_deref(), Some("https://rp.example/callback"));
        assert_eq!(page.location(), None);
    }

    async fn a_redirected_refusal_carries_its_reference_along(op: TestOp) {
        let rp = op.web_app().await;
        let answer = op.browser().open(&rp.request().with("prompt", "none").url()).await;
        assert!(answer.description().ends_with(')'));
        let record = record(&op, &answer.reference()).await;
        assert_eq!((record.endpoint.as_str(), record.error.as_str()), ("authorize", "login_required"));
    }

    async fn rfc6750_3_a_challenge_carries_its_reference_along(op: TestOp) {
        let rp = op.web_app().await;
        let answer = rp.userinfo("abc").await;
        let reference = answer.reference();
        assert!(answer.header("www-authenticate").contains(&reference));
        assert_eq!(record(&op, &reference).await.error, "invalid_token");
    }

    async fn what_the_edge_refuses_can_be_looked_up_too(op: TestOp) {
        let http = crate::support::http::client();
        let long = http.get(op.url(&format!("/authorize?{}", "a".repeat(8192))));
        let heavy = http.get(op.url("/authorize")).header("x-long", "a".repeat(16_384));
        for (request, status, clause) in [(long, 414, "RFC 9110 §15.5.15"), (heavy, 431, "RFC 6585 §5")] {
            let answer = Answer::of(request).await;
            answer.refused(status, "invalid_request");
            let record = record(&op, &answer.reference()).await;
            assert_eq!((record.endpoint.as_str(), record.clause.as_deref()), ("edge", Some(clause)));
        }
    }

    async fn who_comes_around_the_proxy_is_kept_too(setup: Setup) {
        let op = setup.config("proxy.trusted = [\"192.0.2.0/24\"]").start();
        let answer = Answer::of(crate::support::http::client().get(op.url("/authorize"))).await;
        answer.refused(403, "invalid_request");
        let record = record(&op, &answer.reference()).await;
        assert_eq!((record.endpoint.as_str(), record.cause.is_some()), ("edge", true));
    }

    async fn no_secret_is_kept_in_a_record(op: TestOp) {
        let rp = op.web_app().await;
        let stranger = RelyingParty { secret: "a-very-wrong-secret".into(), ..rp.clone() };
        let by_secret = stranger.token(&[("grant_type", "refresh_token"), ("refresh_token", "x")]).await;
        let by_code = rp.token(&[("grant_type", "authorization_code"), ("code", "lk_ac_a-code-of-somebody")]).await;
        let by_token = rp.refresh("lk_rt_a-token-of-somebody").await;
        for (answer, secret) in [(by_secret, "a-very-wrong-secret"), (by_code, "a-code-of"), (by_token, "a-token-of")] {
            let record = record(&op, &answer.reference()).await;
            assert!(!format!("{record:?}").contains(secret), "{record:?}");
            assert!(!answer.body.contains(secret));
        }
    }

    async fn rfc6749_5_2_a_description_has_only_the_allowed_characters(op: TestOp) {
        let rp = op.web_app().await;
        for odd in ["a\"b\\c", "ünï☃\u{202e}", "line\r\nbreak", "<script>", "\u{7f}\u{1}"] {
            let json = rp.token(&[("grant_type", odd)]).await;
            let redirect = op.browser().open(&rp.request().with("scope", odd).with("prompt", odd).url()).await;
            for text in [json.description(), redirect.description()] {
                assert!(
                    text.bytes().all(|byte| matches!(byte, 0x20..=0x7e) && byte != b'"' && byte != b'\\'),
                    "{text}"
                );
            }
        }
    }

    async fn each_refusal_has_a_reference_of_its_own(op: TestOp) {
        let rp = op.web_app().await;
        let (one, two) = (rp.refresh("x").await.reference(), rp.refresh("x").await.reference());
        assert_ne!(one, two);
        let replica = op.replica();
        assert_eq!(record(&replica, &one).await.reference, one);
    }

    async fn a_record_is_forgotten_after_a_day(op: TestOp) {
        let reference = op.web_app().await.refresh("x").await.reference();
        op.advance(crate::support::days(1));
        assert!(op.op.refusals.find(&reference).await.unwrap().is_none());
    }
}
