//! RFC 6750 §2, §3: one reader of tokens, so that UserInfo, the account API and the management of registrations answer
//! alike. RFC 7800: a token that is bound to a key or certificate is no bearer token.

use crate::account_api::Holder;
use crate::support::registrar::{plain, register, registered};
use crate::support::*;
use diesel::prelude::*;
use latchkey::platform::db::schema::token_families;
use latchkey::protocol::claims::Claims;
use latchkey::protocol::confirmation::{Binding, Proof};
use latchkey::protocol::scope::Scope;
use latchkey::tokens::Authorization;
use reqwest::Method;
use serde_json::json;

const OPEN: &str = "registration.mode = \"open\"\nthrottle.registration_address = \"off\"";

/// A good token of each protected resource, with the URL where it is good.
async fn doors(op: &TestOp) -> Vec<(&'static str, String, String)> {
    let holder = Holder::of(op, "ada").await;
    let client = registered(&register(op, None, &plain()).await);
    let configuration = client["registration_client_uri"].as_str().unwrap();
    let path = configuration.strip_prefix(op.issuer()).unwrap();
    vec![
        ("userinfo", op.url("/userinfo"), holder.token().to_owned()),
        ("account API", op.url("/api/account/v1/profile"), holder.token().to_owned()),
        ("registration", op.url(path), client["registration_access_token"].as_str().unwrap().to_owned()),
    ]
}

async fn sent(url: &str, headers: &[String]) -> Answer {
    let request = http::client().request(Method::GET, url);
    Answer::of(headers.iter().fold(request, |request, header| request.header("authorization", header))).await
}

/// The challenge without its reference, and without the scope that a resource names where there is no token.
fn challenge(answer: &Answer) -> String {
    let value = answer.header("www-authenticate");
    let value = value.split_once(" (LK-").map_or(value, |(before, _)| before);
    value.replace(", scope=\"account\"", "")
}

on_both_stores! {
    async fn rfc6750_2_and_3_1_every_protected_resource_reads_tokens_alike(setup: Setup) {
        let op = setup.config(OPEN).start();
        let realm = format!("Bearer realm=\"{}\"", op.issuer());
        for (door, url, token) in doors(&op).await {
            sent(&url, &[format!("Bearer {token}")]).await.ok();
            sent(&url, &[format!("bEARER  {token}")]).await.ok();
            let twice = format!("Bearer {token}");
            let table: [(&[String], u16, &str); 12] = [
                (&[], 401, ""),
                (&["Basic YTpi".into()], 401, ""),
                (&[format!("DPoP {token}")], 401, ""),
                (&[format!("Bearerx {token}")], 401, ""),
                (&["Bearer".into()], 400, "invalid_request"),
                (&["Bearer a b".into()], 400, "invalid_request"),
                (&["Bearer a,b".into()], 400, "invalid_request"),
                (&[format!("Bearer {token}, Bearer {token}")], 400, "invalid_request"),
                (&[twice.clone(), twice.clone()], 400, "invalid_request"),
                (&[twice, "Basic YTpi".into()], 400, "invalid_request"),
                (&["Bearer abc".into()], 401, "invalid_token"),
                (&["Bearer lk_at_forged".into()], 401, "invalid_token"),
            ];
            for (headers, status, error) in table {
                let answer = sent(&url, headers).await;
                assert_eq!(answer.status, status, "{door} {headers:?}: {}", answer.body);
                let expected = if error.is_empty() { realm.clone() } else { format!("{realm}, error=\"{error}\"") };
                let challenge = challenge(&answer);
                let told = challenge.split(", error_description=").next().unwrap();
                assert_eq!(told, expected, "{door} {headers:?}");
            }
            let in_query = sent(&format!("{url}?access_token={token}"), &[]).await;
            assert_eq!(in_query.status, 400, "{door}: {}", in_query.body);
            assert!(challenge(&in_query).contains("error=\"invalid_request\""), "{door}");
        }
    }

    async fn rfc6750_2_2_a_form_carries_a_token_to_userinfo_alone(setup: Setup) {
        let op = setup.config(OPEN).start();
        let (holder, url) = (Holder::of(&op, "ada").await, op.url("/api/account/v1/recovery-codes"));
        let form = [("access_token", holder.token())];
        Answer::of(http::client().post(op.url("/userinfo")).form(&form)).await.ok();
        let answer = Answer::of(http::client().post(url).form(&form)).await;
        assert_eq!(answer.status, 401, "{}", answer.body);
        let beside = http::client().post(op.url("/userinfo")).header("authorization", "Basic YTpi").form(&form);
        Answer::of(beside).await.refused(400, "invalid_request");
    }

    async fn rfc7591_3_another_scheme_is_not_taken_for_an_open_registration(setup: Setup) {
        let op = setup.config(OPEN).start();
        let request = http::client().post(op.url("/register")).header("authorization", "Basic YTpi").json(&plain());
        let answer = Answer::of(request).await;
        assert_eq!((answer.status, answer.header("www-authenticate").starts_with("Bearer realm=")), (401, true));
    }

    async fn rfc9449_7_2_a_bound_token_is_no_bearer_token(op: TestOp) {
        let holder = Holder::of(&op, "ada").await;
        let (userinfo, profile) = (op.url("/userinfo"), op.url("/api/account/v1/profile"));
        let bearer = [format!("Bearer {}", holder.token())];
        for url in [&userinfo, &profile] {
            sent(url, &bearer).await.ok();
        }
        let told = holder.rp().introspect(holder.token()).await.json();
        assert_eq!((told.get("cnf"), &told["token_type"]), (None, &json!("Bearer")));
        for (binding, token_type) in [(json!({"jkt": "thumbprint"}), "DPoP"), (json!({"x5t#S256": "thumbprint"}), "Bearer")] {
            let text = binding.to_string();
            op.write(move |tx| {
                let set = token_families::binding.eq(Some(text.as_str()));
                diesel::update(token_families::table).set(set).execute(tx)
            })
            .await;
            for url in [&userinfo, &profile] {
                let answer = sent(url, &bearer).await;
                assert_eq!(answer.status, 401, "{}", answer.body);
                assert!(challenge(&answer).contains("error=\"invalid_token\""), "{url}");
            }
            // An API asks by introspection, and judges the binding itself (RFC 9449 §6.2).
            let told = holder.rp().introspect(holder.token()).await.json();
            assert_eq!((&told["active"], &told["cnf"], &told["token_type"]), (&json!(true), &binding, &json!(token_type)));
        }
    }

    async fn rfc9449_5_a_bound_refresh_token_needs_the_proof(op: TestOp) {
        let (rp, tokens) = op.tokens().await;
        let bind = |binding: Option<&'static str>| {
            op.write(move |tx| diesel::update(token_families::table).set(token_families::binding.eq(binding)).execute(tx))
        };
        bind(Some(r#"{"jkt":"thumbprint"}"#)).await;
        rp.refresh(&tokens.refresh_token).await.refused(400, "invalid_grant");
        // What cannot be read is no bearer token either.
        bind(Some(r#"{"jwk":{}}"#)).await;
        rp.refresh(&tokens.refresh_token).await.refused(503, "temporarily_unavailable");
        // Nothing was spent.
        bind(None).await;
        rp.refresh(&tokens.refresh_token).await.ok();
    }

    async fn rfc7800_3_1_the_mint_writes_the_binding_into_the_token(op: TestOp) {
        let rp = op.web_app().await;
        let client = op.op.clients.find(&rp.client_id).await.unwrap().unwrap();
        let scope = Scope::parse("openid").unwrap();
        let proof = Proof::Possession(Binding::Key("thumbprint".to_owned()));
        let authorization = Authorization::from_client_credentials(client, scope, vec![]).bound_to(&proof);
        let response = op.op.mint.issue(authorization, |_, _, _| Claims::new()).await.unwrap();
        assert_eq!(response.token_type, "DPoP");
        assert_eq!(relying_party::part(&response.access_token, 1)["cnf"], json!({"jkt": "thumbprint"}));
        let told = rp.introspect(&response.access_token).await.json();
        assert_eq!((&told["cnf"], &told["token_type"]), (&json!({"jkt": "thumbprint"}), &json!("DPoP")));
        rp.userinfo(&response.access_token).await.refused(401, "invalid_token");
    }
}
