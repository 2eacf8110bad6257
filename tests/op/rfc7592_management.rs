//! RFC 7592: a client reads, replaces and deletes its own registration.

use crate::support::registrar::{manage, party, plain, register, registered, send, with};
use crate::support::{Setup, TestOp};
use latchkey::model::client::{Origin, store};
use latchkey::protocol::client_metadata::ClientMetadata;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const OPEN: &str = "registration.mode = \"open\"\nthrottle.registration_address = \"off\"";

async fn client(op: &TestOp) -> Value {
    registered(&register(op, None, &plain()).await)
}

/// What an update sends: its own id, and redirect URIs, with changes.
fn update(known: &Value, changes: Value) -> Value {
    let mut body = plain();
    body["client_id"] = known["client_id"].clone();
    body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    body
}

on_both_stores! {
    async fn rfc7592_2_1_a_client_reads_its_registration_and_no_secret(setup: Setup) {
        let op = setup.config(OPEN).start();
        let known = client(&op).await;
        let answer = manage(&op, Method::GET, &known, None).await;
        let read = answer.ok().json();
        assert_eq!((answer.header("cache-control"), answer.header("access-control-allow-origin")), ("no-store", "*"));
        assert_eq!(read.get("client_secret"), None);
        let mut expected = known.clone();
        for member in ["client_secret", "client_secret_expires_at"] {
            expected.as_object_mut().unwrap().remove(member);
        }
        assert_eq!(read, expected);
    }

    async fn rfc7592_2_2_an_update_replaces_everything_and_the_token(setup: Setup) {
        let op = setup.config(OPEN).start();
        let known = registered(&with(&op, None, json!({"client_name": "One", "policy_uri": "https://rp.example/p"})).await);
        let changed = manage(&op, Method::PUT, &known, Some(&update(&known, json!({"client_name": "Two", "tos_uri": null})))).await;
        let changed = changed.ok().json();
        assert_eq!((&changed["client_name"], changed.get("policy_uri")), (&json!("Two"), None));
        assert_eq!(changed["client_id"], known["client_id"]);
        assert_eq!(changed["client_id_issued_at"], known["client_id_issued_at"]);
        assert_ne!(changed["registration_access_token"], known["registration_access_token"]);
        manage(&op, Method::GET, &known, None).await.refused(401, "invalid_token");
        assert_eq!(manage(&op, Method::GET, &changed, None).await.ok().json()["client_name"], "Two");
        // The secret is as it was, and may be sent along.
        let own = update(&changed, json!({"client_secret": known["client_secret"]}));
        let again = manage(&op, Method::PUT, &changed, Some(&own)).await.ok().json();
        assert_eq!(again.get("client_secret"), None);
        let rp = party(&op, &known).await;
        rp.token(&[("grant_type", "authorization_code"), ("code", "x")]).await.refused(400, "invalid_grant");
    }

    async fn rfc7592_2_2_an_update_must_be_about_itself(setup: Setup) {
        let op = setup.config(OPEN).start();
        let (known, other) = (client(&op).await, client(&op).await);
        for changes in [
            json!({"client_id": other["client_id"]}),
            json!({"client_id": null}),
            json!({"client_secret": other["client_secret"]}),
            json!({"client_secret": 7}),
            json!({"registration_access_token": known["registration_access_token"]}),
            json!({"registration_client_uri": known["registration_client_uri"]}),
            json!({"client_secret_expires_at": 0}),
            json!({"client_id_issued_at": 1}),
        ] {
            let answer = manage(&op, Method::PUT, &known, Some(&update(&known, changes))).await;
            answer.refused(400, "invalid_client_metadata");
        }
        assert_eq!(manage(&op, Method::GET, &known, None).await.status, 200);
    }

    async fn cli_13_an_update_is_validated_as_fully_as_a_create(setup: Setup) {
        let op = setup.config(OPEN).config("[scopes.\"orders:read\"]\ndescription = \"Read orders\"").start();
        let known = client(&op).await;
        for (changes, error) in [
            (json!({"redirect_uris": []}), "invalid_redirect_uri"),
            (json!({"redirect_uris": ["https://rp.example/#f"]}), "invalid_redirect_uri"),
            (json!({"logo_uri": "javascript:x"}), "invalid_client_metadata"),
            (json!({"grant_types": ["client_credentials"]}), "invalid_client_metadata"),
            (json!({"scope": "openid orders:read"}), "invalid_client_metadata"),
            (json!({"jwks": {"keys": [{"kty": "oct", "k": "AA"}]}}), "invalid_client_metadata"),
            (json!({"sector_identifier_uri": "https://127.0.0.1/x.json"}), "invalid_client_metadata"),
            (json!({"software_statement": "x"}), "invalid_software_statement"),
        ] {
            manage(&op, Method::PUT, &known, Some(&update(&known, changes))).await.refused(400, error);
        }
        let read = manage(&op, Method::GET, &known, None).await.ok().json();
        assert_eq!(read["redirect_uris"], known["redirect_uris"]);
    }

    async fn cli_12_an_update_neither_takes_nor_gives_what_the_operator_set(setup: Setup) {
        let op = setup.config(OPEN).config("[scopes.\"orders:read\"]\ndescription = \"Read orders\"").start();
        let known = client(&op).await;
        let (id, now) = (known["client_id"].as_str().unwrap().to_owned(), op.now());
        let mut metadata: ClientMetadata = serde_json::from_value(plain()).unwrap();
        (metadata.trusted, metadata.scope) = (true, Some("openid orders:read".to_owned()));
        op.write(move |tx| store::save(tx, &id, Origin::Operator, true, &metadata, now)).await;
        let read = manage(&op, Method::GET, &known, None).await.ok().json();
        assert_eq!((read.get("trusted"), &read["scope"]), (None, &json!("openid orders:read")));
        let changed = update(&known, json!({"trusted": false, "require_pkce": false, "scope": "openid orders:read"}));
        manage(&op, Method::PUT, &known, Some(&changed)).await.ok();
        let kept = op.op.clients.find(known["client_id"].as_str().unwrap()).await.unwrap().unwrap();
        assert!(kept.metadata.trusted && kept.metadata.require_pkce.is_none() && kept.origin == Origin::Dynamic);
        // A scope that the operator granted and the client gave up does not come back.
        let op_token = register(&op, None, &plain()).await.json();
        let asked = update(&op_token, json!({"scope": "orders:read"}));
        manage(&op, Method::PUT, &op_token, Some(&asked)).await.refused(400, "invalid_client_metadata");
    }

    async fn a_secret_comes_and_goes_with_the_way_to_authenticate(setup: Setup) {
        let op = setup.config(OPEN).start();
        let known = registered(&with(&op, None, json!({"token_endpoint_auth_method": "none"})).await);
        assert_eq!(known.get("client_secret"), None);
        let confidential = manage(&op, Method::PUT, &known, Some(&update(&known, json!({})))).await.ok().json();
        assert!(confidential["client_secret"].as_str().unwrap().starts_with("lk_cs_"));
        assert_eq!(confidential["client_secret_expires_at"], 0);
        let public = update(&known, json!({"token_endpoint_auth_method": "none"}));
        let public = manage(&op, Method::PUT, &confidential, Some(&public)).await.ok().json();
        assert_eq!(public.get("client_secret"), None);
        let renewed = manage(&op, Method::PUT, &public, Some(&update(&known, json!({})))).await.ok().json();
        assert_ne!(renewed["client_secret"], confidential["client_secret"]);
    }

    async fn rfc7592_2_3_a_deleted_client_and_its_tokens_end(setup: Setup) {
        let op = setup.config(OPEN).start();
        op.person("ada").await;
        let known = registered(&with(&op, None, json!({"grant_types": ["authorization_code", "refresh_token"]})).await);
        let rp = party(&op, &known).await;
        let tokens = rp.sign_in(&mut op.browser(), &rp.request()).await;
        rp.userinfo(&tokens.access_token).await.ok();
        let answer = manage(&op, Method::DELETE, &known, None).await;
        assert_eq!((answer.status, answer.body.as_str(), answer.header("cache-control")), (204, "", "no-store"));
        rp.userinfo(&tokens.access_token).await.refused(401, "invalid_token");
        rp.refresh(&tokens.refresh_token).await.refused(401, "invalid_client");
        for method in [Method::GET, Method::DELETE] {
            manage(&op, method, &known, None).await.refused(401, "invalid_token");
        }
        assert_eq!(op.browser().open(&rp.request().url()).await.status, 400);
    }

    async fn cli_14_a_registration_access_token_is_bound_to_one_client(setup: Setup) {
        let op = setup.config(OPEN).start();
        let (mine, theirs, operators) = (client(&op).await, client(&op).await, op.web_app().await);
        let token = mine["registration_access_token"].as_str().unwrap();
        for id in [theirs["client_id"].as_str().unwrap(), &operators.client_id, "unknown", "x%2Fy", "%ff", &"x".repeat(500)] {
            for method in [Method::GET, Method::PUT, Method::DELETE] {
                let url = op.url(&format!("/register/{id}"));
                let answer = send(&op, method, &url, Some(token), Some(plain().to_string())).await;
                answer.refused(401, "invalid_token");
            }
        }
        let url = op.url(&format!("/register/{}", mine["client_id"].as_str().unwrap()));
        let none = send(&op, Method::GET, &url, None, None).await;
        assert_eq!((none.status, none.header("www-authenticate").starts_with("Bearer")), (401, true));
        for wrong in ["x", "lk_rat_x", mine["client_secret"].as_str().unwrap()] {
            send(&op, Method::GET, &url, Some(wrong), None).await.refused(401, "invalid_token");
        }
    }

    async fn of_two_updates_at_once_one_wins(setup: Setup) {
        let op = setup.config(OPEN).start();
        let (known, replica) = (client(&op).await, op.replica());
        let body = update(&known, json!({"client_name": "x"}));
        let tries = (0..6).map(|number| manage(if number % 2 == 0 { &op } else { &replica }, Method::PUT, &known, Some(&body)));
        let statuses: Vec<u16> = futures_util::future::join_all(tries).await.iter().map(|answer| answer.status).collect();
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
        assert!(statuses.iter().all(|status| matches!(status, 200 | 401)), "{statuses:?}");
    }

    async fn rfc7592_2_1_a_client_that_an_operator_disabled_may_not_read_or_mend_itself(setup: Setup) {
        let op = setup.config(OPEN).start();
        let known = client(&op).await;
        party(&op, &known).await.set_enabled(&op, false).await;
        for method in [Method::GET, Method::PUT, Method::DELETE] {
            manage(&op, method, &known, Some(&update(&known, json!({})))).await.refused(403, "access_denied");
        }
    }

    async fn an_update_whose_body_was_held_back_undoes_no_word_of_the_operator(setup: Setup) {
        let op = setup.config(OPEN).start();
        let known = client(&op).await;
        let (rp, id) = (party(&op, &known).await, known["client_id"].as_str().unwrap().to_owned());
        let body = update(&known, json!({"client_name": "x"})).to_string();
        let token = known["registration_access_token"].as_str().unwrap();
        let url = url::Url::parse(&op.url(&format!("/register/{id}"))).unwrap();
        let authority = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap());
        let head = format!(
            "PUT {} HTTP/1.1\r\nHost: {authority}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n",
            url.path(),
            body.len()
        );
        let mut stream = TcpStream::connect(&authority).await.unwrap();
        let (first, rest) = body.split_at(10);
        stream.write_all(format!("{head}{first}").as_bytes()).await.unwrap();
        // By now the server waits for the rest, as a rule; what is asserted holds in any order.
        manage(&op, Method::GET, &known, None).await.ok();
        rp.set_enabled(&op, false).await;
        stream.write_all(rest.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 401") || answer.starts_with("HTTP/1.1 403"), "{answer}");
        assert!(!op.write(move |tx| store::find(tx, &id)).await.unwrap().enabled);
    }

    async fn what_an_operator_registered_has_no_management(setup: Setup) {
        let op = setup.config(OPEN).start();
        let rp = op.web_app().await;
        let known = json!({"client_id": rp.client_id, "registration_access_token": client(&op).await["registration_access_token"]});
        manage(&op, Method::GET, &known, None).await.refused(401, "invalid_token");
    }
}
