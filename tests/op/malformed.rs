//! Whatever is sent, the answer is a refusal in the words of OAuth, never a crash.

use crate::support::relying_party::{REDIRECT_URI, web_app};
use crate::support::wire::{Raw, send};
use crate::support::{Answer, Setup, Stores, TestOp, assertion};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;

const PATHS: [&str; 28] = [
    "/",
    "/authorize",
    "/authorize/x",
    "/token",
    "/userinfo",
    "/introspect",
    "/revoke",
    "/logout",
    "/logout/x",
    "/logout/confirm/x",
    "/login",
    "/login/x",
    "/consent/x",
    "/jwks",
    "/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server",
    "/static/x",
    "/static/../x",
    "/healthz",
    "/readyz",
    "/nothing",
    "//",
    "/%ff",
    "/login/%00",
    "/login/%2e%2e",
    "/token/",
    "/authorize;x",
    "/*",
];
const METHODS: [&str; 9] = ["GET", "POST", "POST", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "BREW"];
const NAMES: [&str; 30] = [
    "grant_type",
    "code",
    "redirect_uri",
    "client_id",
    "client_secret",
    "client_assertion",
    "client_assertion_type",
    "code_verifier",
    "refresh_token",
    "scope",
    "resource",
    "token",
    "token_type_hint",
    "access_token",
    "response_type",
    "state",
    "nonce",
    "prompt",
    "max_age",
    "display",
    "id_token_hint",
    "login_hint",
    "ui_locales",
    "code_challenge",
    "code_challenge_method",
    "username",
    "password",
    "csrf",
    "decision",
    "post_logout_redirect_uri",
];

on_both_stores! {
    async fn rfc9110_15_5_14_a_form_beyond_16_kib_is_too_large(op: TestOp) {
        for path in ["/token", "/introspect", "/revoke", "/userinfo", "/authorize", "/logout"] {
            let announced = Raw::new("POST", path).form(vec![b'a'; 17_000]);
            let chunk = [b"4650\r\n".to_vec(), vec![b'a'; 18_000], b"\r\n0\r\n\r\n".to_vec()].concat();
            let chunked = Raw::new("POST", path).header("transfer-encoding", "chunked").form(chunk);
            for answer in [announced.send(&op).await, chunked.send(&op).await] {
                assert_eq!((answer.status, answer.error().as_str()), (413, "invalid_request"), "{path}");
            }
        }
    }

    async fn rfc9110_15_5_15_a_url_beyond_8_kib_is_too_long(op: TestOp) {
        for path in ["/authorize", "/token", "/jwks", "/nothing"] {
            let answer = Raw::new("GET", format!("{path}?state={}", "x".repeat(8_300))).send(&op).await;
            assert!(answer.refused(414, "invalid_request").reference().starts_with("LK-"));
        }
    }

    async fn rfc6585_5_headers_beyond_16_kib_are_too_large(op: TestOp) {
        let answer = Raw::new("GET", "/jwks").header("cookie", vec![b'x'; 16_500]).send(&op).await;
        assert!(answer.refused(431, "invalid_request").reference().starts_with("LK-"));
        let many = (0..200).fold(Raw::new("GET", "/jwks"), |raw, number| raw.header(&format!("x-{number}"), "y"));
        for raw in [many, Raw::new("GET", "/jwks").header("cookie", vec![b'x'; 300_000])] {
            assert!((400..500).contains(&raw.send(&op).await.status));
        }
    }

    async fn bytes_that_are_not_utf8_or_hold_a_nul_are_refused_by_name(op: TestOp) {
        for value in ["%ff", "%c3%28", "%00", "a%00b", "%ed%a0%80"] {
            let answer = Raw::new("GET", format!("/authorize?state={value}")).send(&op).await;
            answer.refused(400, "invalid_request");
            let answer = Raw::new("POST", "/token").form(format!("grant_type={value}")).send(&op).await;
            answer.refused(400, "invalid_request");
            assert!(answer.description().contains("grant_type"));
        }
        Raw::new("POST", "/token").form(vec![0xff, 0xfe, b'=', 0x80]).send(&op).await.refused(400, "invalid_request");
    }

    async fn too_many_parameters_are_refused(op: TestOp) {
        let many: Vec<String> = (0..101).map(|number| format!("p{number}=x")).collect();
        Raw::new("POST", "/token").form(many.join("&")).send(&op).await.refused(400, "invalid_request");
        let resources = vec!["resource=https%3A%2F%2Fa"; 101].join("&");
        Raw::new("POST", "/token").form(resources).send(&op).await.refused(400, "invalid_request");
    }

    async fn json_however_deep_is_no_form(op: TestOp) {
        let deep = "[".repeat(15_000);
        for path in ["/token", "/introspect", "/revoke", "/authorize", "/logout"] {
            let raw =
                Raw { body: deep.clone().into(), ..Raw::new("POST", path).header("content-type", "application/json") };
            assert_eq!(raw.send(&op).await.refused(415, "invalid_request").status, 415, "{path}");
        }
    }

    async fn broken_jwts_are_refused_wherever_one_may_stand(op: TestOp) {
        let rp = op.client(web_app()).await;
        let robot = op.client(assertion::metadata()).await;
        for jwt in broken_jwts() {
            assertion::present(&robot, &jwt).await.refused(401, "invalid_client");
            assert!(matches!(rp.userinfo(&jwt).await.status, 400 | 401), "{jwt}");
            assert_eq!(rp.introspect(&jwt).await.body, r#"{"active":false}"#);
            rp.revoke(&jwt).await.ok();
            let hinted = rp.request().with("id_token_hint", &jwt).with("prompt", "none");
            op.browser().open(&hinted.url()).await.refused(303, "login_required");
            let logout = url::form_urlencoded::byte_serialize(jwt.as_bytes()).collect::<String>();
            let page = op.browser().open(&op.url(&format!("/logout?id_token_hint={logout}"))).await;
            assert!(page.ok().body.contains("Nothing was signed out"), "{}", page.body);
        }
    }

    async fn a_client_that_goes_away_harms_nobody(op: TestOp) {
        let head = "POST /token HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 100\r\n\r\ngrant";
        for cut in [head.len(), head.len() - 20, 10, 1] {
            let mut stream = tokio::net::TcpStream::connect(op.address.trim_start_matches("http://")).await.unwrap();
            tokio::io::AsyncWriteExt::write_all(&mut stream, &head.as_bytes()[..cut]).await.unwrap();
        }
        assert_eq!(Raw::new("GET", "/healthz").send(&op).await.status, 200);
    }

    async fn what_is_no_http_is_a_bad_request(op: TestOp) {
        for bytes in [
            &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"[..],
            b"GET / HTTP/9.9\r\n\r\n",
            b"get\r\n\r\n",
            b"GET /\x00 HTTP/1.1\r\nhost: x\r\n\r\n",
        ] {
            assert!((400..500).contains(&send(&op, bytes).await.status), "{bytes:?}");
        }
    }

    async fn rfc9112_3_2_a_request_without_one_good_host_is_refused(op: TestOp) {
        let head = |version: &str, hosts: &[&str]| {
            let hosts: String = hosts.iter().map(|host| format!("Host: {host}\r\n")).collect();
            format!("GET /jwks HTTP/{version}\r\n{hosts}Connection: close\r\n\r\n").into_bytes()
        };
        for good in ["id.example.com", "127.0.0.1:8080", "[::1]:80", "b%C3%BCcher.example"] {
            assert_eq!(send(&op, &head("1.1", &[good])).await.status, 200, "{good}");
        }
        assert_eq!(send(&op, &head("1.0", &[])).await.status, 200, "HTTP/1.0 knows no Host");
        for host in ["a b", "", "a/b", "a@b", "a:x"] {
            let answer = send(&op, &head("1.1", &[host])).await;
            assert!(answer.refused(400, "invalid_request").description().contains("Host"), "{host:?}");
        }
        // None, or two: the HTTP library refuses them before anything of ours sees the request.
        let hosts: [(&str, &[&str]); 4] = [("1.1", &[]), ("1.1", &["a", "a"]), ("1.1", &["a", "b"]), ("1.0", &["a", "b"])];
        for (version, hosts) in hosts {
            assert_eq!(send(&op, &head(version, hosts)).await.status, 400, "{version} {hosts:?}");
        }
    }

    async fn every_endpoint_refuses_other_methods_in_its_own_words(op: TestOp) {
        // Health and assets are no endpoints of OAuth: the router's bare 405 is enough there.
        for path in PATHS.into_iter().filter(|path| !is_plain(path)) {
            for method in ["PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"] {
                let answer = Raw::new(method, path).send(&op).await;
                assert!(matches!(answer.status, 404 | 405 | 400), "{method} {path}: {}", answer.status);
                assert_refused_in_words(&answer).unwrap_or_else(|why| panic!("{method} {path}: {why}"));
            }
        }
    }
}

fn broken_jwts() -> Vec<String> {
    let good = json!({"iss": "x", "sub": "x"}).to_string();
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(2_000), "]".repeat(2_000));
    let key = assertion::key();
    vec![
        ".".into(),
        "..".into(),
        "...".into(),
        "a.b".into(),
        "a.b.c.d.e".into(),
        "e30.e30.".into(),
        "e30.e30.e30".into(),
        "=.=.=".into(),
        "ey!.ey!.x".into(),
        "A".repeat(4_000),
        format!("{}.", assertion::unsigned(r#"{"alg":"none"}"#, &good)),
        assertion::sign_raw(key, r#"{"alg":"ES256"}"#, &good),
        assertion::sign_raw(key, r#"{"alg":["ES256"]}"#, &good),
        assertion::sign_raw(key, "{", &good),
        assertion::sign_raw(key, r#"{"alg":"ES256"}"#, "{"),
        assertion::sign_raw(key, r#"{"alg":"ES256"}"#, &deep),
        assertion::sign_raw(key, &deep, "{}"),
        assertion::sign_raw(key, r#"{"alg":"ES256"}"#, r#"{"exp":1e999}"#),
        assertion::sign_raw(key, "{\"alg\":\"ES256\",\"kid\":\"\u{0}\u{202e}\"}", &good),
    ]
}

/// A refusal is JSON with an error, a page with an error and a reference, or a bare Bearer challenge.
fn assert_refused_in_words(answer: &Answer) -> Result<(), String> {
    if answer.status < 400 {
        return Ok(());
    }
    let bare = answer.status == 401 && answer.header("www-authenticate").starts_with("Bearer");
    let json = serde_json::from_str::<serde_json::Value>(&answer.body).is_ok_and(|json| json["error"].is_string());
    let page = answer.header("content-type").starts_with("text/html")
        && answer.body.contains("error")
        && answer.body.contains("LK-");
    if answer.status < 500 && (bare || json || page) {
        Ok(())
    } else {
        Err(format!("{} {:?} {}", answer.status, answer.headers, answer.body))
    }
}

fn is_plain(path: &str) -> bool {
    path.starts_with("/static") || path == "/healthz" || path == "/readyz"
}

/// What a request may hold that the harness alone knows.
#[derive(Clone, Debug)]
struct Known {
    client_id: String,
    basic: String,
}

fn value(known: &Known) -> impl Strategy<Value = Vec<u8>> + use<> {
    let good = [
        known.client_id.as_str(),
        REDIRECT_URI,
        "openid",
        "code",
        "authorization_code",
        "refresh_token",
        "client_credentials",
        "S256",
        "none",
        "login",
        assertion::TYPE,
    ];
    let good: Vec<Vec<u8>> = good.iter().map(|word| word.as_bytes().to_vec()).collect();
    let jwts: Vec<Vec<u8>> = broken_jwts().into_iter().map(String::into_bytes).collect();
    prop_oneof![
        4 => prop::sample::select(good),
        2 => "\\PC{0,40}".prop_map(String::into_bytes),
        1 => prop::sample::select(jwts),
        1 => "lk_(ac|rt|at|cs)_[A-Za-z0-9_-]{0,90}".prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..60),
        1 => (1_000_usize..9_000).prop_map(|length| vec![b'x'; length]),
        1 => "[0-9.e+-]{0,30}".prop_map(String::into_bytes),
    ]
}

/// Pairs as a form has them; now and then with the escapes left out, so that they are broken.
fn pairs(known: &Known) -> impl Strategy<Value = Vec<u8>> + use<> {
    let pair = (prop::sample::select(NAMES.to_vec()), value(known), prop::bool::weighted(0.1));
    prop::collection::vec(pair, 0..9).prop_map(|pairs| {
        let written = pairs.into_iter().map(|(name, value, raw)| {
            let escaped = url::form_urlencoded::byte_serialize(&value).collect::<String>().into_bytes();
            [name.as_bytes(), b"=", if raw { &value } else { &escaped }].concat()
        });
        written.collect::<Vec<_>>().join(&b'&')
    })
}

fn header_value() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop_oneof![4 => 0x20_u8..0x7f, 1 => 0x80_u8..=0xff], 0..80)
}

fn request(known: &Known) -> impl Strategy<Value = Raw> + use<> {
    let target = (prop::sample::select(PATHS.to_vec()), prop::option::of(pairs(known)));
    let content_type = prop_oneof![
        5 => Just(b"application/x-www-form-urlencoded".to_vec()),
        1 => Just(b"application/json".to_vec()),
        1 => Just(b"multipart/form-data".to_vec()),
        1 => header_value(),
    ];
    let bearer = prop::sample::select(broken_jwts()).prop_map(|jwt| format!("Bearer {jwt}").into_bytes());
    let authorization = prop_oneof![3 => Just(known.basic.clone().into_bytes()), 1 => bearer, 1 => header_value()];
    let cookie = prop_oneof!["lk_(s|i_x)=[ -~]{0,40}".prop_map(String::into_bytes), header_value()];
    let body = prop_oneof![4 => pairs(known), 1 => prop::collection::vec(any::<u8>(), 0..20_000)];
    let optional = (
        prop::option::of(content_type),
        prop::option::of(authorization),
        prop::option::of(cookie),
        prop::option::of(header_value()),
    );
    (prop::sample::select(METHODS.to_vec()), target, optional, body).prop_map(
        |(method, (path, query), optional, body)| {
            let mut target = path.as_bytes().to_vec();
            if let Some(query) = query {
                // Other bytes make no URI (RFC 3986 §2), which the HTTP parser refuses before anything of ours is asked.
                let fits = |byte: &u8| byte.is_ascii_alphanumeric() || b"%=&+-._~:/?@!$'()*,;".contains(byte);
                target.extend([b"?".to_vec(), query.into_iter().filter(fits).collect()].concat());
            }
            let names = ["content-type", "authorization", "cookie", "accept-language"];
            let values = [optional.0, optional.1, optional.2, optional.3];
            let headers = names.into_iter().zip(values).filter_map(|(name, value)| Some((name.to_owned(), value?)));
            Raw { method: method.to_owned(), target, headers: headers.collect(), body }
        },
    )
}

/// Any request at any endpoint, on one pair of stores.
fn whatever_is_sent_is_answered_in_words(stores: Stores) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let op = Setup::new(stores).start();
    let rp = runtime.block_on(op.client(web_app()));
    let known = Known { client_id: rp.client_id.clone(), basic: rp.basic() };
    let mut runner = TestRunner::new(Config { cases: 600, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&request(&known), |request| {
        let answer = runtime.block_on(request.send(&op));
        let target = String::from_utf8_lossy(&request.target).into_owned();
        let wordless = request.method == "HEAD" || is_plain(target.split('?').next().unwrap_or_default());
        let judged = if wordless && answer.status < 500 { Ok(()) } else { assert_refused_in_words(&answer) };
        judged.map_err(TestCaseError::fail)
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn whatever_is_sent_is_answered_in_words_on_sqlite() {
    whatever_is_sent_is_answered_in_words(Stores::Sqlite);
}

#[test]
fn whatever_is_sent_is_answered_in_words_on_postgres() {
    whatever_is_sent_is_answered_in_words(Stores::Postgres);
}
