//! ES256 and EdDSA by ring, which is faster at both than OpenSSL (docs/performance.md) and has no objects to fetch for each
//! call. Keys are made, read and judged by josekit and OpenSSL as for every other algorithm.

use super::algorithm::Algorithm;
use super::key_pair::KeyError;
use crate::secret::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::bn::BigNumContext;
use openssl::ec::PointConversionForm;
use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, Private};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ED25519, EcdsaKeyPair, Ed25519KeyPair, UnparsedPublicKey,
};
use serde_json::{Map, Value};

/// The length of a coordinate or a private key on both curves.
const LENGTH: usize = 32;

/// A private key that signs.
#[derive(Debug)]
pub(super) enum CurveSigner {
    P256 { key: EcdsaKeyPair, random: SystemRandom },
    Ed25519(Ed25519KeyPair),
}

impl CurveSigner {
    /// A key in any form that OpenSSL reads; `None` for algorithms that are not ring's here.
    pub(super) fn new(algorithm: Algorithm, der: &[u8]) -> Result<Option<Self>, KeyError> {
        match algorithm {
            Algorithm::ES256 => p256(&PKey::private_key_from_der(der).map_err(KeyError::new)?).map(Some),
            Algorithm::EdDSA => ed25519(&PKey::private_key_from_der(der).map_err(KeyError::new)?).map(Some),
            _ => Ok(None),
        }
    }

    /// The signature in the form of RFC 7518 §3.4 or RFC 8037 §3.1.
    pub(super) fn sign(&self, input: &[u8]) -> Result<Vec<u8>, ring::error::Unspecified> {
        match self {
            Self::P256 { key, random } => key.sign(random, input).map(|signature| signature.as_ref().to_vec()),
            Self::Ed25519(key) => Ok(key.sign(input).as_ref().to_vec()),
        }
    }
}

fn p256(key: &PKey<Private>) -> Result<CurveSigner, KeyError> {
    let key = key.ec_key().map_err(KeyError::new)?;
    if key.group().curve_name() != Some(Nid::X9_62_PRIME256V1) {
        return Err(KeyError::new("it is not on P-256"));
    }
    let length = i32::try_from(LENGTH).unwrap_or_default();
    let private = Secret::new(key.private_key().to_vec_padded(length).map_err(KeyError::new)?);
    let mut context = BigNumContext::new().map_err(KeyError::new)?;
    let public = key.public_key().to_bytes(key.group(), PointConversionForm::UNCOMPRESSED, &mut context);
    let (public, random) = (public.map_err(KeyError::new)?, SystemRandom::new());
    let made = EcdsaKeyPair::from_private_key_and_public_key(
        &ECDSA_P256_SHA256_FIXED_SIGNING,
        private.expose(),
        &public,
        &random,
    );
    Ok(CurveSigner::P256 { key: made.map_err(KeyError::new)?, random })
}

fn ed25519(key: &PKey<Private>) -> Result<CurveSigner, KeyError> {
    if key.id() != Id::ED25519 {
        return Err(KeyError::new("it is not on Ed25519"));
    }
    let private = Secret::new(key.raw_private_key().map_err(KeyError::new)?);
    let public = key.raw_public_key().map_err(KeyError::new)?;
    let made = Ed25519KeyPair::from_seed_and_public_key(private.expose(), &public);
    made.map(CurveSigner::Ed25519).map_err(KeyError::new)
}

/// A public key that verifies.
#[derive(Debug)]
pub(super) struct CurveVerifier(UnparsedPublicKey<Vec<u8>>);

impl CurveVerifier {
    /// A key that was judged; `None` for algorithms that are not ring's here.
    pub(super) fn new(algorithm: Algorithm, jwk: &Map<String, Value>) -> Option<Self> {
        let coordinate = |name: &str| {
            let bytes = URL_SAFE_NO_PAD.decode(jwk.get(name)?.as_str()?).ok()?;
            Some(bytes).filter(|bytes| bytes.len() == LENGTH)
        };
        let key = match algorithm {
            // SEC 1 §2.3.3
            Algorithm::ES256 => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, [vec![4], coordinate("x")?, coordinate("y")?].concat())
            }
            Algorithm::EdDSA => UnparsedPublicKey::new(&ED25519, coordinate("x")?),
            _ => return None,
        };
        Some(Self(key))
    }

    pub(super) fn verify(&self, input: &[u8], signature: &[u8]) -> bool {
        self.0.verify(input, signature).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::super::KeyPair;
    use super::super::algorithm::Josekit;
    use super::*;
    use josekit::jwk::Jwk;
    use josekit::jws::{JwsSigner, JwsVerifier};
    use proptest::prelude::*;
    use std::sync::LazyLock;

    /// One key with both libraries.
    struct Both {
        algorithm: Algorithm,
        public: Map<String, Value>,
        ours: (CurveSigner, CurveVerifier),
        openssl: (Box<dyn JwsSigner>, Box<dyn JwsVerifier>),
    }

    impl Both {
        fn new(algorithm: Algorithm) -> Self {
            let pair = KeyPair::generate(algorithm).unwrap();
            let (der, public) = (pair.private_pkcs8().expose(), pair.public_jwk().clone());
            let signer: Box<dyn JwsSigner> = match algorithm.josekit() {
                Josekit::Ec(ec) => Box::new(ec.signer_from_der(der).unwrap()),
                Josekit::Ed(ed) => Box::new(ed.signer_from_der(der).unwrap()),
                Josekit::Rsa(_) | Josekit::Pss(_) => unreachable!(),
            };
            let ours =
                (CurveSigner::new(algorithm, der).unwrap().unwrap(), CurveVerifier::new(algorithm, &public).unwrap());
            let openssl = (signer, openssl_verifier(algorithm, &public).unwrap());
            Self { algorithm, public, ours, openssl }
        }

        /// What both say of a signature; they must agree.
        fn verify(&self, input: &[u8], signature: &[u8]) -> bool {
            let (ours, theirs) =
                (self.ours.1.verify(input, signature), self.openssl.1.verify(input, signature).is_ok());
            assert_eq!(ours, theirs, "{} {input:?} {signature:?} {:?}", self.algorithm, self.public);
            ours
        }
    }

    fn openssl_verifier(algorithm: Algorithm, jwk: &Map<String, Value>) -> Option<Box<dyn JwsVerifier>> {
        let mut jwk = jwk.clone();
        ["use", "alg", "kid"].iter().for_each(|name| drop(jwk.remove(*name)));
        let jwk = Jwk::from_map(jwk).ok()?;
        Some(match algorithm.josekit() {
            Josekit::Ec(ec) => Box::new(ec.verifier_from_jwk(&jwk).ok()?),
            Josekit::Ed(ed) => Box::new(ed.verifier_from_jwk(&jwk).ok()?),
            Josekit::Rsa(_) | Josekit::Pss(_) => return None,
        })
    }

    static PAIRS: LazyLock<[Both; 2]> = LazyLock::new(|| [Algorithm::ES256, Algorithm::EdDSA].map(Both::new));

    /// The order of P-256, and that of Ed25519 with its least significant byte first.
    const P256_ORDER: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
    const ED25519_ORDER: &str = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    }

    /// Numbers at whose edges readers differ.
    fn edges() -> Vec<Vec<u8>> {
        let mut edges = vec![vec![0; 32], vec![0xff; 32], hex(P256_ORDER), hex(ED25519_ORDER)];
        for order in [P256_ORDER, ED25519_ORDER] {
            for change in [1_u8, 0xff] {
                let mut near = hex(order);
                let (low, high) = (near[0].wrapping_add(change), near[31].wrapping_add(change));
                near[0] = low;
                edges.push(near.clone());
                near[0] = hex(order)[0];
                near[31] = high;
                edges.push(near);
            }
        }
        for at in [0, 31] {
            let mut one = vec![0; 32];
            one[at] = 1;
            edges.push(one);
        }
        edges
    }

    proptest! {
        #[test]
        fn what_one_library_signs_the_other_verifies(input in prop::collection::vec(any::<u8>(), 0..700)) {
            for both in PAIRS.iter() {
                prop_assert!(both.verify(&input, &both.ours.0.sign(&input).unwrap()));
                prop_assert!(both.verify(&input, &both.openssl.0.sign(&input).unwrap()));
            }
            // Ed25519 draws nothing (RFC 8032 §5.1.6).
            let ed = &PAIRS[1];
            prop_assert_eq!(ed.ours.0.sign(&input).unwrap(), ed.openssl.0.sign(&input).unwrap());
        }

        #[test]
        fn both_refuse_what_was_altered(input in prop::collection::vec(any::<u8>(), 1..99), bit in 0_usize..512, cut in 0_usize..80) {
            for both in PAIRS.iter() {
                let signature = both.ours.0.sign(&input).unwrap();
                let mut altered = signature.clone();
                altered[bit / 8] ^= 1 << (bit % 8);
                prop_assert!(!both.verify(&input, &altered));
                let mut longer = signature.clone();
                longer.resize(cut, 0);
                prop_assert_eq!(both.verify(&input, &longer), cut == 64);
                let mut other = input.clone();
                other[bit % input.len()] ^= 1;
                prop_assert!(!both.verify(&other, &signature));
            }
        }

        #[test]
        fn both_judge_random_bytes_alike(input in prop::collection::vec(any::<u8>(), 0..9), bytes in prop::collection::vec(any::<u8>(), 0..140)) {
            for both in PAIRS.iter() {
                prop_assert!(!both.verify(&input, &bytes));
            }
        }
    }

    #[test]
    fn both_refuse_numbers_at_the_edges() {
        for both in PAIRS.iter() {
            let sound = both.ours.0.sign(b"input").unwrap();
            for edge in edges() {
                for other in edges() {
                    assert!(!both.verify(b"input", &[edge.clone(), other].concat()));
                }
                assert!(!both.verify(b"input", &[&edge, &sound[32..]].concat()));
                assert!(!both.verify(b"input", &[&sound[..32], &edge].concat()));
            }
            // The same signature as DER.
            let der = [&[0x30, 0x44, 0x02, 0x20], &sound[..32], &[0x02, 0x20], &sound[32..]].concat();
            assert!(!both.verify(b"input", &der));
        }
    }

    #[test]
    fn both_judge_the_mirrored_signature_alike() {
        // (r, n − s) is a signature too (SEC 1 §4.1.4): nothing here tells tokens apart by their signature.
        let es256 = &PAIRS[0];
        let signature = es256.ours.0.sign(b"input").unwrap();
        let number = |bytes: &[u8]| openssl::bn::BigNum::from_slice(bytes).unwrap();
        let mirrored = (&number(&hex(P256_ORDER)) - &number(&signature[32..])).to_vec_padded(32).unwrap();
        assert!(es256.verify(b"input", &[&signature[..32], &mirrored].concat()));
        // RFC 8032 §5.1.7: S + L is none.
        let ed = &PAIRS[1];
        let signature = ed.ours.0.sign(b"input").unwrap();
        let reversed = |bytes: &[u8]| bytes.iter().rev().copied().collect::<Vec<u8>>();
        let sum = &number(&reversed(&signature[32..])) + &number(&reversed(&hex(ED25519_ORDER)));
        let raised = reversed(&sum.to_vec_padded(32).unwrap());
        assert!(!ed.verify(b"input", &[&signature[..32], &raised].concat()));
    }

    #[test]
    fn a_key_of_another_curve_is_refused() {
        let der = |algorithm| KeyPair::generate(algorithm).unwrap().private_pkcs8().expose().clone();
        for (algorithm, other) in [
            (Algorithm::ES256, Algorithm::ES384),
            (Algorithm::ES256, Algorithm::EdDSA),
            (Algorithm::EdDSA, Algorithm::ES256),
        ] {
            assert!(CurveSigner::new(algorithm, &der(other)).is_err(), "{algorithm}");
        }
        assert!(CurveSigner::new(Algorithm::ES256, b"no key").is_err());
        assert!(CurveSigner::new(Algorithm::RS256, b"").unwrap().is_none());
        for name in ["x", "y"] {
            let mut short = PAIRS[0].public.clone();
            short.insert(name.to_owned(), URL_SAFE_NO_PAD.encode([1; 31]).into());
            assert!(CurveVerifier::new(Algorithm::ES256, &short).is_none());
        }
    }

    #[test]
    fn weak_ed25519_keys_are_judged_alike() {
        // Points of small order, and one coordinate beyond the field: RFC 8032 leaves them to the implementation.
        let points = [
            "0000000000000000000000000000000000000000000000000000000000000000",
            "0100000000000000000000000000000000000000000000000000000000000000",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        ];
        for point in points {
            let jwk = serde_json::json!({"kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(hex(point))});
            let jwk = jwk.as_object().unwrap();
            let ours = CurveVerifier::new(Algorithm::EdDSA, jwk).unwrap();
            let theirs = openssl_verifier(Algorithm::EdDSA, jwk);
            for other in points {
                for rest in [vec![0; 32], [vec![1], vec![0; 31]].concat()] {
                    let signature = [hex(other), rest].concat();
                    for input in [&b""[..], b"a", b"b", b"c", b"d", b"e", b"f", b"g", b"h"] {
                        let theirs = theirs.as_ref().is_some_and(|key| key.verify(input, &signature).is_ok());
                        assert_eq!(ours.verify(input, &signature), theirs, "{point} {signature:?} {input:?}");
                    }
                }
            }
        }
    }
}
