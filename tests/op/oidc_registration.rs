//! OpenID Connect Dynamic Client Registration 1.0: what OpenID Connect adds to RFC 7591.

use crate::support::https_site::HttpsSite;
use crate::support::registrar::{manage, party, register, registered, with};
use crate::support::{Setup, assertion};
use reqwest::Method;
use serde_json::json;

const OPEN: &str = "registration.mode = \"open\"\nthrottle.registration_address = \"off\"";
const URIS: [&str; 2] = ["https://one.example/cb", "https://two.example/cb"];

on_both_stores! {
    async fn oid_07_a_sector_identifier_must_name_every_redirect_uri(setup: Setup) {
        let site = HttpsSite::start();
        let op = setup.config(OPEN).config(&site.toml()).start();
        let sector = |path: &str| json!({"redirect_uris": URIS, "sector_identifier_uri": format!("{}{path}", site.url), "subject_type": "pairwise"});
        site.put("/all.json", 200, json!([URIS[1], "https://three.example/cb", URIS[0]]).to_string());
        let known = registered(&register(&op, None, &sector("/all.json")).await);
        assert_eq!(known["subject_type"], "pairwise");
        for (path, status, body) in [
            ("/one.json", 200, json!([URIS[0]]).to_string()),
            ("/empty.json", 200, "[]".to_owned()),
            ("/object.json", 200, json!({"uris": URIS}).to_string()),
            ("/numbers.json", 200, "[1]".to_owned()),
            ("/text.json", 200, "nothing".to_owned()),
            ("/error.json", 500, json!(URIS).to_string()),
            ("/moved.json", 302, json!(URIS).to_string()),
            ("/endless.json", 200, format!("[\"{}\"]", "x".repeat(70_000))),
        ] {
            site.put(path, status, body);
            let answer = register(&op, None, &sector(path)).await;
            assert!(answer.refused(400, "invalid_client_metadata").description().contains("sector_identifier_uri"), "{path}");
        }
        register(&op, None, &sector("/missing.json")).await.refused(400, "invalid_client_metadata");
        // An update asks again.
        site.put("/all.json", 200, "[]");
        let mut body = sector("/all.json");
        body["client_id"] = known["client_id"].clone();
        manage(&op, Method::PUT, &known, Some(&body)).await.refused(400, "invalid_client_metadata");
    }

    async fn cli_16_a_sector_identifier_in_our_network_is_not_fetched_and_not_told_of(setup: Setup) {
        let (site, op) = (HttpsSite::start(), setup.config(OPEN).start());
        let own = site.put("/all.json", 200, json!(URIS).to_string());
        let mut told = Vec::new();
        for uri in [own.as_str(), "https://127.0.0.1:1/x", "https://[::1]/x", "https://169.254.169.254/latest", "https://localhost/x"] {
            let answer = register(&op, None, &json!({"redirect_uris": URIS, "sector_identifier_uri": uri})).await;
            answer.refused(400, "invalid_client_metadata");
            told.push(answer.description().split(" (LK-").next().unwrap().to_owned());
        }
        told.dedup();
        assert_eq!((told, site.visits()), (vec!["sector_identifier_uri could not be fetched".to_owned()], vec![]));
        let plain = json!({"sector_identifier_uri": "http://one.example/x"});
        assert!(with(&op, None, plain).await.description().contains("must be an https URL"));
    }

    async fn cli_16_updates_make_us_fetch_no_more_often_than_registrations_do(setup: Setup) {
        let site = HttpsSite::start();
        let bounded = "registration.mode = \"open\"\nthrottle.registration_address = \"3/1h\"";
        let op = setup.config(bounded).config(&site.toml()).start();
        let uri = site.put("/all.json", 200, json!(URIS).to_string());
        let body = json!({"redirect_uris": URIS, "sector_identifier_uri": uri});
        let mut known = registered(&register(&op, None, &body).await);
        let update = |known: &serde_json::Value, uri: Option<&str>| {
            json!({"client_id": known["client_id"], "redirect_uris": URIS, "sector_identifier_uri": uri})
        };
        for _ in 0..2 {
            known = manage(&op, Method::PUT, &known, Some(&update(&known, Some(&uri)))).await.ok().json();
        }
        manage(&op, Method::PUT, &known, Some(&update(&known, Some(&uri)))).await.refused(429, "temporarily_unavailable");
        assert_eq!(site.visits().len(), 3);
        // What fetches nothing is not bounded.
        manage(&op, Method::PUT, &known, Some(&update(&known, None))).await.ok();
    }

    async fn cli_17_links_for_people_are_never_fetched(setup: Setup) {
        let site = HttpsSite::start();
        let op = setup.config(OPEN).config(&site.toml()).start();
        op.person("ada").await;
        let link = |path: &str| format!("{}{path}", site.url);
        let links = json!({"logo_uri": link("/logo.png"), "policy_uri": link("/policy"), "tos_uri": link("/terms"), "client_uri": link("/")});
        let known = registered(&with(&op, None, links).await);
        assert_eq!(known["logo_uri"], link("/logo.png"));
        let rp = party(&op, &known).await;
        let page = op.browser().open(&rp.request().url()).await;
        assert!(page.body.contains(&link("/policy")) && page.body.contains(&link("/terms")) && !page.body.contains("/logo.png"));
        rp.sign_in(&mut op.browser(), &rp.request()).await;
        assert_eq!(site.visits(), Vec::<String>::new());
    }

    async fn oidc_registration_2_1_names_in_other_languages_are_kept(setup: Setup) {
        let op = setup.config(OPEN).start();
        let names = json!({"client_name": "Harbour", "client_name#ja-Jpan-JP": "クライアント名", "tos_uri#fr": "https://rp.example/cgu"});
        let known = registered(&with(&op, None, names).await);
        assert_eq!((&known["client_name#ja-Jpan-JP"], &known["tos_uri#fr"]), (&json!("クライアント名"), &json!("https://rp.example/cgu")));
        with(&op, None, json!({"tos_uri#fr": "javascript:x"})).await.refused(400, "invalid_client_metadata");
    }

    async fn oidc_registration_2_a_program_on_a_machine_registers_loopback_and_private_schemes(setup: Setup) {
        let op = setup.config(OPEN).start();
        op.person("ada").await;
        for uri in ["http://127.0.0.1:3118/callback", "http://localhost:3118/callback", "com.example.app:/callback"] {
            let native = json!({"redirect_uris": [uri], "token_endpoint_auth_method": "none", "default_max_age": 60});
            let known = registered(&register(&op, None, &native).await);
            assert_eq!((known["application_type"].as_str(), known["default_max_age"].as_u64()), (Some("native"), Some(60)), "{uri}");
            let rp = party(&op, &known).await;
            rp.sign_in(&mut op.browser(), &rp.request()).await;
            with(&op, None, json!({"redirect_uris": [uri], "application_type": "web"})).await.refused(400, "invalid_redirect_uri");
        }
    }

    async fn oidc_registration_2_implicit_and_hybrid_need_the_operators_switch(setup: Setup) {
        let op = setup.config(OPEN).config("legacy.implicit = true").start();
        op.person("ada").await;
        for (response, grants) in [
            ("id_token", json!(["implicit"])),
            ("id_token token", json!(["implicit"])),
            ("code id_token", json!(["authorization_code", "implicit"])),
            ("code id_token token", json!(["authorization_code", "implicit"])),
        ] {
            let known = registered(&with(&op, None, json!({"response_types": [response]})).await);
            assert_eq!(known["grant_types"], grants, "{response}");
            let rp = party(&op, &known).await;
            let answer = op.browser().walk(&rp.request().with("response_type", response).url()).await;
            assert!(answer.location().unwrap().contains("#") && answer.location().unwrap().contains("id_token="), "{answer:?}");
        }
        let local = json!({"response_types": ["id_token"], "redirect_uris": ["https://localhost/cb"]});
        with(&op, None, local).await.refused(400, "invalid_redirect_uri");
    }

    async fn oidc_registration_2_a_client_registers_its_keys_and_signs_in_with_them(setup: Setup) {
        let op = setup.config(OPEN).start();
        let known = registered(&with(&op, None, json!({
            "token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_signing_alg": "ES256",
            "jwks": {"keys": [assertion::key().public_jwk()]},
        })).await);
        assert_eq!(known.get("client_secret"), None);
        let rp = party(&op, &known).await;
        let signed = assertion::sign(assertion::key(), &assertion::claims(&op, &rp));
        let form = [("grant_type", "authorization_code"), ("code", "x"), ("client_assertion_type", assertion::TYPE), ("client_assertion", &signed)];
        rp.token(&form).await.refused(400, "invalid_grant");
    }
}
