//! The signature algorithms that Latchkey speaks.

use josekit::jws::alg::ecdsa::EcdsaJwsAlgorithm;
use josekit::jws::alg::eddsa::EddsaJwsAlgorithm;
use josekit::jws::alg::rsassa::RsassaJwsAlgorithm;
use josekit::jws::alg::rsassa_pss::RsassaPssJwsAlgorithm;
use serde::{Deserialize, Serialize};

/// A signature algorithm (RFC 7518 §3.1, RFC 8037 §3.1). `none` and the HMAC family have no value here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RS256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    RS384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    RS512,
    /// RSASSA-PSS with SHA-256.
    PS256,
    /// RSASSA-PSS with SHA-384.
    PS384,
    /// RSASSA-PSS with SHA-512.
    PS512,
    /// ECDSA over P-256 with SHA-256.
    ES256,
    /// ECDSA over P-384 with SHA-384.
    ES384,
    /// ECDSA over P-521 with SHA-512.
    ES512,
    /// Ed25519.
    EdDSA,
}

/// josekit's algorithm behind ours.
pub(super) enum Josekit {
    Rsa(RsassaJwsAlgorithm),
    Pss(RsassaPssJwsAlgorithm),
    Ec(EcdsaJwsAlgorithm),
    Ed(EddsaJwsAlgorithm),
}

impl Algorithm {
    /// All of them, the preferred first.
    pub const ALL: [Self; 10] = [
        Self::RS256,
        Self::ES256,
        Self::PS256,
        Self::EdDSA,
        Self::RS384,
        Self::RS512,
        Self::PS384,
        Self::PS512,
        Self::ES384,
        Self::ES512,
    ];

    /// The `alg` value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RS256 => "RS256",
            Self::RS384 => "RS384",
            Self::RS512 => "RS512",
            Self::PS256 => "PS256",
            Self::PS384 => "PS384",
            Self::PS512 => "PS512",
            Self::ES256 => "ES256",
            Self::ES384 => "ES384",
            Self::ES512 => "ES512",
            Self::EdDSA => "EdDSA",
        }
    }

    /// Reads an `alg` value; `alg` is case-sensitive (RFC 7515 §4.1.1).
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == text)
    }

    pub(super) const fn josekit(self) -> Josekit {
        match self {
            Self::RS256 => Josekit::Rsa(RsassaJwsAlgorithm::Rs256),
            Self::RS384 => Josekit::Rsa(RsassaJwsAlgorithm::Rs384),
            Self::RS512 => Josekit::Rsa(RsassaJwsAlgorithm::Rs512),
            Self::PS256 => Josekit::Pss(RsassaPssJwsAlgorithm::Ps256),
            Self::PS384 => Josekit::Pss(RsassaPssJwsAlgorithm::Ps384),
            Self::PS512 => Josekit::Pss(RsassaPssJwsAlgorithm::Ps512),
            Self::ES256 => Josekit::Ec(EcdsaJwsAlgorithm::Es256),
            Self::ES384 => Josekit::Ec(EcdsaJwsAlgorithm::Es384),
            Self::ES512 => Josekit::Ec(EcdsaJwsAlgorithm::Es512),
            Self::EdDSA => Josekit::Ed(EddsaJwsAlgorithm::Eddsa),
        }
    }
}

impl std::fmt::Display for Algorithm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
