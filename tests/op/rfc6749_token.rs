//! RFC 6749 §2.3, §3.2, §5: the token endpoint and how clients authenticate there.

use crate::support::relying_party::web_app;
use crate::support::{Answer, Auth, RelyingParty, TestOp, seconds};
use reqwest::Method;
use serde_json::json;

/// A token request that is good but for its code.
const UNKNOWN_CODE: [(&str, &str); 2] = [("grant_type", "authorization_code"), ("code", "lk_ac_unknown")];

on_both_stores! {
    async fn rfc6749_5_1_the_answer_is_json_that_nobody_keeps(op: TestOp) {
        op.person("ada").await;
        let rp = op.web_app().await;
        let request = rp.request();
        let code = rp.code(&mut op.browser(), &request).await;
        let answer = rp.redeem(&code, &request).await;
        answer.ok();
        assert!(is_unkept(&answer) && answer.header("content-type").starts_with("application/json"));
        let json = answer.json();
        assert_eq!((json["token_type"].as_str(), json["expires_in"].as_i64()), (Some("Bearer"), Some(600)));
        assert_eq!(json["scope"], "openid profile email");
    }

    async fn rfc6749_3_2_only_post_is_taken(op: TestOp) {
        let rp = op.web_app().await;
        for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH, Method::HEAD] {
            let answer = Answer::of(rp.raw(method.clone(), "/token?grant_type=client_credentials")).await;
            assert_eq!((answer.status, answer.header("allow")), (405, "POST"), "{method}");
            assert!(is_unkept(&answer));
            if method != Method::HEAD {
                answer.refused(405, "invalid_request");
            }
        }
    }

    async fn rfc6749_3_2_parameters_in_the_query_do_not_count(op: TestOp) {
        let rp = op.web_app().await;
        let request =
            rp.raw(Method::POST, "/token?grant_type=refresh_token&refresh_token=x").header("authorization", rp.basic());
        Answer::of(request.form(&[("x", "y")])).await.refused(400, "invalid_request");
    }

    async fn rfc6749_appendix_b_another_content_type_is_refused(op: TestOp) {
        let rp = op.web_app().await;
        let body = json!({"grant_type": "client_credentials"}).to_string();
        for content_type in ["application/json", "text/plain", "multipart/form-data; boundary=x"] {
            let request = rp.raw(Method::POST, "/token").header("content-type", content_type);
            Answer::of(request.header("authorization", rp.basic()).body(body.clone()))
                .await
                .refused(415, "invalid_request");
        }
    }

    async fn rfc6749_appendix_b_the_content_type_may_have_any_case_and_a_charset(op: TestOp) {
        let rp = op.client(json!({"grant_types": ["client_credentials"]})).await;
        for content_type in
            ["application/x-www-form-urlencoded; charset=UTF-8", "Application/X-WWW-Form-URLEncoded;charset=utf-8"]
        {
            let request = rp.raw(Method::POST, "/token").header("content-type", content_type);
            Answer::of(request.header("authorization", rp.basic()).body("grant_type=client_credentials")).await.ok();
        }
    }

    async fn rfc6749_5_2_a_repeated_parameter_is_invalid_request(op: TestOp) {
        let rp = op.web_app().await;
        for name in ["grant_type", "code", "redirect_uri", "unknown_to_all"] {
            let answer = rp.token(&[&UNKNOWN_CODE[..], &[(name, "a"), (name, "b")]].concat()).await;
            answer.refused(400, "invalid_request");
            assert!(is_unkept(&answer) && answer.description().contains("repeated"));
        }
    }

    async fn rfc6749_5_2_a_missing_parameter_is_named(op: TestOp) {
        let rp = op.web_app().await;
        for (form, missing) in [
            (&[][..], "grant_type"),
            (&[("grant_type", "")], "grant_type"),
            (&[("grant_type", "authorization_code")], "code"),
            (&[("grant_type", "refresh_token")], "refresh_token"),
        ] {
            let answer = rp.token(form).await;
            answer.refused(400, "invalid_request");
            assert!(answer.description().contains(missing), "{}", answer.body);
        }
    }

    async fn rfc6749_3_2_unknown_parameters_are_ignored(op: TestOp) {
        op.person("ada").await;
        let rp = op.web_app().await;
        let request = rp.request();
        let code = rp.code(&mut op.browser(), &request).await;
        rp.token(&[&rp.redemption(&code, &request)[..], &[("colour", "blue"), ("scope", "")]].concat()).await.ok();
    }

    async fn rfc6749_5_2_a_grant_type_that_does_not_exist_is_unsupported(op: TestOp) {
        let rp = op.web_app().await;
        for word in ["password", "implicit", "urn:ietf:params:oauth:grant-type:device_code", "Authorization_Code"] {
            rp.token(&[("grant_type", word), ("username", "ada"), ("password", "x")])
                .await
                .refused(400, "unsupported_grant_type");
        }
    }

    async fn rfc6749_5_2_a_grant_type_that_is_not_registered_is_unauthorized(op: TestOp) {
        let rp = op.client(json!({"redirect_uris": ["https://rp.example/callback"]})).await;
        rp.refresh("lk_rt_x").await.refused(400, "unauthorized_client");
        rp.token(&[("grant_type", "client_credentials")]).await.refused(400, "unauthorized_client");
    }

    async fn rfc6749_5_2_a_failed_basic_is_401_with_a_challenge(op: TestOp) {
        let mut rp = op.web_app().await;
        rp.secret.push('x');
        let answer = rp.token(&UNKNOWN_CODE).await;
        answer.refused(401, "invalid_client");
        assert!(answer.header("www-authenticate").starts_with("Basic realm=\"") && is_unkept(&answer));
    }

    async fn rfc6749_5_2_a_failure_in_the_body_is_401_without_a_challenge(op: TestOp) {
        let mut rp = op.client(post_client()).await;
        rp.secret.push('x');
        let answer = rp.token(&UNKNOWN_CODE).await;
        answer.refused(401, "invalid_client");
        assert_eq!(answer.header("www-authenticate"), "");
    }

    async fn cli_04_an_unknown_client_and_a_wrong_secret_look_the_same(op: TestOp) {
        for metadata in [web_app(), post_client()] {
            let known = op.client(metadata).await;
            let wrong = RelyingParty { secret: "wrong".into(), ..known.clone() };
            let unknown = RelyingParty { client_id: "nobody".into(), secret: "wrong".into(), ..known.clone() };
            let disabled = op.client(web_app()).await.with_auth(known.auth.clone());
            disabled.set_enabled(&op, false).await;
            let shown = [wrong, unknown, disabled].map(|rp| async move {
                let answer = rp.token(&UNKNOWN_CODE).await;
                let body = answer.body.replace(&answer.reference(), "");
                (answer.status, body, answer.header("www-authenticate").to_owned(), answer.headers.len())
            });
            let shown = futures_util::future::join_all(shown).await;
            assert_eq!(shown[0].0, 401);
            assert!(shown.iter().all(|one| *one == shown[0]), "{shown:?}");
        }
    }

    async fn rfc6749_2_3_1_id_and_secret_are_form_encoded_in_the_header(op: TestOp) {
        let metadata = json!({"grant_types": ["client_credentials"]});
        let rp = RelyingParty::register_as(&op, "an odd:id/é", "a%2Bb+c: d&é=", metadata).await;
        rp.token(&[("grant_type", "client_credentials")]).await.ok();
    }

    async fn rfc6749_2_3_1_a_malformed_header_is_invalid_client(op: TestOp) {
        let rp = op.web_app().await;
        for header in ["Basic", "Basic !!!", "Basic bm9jb2xvbg==", "Bearer abc", "Basic /w==", "Digest x"] {
            let request = rp.raw(Method::POST, "/token").header("authorization", header).form(&UNKNOWN_CODE);
            Answer::of(request).await.refused(401, "invalid_client");
        }
    }

    async fn rfc6749_2_3_one_method_a_request(op: TestOp) {
        let rp = op.web_app().await;
        let both = [&UNKNOWN_CODE[..], &[("client_id", &rp.client_id), ("client_secret", &rp.secret)]].concat();
        rp.token(&both).await.refused(400, "invalid_request");
        let twice =
            rp.raw(Method::POST, "/token").header("authorization", rp.basic()).header("authorization", rp.basic());
        Answer::of(twice.form(&UNKNOWN_CODE)).await.refused(400, "invalid_request");
        rp.token(&[&UNKNOWN_CODE[..], &[("client_id", "another")]].concat()).await.refused(400, "invalid_request");
        // The same client_id beside Basic is what many libraries send.
        rp.token(&[&UNKNOWN_CODE[..], &[("client_id", rp.client_id.as_str())]].concat())
            .await
            .refused(400, "invalid_grant");
    }

    async fn cli_02_the_registered_method_is_named_only_to_whoever_knows_the_secret(op: TestOp) {
        let mut metadata = web_app();
        metadata["token_endpoint_auth_method"] = "client_secret_jwt".into();
        let rp = op.client(metadata).await.with_auth(Auth::Post);
        let answer = rp.token(&UNKNOWN_CODE).await;
        answer.refused(401, "invalid_client");
        assert!(answer.description().contains("client_secret_jwt"), "{}", answer.body);
        let stranger = RelyingParty { secret: "wrong".into(), ..rp };
        assert!(!stranger.token(&UNKNOWN_CODE).await.description().contains("client_secret_jwt"));
    }

    async fn rfc6749_2_3_1_a_secret_counts_in_the_header_and_in_the_body_alike(op: TestOp) {
        for rp in [op.web_app().await, op.client(post_client()).await] {
            for auth in [Auth::Basic, Auth::Post] {
                rp.with_auth(auth).token(&UNKNOWN_CODE).await.refused(400, "invalid_grant");
            }
            rp.with_auth(Auth::None).token(&UNKNOWN_CODE).await.refused(401, "invalid_client");
        }
    }

    async fn rfc6749_5_1_the_answer_carries_the_scope_also_where_nothing_of_it_was_understood(op: TestOp) {
        op.person("ada").await;
        let rp = op.web_app().await;
        for (asked, granted) in [("openid weather", "openid"), ("openid", "openid"), ("weather", ""), ("profile tides", "profile")] {
            let tokens = rp.sign_in(&mut op.browser(), &rp.request().with("scope", asked)).await;
            assert_eq!(tokens.all["scope"].as_str(), Some(granted), "{asked}");
        }
    }

    async fn rfc6749_2_1_a_public_client_names_itself(op: TestOp) {
        let mut metadata = web_app();
        metadata["token_endpoint_auth_method"] = "none".into();
        let rp = op.client(metadata).await;
        rp.token(&UNKNOWN_CODE).await.refused(400, "invalid_grant");
        op.web_app().await.with_auth(Auth::None).token(&UNKNOWN_CODE).await.refused(401, "invalid_client");
        Answer::of(rp.raw(Method::POST, "/token").form(&UNKNOWN_CODE)).await.refused(401, "invalid_client");
    }

    async fn brw_01_a_script_of_any_origin_may_redeem_without_cookies(op: TestOp) {
        let rp = op.web_app().await;
        let preflight = rp.raw(Method::OPTIONS, "/token").header("origin", "https://spa.example");
        let preflight = Answer::of(preflight.header("access-control-request-method", "POST")).await;
        assert_eq!((preflight.status, preflight.header("access-control-allow-origin")), (204, "*"));
        let asked = "authorization,dpop,traceparent,tracestate,baggage,x-requested-with";
        let named = rp.raw(Method::OPTIONS, "/token").header("origin", "https://spa.example");
        let named = named.header("access-control-request-method", "POST").header("access-control-request-headers", asked);
        let allowed = Answer::of(named).await.header("access-control-allow-headers").to_lowercase();
        for name in asked.split(',').chain(["content-type"]) {
            assert!(allowed.split(", ").any(|known| known == name), "{name} in {allowed}");
        }
        let refused = rp.token(&UNKNOWN_CODE).await;
        assert_eq!(refused.header("access-control-allow-origin"), "*");
        assert_eq!(refused.header("access-control-allow-credentials"), "");
    }

    async fn rfc6749_4_1_3_a_code_is_bound_to_client_and_redirect_uri(op: TestOp) {
        op.person("ada").await;
        let rp = op.client(json!({"redirect_uris": ["https://rp.example/callback", "https://rp.example/other"]})).await;
        let thief = op.web_app().await;
        let request = rp.request();
        let code = rp.code(&mut op.browser(), &request).await;
        thief.redeem(&code, &request).await.refused(400, "invalid_grant");
        for uri in ["https://rp.example/other", "https://rp.example/callback/", "https://RP.example/callback"] {
            let other = RelyingParty { redirect_uri: uri.into(), ..rp.clone() };
            other.redeem(&code, &request).await.refused(400, "invalid_grant");
        }
        let mut form = rp.redemption(&code, &request);
        form.retain(|(name, _)| *name != "redirect_uri");
        rp.token(&form).await.refused(400, "invalid_grant");
        rp.redeem(&code, &request).await.ok();
    }

    async fn rfc6749_4_1_2_a_code_expires(op: TestOp) {
        op.person("ada").await;
        let rp = op.web_app().await;
        let request = rp.request();
        let code = rp.code(&mut op.browser(), &request).await;
        op.advance(seconds(60));
        rp.redeem(&code, &request).await.refused(400, "invalid_grant");
    }

    async fn cod_06_a_token_of_one_kind_is_never_taken_for_another(op: TestOp) {
        let (rp, tokens) = op.tokens().await;
        let request = rp.request();
        for text in [&tokens.refresh_token, &tokens.access_token, &tokens.id_token] {
            rp.redeem(text, &request).await.refused(400, "invalid_grant");
        }
        for text in [&tokens.access_token, &tokens.id_token, &"lk_ac_x".to_owned()] {
            rp.refresh(text).await.refused(400, "invalid_grant");
        }
    }
}

fn is_unkept(answer: &Answer) -> bool {
    (answer.header("cache-control"), answer.header("pragma")) == ("no-store", "no-cache")
}

fn post_client() -> serde_json::Value {
    let mut metadata = web_app();
    metadata["token_endpoint_auth_method"] = "client_secret_post".into();
    metadata
}
