//! The `alg` and `enc` values that Latchkey speaks (RFC 7518 §4.1, §5.1).

use josekit::jwe::alg::aeskw::AeskwJweAlgorithm as Aeskw;
use josekit::jwe::alg::ecdh_es::EcdhEsJweAlgorithm as EcdhEs;
use josekit::jwe::alg::rsaes::RsaesJweAlgorithm as Rsaes;
use josekit::jwe::{JweContentEncryption, enc};

/// How a content encryption key reaches its recipient: the `alg` header of a JWE. `RSA1_5` and PBES2 have no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyManagement {
    /// RSAES-OAEP with SHA-1, as its default parameters are.
    RsaOaep,
    /// RSAES-OAEP with SHA-256.
    RsaOaep256,
    /// An agreed key encrypts the content.
    EcdhEs,
    /// An agreed key of 128 bits wraps the content's key.
    EcdhEsA128kw,
    /// An agreed key of 192 bits wraps the content's key.
    EcdhEsA192kw,
    /// An agreed key of 256 bits wraps the content's key.
    EcdhEsA256kw,
    /// A shared key of 128 bits wraps the content's key.
    A128kw,
    /// A shared key of 192 bits wraps the content's key.
    A192kw,
    /// A shared key of 256 bits wraps the content's key.
    A256kw,
    /// A shared key encrypts the content.
    Dir,
}

/// The kind of key pair that an algorithm needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyFamily {
    /// RSA, for RSA-OAEP and RSA-OAEP-256.
    Rsa,
    /// A curve, for ECDH-ES alone or with key wrapping.
    Ec,
}

/// josekit's algorithm behind ours.
pub(super) enum Josekit {
    Rsa(Rsaes),
    Ec(EcdhEs),
    Wrap(Aeskw),
    Direct,
}

impl KeyManagement {
    pub const ALL: [Self; 10] = [
        Self::RsaOaep,
        Self::RsaOaep256,
        Self::EcdhEs,
        Self::EcdhEsA128kw,
        Self::EcdhEsA192kw,
        Self::EcdhEsA256kw,
        Self::A128kw,
        Self::A192kw,
        Self::A256kw,
        Self::Dir,
    ];

    /// The `alg` value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RsaOaep => "RSA-OAEP",
            Self::RsaOaep256 => "RSA-OAEP-256",
            Self::EcdhEs => "ECDH-ES",
            Self::EcdhEsA128kw => "ECDH-ES+A128KW",
            Self::EcdhEsA192kw => "ECDH-ES+A192KW",
            Self::EcdhEsA256kw => "ECDH-ES+A256KW",
            Self::A128kw => "A128KW",
            Self::A192kw => "A192KW",
            Self::A256kw => "A256KW",
            Self::Dir => "dir",
        }
    }

    /// Reads an `alg` value, which is case-sensitive (RFC 7516 §4.1.1).
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == text)
    }

    /// The kind of key pair that it needs; `None` where both sides share a secret.
    pub const fn family(self) -> Option<KeyFamily> {
        match self {
            Self::RsaOaep | Self::RsaOaep256 => Some(KeyFamily::Rsa),
            Self::EcdhEs | Self::EcdhEsA128kw | Self::EcdhEsA192kw | Self::EcdhEsA256kw => Some(KeyFamily::Ec),
            Self::A128kw | Self::A192kw | Self::A256kw | Self::Dir => None,
        }
    }

    /// Whether the key is the one that both sides share.
    pub const fn is_symmetric(self) -> bool {
        self.family().is_none()
    }

    /// Whether the content's key travels wrapped by AES (RFC 3394), so that it grows by 8 bytes.
    pub(super) const fn wraps(self) -> bool {
        !matches!(self, Self::RsaOaep | Self::RsaOaep256 | Self::EcdhEs | Self::Dir)
    }

    /// Bytes of the shared key (RFC 7518 §4.4, §4.5); 0 where there is none.
    pub(super) const fn shared_key_length(self, content: ContentEncryption) -> usize {
        match self {
            Self::A128kw => 16,
            Self::A192kw => 24,
            Self::A256kw => 32,
            Self::Dir => content.key_length(),
            _ => 0,
        }
    }

    pub(super) const fn josekit(self) -> Josekit {
        match self {
            Self::RsaOaep => Josekit::Rsa(Rsaes::RsaOaep),
            Self::RsaOaep256 => Josekit::Rsa(Rsaes::RsaOaep256),
            Self::EcdhEs => Josekit::Ec(EcdhEs::EcdhEs),
            Self::EcdhEsA128kw => Josekit::Ec(EcdhEs::EcdhEsA128kw),
            Self::EcdhEsA192kw => Josekit::Ec(EcdhEs::EcdhEsA192kw),
            Self::EcdhEsA256kw => Josekit::Ec(EcdhEs::EcdhEsA256kw),
            Self::A128kw => Josekit::Wrap(Aeskw::A128kw),
            Self::A192kw => Josekit::Wrap(Aeskw::A192kw),
            Self::A256kw => Josekit::Wrap(Aeskw::A256kw),
            Self::Dir => Josekit::Direct,
        }
    }
}

impl KeyFamily {
    pub const ALL: [Self; 2] = [Self::Rsa, Self::Ec];

    /// The algorithms that one key of this kind serves: the padding, or the agreement, is the same in all of them.
    pub fn algorithms(self) -> impl Iterator<Item = KeyManagement> {
        KeyManagement::ALL.into_iter().filter(move |algorithm| algorithm.family() == Some(self))
    }

    /// The word for it: its first algorithm.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rsa => KeyManagement::RsaOaep.as_str(),
            Self::Ec => KeyManagement::EcdhEs.as_str(),
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|family| family.as_str() == text)
    }
}

impl std::fmt::Display for KeyManagement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How the content is encrypted and authenticated: the `enc` header of a JWE.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ContentEncryption {
    /// AES-128-CBC with HMAC-SHA-256.
    A128cbcHs256,
    /// AES-192-CBC with HMAC-SHA-384.
    A192cbcHs384,
    /// AES-256-CBC with HMAC-SHA-512.
    A256cbcHs512,
    /// AES-128-GCM.
    A128gcm,
    /// AES-192-GCM.
    A192gcm,
    /// AES-256-GCM.
    A256gcm,
}

impl ContentEncryption {
    /// All of them; the first is what counts where a client registered an `alg` alone (OpenID Connect Registration §2).
    pub const ALL: [Self; 6] =
        [Self::A128cbcHs256, Self::A192cbcHs384, Self::A256cbcHs512, Self::A128gcm, Self::A192gcm, Self::A256gcm];

    /// The `enc` value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::A128cbcHs256 => "A128CBC-HS256",
            Self::A192cbcHs384 => "A192CBC-HS384",
            Self::A256cbcHs512 => "A256CBC-HS512",
            Self::A128gcm => "A128GCM",
            Self::A192gcm => "A192GCM",
            Self::A256gcm => "A256GCM",
        }
    }

    /// Reads an `enc` value, which is case-sensitive (RFC 7516 §4.1.2).
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|content| content.as_str() == text)
    }

    /// Bytes of the content encryption key.
    pub(super) const fn key_length(self) -> usize {
        match self {
            Self::A128gcm => 16,
            Self::A192gcm => 24,
            Self::A128cbcHs256 | Self::A256gcm => 32,
            Self::A192cbcHs384 => 48,
            Self::A256cbcHs512 => 64,
        }
    }

    /// josekit's name and key length of it, which ECDH-ES derives from; its cipher is not used.
    pub(super) fn josekit(self) -> Box<dyn JweContentEncryption> {
        match self {
            Self::A128cbcHs256 => Box::new(enc::A128CBC_HS256),
            Self::A192cbcHs384 => Box::new(enc::A192CBC_HS384),
            Self::A256cbcHs512 => Box::new(enc::A256CBC_HS512),
            Self::A128gcm => Box::new(enc::A128GCM),
            Self::A192gcm => Box::new(enc::A192GCM),
            Self::A256gcm => Box::new(enc::A256GCM),
        }
    }
}

impl std::fmt::Display for ContentEncryption {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
