//! Fetches from loopback servers.

use super::*;
use std::io::{Read as _, Write as _};
use std::net::{IpAddr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use wiremock::matchers::{body_string, header as has_header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

fn loopback() -> Egress {
    Egress::new(vec!["127.0.0.1/32".parse().unwrap()], None).unwrap()
}

async fn answering(response: ResponseTemplate) -> (MockServer, Url) {
    let server = MockServer::start().await;
    Mock::given(path("/it")).respond_with(response).mount(&server).await;
    let url = Url::parse(&format!("{}/it", server.uri())).unwrap();
    (server, url)
}

#[tokio::test]
async fn an_allowed_address_is_fetched() {
    let response = ResponseTemplate::new(200)
        .set_body_raw("{}", "application/json")
        .insert_header("Cache-Control", "public, max-age=60");
    let (_server, url) = answering(response).await;
    let fetched = loopback().get(&url, "application/json").await.unwrap();
    let content_type = Some("application/json".to_owned());
    assert_eq!(
        fetched,
        Fetched { status: 200, content_type, body: b"{}".to_vec(), max_age: Some(Duration::from_secs(60)) }
    );
}

#[tokio::test]
async fn a_status_is_the_callers_to_judge() {
    let (_server, url) = answering(ResponseTemplate::new(404)).await;
    assert_eq!(loopback().get(&url, "*/*").await.unwrap().status, 404);
}

#[tokio::test]
async fn a_text_that_is_no_url_is_refused() {
    for text in ["", "jwks", "/jwks", "https://", "https://a b/"] {
        assert_eq!(loopback().get(text, "*/*").await, Err(EgressError::Url), "{text}");
    }
}

#[tokio::test]
async fn a_body_is_posted() {
    let server = MockServer::start().await;
    let form = "application/x-www-form-urlencoded";
    let mock =
        Mock::given(method("POST")).and(path("/logout")).and(has_header("content-type", form)).and(body_string("a=b"));
    mock.respond_with(ResponseTemplate::new(200)).expect(1).mount(&server).await;
    let url = Url::parse(&format!("{}/logout", server.uri())).unwrap();
    assert_eq!(loopback().post(&url, form, b"a=b".to_vec()).await.unwrap().status, 200);
}

#[tokio::test]
async fn nothing_connects_before_the_address_is_judged() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let strict = Egress::new(Vec::new(), None).unwrap();
    for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"] {
        let url = Url::parse(&format!("https://{host}:{port}/")).unwrap();
        assert_eq!(strict.get(&url, "*/*").await, Err(EgressError::Forbidden));
    }
    assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
}

/// Answers the first question with a harmless address, the later ones with another.
struct Rebinding(AtomicUsize);

#[async_trait::async_trait]
impl Resolve for Rebinding {
    async fn resolve(&self, _: &str) -> std::io::Result<Vec<IpAddr>> {
        let first = self.0.fetch_add(1, Ordering::SeqCst) == 0;
        Ok(vec![if first { [127, 0, 0, 1] } else { [127, 0, 0, 2] }.into()])
    }
}

#[tokio::test]
async fn a_name_is_resolved_once_and_the_connection_is_pinned() {
    let (server, _) = answering(ResponseTemplate::new(200)).await;
    let resolver = Arc::new(Rebinding(AtomicUsize::new(0)));
    let egress = Egress::with_resolver(vec!["127.0.0.1/32".parse().unwrap()], None, resolver.clone()).unwrap();
    let url = Url::parse(&format!("http://rebinding.example:{}/it", server.address().port())).unwrap();
    assert_eq!(egress.get(&url, "*/*").await.unwrap().status, 200);
    assert_eq!(resolver.0.load(Ordering::SeqCst), 1);
    assert_eq!(egress.get(&url, "*/*").await, Err(EgressError::Forbidden));
}

#[tokio::test]
async fn a_redirect_is_never_followed() {
    for status in [301, 302, 303, 307, 308] {
        let (server, url) = answering(ResponseTemplate::new(status).insert_header("Location", "/elsewhere")).await;
        assert_eq!(loopback().get(&url, "*/*").await, Err(EgressError::Redirect(status)));
        assert_eq!(server.received_requests().await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_body_ends_at_64_kib() {
    let body = |size: usize| ResponseTemplate::new(200).set_body_bytes(vec![b'x'; size]);
    let (_server, url) = answering(body(LARGEST_BODY)).await;
    assert_eq!(loopback().get(&url, "*/*").await.unwrap().body.len(), LARGEST_BODY);
    let (_server, url) = answering(body(LARGEST_BODY + 1)).await;
    assert_eq!(loopback().get(&url, "*/*").await, Err(EgressError::TooLarge));
}

/// A server that answers one connection with `say`, pausing after each part.
fn raw_server(say: Vec<&'static [u8]>, pause: Duration) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 1024]);
        for part in say {
            if stream.write_all(part).is_err() {
                return;
            }
            std::thread::sleep(pause);
        }
    });
    url
}

#[tokio::test]
async fn a_body_without_end_is_cut_off() {
    let head = &b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"[..];
    let chunk: &'static [u8] = vec![format!("2000\r\n{}\r\n", "x".repeat(0x2000)).into_bytes(); 1].concat().leak();
    let url = raw_server([vec![head], vec![chunk; 1000]].concat(), Duration::ZERO);
    assert_eq!(loopback().get(&url, "*/*").await, Err(EgressError::TooLarge));
}

#[tokio::test]
async fn a_slow_body_and_a_silent_server_run_out_of_time() {
    let mut egress = loopback();
    egress.timeout = Duration::from_millis(300);
    let head = &b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"[..];
    let url = raw_server([vec![head], vec![&b"x"[..]; 100]].concat(), Duration::from_millis(50));
    assert_eq!(egress.get(&url, "*/*").await, Err(EgressError::Timeout));
    let silent = raw_server(vec![b""], Duration::from_secs(2));
    assert_eq!(egress.get(&silent, "*/*").await, Err(EgressError::Timeout));
}

#[tokio::test]
async fn a_refused_connection_and_a_broken_answer_are_errors() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let closed = Url::parse(&format!("http://127.0.0.1:{port}/?secret")).unwrap();
    for url in [closed, raw_server(vec![b"nonsense\r\n\r\n"], Duration::ZERO)] {
        match loopback().get(&url, "*/*").await {
            Err(EgressError::Connection(cause)) => assert!(!cause.contains("secret"), "{cause}"),
            other => panic!("{other:?}"),
        }
    }
}

/// A certificate for `localhost` that signs itself, and its key, as PEM.
fn certificate() -> (Vec<u8>, openssl::pkey::PKey<openssl::pkey::Private>) {
    use openssl::asn1::Asn1Time;
    use openssl::x509::extension::{BasicConstraints, SubjectAlternativeName};
    let group = openssl::ec::EcGroup::from_curve_name(openssl::nid::Nid::X9_62_PRIME256V1).unwrap();
    let key = openssl::pkey::PKey::from_ec_key(openssl::ec::EcKey::generate(&group).unwrap()).unwrap();
    let mut name = openssl::x509::X509NameBuilder::new().unwrap();
    name.append_entry_by_text("CN", "localhost").unwrap();
    let name = name.build();
    let mut builder = openssl::x509::X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder.set_subject_name(&name).unwrap();
    builder.set_issuer_name(&name).unwrap();
    builder.set_pubkey(&key).unwrap();
    builder.set_not_before(&Asn1Time::days_from_now(0).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::days_from_now(1).unwrap()).unwrap();
    let names = SubjectAlternativeName::new().dns("localhost").build(&builder.x509v3_context(None, None)).unwrap();
    builder.append_extension(names).unwrap();
    builder.append_extension(BasicConstraints::new().critical().build().unwrap()).unwrap();
    builder.sign(&key, openssl::hash::MessageDigest::sha256()).unwrap();
    (builder.build().to_pem().unwrap(), key)
}

/// An https server on loopback that answers each connection with an empty 200.
fn tls_server(pem: &[u8], key: &openssl::pkey::PKeyRef<openssl::pkey::Private>) -> u16 {
    let mut acceptor = openssl::ssl::SslAcceptor::mozilla_intermediate_v5(openssl::ssl::SslMethod::tls()).unwrap();
    acceptor.set_certificate(&openssl::x509::X509::from_pem(pem).unwrap()).unwrap();
    acceptor.set_private_key(key).unwrap();
    let (acceptor, listener) = (acceptor.build(), TcpListener::bind("127.0.0.1:0").unwrap());
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut tls) = acceptor.accept(stream.unwrap()) else { continue };
            let _ = tls.read(&mut [0; 1024]);
            let _ = tls.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        }
    });
    port
}

#[tokio::test]
async fn certificates_are_checked_against_the_roots_and_the_extra_file() {
    let (pem, key) = certificate();
    let port = tls_server(&pem, &key);
    let directory = std::env::temp_dir().join(format!("latchkey-egress-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let file = directory.join("ca.pem");
    std::fs::write(&file, &pem).unwrap();
    let allowed = || vec!["127.0.0.1/32".parse().unwrap()];
    let url = |host: &str| Url::parse(&format!("https://{host}:{port}/")).unwrap();
    let trusting = Egress::new(allowed(), Some(&file)).unwrap();
    assert_eq!(trusting.get(&url("localhost"), "*/*").await.unwrap().status, 200);
    assert!(matches!(trusting.get(&url("127.0.0.1"), "*/*").await, Err(EgressError::Connection(_))), "another name");
    assert!(matches!(loopback().get(&url("localhost"), "*/*").await, Err(EgressError::Connection(_))), "unknown root");
    std::fs::write(&file, "nothing").unwrap();
    assert!(Egress::new(allowed(), Some(&file)).is_err());
    assert!(Egress::new(allowed(), Some(&directory.join("absent.pem"))).is_err());
    std::fs::remove_dir_all(&directory).unwrap();
}

#[test]
fn max_age_is_read_from_cache_control() {
    for (text, seconds) in [
        ("max-age=5", Some(5)),
        ("public, Max-Age=\"7\"", Some(7)),
        ("no-store, max-age=5", Some(0)),
        ("no-cache", Some(0)),
        ("private", None),
        ("max-age=x", None),
        ("s-maxage=5", None),
        ("", None),
    ] {
        assert_eq!(max_age(text), seconds.map(Duration::from_secs), "{text}");
    }
}
