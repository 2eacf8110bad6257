//! The cryptography that an answer needs whoever computes it, alone on one thread.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::sign::{Signer, Verifier};

use crate::cpu;

/// One operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    SignRs256,
    SignEs256,
    VerifyRs256,
    VerifyEs256,
    /// Argon2id with 19 MiB, two passes, one lane, its memory reused.
    HashPassword,
}

impl Operation {
    pub fn name(self) -> &'static str {
        match self {
            Self::SignRs256 => "RS256 (2048 bits), sign",
            Self::SignEs256 => "ES256, sign",
            Self::VerifyRs256 => "RS256 (2048 bits), verify",
            Self::VerifyEs256 => "ES256, verify",
            Self::HashPassword => "Argon2id 19 MiB t=2 p=1",
        }
    }
}

/// CPU milliseconds of one operation each.
pub type Costs = BTreeMap<Operation, f64>;

/// Runs each operation for `time`.
pub fn measure(time: Duration) -> Costs {
    let rsa = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    let ec = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
    // As long as the signed part of a usual access token.
    let message = [b'a'; 600];
    let (rs256, es256) = (sign(&rsa, &message), sign(&ec, &message));
    let params = Params::new(19 * 1024, 2, 1, None).unwrap();
    let mut memory = vec![Block::default(); params.block_count()];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut hash = [0_u8; 32];
    BTreeMap::from([
        (Operation::SignRs256, cost(time, || drop(sign(&rsa, &message)))),
        (Operation::SignEs256, cost(time, || drop(sign(&ec, &message)))),
        (Operation::VerifyRs256, cost(time, || verify(&rsa, &message, &rs256))),
        (Operation::VerifyEs256, cost(time, || verify(&ec, &message, &es256))),
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
