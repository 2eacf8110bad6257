//! Keys: a keyed hash of the kind of the value and its id.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

/// The kind of a value. It is part of the key's hash, so a value of one kind can never pass as another.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Namespace {
    /// The sessions of a browser.
    Session,
    /// An authorization code and the authorization that it stands for (RFC 6749 §4.1.2).
    AuthorizationCode,
    /// One visit to sign-in and consent.
    Interaction,
    /// Attempts that failed, with their growing delays.
    Throttle,
    /// Requests counted in a window of time.
    Rate,
    /// The record of a refusal, for `latchkey explain`.
    Refusal,
    /// An opaque access token and its claims.
    AccessToken,
    /// A passkey that is being made.
    PasskeyEnrolment,
    /// A passkey that is being asked for.
    PasskeyRequest,
}

impl Namespace {
    /// The word that goes into the hash. Changing one loses the values of that kind.
    const fn word(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::AuthorizationCode => "authorization_code",
            Self::Interaction => "interaction",
            Self::Throttle => "throttle",
            Self::Rate => "rate",
            Self::Refusal => "refusal",
            Self::AccessToken => "access_token",
            Self::PasskeyEnrolment => "passkey_enrolment",
            Self::PasskeyRequest => "passkey_request",
        }
    }
}

/// Makes keys: HMAC-SHA-256(secret, "ephemeral/" ‖ kind ‖ 0 ‖ id), so that neither a dump of the store nor an id
/// guessed without the secret names a value.
#[derive(Clone)]
pub struct KeyHasher(Hmac<Sha256>);

impl KeyHasher {
    /// A hasher under `secret`. Every replica needs the same one.
    #[must_use]
    pub fn new(secret: &[u8; 32]) -> Self {
        // HMAC pads a key of up to 64 bytes with zeros to its block (RFC 2104 §2): the infallible way in.
        let mut block = [0; 64];
        for (place, byte) in block.iter_mut().zip(secret) {
            *place = *byte;
        }
        Self(Hmac::new(&block.into()))
    }

    fn digest(&self, namespace: Namespace, id: &str) -> [u8; 32] {
        let mut hmac = self.0.clone();
        hmac.update(b"ephemeral/");
        hmac.update(namespace.word().as_bytes());
        hmac.update(&[0]);
        hmac.update(id.as_bytes());
        hmac.finalize().into_bytes().into()
    }
}

impl std::fmt::Debug for KeyHasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyHasher(•••)")
    }
}

/// Where a value lies: 32 bytes that say nothing of the id.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Key([u8; 32]);

impl Key {
    /// The key of the value of this kind with this id.
    #[must_use]
    pub fn new(hasher: &KeyHasher, namespace: Namespace, id: &str) -> Self {
        Self(hasher.digest(namespace, id))
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        self.0.to_vec()
    }

    /// As Redis knows it; the prefix tells operators whose it is.
    pub(super) fn redis_name(&self) -> String {
        let mut name = String::with_capacity(46);
        name.push_str("lk:");
        URL_SAFE_NO_PAD.encode_string(self.0, &mut name);
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_plain_hmac_sha256_of_kind_and_id() {
        let mut plain = <Hmac<Sha256> as hmac::Mac>::new_from_slice(&[7; 32]).unwrap();
        plain.update(b"ephemeral/session\0abc");
        let expected: [u8; 32] = plain.finalize().into_bytes().into();
        assert_eq!(Key::new(&KeyHasher::new(&[7; 32]), Namespace::Session, "abc").0, expected);
    }

    #[test]
    fn kind_id_and_secret_each_change_the_key() {
        let hasher = KeyHasher::new(&[7; 32]);
        let key = Key::new(&hasher, Namespace::Session, "abc");
        assert_ne!(key, Key::new(&hasher, Namespace::Interaction, "abc"));
        assert_ne!(key, Key::new(&hasher, Namespace::Session, "abd"));
        assert_ne!(key, Key::new(&KeyHasher::new(&[8; 32]), Namespace::Session, "abc"));
    }

    #[test]
    fn a_redis_name_shows_the_prefix_and_not_the_id() {
        let name = Key::new(&KeyHasher::new(&[7; 32]), Namespace::Throttle, "alice").redis_name();
        assert!(name.starts_with("lk:") && name.len() == 46 && !name.contains("alice"));
    }
}
