//! Somebody else's https site on loopback, with documents that tests put there.

use crate::outside::process::Folder;
use openssl::asn1::Asn1Time;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::rsa::Rsa;
use openssl::ssl::{SslAcceptor, SslMethod};
use openssl::x509::extension::SubjectAlternativeName;
use openssl::x509::{X509, X509NameBuilder};
use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

/// What is at each path: status and body.
type Documents = Arc<Mutex<BTreeMap<String, (u16, Vec<u8>)>>>;

/// The site. Its certificate is one that only those trust who are told to.
pub struct HttpsSite {
    pub url: String,
    documents: Documents,
    visits: Arc<Mutex<Vec<String>>>,
    folder: Folder,
}

impl HttpsSite {
    pub fn start() -> Self {
        let folder = Folder::create("site");
        let (key, certificate) = certificate();
        std::fs::write(folder.join("ca.pem"), certificate.to_pem().unwrap()).unwrap();
        let mut acceptor = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls()).unwrap();
        acceptor.set_private_key(&key).unwrap();
        acceptor.set_certificate(&certificate).unwrap();
        let (acceptor, listener) = (acceptor.build(), TcpListener::bind(("127.0.0.1", 0)).unwrap());
        let url = format!("https://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let (documents, visits) = (Documents::default(), Arc::<Mutex<Vec<_>>>::default());
        let (served, seen) = (Arc::clone(&documents), Arc::clone(&visits));
        // Ends with the process.
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = acceptor.accept(stream.unwrap()) else { continue };
                let (mut head, mut buffer) = (Vec::new(), [0; 4096]);
                while !head.windows(4).any(|four| four == b"\r\n\r\n") {
                    match stream.read(&mut buffer) {
                        Ok(0) | Err(_) => break,
                        Ok(count) => head.extend_from_slice(&buffer[..count]),
                    }
                }
                let path = String::from_utf8_lossy(&head).split(' ').nth(1).unwrap_or_default().to_owned();
                let (status, body) = served.lock().unwrap().get(&path).cloned().unwrap_or((404, Vec::new()));
                seen.lock().unwrap().push(path);
                let length = body.len();
                let head = format!(
                    "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
                );
                let _ = stream.write_all(&[head.as_bytes(), &body].concat());
                let _ = stream.shutdown();
            }
        });
        Self { url, documents, visits, folder }
    }

    /// What an operator writes to reach and trust the site.
    pub fn toml(&self) -> String {
        format!("egress.allow_addresses = [\"127.0.0.1\"]\negress.extra_ca_file = \"{}\"", self.ca_file().display())
    }

    pub fn ca_file(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    /// Puts a document there; its URL.
    pub fn put(&self, path: &str, status: u16, body: impl Into<Vec<u8>>) -> String {
        self.documents.lock().unwrap().insert(path.to_owned(), (status, body.into()));
        format!("{}{path}", self.url)
    }

    /// Who came for what.
    pub fn visits(&self) -> Vec<String> {
        self.visits.lock().unwrap().clone()
    }
}

pub(super) fn certificate() -> (PKey<openssl::pkey::Private>, X509) {
    let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
    let mut name = X509NameBuilder::new().unwrap();
    name.append_entry_by_text("CN", "127.0.0.1").unwrap();
    let name = name.build();
    let mut certificate = X509::builder().unwrap();
    certificate.set_version(2).unwrap();
    certificate.set_subject_name(&name).unwrap();
    certificate.set_issuer_name(&name).unwrap();
    certificate.set_pubkey(&key).unwrap();
    certificate.set_not_before(&Asn1Time::days_from_now(0).unwrap()).unwrap();
    certificate.set_not_after(&Asn1Time::days_from_now(2).unwrap()).unwrap();
    let names = SubjectAlternativeName::new().ip("127.0.0.1").build(&certificate.x509v3_context(None, None)).unwrap();
    certificate.append_extension(names).unwrap();
    certificate.sign(&key, MessageDigest::sha256()).unwrap();
    (key, certificate.build())
}
