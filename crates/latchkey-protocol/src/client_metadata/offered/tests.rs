use super::*;
use serde_json::json;

const URI: &str = "https://rp.example/cb";

fn announced() -> Map<String, Value> {
    let document = json!({
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "private_key_jwt", "none"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256", "ES256", "HS256"],
        "id_token_signing_alg_values_supported": ["RS256", "ES256"],
        "id_token_encryption_alg_values_supported": ["RSA-OAEP", "ECDH-ES"],
        "id_token_encryption_enc_values_supported": ["A128CBC-HS256", "A256GCM"],
        "userinfo_signing_alg_values_supported": ["RS256"],
        "userinfo_encryption_alg_values_supported": ["RSA-OAEP"],
        "userinfo_encryption_enc_values_supported": ["A128CBC-HS256"],
        "request_object_signing_alg_values_supported": ["PS256"],
        "response_types_supported": ["code", "none"],
        "subject_types_supported": ["public", "pairwise"],
    });
    document.as_object().unwrap().clone()
}

fn judged(value: Value, change: impl Fn(&mut Offered<'_>)) -> Vec<Invalid> {
    judged_by(announced(), value, change)
}

/// With `legacy.implicit`.
fn legacy(value: Value) -> Vec<Invalid> {
    let mut announced = announced();
    announced["grant_types_supported"].as_array_mut().unwrap().push("implicit".into());
    announced
        .insert("response_types_supported".to_owned(), ResponseType::ALL.map(ResponseType::as_str).to_vec().into());
    judged_by(announced, value, |_| {})
}

fn judged_by(announced: Map<String, Value>, value: Value, change: impl Fn(&mut Offered<'_>)) -> Vec<Invalid> {
    let mut offered = Offered { announced: &announced, ..Offered::of_nothing() };
    change(&mut offered);
    let mut members = json!({"redirect_uris": [URI]}).as_object().unwrap().clone();
    members.extend(value.as_object().unwrap().clone());
    let metadata = ClientMetadata::read_self_registered(members).unwrap().with_defaults(&offered);
    metadata.check_self_registered(&offered).err().unwrap_or_default()
}

#[track_caller]
fn refused(value: Value, member: &str) {
    let found = judged(value.clone(), |_| {});
    assert!(found.iter().any(|invalid| invalid.member == member), "{value}: {found:?}");
}

#[track_caller]
fn accepted(value: Value) {
    assert_eq!(judged(value.clone(), |_| {}), [], "{value}");
}

#[test]
fn rfc7591_2_what_is_announced_may_be_registered_and_nothing_else() {
    let keys = json!({"keys": []});
    for value in [
        json!({}),
        json!({"token_endpoint_auth_method": "none"}),
        json!({"token_endpoint_auth_method": "private_key_jwt", "jwks": keys, "token_endpoint_auth_signing_alg": "ES256"}),
        json!({"id_token_signed_response_alg": "ES256", "userinfo_signed_response_alg": "RS256"}),
        json!({"id_token_encrypted_response_alg": "RSA-OAEP", "jwks_uri": "https://rp.example/jwks"}),
        json!({"id_token_encrypted_response_alg": "ECDH-ES", "id_token_encrypted_response_enc": "A256GCM", "jwks": keys}),
        json!({"request_object_signing_alg": "PS256", "default_max_age": 60, "require_auth_time": true}),
        json!({"grant_types": ["authorization_code", "refresh_token"], "scope": "openid email offline_access"}),
    ] {
        accepted(value);
    }
    for (member, value) in [
        ("token_endpoint_auth_method", "client_secret_post"),
        ("token_endpoint_auth_method", "tls_client_auth"),
        ("token_endpoint_auth_signing_alg", "PS512"),
        ("id_token_signed_response_alg", "HS256"),
        ("id_token_signed_response_alg", "none"),
        ("id_token_encrypted_response_alg", "RSA1_5"),
        ("userinfo_signed_response_alg", "none"),
        ("userinfo_encrypted_response_alg", "dir"),
        ("request_object_signing_alg", "none"),
        ("request_object_encryption_alg", "RSA-OAEP"),
        ("subject_type", "transient"),
        ("application_type", "desktop"),
    ] {
        refused(json!({member: value}), member);
    }
}

#[test]
fn oidc_registration_2_enc_needs_alg_and_alg_needs_keys() {
    for prefix in ["id_token_encrypted_response", "userinfo_encrypted_response", "request_object_encryption"] {
        let enc = format!("{prefix}_enc");
        refused(json!({&enc: "A128CBC-HS256", "jwks": {"keys": []}}), &enc);
    }
    refused(json!({"id_token_encrypted_response_alg": "RSA-OAEP"}), "id_token_encrypted_response_alg");
}

#[test]
fn cli_12_grants_in_which_a_client_acts_alone_are_an_operators_to_give() {
    let robot = json!({"redirect_uris": null, "grant_types": ["client_credentials"], "response_types": []});
    refused(robot.clone(), "grant_types");
    let held = ClientMetadata { grant_types: Some(vec!["client_credentials".into()]), ..Default::default() };
    let kept = judged(robot, |offered| offered.held = Some(Box::leak(Box::new(held.clone()))));
    assert_eq!(kept, []);
    refused(
        json!({"grant_types": ["authorization_code", "urn:ietf:params:oauth:grant-type:token-exchange"]}),
        "grant_types",
    );
    refused(json!({"grant_types": ["authorization_code", "password"]}), "grant_types");
}

#[test]
fn cli_12_a_scope_of_the_operators_must_be_open() {
    refused(json!({"scope": "openid orders:read"}), "scope");
    let open = ["orders:read".to_owned()];
    let open: &'static [String] = Box::leak(Box::new(open));
    assert_eq!(judged(json!({"scope": "openid orders:read"}), |offered| offered.scopes = open), []);
    refused(json!({"scope": "openid \"x\""}), "scope");
    let metadata = ClientMetadata { scope: Some("openid what orders:read".into()), ..Default::default() };
    assert_eq!(metadata.without_unknown_scopes(|word| word == "orders:read").scope.unwrap(), "openid orders:read");
}

#[test]
fn response_types_with_tokens_need_the_legacy_switch() {
    for response in ["id_token", "token id_token", "code token", "code id_token token"] {
        refused(json!({"response_types": [response]}), "response_types");
        let legacy = legacy(json!({"response_types": [response]}));
        assert_eq!(legacy, [], "{response}");
    }
    for response in ["token", "magic", "code code", ""] {
        assert!(!legacy(json!({"response_types": [response]})).is_empty(), "{response}");
    }
}

#[test]
fn rfc7591_2_1_response_and_grant_types_must_agree() {
    refused(json!({"grant_types": ["refresh_token"], "response_types": ["code"]}), "grant_types");
    refused(json!({"grant_types": ["authorization_code"], "response_types": []}), "response_types");
}

#[test]
fn oidc_registration_2_application_type_rules_over_redirect_uris() {
    let with = |kind: &str, uri: &str| json!({"application_type": kind, "redirect_uris": [uri]});
    for uri in ["http://localhost/cb", "http://127.0.0.1:8080/cb", "com.example.app:/cb"] {
        refused(with("web", uri), "redirect_uris");
        accepted(with("native", uri));
        accepted(json!({"redirect_uris": [uri]}));
    }
    accepted(with("web", "https://127.0.0.1:8443/test/a/x/callback"));
    accepted(with("web", "https://localhost/cb"));
    for uri in ["https://rp.example/cb#x", "http://rp.example/cb", "javascript:alert(1)", "/cb"] {
        refused(with("native", uri), "redirect_uris");
        refused(with("web", uri), "redirect_uris");
    }
    let implicit = |uri: &str| json!({"response_types": ["id_token"], "redirect_uris": [uri]});
    assert_eq!(legacy(implicit("https://127.0.0.1:8443/cb")), []);
    for uri in ["https://localhost/cb", "http://127.0.0.1/cb", "http://localhost/cb"] {
        assert_eq!(legacy(implicit(uri))[0].member, "redirect_uris", "{uri}");
    }
}

#[test]
fn oidc_core_8_1_pairwise_subjects_of_several_hosts_need_a_sector() {
    let uris = ["https://one.example/cb", "https://two.example/cb"];
    refused(json!({"subject_type": "pairwise", "redirect_uris": uris}), "sector_identifier_uri");
    let sector = "https://one.example/uris.json";
    accepted(json!({"subject_type": "pairwise", "redirect_uris": uris, "sector_identifier_uri": sector}));
    accepted(json!({"subject_type": "pairwise"}));
}

#[test]
fn a_front_channel_logout_page_is_at_home_where_the_client_is() {
    accepted(json!({"frontchannel_logout_uri": "https://rp.example/out"}));
    for uri in ["https://other.example/out", "https://rp.example:8443/out"] {
        refused(json!({"frontchannel_logout_uri": uri}), "frontchannel_logout_uri");
    }
}

#[test]
fn texts_are_short_and_plain_and_lists_end() {
    let long = "x".repeat(300);
    for member in ["client_name", "software_id", "software_version", "client_name#ja"] {
        refused(json!({member: long}), member);
        for unseen in ["a\u{0}b", "Bank\u{202e}live", "Ban\u{200b}k"] {
            refused(json!({member: unseen}), member);
        }
        accepted(json!({member: "Häfen 港"}));
    }
    for member in ["contacts", "default_acr_values"] {
        refused(json!({member: [long]}), member);
        refused(json!({member: vec!["x"; 21]}), member);
        accepted(json!({member: ["ve7jtb@example.org"]}));
    }
    refused(json!({"client_name#ja": 7}), "client_name#ja");
    refused(json!({"redirect_uris": vec![URI; 21]}), "redirect_uris");
    refused(json!({"request_uris": vec![URI; 21]}), "request_uris");
}

proptest::proptest! {
    #[test]
    fn no_json_makes_the_judgement_panic(name in "[a-z_#]{0,30}", text in "\\PC{0,60}", number in proptest::num::f64::ANY) {
        let announced = announced();
        let offered = Offered { announced: &announced, ..Offered::of_nothing() };
        for value in [json!(text), json!(number), json!([text]), json!({&name: text}), json!([[text]])] {
            for member in [name.as_str(), "redirect_uris", "jwks_uri", "scope", "response_types", "grant_types", "client_name#a"] {
                let members = Map::from_iter([(member.to_owned(), value.clone()), ("request_uris".to_owned(), json!([text]))]);
                if let Ok(metadata) = ClientMetadata::read_self_registered(members) {
                    let _ = metadata.with_defaults(&offered).check_self_registered(&offered);
                }
            }
        }
    }
}
