//! `latchkey conformance`: a good provider has no fail, and a bad one is found out by every probe.

use crate::support::{Latchkey, ports};
use crate::tls::{certificate, folder};
use serde_json::{Value, json};
use std::io::Write as _;
use std::process::{Command, Stdio};
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers};

const CALLBACK: &str = "https://rp.example/callback";

/// The exit code and the findings. The folder has no configuration.
fn probe(arguments: &[&str], input: &str) -> (i32, Value) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_latchkey"));
    command.args(["conformance", "--json"]).args(arguments).current_dir(std::env::temp_dir());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    (output.status.code().unwrap(), serde_json::from_slice(&output.stdout).unwrap())
}

fn ids(told: &Value, level: &str) -> Vec<String> {
    let findings = told["findings"].as_array().unwrap().iter();
    findings.filter(|one| one["level"] == level).map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

fn register(latchkey: &Latchkey) -> String {
    let arguments = ["client", "create", "--json", "--id", "probe", "--redirect-uri", CALLBACK];
    let grants = ["--grant", "authorization_code", "--grant", "client_credentials"];
    let told: Value = serde_json::from_str(&latchkey.run(&[&arguments[..], &grants].concat())).unwrap();
    told["client_secret"].as_str().unwrap().to_owned()
}

#[test]
fn latchkey_itself_passes_every_probe() {
    let latchkey = Latchkey::serve().start();
    let secret = register(&latchkey);
    let issuer = latchkey.issuer();
    let lent = [issuer.as_str(), "--client-id", "probe", "--client-secret-stdin", "--redirect-uri", CALLBACK];
    let (code, told) = probe(&lent, &format!("{secret}\n"));
    assert_eq!((code, &told["ok"], &told["issuer"]), (0, &json!(true), &json!(issuer)), "{told:#}");
    assert_eq!((ids(&told, "fail"), ids(&told, "warn")), (vec![], vec![]), "{told:#}");
    let skipped = ["transport.tls", "transport.old_tls", "transport.hsts"];
    assert_eq!(ids(&told, "skipped"), skipped, "only what plain http has not: {told:#}");
    // With a configuration the issuer is known.
    let said = latchkey.run(&["conformance"]);
    assert!(said.starts_with(&issuer) && said.contains("Nothing fails: ") && !said.contains("FAIL"), "{said}");
}

#[test]
fn rfc8996_the_binarys_own_tls_offers_no_old_version() {
    let (folder, port) = (folder(), ports::free());
    let (certificate_file, key_file, _) = certificate(&folder);
    let issuer = format!("https://localhost:{port}");
    let _latchkey = Latchkey::serve()
        .issuer(&issuer)
        .set("listen", format!("127.0.0.1:{port}"))
        .set("tls.certificate_file", certificate_file.to_str().unwrap())
        .set("tls.private_key_file", key_file.to_str().unwrap())
        .start();
    let (code, told) = probe(&[&issuer, "--ca-file", certificate_file.to_str().unwrap()], "");
    assert_eq!((code, ids(&told, "warn")), (0, vec![]), "{told:#}");
    for id in ["transport.https", "transport.tls", "transport.old_tls", "transport.hsts"] {
        assert!(ids(&told, "ok").contains(&id.to_owned()), "{id}: {told:#}");
    }
    // Without the certificate nothing is believed.
    let (code, told) = probe(&[&issuer], "");
    assert_eq!((code, ids(&told, "fail")), (1, vec!["discovery.openid".to_owned()]));
    let _ = std::fs::remove_dir_all(folder);
}

/// Everything wrong at once.
fn badly(issuer: &str, request: &Request) -> ResponseTemplate {
    let answer = |status| {
        let answer = ResponseTemplate::new(status).insert_header("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        answer.insert_header("access-control-allow-origin", "https://latchkey-probe.invalid")
    };
    let html = |answer: ResponseTemplate, body: &str| answer.set_body_raw(body.as_bytes().to_vec(), "text/html");
    let parameter =
        |name: &str| request.url.query_pairs().find(|(own, _)| own == name).map(|(_, value)| value.into_owned());
    match (request.method.as_str(), request.url.path()) {
        ("OPTIONS", _) => answer(200).insert_header("access-control-allow-credentials", "true"),
        (_, "/.well-known/openid-configuration" | "/.well-known/oauth-authorization-server") => {
            html(answer(200), &metadata(issuer).to_string())
        }
        (_, "/jwks") => {
            let key = json!({"kty": "RSA", "kid": "a", "n": "wQ".repeat(60), "e": "AQAB", "d": "AQAB"});
            ResponseTemplate::new(200).set_body_json(json!({"keys": [key, key]}))
        }
        (_, "/authorize") => {
            let query: String = request.url.query_pairs().map(|(_, value)| format!("<p>{value}")).collect();
            let to = parameter("redirect_uri").unwrap_or_default();
            let answer = answer(302).insert_header("location", format!("{to}?code=1"));
            html(answer.insert_header("referrer-policy", "unsafe-url").insert_header("set-cookie", "sid=1"), &query)
        }
        (_, "/check_session") => answer(200).insert_header("x-frame-options", "DENY"),
        ("POST", "/token") if request.body == b"grant_type=client_credentials" => {
            let token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.AAAA";
            answer(200).set_body_json(json!({"access_token": token, "token_type": "Bearer"}))
        }
        ("POST", "/token") => html(answer(401), "no"),
        (_, "/introspect") => answer(200).set_body_json(json!({"active": true})),
        (_, "/token" | "/userinfo" | "/revoke" | "/register") => answer(200),
        _ => answer(404),
    }
}

fn metadata(issuer: &str) -> Value {
    let at = |path: &str| format!("{issuer}/{path}");
    json!({
        "issuer": at(""), "jwks_uri": at("jwks"), "authorization_endpoint": at("authorize"), "token_endpoint": at("token"),
        "userinfo_endpoint": at("userinfo"), "introspection_endpoint": at("introspect"), "revocation_endpoint": at("revoke"),
        "registration_endpoint": at("register"), "check_session_iframe": at("check_session"),
        "end_session_endpoint": "ftp://127.0.0.1/nothing",
        "response_types_supported": ["code", "id_token token"], "grant_types_supported": ["password"],
        "id_token_signing_alg_values_supported": ["none", "ES256"], "code_challenge_methods_supported": ["plain"],
        "authorization_response_iss_parameter_supported": true,
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_provider_is_found_out_by_every_probe() {
    let server = MockServer::start().await;
    let issuer = server.uri();
    let own = issuer.clone();
    Mock::given(matchers::any()).respond_with(move |request: &Request| badly(&own, request)).mount(&server).await;
    let lent = [
        issuer,
        "--client-id".into(),
        "a".into(),
        "--client-secret-stdin".into(),
        "--redirect-uri".into(),
        CALLBACK.into(),
    ];
    let asked = tokio::task::spawn_blocking(move || probe(&lent.each_ref().map(String::as_str), "secret\n"));
    let (code, told) = asked.await.unwrap();
    assert_eq!(code, 1);
    // What is well there, has no plain http form, or follows from something worse.
    let well = ["discovery.openid", "metadata.iss", "transport.https", "jwks.served", "client.introspection"];
    assert_eq!(ids(&told, "ok"), well, "{told:#}");
    assert_eq!(ids(&told, "skipped"), ["transport.tls", "transport.old_tls", "transport.hsts"], "{told:#}");
    let advice = ["discovery.slash", "metadata.response_types", "metadata.request_uri", "transport.nosniff"];
    let keys = ["jwks.use", "jwks.cache", "authorize.pkce"];
    let pages = ["pages.csp", "pages.cache", "pages.cookies", "cors.scripts"];
    assert_eq!(ids(&told, "warn"), [&advice[..], &keys, &pages].concat(), "{told:#}");
    for finding in told["findings"].as_array().unwrap() {
        let has = |member: &str| finding[member].as_str().is_some_and(|text| !text.is_empty());
        let mended = !["warn", "fail"].contains(&finding["level"].as_str().unwrap()) || has("fix");
        assert!(has("clause") && has("seen") && mended, "{finding}");
    }
    assert!(!told.to_string().contains("AQAB"), "a key that leaked there is not repeated here");
}

#[test]
fn a_place_without_a_provider_is_one_failure() {
    let (code, told) = probe(&[&format!("http://127.0.0.1:{}", ports::free())], "");
    assert_eq!(
        (code, ids(&told, "fail"), told["findings"].as_array().unwrap().len()),
        (1, vec!["discovery.openid".into()], 1)
    );
    let (code, told) = probe(&["id.example"], "");
    assert_eq!((code, &told["error"]), (2, &json!("the issuer must be a URL such as https://id.example.com")));
}
