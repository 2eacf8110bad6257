//! A throw-away authority and a certificate of it for localhost.

use crate::failure::Failure;
use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::x509::extension::{BasicConstraints, SubjectAlternativeName};
use openssl::x509::{X509, X509Builder, X509Name, X509NameBuilder};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// Writes `tls.crt` (with its authority) and `tls.key` into a folder.
pub(crate) fn write(folder: &Path) -> Result<(), Failure> {
    let (chain, key) = make().map_err(Failure::at("the certificate"))?;
    std::fs::write(folder.join("tls.crt"), chain).map_err(Failure::at("tls.crt"))?;
    write_private(&folder.join("tls.key"), &key)
}

/// Writes a file that nobody else may read.
pub(crate) fn write_private(file: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut options = std::fs::OpenOptions::new();
    let opened = options.write(true).create_new(true).mode(0o600).open(file);
    let written = opened.and_then(|mut open| std::io::Write::write_all(&mut open, bytes));
    written.map_err(Failure::at(file.display()))
}

fn make() -> Result<(Vec<u8>, Vec<u8>), ErrorStack> {
    let (authority_key, key) = (key()?, key()?);
    let (authority_name, name) = (named("Latchkey conformance run")?, named("localhost")?);
    let mut authority = builder(1, &authority_name, &authority_name, &authority_key)?;
    authority.append_extension(BasicConstraints::new().critical().ca().build()?)?;
    authority.sign(&authority_key, MessageDigest::sha256())?;
    let authority = authority.build();
    let mut leaf = builder(2, &name, &authority_name, &key)?;
    let mut names = SubjectAlternativeName::new();
    let names = names.dns("localhost").ip("127.0.0.1").build(&leaf.x509v3_context(Some(&authority), None))?;
    leaf.append_extension(names)?;
    leaf.sign(&authority_key, MessageDigest::sha256())?;
    let mut chain = leaf.build().to_pem()?;
    chain.extend(authority.to_pem()?);
    Ok((chain, key.private_key_to_pem_pkcs8()?))
}

fn key() -> Result<PKey<Private>, ErrorStack> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
    PKey::from_ec_key(EcKey::generate(&group)?)
}

fn named(common_name: &str) -> Result<X509Name, ErrorStack> {
    let mut name = X509NameBuilder::new()?;
    name.append_entry_by_text("CN", common_name)?;
    Ok(name.build())
}

fn builder(serial: u32, subject: &X509Name, issuer: &X509Name, key: &PKey<Private>) -> Result<X509Builder, ErrorStack> {
    let mut builder = X509::builder()?;
    builder.set_version(2)?;
    let serial = BigNum::from_u32(serial)?.to_asn1_integer()?;
    builder.set_serial_number(&serial)?;
    builder.set_subject_name(subject)?;
    builder.set_issuer_name(issuer)?;
    builder.set_pubkey(key)?;
    let (from, until) = (Asn1Time::days_from_now(0)?, Asn1Time::days_from_now(7)?);
    builder.set_not_before(&from)?;
    builder.set_not_after(&until)?;
    Ok(builder)
}
