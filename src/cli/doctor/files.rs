//! Files: who may read them, whether the TLS pair matches and when it expires.

use super::{Finding, Site, span, stamp};
use crate::platform::clock::Time;
use crate::platform::config::{DatabaseUrl, EphemeralUrl};
use crate::platform::jose::VerificationKeys;
use crate::platform::password::breached;
use openssl::asn1::Asn1Time;
use openssl::pkey::PKey;
use openssl::x509::X509;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Seconds. A certificate that expires sooner gets a warning.
const SOON: Duration = Duration::from_secs(21 * 86_400);

pub(in crate::cli) fn look(site: &Site) -> Vec<Finding> {
    let mut found: Vec<_> = databases(site).iter().filter_map(|path| open_to_others(path)).collect();
    let tls = &site.config.tls;
    if let (Some(certificate), Some(key)) = (&tls.certificate_file, &tls.private_key_file) {
        found.push(match pair(certificate, key) {
            Ok(end) => lasts(end, site.now()),
            Err(finding) => finding,
        });
    }
    if let Some(file) = &site.config.egress.extra_ca_file {
        let read = std::fs::read(file).map_err(|error| error.to_string());
        let parsed = read.and_then(|pem| X509::stack_from_pem(&pem).map_err(|_| "it is not PEM".to_owned()));
        found.extend(parsed.err().map(|cause| {
            Finding::fail(
                format!("`egress.extra_ca_file` {} cannot be used: {cause}", file.display()),
                "name a file of PEM certificates",
            )
        }));
    }
    found.extend(site.config.password.breached_directory.as_deref().map(breached));
    found.extend(site.config.registration.software_statement_issuers.iter().filter_map(|(name, issuer)| {
        let read = std::fs::read(&issuer.jwks_file).map_err(|error| error.to_string());
        let cause = read.and_then(|set| VerificationKeys::parse(&set).map_err(|error| error.to_string())).err()?;
        let file = issuer.jwks_file.display();
        Some(Finding::fail(
            format!("`registration.software_statement_issuers.{name}.jwks_file` {file} cannot be used: {cause}"),
            "name a JWK Set of public keys",
        ))
    }));
    found
}

fn breached(directory: &Path) -> Finding {
    match breached::check(directory) {
        Ok(()) => Finding::ok("`password.breached_directory` holds range files"),
        Err(cause) => Finding::fail(
            format!("`password.breached_directory` is incomplete, so new passwords are refused: {cause}"),
            "download it again: it must hold 00000.txt to FFFFF.txt, all readable by this process",
        ),
    }
}

fn databases(site: &Site) -> Vec<PathBuf> {
    let mut files = Vec::new();
    if let DatabaseUrl::Sqlite(path) = &site.config.database.url {
        files.push(path.clone());
    }
    if let Some(EphemeralUrl::Sqlite(path)) = &site.config.ephemeral {
        files.push(path.clone());
    }
    files
}

fn open_to_others(path: &Path) -> Option<Finding> {
    let mode = std::fs::metadata(path).ok()?.permissions().mode();
    (mode & 0o007 != 0).then(|| {
        let what = format!("{} can be read by every user of this machine", path.display());
        Finding::warn(what, format!("chmod 600 {0} {0}-wal {0}-shm", path.display()))
    })
}

/// When the certificate expires, in seconds since 1970; a finding when the key does not match.
fn pair(certificate: &Path, key: &Path) -> Result<i64, Finding> {
    let read = |path: &Path| {
        std::fs::read(path).map_err(|error| {
            Finding::fail(format!("{} cannot be read: {error}", path.display()), "let this user read it")
        })
    };
    let unusable =
        |path: &Path, what: &str| Finding::fail(format!("{} is not a {what}", path.display()), "write it as PEM");
    let chain = X509::stack_from_pem(&read(certificate)?).map_err(|_| unusable(certificate, "PEM certificate"))?;
    let leaf = chain.first().ok_or_else(|| unusable(certificate, "PEM certificate"))?;
    let private = PKey::private_key_from_pem(&read(key)?).map_err(|_| unusable(key, "PEM private key"))?;
    let fits = leaf.public_key().is_ok_and(|public| public.public_eq(&private));
    if !fits {
        return Err(Finding::fail(
            "the TLS private key does not match the certificate",
            "put the leaf certificate first, or configure the key that belongs to it",
        ));
    }
    let epoch = Asn1Time::from_unix(0).map_err(|_| unusable(certificate, "certificate with an expiry date"))?;
    let left = epoch.diff(leaf.not_after()).map_err(|_| unusable(certificate, "certificate with an expiry date"))?;
    Ok(i64::from(left.days).saturating_mul(86_400).saturating_add(i64::from(left.secs)))
}

fn lasts(end: i64, now: Time) -> Finding {
    let end = Time::from_seconds(end);
    let left = end.since(now);
    match left {
        Duration::ZERO => Finding::fail(
            format!("the TLS certificate expired on {}", stamp(end)),
            "renew it: the server reloads the files automatically",
        ),
        left if left < SOON => Finding::warn(
            format!("the TLS certificate expires in {}", span(left)),
            "renew it: the server reloads the files automatically",
        ),
        left => Finding::ok(format!("the TLS certificate and key match; it expires in {}", span(left))),
    }
}
