//! Tokens are stored as keyed hashes: an index of constant size, no timing oracle at look-up, and useless in a dump.

use crate::platform::random::{self, Random};
use crate::platform::secret::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

const VERSION: &str = "v1.";

/// The server's secret under which tokens are hashed and derived.
#[derive(Debug, Clone)]
pub struct Pepper(Secret<[u8; 32]>);

/// The hash of a token, as the stores keep it: `v1.` and 43 characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TokenHash(String);

impl TokenHash {
    /// The text for the store.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What a store gave back.
    pub const fn from_stored(text: String) -> Self {
        Self(text)
    }
}

impl AsRef<str> for TokenHash {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Pepper {
    /// A pepper from its 32 bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(Secret::new(bytes))
    }

    /// A pepper from stored bytes; `None` unless there are 32.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self::new)
    }

    pub fn generate(random: &dyn Random) -> Self {
        Self::new(random::bytes(random))
    }

    /// The bytes, to be sealed and stored.
    pub const fn expose(&self) -> &[u8; 32] {
        self.0.expose()
    }

    /// HMAC-SHA-256 over `kind ‖ 0x00 ‖ value`. The kind keeps values of one use from passing as another's.
    pub fn hash(&self, kind: &'static str, value: &[u8]) -> TokenHash {
        let mac = self.hmac(kind).chain_update([0]).chain_update(value).finalize().into_bytes();
        let mut text = String::with_capacity(VERSION.len().saturating_add(43));
        text.push_str(VERSION);
        URL_SAFE_NO_PAD.encode_string(mac, &mut text);
        TokenHash(text)
    }

    /// Whether `value` has that hash; takes the same time either way.
    pub fn verify(&self, kind: &'static str, value: &[u8], hash: &TokenHash) -> bool {
        self.hash(kind, value).0.as_bytes().ct_eq(hash.0.as_bytes()).into()
    }

    /// A derived value (successor tokens, CSRF tokens, pairwise ids): HMAC-SHA-256 over the kind and each part with its
    /// length, so that no two lists of parts collide.
    pub fn mac(&self, kind: &'static str, parts: &[&[u8]]) -> [u8; 32] {
        let mut hmac = self.hmac(kind).chain_update([1]);
        for part in parts {
            hmac.update(&(part.len() as u64).to_be_bytes());
            hmac.update(part);
        }
        hmac.finalize().into_bytes().into()
    }

    /// Whether `found` is the derived value; takes the same time either way.
    pub fn verify_mac(&self, kind: &'static str, parts: &[&[u8]], found: &[u8]) -> bool {
        self.mac(kind, parts).ct_eq(found).into()
    }

    #[allow(clippy::expect_used, reason = "HMAC takes keys of any length")]
    fn hmac(&self, kind: &'static str) -> Hmac<Sha256> {
        debug_assert!(kind.bytes().all(|byte| byte > 1), "a kind is a word");
        Hmac::<Sha256>::new_from_slice(self.0.expose()).expect("a key of any length").chain_update(kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEPPER: Pepper = Pepper::new([7; 32]);

    #[test]
    fn a_value_is_recognised_as_its_own_kind_only() {
        let hash = PEPPER.hash("authorization_code", b"abc");
        assert!(PEPPER.verify("authorization_code", b"abc", &hash));
        assert!(!PEPPER.verify("refresh_token", b"abc", &hash));
        assert!(!PEPPER.verify("authorization_code", b"abd", &hash));
        assert!(!Pepper::new([8; 32]).verify("authorization_code", b"abc", &hash));
    }

    #[test]
    fn the_stored_form_is_versioned_and_stable() {
        let hash = PEPPER.hash("k", b"v");
        assert_eq!((hash.as_str().len(), hash.as_str().get(..3)), (46, Some("v1.")));
        assert!(PEPPER.verify("k", b"v", &TokenHash::from_stored(hash.as_str().to_owned())));
    }

    #[test]
    fn parts_keep_their_borders() {
        assert_ne!(PEPPER.mac("k", &[b"ab", b"c"]), PEPPER.mac("k", &[b"a", b"bc"]));
        assert_ne!(PEPPER.mac("k", &[b"a"]), PEPPER.mac("k", &[b"a", b""]));
        assert!(PEPPER.verify_mac("k", &[b"a"], &PEPPER.mac("k", &[b"a"])));
        assert!(!PEPPER.verify_mac("k", &[b"a"], b"short"));
    }

    #[test]
    fn nothing_prints_the_pepper() {
        assert_eq!(format!("{PEPPER:?}"), "Pepper(•••)");
    }
}
