//! Native TLS, with the binary's own listener.

use crate::support::Latchkey;
use crate::support::process::PATIENCE;
use openssl::asn1::Asn1Time;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::rsa::Rsa;
use openssl::ssl::{SslConnector, SslMethod, SslVerifyMode};
use openssl::x509::extension::SubjectAlternativeName;
use openssl::x509::{X509, X509NameBuilder};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// A certificate for localhost that signs itself, and its key: two PEM files in a folder.
pub(crate) fn certificate(folder: &Path) -> (PathBuf, PathBuf, Vec<u8>) {
    let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
    let mut name = X509NameBuilder::new().unwrap();
    name.append_entry_by_text("CN", "localhost").unwrap();
    let name = name.build();
    let mut certificate = X509::builder().unwrap();
    certificate.set_version(2).unwrap();
    certificate.set_subject_name(&name).unwrap();
    certificate.set_issuer_name(&name).unwrap();
    certificate.set_pubkey(&key).unwrap();
    certificate.set_not_before(&Asn1Time::days_from_now(0).unwrap()).unwrap();
    certificate.set_not_after(&Asn1Time::days_from_now(2).unwrap()).unwrap();
    let names = SubjectAlternativeName::new().dns("localhost").build(&certificate.x509v3_context(None, None)).unwrap();
    certificate.append_extension(names).unwrap();
    certificate.sign(&key, MessageDigest::sha256()).unwrap();
    let pem = certificate.build().to_pem().unwrap();
    let (certificate_file, key_file) = (folder.join("tls.crt"), folder.join("tls.key"));
    std::fs::write(&certificate_file, &pem).unwrap();
    std::fs::write(&key_file, key.private_key_to_pem_pkcs8().unwrap()).unwrap();
    std::fs::set_permissions(&key_file, std::fs::Permissions::from_mode(0o600)).unwrap();
    (certificate_file, key_file, pem)
}

pub(crate) fn folder() -> PathBuf {
    let name: String = (0..8).map(|_| char::from(b'a' + openssl_byte() % 26)).collect();
    let folder = std::env::temp_dir().join(format!("lk-tls-{name}"));
    std::fs::create_dir(&folder).unwrap();
    folder
}

fn openssl_byte() -> u8 {
    let mut byte = [0];
    openssl::rand::rand_bytes(&mut byte).unwrap();
    byte[0]
}

#[test]
fn plt_01_the_issuer_is_https_by_the_binarys_own_listener_and_cookies_carry_the_host_prefix() {
    let folder = folder();
    let (certificate_file, key_file, pem) = certificate(&folder);
    let latchkey = Latchkey::serve()
        .issuer("https://localhost:8443")
        .set("tls.certificate_file", certificate_file.to_str().unwrap())
        .set("tls.private_key_file", key_file.to_str().unwrap())
        .start();
    let port = latchkey.base_url().rsplit(':').next().unwrap().to_owned();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let _ = rustls::crypto::ring::default_provider().install_default();
        #[allow(clippy::disallowed_methods, reason = "a client of the binary under test")]
        let client = reqwest::Client::builder()
            .add_root_certificate(reqwest::Certificate::from_pem(&pem).unwrap())
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let url = |path: &str| format!("https://localhost:{port}{path}");
        let discovery = client.get(url("/.well-known/openid-configuration")).send().await.unwrap();
        assert_eq!(discovery.headers()["strict-transport-security"], "max-age=63072000");
        let metadata: serde_json::Value = discovery.json().await.unwrap();
        assert_eq!(metadata["issuer"], "https://localhost:8443");
        let login = client.get(url("/login")).send().await.unwrap();
        let cookie = login.headers()["set-cookie"].to_str().unwrap();
        assert!(cookie.starts_with("__Host-lk_i_"), "{cookie}");
        for attribute in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(attribute), "{attribute} in {cookie}");
        }
        // Plain http to the TLS port gets no page.
        assert!(client.get(format!("http://localhost:{port}/")).send().await.is_err());
    });
    let _ = std::fs::remove_dir_all(folder);
}

#[test]
fn a_private_key_that_others_can_read_is_refused_at_start() {
    let folder = folder();
    let (certificate_file, key_file, _) = certificate(&folder);
    std::fs::set_permissions(&key_file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let (status, log) = Latchkey::serve()
        .issuer("https://localhost:8443")
        .set("tls.certificate_file", certificate_file.to_str().unwrap())
        .set("tls.private_key_file", key_file.to_str().unwrap())
        .start_refused();
    assert_eq!(status.code(), Some(1));
    assert!(log.contains("tls.private_key_file") && log.contains("fix"), "{log}");
    let _ = std::fs::remove_dir_all(folder);
}

#[test]
fn a_renewed_certificate_is_taken_up_without_a_restart_and_a_broken_one_is_not() {
    let folder = folder();
    let (certificate_file, key_file, first) = certificate(&folder);
    let mut latchkey = Latchkey::serve()
        .issuer("https://localhost:8443")
        .set("tls.certificate_file", certificate_file.to_str().unwrap())
        .set("tls.private_key_file", key_file.to_str().unwrap())
        .start();
    let port = latchkey.base_url().rsplit(':').next().unwrap().parse().unwrap();
    assert_eq!(shown(port), X509::from_pem(&first).unwrap().to_der().unwrap());

    std::fs::write(&certificate_file, "half a certifi").unwrap();
    latchkey.sighup();
    until("the broken pair is told", || latchkey.log().contains("cannot use the new TLS certificate"));
    assert_eq!(shown(port), X509::from_pem(&first).unwrap().to_der().unwrap());
    let figures = get(&format!("{}/metrics", latchkey.management_url()));
    assert!(figures.contains("latchkey_tls_reloads_total{outcome=\"refused\"} 1"), "{figures}");

    let (_, _, second) = certificate(&folder);
    latchkey.sighup();
    until("the new pair is served", || shown(port) == X509::from_pem(&second).unwrap().to_der().unwrap());
    assert!(latchkey.is_running());
    let _ = std::fs::remove_dir_all(folder);
}

/// The certificate that a new connection is shown.
fn shown(port: u16) -> Vec<u8> {
    let mut connector = SslConnector::builder(SslMethod::tls()).unwrap();
    connector.set_verify(SslVerifyMode::NONE);
    let stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    let tls = connector.build().connect("localhost", stream).unwrap();
    tls.ssl().peer_certificate().unwrap().to_der().unwrap()
}

fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = std::time::Instant::now() + PATIENCE;
    while !is_so() {
        assert!(std::time::Instant::now() < deadline, "{what}: not in {PATIENCE:?}");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

fn get(url: &str) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let _ = rustls::crypto::ring::default_provider().install_default();
    #[allow(clippy::disallowed_methods, reason = "a client of the binary under test")]
    runtime.block_on(async { reqwest::get(url).await.unwrap().text().await.unwrap() })
}
