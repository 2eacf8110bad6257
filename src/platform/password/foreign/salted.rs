//! Digests of salt and password, once: what Django had before 1.4 (`django.contrib.auth.hashers`, the classes `SHA1…`,
//! `MD5…` and `Unsalted…PasswordHasher`).

use super::super::cost::UnusableHash;
use super::{MOST_SALT, md5};
use sha1::{Digest as _, Sha1};
use subtle::ConstantTimeEq as _;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::platform::password) struct Salted {
    is_sha1: bool,
    salt: String,
    hex: String,
}

/// Whether a text is an MD5 digest alone, as Django, and WordPress before 2.5, kept it.
pub(super) fn is_bare_md5(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

impl Salted {
    pub(super) fn parse(name: &str, salt: &str, hex: &str) -> Result<Self, UnusableHash> {
        let is_sha1 = name == "sha1";
        let length = if is_sha1 { 40 } else { 32 };
        if salt.len() > MOST_SALT || hex.len() != length || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(UnusableHash("it is not a salted hex digest as Django writes it"));
        }
        Ok(Self { is_sha1, salt: salt.to_owned(), hex: hex.to_ascii_lowercase() })
    }

    pub(super) fn to_kept(&self) -> String {
        format!("{}${}${}", if self.is_sha1 { "sha1" } else { "md5" }, self.salt, self.hex)
    }

    pub(super) fn matches(&self, password: &[u8]) -> bool {
        let salt = self.salt.as_bytes();
        let digest = if self.is_sha1 {
            Sha1::new().chain_update(salt).chain_update(password).finalize().to_vec()
        } else {
            md5(&[salt, password]).to_vec()
        };
        let made: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        made.as_bytes().ct_eq(self.hex.as_bytes()).into()
    }
}
