//! Salted digests as LDAP servers write them (RFC 2307's `userPassword`, with the schemes of OpenLDAP).

use super::super::cost::UnusableHash;
use super::{decode, encode};
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use subtle::ConstantTimeEq as _;

const LONGEST_SALT: usize = 64;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Digest {
    Sha1,
    Sha256,
    Sha512,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::platform::password) struct Ssha {
    digest: Digest,
    hash: Vec<u8>,
    salt: Vec<u8>,
}

impl Ssha {
    pub(super) fn parse(kept: &str) -> Result<Self, UnusableHash> {
        let malformed = UnusableHash("it is not a salted digest such as {SSHA512}…");
        let (scheme, text) = kept.strip_prefix('{').and_then(|rest| rest.split_once('}')).ok_or(malformed.clone())?;
        let (digest, length) = match scheme.to_ascii_uppercase().as_str() {
            "SSHA" => (Digest::Sha1, 20),
            "SSHA256" => (Digest::Sha256, 32),
            "SSHA512" => (Digest::Sha512, 64),
            _ => return Err(UnusableHash("LDAP hashes must be {SSHA}, {SSHA256} or {SSHA512}")),
        };
        let bytes = decode(text).ok_or(malformed.clone())?;
        let (hash, salt) = bytes.split_at_checked(length).ok_or(malformed.clone())?;
        if salt.is_empty() || salt.len() > LONGEST_SALT {
            return Err(UnusableHash("its salt is missing or too long"));
        }
        Ok(Self { digest, hash: hash.to_vec(), salt: salt.to_vec() })
    }

    pub(super) fn to_kept(&self) -> String {
        let scheme = match self.digest {
            Digest::Sha1 => "SSHA",
            Digest::Sha256 => "SSHA256",
            Digest::Sha512 => "SSHA512",
        };
        format!("{{{scheme}}}{}", encode(&[self.hash.as_slice(), &self.salt].concat()))
    }

    pub(super) fn matches(&self, password: &[u8]) -> bool {
        match self.digest {
            Digest::Sha1 => self.is::<Sha1>(password),
            Digest::Sha256 => self.is::<Sha256>(password),
            Digest::Sha512 => self.is::<Sha512>(password),
        }
    }

    fn is<D: sha1::Digest>(&self, password: &[u8]) -> bool {
        let made = D::new().chain_update(password).chain_update(&self.salt).finalize();
        made.as_slice().ct_eq(&self.hash).into()
    }
}
