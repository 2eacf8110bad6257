//! The cryptography that an answer needs whoever computes it, alone on one thread.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use openssl::ec::{EcGroup, EcKey};
use openssl::encrypt::Encrypter;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::{Padding, Rsa};
use openssl::sign::{RsaPssSaltlen, Signer, Verifier};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _,
    UnparsedPublicKey,
};

use crate::cpu;

/// One operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    SignRs256,
    SignPs256,
    SignRs512,
    SignEs256,
    SignEs384,
    SignEs512,
    SignEdDsa,
    VerifyRs256,
    VerifyEs256,
    /// What the server leaves to ring, by OpenSSL: to see whether it still should.
    SignEs256ByOpenSsl,
    SignEdDsaByOpenSsl,
    VerifyEs256ByOpenSsl,
    /// RSA-OAEP-256 to a key of 2048 bits: 32 bytes, as a content key has.
    WrapRsaOaep256,
    /// Argon2id with 19 MiB, two passes, one lane, its memory reused.
    HashPassword,
}

impl Operation {
    pub fn name(self) -> &'static str {
        match self {
            Self::SignRs256 => "RS256 (2048 bits), sign",
            Self::SignPs256 => "PS256 (2048 bits), sign",
            Self::SignRs512 => "RS512 (2048 bits), sign",
            Self::SignEs256 => "ES256, sign (ring)",
            Self::SignEs384 => "ES384, sign",
            Self::SignEs512 => "ES512, sign",
            Self::SignEdDsa => "EdDSA (Ed25519), sign (ring)",
            Self::VerifyRs256 => "RS256 (2048 bits), verify",
            Self::VerifyEs256 => "ES256, verify (ring)",
            Self::SignEs256ByOpenSsl => "ES256, sign (OpenSSL)",
            Self::SignEdDsaByOpenSsl => "EdDSA (Ed25519), sign (OpenSSL)",
            Self::VerifyEs256ByOpenSsl => "ES256, verify (OpenSSL)",
            Self::WrapRsaOaep256 => "RSA-OAEP-256 (2048 bits), encrypt",
            Self::HashPassword => "Argon2id 19 MiB t=2 p=1",
        }
    }
}

/// CPU milliseconds of one operation each.
pub type Costs = BTreeMap<Operation, f64>;

/// Runs each operation for `time`.
pub fn measure(time: Duration) -> Costs {
    let rsa = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
    let (ec, p384, p521) = (curve(Nid::X9_62_PRIME256V1), curve(Nid::SECP384R1), curve(Nid::SECP521R1));
    let ed = PKey::generate_ed25519().unwrap();
    // As long as the signed part of a usual access token.
    let message = [b'a'; 600];
    let (rs256, es256) = (sign(&rsa, &message), sign(&ec, &message));
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    let p256 = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap();
    let p256_public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, p256.public_key().as_ref().to_vec());
    let p256_signature = p256.sign(&random, &message).unwrap();
    let ed25519 = Ed25519KeyPair::from_pkcs8(Ed25519KeyPair::generate_pkcs8(&random).unwrap().as_ref()).unwrap();
    let params = Params::new(19 * 1024, 2, 1, None).unwrap();
    let mut memory = vec![Block::default(); params.block_count()];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut hash = [0_u8; 32];
    BTreeMap::from([
        (Operation::SignRs256, cost(time, || drop(sign(&rsa, &message)))),
        (Operation::SignPs256, cost(time, || sign_pss(&rsa, &message))),
        (Operation::SignRs512, cost(time, || sign_by(MessageDigest::sha512(), &rsa, &message))),
        (Operation::SignEs256, cost(time, || drop(p256.sign(&random, &message).unwrap().as_ref().to_vec()))),
        (Operation::SignEs256ByOpenSsl, cost(time, || drop(sign(&ec, &message)))),
        (Operation::SignEs384, cost(time, || sign_by(MessageDigest::sha384(), &p384, &message))),
        (Operation::SignEs512, cost(time, || sign_by(MessageDigest::sha512(), &p521, &message))),
        (Operation::SignEdDsa, cost(time, || drop(ed25519.sign(&message).as_ref().to_vec()))),
        (
            Operation::SignEdDsaByOpenSsl,
            cost(time, || drop(Signer::new_without_digest(&ed).unwrap().sign_oneshot_to_vec(&message))),
        ),
        (Operation::WrapRsaOaep256, cost(time, || wrap(&rsa))),
        (Operation::VerifyRs256, cost(time, || verify(&rsa, &message, &rs256))),
        (Operation::VerifyEs256, cost(time, || p256_public.verify(&message, p256_signature.as_ref()).unwrap())),
        (Operation::VerifyEs256ByOpenSsl, cost(time, || verify(&ec, &message, &es256))),
        (
            Operation::HashPassword,
            cost(time, || {
                argon2
                    .hash_password_into_with_memory(b"password", b"a salt of 16 b..", &mut hash, &mut memory)
                    .unwrap();
            }),
        ),
    ])
}

fn curve(name: Nid) -> PKey<Private> {
    PKey::from_ec_key(EcKey::generate(&EcGroup::from_curve_name(name).unwrap()).unwrap()).unwrap()
}

fn sign_by(digest: MessageDigest, key: &PKey<Private>, message: &[u8]) {
    Signer::new(digest, key).unwrap().sign_oneshot_to_vec(message).unwrap();
}

fn sign_pss(key: &PKey<Private>, message: &[u8]) {
    let mut signer = Signer::new(MessageDigest::sha256(), key).unwrap();
    signer.set_rsa_padding(Padding::PKCS1_PSS).unwrap();
    signer.set_rsa_pss_saltlen(RsaPssSaltlen::DIGEST_LENGTH).unwrap();
    signer.sign_oneshot_to_vec(message).unwrap();
}

fn wrap(key: &PKey<Private>) {
    let mut encrypter = Encrypter::new(key).unwrap();
    encrypter.set_rsa_padding(Padding::PKCS1_OAEP).unwrap();
    encrypter.set_rsa_oaep_md(MessageDigest::sha256()).unwrap();
    let mut wrapped = vec![0; encrypter.encrypt_len(&[7; 32]).unwrap()];
    encrypter.encrypt(&[7; 32], &mut wrapped).unwrap();
}

fn sign(key: &PKey<Private>, message: &[u8]) -> Vec<u8> {
    Signer::new(MessageDigest::sha256(), key).unwrap().sign_oneshot_to_vec(message).unwrap()
}

fn verify(key: &PKey<Private>, message: &[u8], signature: &[u8]) {
    assert!(Verifier::new(MessageDigest::sha256(), key).unwrap().verify_oneshot(signature, message).unwrap());
}

fn cost(time: Duration, mut operation: impl FnMut()) -> f64 {
    operation(); // the first one pays for tables and page faults
    let (start, before) = (Instant::now(), cpu::used_by_this_thread());
    let mut count = 0_u32;
    while start.elapsed() < time || count < 5 {
        operation();
        count += 1;
    }
    (cpu::used_by_this_thread() - before).as_secs_f64() * 1000.0 / f64::from(count)
}
