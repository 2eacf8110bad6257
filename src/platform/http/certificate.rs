//! The certificate of the public listener (`tls.*`), taken up again when its files change: no renewal needs a restart.

use crate::platform::config::Tls;
use crate::platform::private_file;
use crate::platform::telemetry::metrics;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use sha2::{Digest as _, Sha256};
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use zeroize::Zeroizing;

/// How often the files are looked at.
const EVERY: Duration = Duration::from_secs(30);

/// A hash of both files. Times would miss a file that was put in place with its old one.
type Digest = [u8; 32];

/// The certificate that the listener presents.
pub struct Certificate {
    certificate_file: PathBuf,
    private_key_file: PathBuf,
    served: RwLock<Arc<CertifiedKey>>,
    looked_at: RwLock<Digest>,
}

/// The result of checking the files.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// The same files as before, valid or not.
    Same,
    /// Another pair: it is served from now on.
    Taken,
    /// A new, unusable pair: the old one remains in use.
    Refused(String),
}

/// Both files as they lie there.
struct Files {
    certificate: Vec<u8>,
    private_key: Zeroizing<Vec<u8>>,
    /// Whether users other than owner and group may read or write the key.
    is_open: bool,
}

impl Files {
    fn digest(&self) -> Digest {
        let certificate = Sha256::digest(&self.certificate);
        let known = Sha256::new().chain_update(certificate).chain_update([u8::from(self.is_open)]);
        known.chain_update(self.private_key.as_slice()).finalize().into()
    }
}

impl Certificate {
    /// The pair that `tls.*` names, if it names one.
    ///
    /// # Errors
    /// A file that cannot be read or is not PEM, or a key that does not match the certificate; with the file's name.
    pub fn open(tls: &Tls) -> Result<Option<Arc<Self>>, String> {
        let (Some(certificate_file), Some(private_key_file)) = (&tls.certificate_file, &tls.private_key_file) else {
            return Ok(None);
        };
        let files = read(certificate_file, private_key_file)?;
        let served = pair(&files).map_err(|cause| named(certificate_file, &cause))?;
        Ok(Some(Arc::new(Self {
            certificate_file: certificate_file.clone(),
            private_key_file: private_key_file.clone(),
            served: RwLock::new(Arc::new(served)),
            looked_at: RwLock::new(files.digest()),
        })))
    }

    /// Checks the files, and serves them if they are a new, valid pair.
    pub fn look(&self) -> Found {
        let files = match read(&self.certificate_file, &self.private_key_file) {
            Ok(files) => files,
            Err(cause) => return self.refuse([0; 32], cause),
        };
        let digest = files.digest();
        if self.has_seen(&digest) {
            return Found::Same;
        }
        if files.is_open {
            return self
                .refuse(digest, named(&self.private_key_file, &"every user of this machine may read or change it"));
        }
        match pair(&files) {
            Ok(pair) => {
                *self.served.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(pair);
                self.remember(digest);
                Found::Taken
            }
            Err(cause) => self.refuse(digest, named(&self.certificate_file, &cause)),
        }
    }

    fn refuse(&self, digest: Digest, cause: String) -> Found {
        if self.has_seen(&digest) {
            return Found::Same;
        }
        self.remember(digest);
        Found::Refused(cause)
    }

    fn has_seen(&self, digest: &Digest) -> bool {
        *self.looked_at.read().unwrap_or_else(PoisonError::into_inner) == *digest
    }

    fn remember(&self, digest: Digest) {
        *self.looked_at.write().unwrap_or_else(PoisonError::into_inner) = digest;
    }

    /// Looks every 30 s, and at once on SIGHUP, for as long as it is polled.
    pub async fn watch(self: Arc<Self>) {
        let mut asked = HangUp::new();
        loop {
            // Dropping the future before SIGHUP loses nothing: the stream keeps the signal.
            let _ = tokio::time::timeout(EVERY, asked.next()).await;
            match self.look() {
                Found::Same => {}
                Found::Taken => {
                    metrics::certificate("taken");
                    tracing::info!(file = %self.certificate_file.display(), "reloaded the TLS certificate");
                }
                Found::Refused(cause) => {
                    metrics::certificate("refused");
                    tracing::error!(cause, "cannot use the new TLS certificate; still serving the old one");
                }
            }
        }
    }
}

/// SIGHUP, where the system has it.
struct HangUp(#[cfg(unix)] Option<tokio::signal::unix::Signal>);

impl HangUp {
    #[cfg(unix)]
    fn new() -> Self {
        Self(tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).ok())
    }

    #[cfg(not(unix))]
    fn new() -> Self {
        Self()
    }

    async fn next(&mut self) {
        #[cfg(unix)]
        if let Some(signal) = &mut self.0
            && signal.recv().await.is_some()
        {
            return;
        }
        std::future::pending().await
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.served.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl std::fmt::Debug for Certificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Certificate").field(&self.certificate_file).finish()
    }
}

fn read(certificate: &Path, private_key: &Path) -> Result<Files, String> {
    let read = |path: &Path| std::fs::read(path).map_err(|cause| named(path, &cause));
    let is_open = private_file::is_open_to_others(private_key).map_err(|cause| named(private_key, &cause))?;
    Ok(Files { certificate: read(certificate)?, private_key: Zeroizing::new(read(private_key)?), is_open })
}

fn pair(files: &Files) -> Result<CertifiedKey, String> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&files.certificate).collect();
    let chain = chain.map_err(|cause| cause.to_string())?;
    if chain.is_empty() {
        return Err("it contains no PEM certificate".to_owned());
    }
    let key = PrivateKeyDer::from_pem_slice(&files.private_key).map_err(|cause| format!("the private key: {cause}"))?;
    CertifiedKey::from_der(chain, key, &ring::default_provider()).map_err(|cause| cause.to_string())
}

fn named(path: &Path, cause: &dyn Display) -> String {
    format!("{}: {cause}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;
    use openssl::asn1::Asn1Time;
    use openssl::hash::MessageDigest;
    use openssl::pkey::PKey;
    use openssl::x509::X509;
    use std::os::unix::fs::PermissionsExt as _;

    struct Folder(PathBuf);

    impl Folder {
        fn new() -> Self {
            let name = crate::platform::random::token(&crate::platform::random::OsRandom);
            let folder = std::env::temp_dir().join(format!("lk-pair-{name}"));
            std::fs::create_dir(&folder).unwrap();
            Self(folder)
        }

        fn tls(&self) -> Tls {
            Tls { certificate_file: Some(self.0.join("tls.crt")), private_key_file: Some(self.0.join("tls.key")) }
        }

        fn write(&self, certificate: &[u8], key: &[u8]) {
            std::fs::write(self.0.join("tls.crt"), certificate).unwrap();
            std::fs::write(self.0.join("tls.key"), key).unwrap();
            std::fs::set_permissions(self.0.join("tls.key"), std::fs::Permissions::from_mode(0o600)).unwrap();
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    fn fresh() -> (Vec<u8>, Vec<u8>) {
        let group = openssl::ec::EcGroup::from_curve_name(openssl::nid::Nid::X9_62_PRIME256V1).unwrap();
        let key = PKey::from_ec_key(openssl::ec::EcKey::generate(&group).unwrap()).unwrap();
        let mut certificate = X509::builder().unwrap();
        certificate.set_version(2).unwrap();
        certificate.set_pubkey(&key).unwrap();
        certificate.set_not_before(&Asn1Time::days_from_now(0).unwrap()).unwrap();
        certificate.set_not_after(&Asn1Time::days_from_now(2).unwrap()).unwrap();
        certificate.sign(&key, MessageDigest::sha256()).unwrap();
        (certificate.build().to_pem().unwrap(), key.private_key_to_pem_pkcs8().unwrap())
    }

    fn served(certificate: &Certificate) -> Vec<u8> {
        certificate.served.read().unwrap().cert[0].to_vec()
    }

    #[test]
    fn a_good_new_pair_is_taken_and_a_broken_one_is_not() {
        let (folder, first, second) = (Folder::new(), fresh(), fresh());
        folder.write(&first.0, &first.1);
        let certificate = Certificate::open(&folder.tls()).unwrap().unwrap();
        let before = served(&certificate);
        assert_eq!(certificate.look(), Found::Same);

        // Half of a renewal, a truncated file, one that is gone, a key that others may read.
        for (pem, key) in [(&second.0[..], &first.1[..]), (&second.0[..40], &second.1), (&[], &[])] {
            folder.write(pem, key);
            assert!(matches!(certificate.look(), Found::Refused(_)));
            assert_eq!(certificate.look(), Found::Same, "told once");
            assert_eq!(served(&certificate), before);
        }
        std::fs::remove_file(folder.0.join("tls.key")).unwrap();
        assert!(matches!(certificate.look(), Found::Refused(cause) if cause.contains("tls.key")));
        folder.write(&second.0, &second.1);
        std::fs::set_permissions(folder.0.join("tls.key"), std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(certificate.look(), Found::Refused(_)));
        assert_eq!(served(&certificate), before);
        folder.write(&second.0, &second.1);
        assert_eq!(certificate.look(), Found::Taken, "the same files, now of one's own");

        let third = fresh();
        folder.write(&third.0, &third.1);
        assert_eq!(certificate.look(), Found::Taken);
        assert_ne!(served(&certificate), before);
    }

    #[test]
    fn without_files_there_is_none_and_a_pair_that_does_not_fit_is_refused_at_the_start() {
        assert!(Certificate::open(&Tls::default()).unwrap().is_none());
        let (folder, first, second) = (Folder::new(), fresh(), fresh());
        folder.write(&first.0, &second.1);
        assert!(Certificate::open(&folder.tls()).unwrap_err().contains("tls.crt"));
    }
}
