//! RFC 8707: a client says for which API it wants a token.

use crate::support::relying_party::{REDIRECT_URI, part};
use crate::support::{Browser, RelyingParty, Request, Setup, TestOp, Tokens};
use serde_json::{Value, json};

const APIS: &str = r#"
scopes."orders:read" = { description = "See orders" }
scopes."bills:read" = { description = "See bills" }
[resources.orders]
identifier = "https://orders.example"
scopes = ["orders:read"]
access_token_signing_alg = "ES256"
access_token_lifetime = "5m"
[resources.bills]
identifier = "https://bills.example/v1/"
scopes = ["bills:read"]
[resources.files]
identifier = "urn:files"
access_token_format = "opaque"
"#;
const ORDERS: &str = "https://orders.example";
const BILLS: &str = "https://bills.example/v1/";

async fn app(setup: Setup) -> (TestOp, RelyingParty, Browser) {
    let op = setup.config(APIS).start();
    op.person("ada").await;
    let rp = op.client(metadata()).await;
    let browser = op.browser();
    (op, rp, browser)
}

fn metadata() -> Value {
    let grants = ["authorization_code", "refresh_token", "client_credentials"];
    json!({"redirect_uris": [REDIRECT_URI], "grant_types": grants, "scope": "openid email orders:read bills:read"})
}

fn asking(rp: &RelyingParty, resources: &[&str]) -> Request {
    let request = rp.request().with("scope", "openid orders:read bills:read");
    resources.iter().fold(request, |request, resource| request.and("resource", resource))
}

fn aud(tokens: &Tokens) -> Value {
    part(&tokens.access_token, 1)["aud"].clone()
}

on_both_stores! {
    async fn rfc8707_2_the_audience_is_the_resource_and_the_token_made_as_it_wants(setup: Setup) {
        let (_op, rp, mut browser) = app(setup).await;
        let tokens = rp.sign_in(&mut browser, &asking(&rp, &[ORDERS])).await;
        let (header, claims) = rp.verify(&tokens.access_token).await;
        assert_eq!((&header["alg"], &claims["aud"]), (&json!("ES256"), &json!(ORDERS)));
        assert_eq!(tokens.all["expires_in"], 300);
    }

    async fn rfc8707_2_scopes_of_other_apis_stay_out_of_the_token(setup: Setup) {
        let (_op, rp, mut browser) = app(setup).await;
        let tokens = rp.sign_in(&mut browser, &asking(&rp, &[ORDERS])).await;
        assert_eq!(part(&tokens.access_token, 1)["scope"], "openid orders:read");
    }

    async fn rfc8707_2_several_resources_become_a_list(setup: Setup) {
        let (_op, rp, mut browser) = app(setup).await;
        let tokens = rp.sign_in(&mut browser, &asking(&rp, &[ORDERS, BILLS])).await;
        assert_eq!(aud(&tokens), json!([ORDERS, BILLS]));
    }

    async fn rfc8707_2_1_an_unknown_or_malformed_resource_is_invalid_target(setup: Setup) {
        let (_op, rp, mut browser) = app(setup).await;
        for bad in
            ["https://unknown.example", "orders", "/orders", "https://orders.example#x", "https://orders.example/v2"]
        {
            browser.open(&asking(&rp, &[bad]).url()).await.refused(303, "invalid_target");
            browser.open(&asking(&rp, &[ORDERS, bad]).url()).await.refused(303, "invalid_target");
        }
    }

    async fn rfc8707_2_2_a_token_request_narrows_and_the_grant_stays_wide(setup: Setup) {
        let (_op, rp, mut browser) = app(setup).await;
        let request = asking(&rp, &[ORDERS, BILLS]);
        let code = rp.code(&mut browser, &request).await;
        let narrow = [&rp.redemption(&code, &request)[..], &[("resource", BILLS)]].concat();
        let first = Tokens::of(rp.token(&narrow).await.ok());
        assert_eq!(aud(&first), BILLS);
        let again = [("grant_type", "refresh_token"), ("refresh_token", &first.refresh_token), ("resource", ORDERS)];
        let second = Tokens::of(rp.token(&again).await.ok());
        assert_eq!(aud(&second), ORDERS);
        let wide = Tokens::of(rp.refresh(&second.refresh_token).await.ok());
        assert_eq!(aud(&wide), json!([ORDERS, BILLS]));
    }

    async fn rfc8707_2_2_nothing_beyond_the_grant_and_nothing_spent_by_asking(setup: Setup) {
        let (_op, rp, mut browser) = app(setup).await;
        let request = asking(&rp, &[ORDERS]);
        let code = rp.code(&mut browser, &request).await;
        for beyond in [BILLS, "https://unknown.example", "x"] {
            rp.token(&[&rp.redemption(&code, &request)[..], &[("resource", beyond)]].concat())
                .await
                .refused(400, "invalid_target");
        }
        let tokens = Tokens::of(rp.redeem(&code, &request).await.ok());
        let refresh = [("grant_type", "refresh_token"), ("refresh_token", &tokens.refresh_token), ("resource", BILLS)];
        rp.token(&refresh).await.refused(400, "invalid_target");
        rp.refresh(&tokens.refresh_token).await.ok();
    }

    async fn a_slash_at_the_end_makes_no_difference_and_the_configured_form_is_sent(setup: Setup) {
        let (_op, rp, mut browser) = app(setup).await;
        let tokens =
            rp.sign_in(&mut browser, &asking(&rp, &["https://orders.example/", "https://bills.example/v1"])).await;
        assert_eq!(aud(&tokens), json!([ORDERS, BILLS]));
    }

    async fn rfc8707_2_a_client_gets_only_the_apis_that_it_registered(setup: Setup) {
        let (op, _, mut browser) = app(setup).await;
        let mut metadata = metadata();
        metadata["resources"] = json!([ORDERS]);
        let rp = op.client(metadata).await;
        browser.open(&asking(&rp, &[BILLS]).url()).await.refused(303, "invalid_target");
        rp.sign_in(&mut browser, &asking(&rp, &[ORDERS])).await;
    }

    async fn rfc8707_2_client_credentials_name_their_api_too(setup: Setup) {
        let (_op, rp, _) = app(setup).await;
        let grant = ("grant_type", "client_credentials");
        let tokens = Tokens::of(rp.token(&[grant, ("resource", ORDERS), ("resource", BILLS)]).await.ok());
        assert_eq!(aud(&tokens), json!([ORDERS, BILLS]));
        rp.token(&[grant, ("resource", "https://unknown.example")]).await.refused(400, "invalid_target");
    }

    async fn an_api_that_wants_opaque_tokens_gets_a_text_that_introspection_explains(setup: Setup) {
        let (_op, rp, mut browser) = app(setup).await;
        let tokens = rp.sign_in(&mut browser, &asking(&rp, &["urn:files"])).await;
        assert!(tokens.access_token.starts_with("lk_at_"));
        let told = rp.introspect(&tokens.access_token).await.json();
        assert_eq!((&told["active"], &told["aud"]), (&json!(true), &json!("urn:files")));
        // Compared whole: neither a part nor another spelling is the token.
        let token = &tokens.access_token;
        for odd in
            [token[..token.len() - 1].to_owned(), format!("{token}A"), token.to_uppercase(), token.to_lowercase()]
        {
            assert_eq!(rp.introspect(&odd).await.json(), json!({"active": false}), "{odd}");
        }
        rp.revoke(&tokens.access_token).await.ok();
        assert_eq!(rp.introspect(&tokens.access_token).await.json(), json!({"active": false}));
    }

    async fn a_new_resource_is_asked_for_on_the_consent_page(setup: Setup) {
        let (_op, rp, mut browser) = app(setup).await;
        rp.sign_in(&mut browser, &asking(&rp, &[ORDERS])).await;
        rp.sign_in(&mut browser, &asking(&rp, &[ORDERS])).await;
        browser
            .open(&asking(&rp, &[ORDERS, BILLS]).with("prompt", "none").url())
            .await
            .refused(303, "consent_required");
    }
}
