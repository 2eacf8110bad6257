//! The keys in use, prepared once a change: signers by algorithm, verification keys, decryption keys, the JWKS document
//! as bytes.

use super::{KeyAlgorithm, KeyState, SigningKey, aad, store};
use crate::platform::clock::{Clock, Time};
use crate::platform::crypto::MasterKeys;
use crate::platform::db::Db;
use crate::platform::error::Unavailable;
use crate::platform::freshness::Freshness;
use crate::platform::jose::jwe::{DecryptionKey, DecryptionKeys};
use crate::platform::jose::{Algorithm, KeyPair, Rules, Signer, Typ, VerificationKeys};
use crate::platform::secret::Secret;
use std::sync::{Arc, PoisonError, RwLock};

/// A snapshot of the keys.
pub struct Keys {
    counter: i64,
    signers: Vec<Arc<dyn Signer>>,
    /// Public parts that verify what this provider signed.
    pub verification: VerificationKeys,
    /// Private parts that open what was encrypted to this provider: of every key in use, published or not any more.
    pub decryption: DecryptionKeys,
    /// The algorithms of published keys: what a token of ours may be signed with.
    pub algorithms: Vec<Algorithm>,
    /// Keys whose tokens have all ended, the latest first: hints that they signed may still be shown to us. None that was
    /// revoked is among them.
    pub retired: Vec<RetiredKey>,
    /// The JWKS document (RFC 7517 §5).
    pub jwks: Arc<str>,
}

/// A signing key that retired.
pub struct RetiredKey {
    pub at: Time,
    algorithms: [Algorithm; 1],
    verification: VerificationKeys,
}

impl RetiredKey {
    /// What a token that it signed must look like.
    pub fn rules<'a>(&'a self, typ: Typ<'a>) -> Rules<'a> {
        Rules { algorithms: &self.algorithms, typ, keys: &self.verification }
    }
}

/// The maximum number of keys that are tried for a token.
const MOST_RETIRED: usize = 16;

fn retired(stored: &[SigningKey]) -> Vec<RetiredKey> {
    let keys = stored.iter().filter(|key| key.state == KeyState::Retired);
    let mut retired: Vec<RetiredKey> = keys
        .filter_map(|key| {
            let verification = VerificationKeys::from_jwks([&key.public_jwk]).ok()?;
            Some(RetiredKey { at: key.retire_at?, algorithms: [key.algorithm.signature()?], verification })
        })
        .collect();
    retired.sort_by_key(|key| std::cmp::Reverse(key.at));
    retired.truncate(MOST_RETIRED);
    retired
}

impl Keys {
    /// Which change of the keys this is: another number, other keys.
    pub fn change(&self) -> i64 {
        self.counter
    }

    /// The key that signs with an algorithm now.
    pub fn signer(&self, algorithm: Algorithm) -> Option<&Arc<dyn Signer>> {
        self.signers.iter().find(|signer| signer.algorithm() == algorithm)
    }

    /// The algorithms that can be signed with now.
    pub fn signing_algorithms(&self) -> Vec<Algorithm> {
        self.signers.iter().map(|signer| signer.algorithm()).collect()
    }
}

/// Holds the snapshot and replaces it when the keys change.
#[derive(Clone)]
pub struct KeyRing {
    db: Db,
    freshness: Freshness,
    masters: Arc<MasterKeys>,
    clock: Arc<dyn Clock>,
    current: Arc<RwLock<Option<Arc<Keys>>>>,
}

impl KeyRing {
    /// The keys of `db`, opened with `masters`.
    pub fn new(db: Db, freshness: Freshness, masters: Arc<MasterKeys>, clock: Arc<dyn Clock>) -> Self {
        Self { db, freshness, masters, clock, current: Arc::default() }
    }

    /// The present keys.
    ///
    /// # Errors
    /// When the store does not answer, or a private key cannot be opened.
    pub async fn load(&self) -> Result<Arc<Keys>, Unavailable> {
        let counter = self.freshness.counter(store::TOPIC).await?;
        if let Some(keys) = self.cached().filter(|keys| keys.counter == counter) {
            return Ok(keys);
        }
        let stored = self.db.read(store::list).await?;
        let previous = self.cached();
        let keys = Arc::new(self.prepare(counter, &stored, previous.as_deref())?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&keys));
        Ok(keys)
    }

    /// What opens everything else that is sealed at rest.
    pub fn masters(&self) -> &Arc<MasterKeys> {
        &self.masters
    }

    fn cached(&self) -> Option<Arc<Keys>> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn prepare(&self, counter: i64, stored: &[SigningKey], previous: Option<&Keys>) -> Result<Keys, Unavailable> {
        let published: Vec<&SigningKey> = stored.iter().filter(|key| key.is_published()).collect();
        let signers: Result<Vec<_>, _> = signing(&published, self.clock.now())
            .into_iter()
            .map(|(key, algorithm)| {
                match previous.and_then(|keys| keys.signers.iter().find(|signer| signer.kid() == key.kid)) {
                    Some(signer) => Ok(Arc::clone(signer)),
                    None => self.signer(key, algorithm),
                }
            })
            .collect();
        let jwks: Vec<_> = published.iter().map(|key| &key.public_jwk).collect();
        let mut algorithms: Vec<Algorithm> = published.iter().filter_map(|key| key.algorithm.signature()).collect();
        algorithms.sort();
        algorithms.dedup();
        Ok(Keys {
            counter,
            signers: signers?,
            verification: VerificationKeys::from_jwks(jwks.iter().copied()).map_err(Unavailable::new)?,
            decryption: self.decryption(stored, previous)?,
            algorithms,
            retired: retired(stored),
            jwks: serde_json::json!({ "keys": jwks }).to_string().into(),
        })
    }

    fn signer(&self, key: &SigningKey, algorithm: Algorithm) -> Result<Arc<dyn Signer>, Unavailable> {
        let pair = KeyPair::from_pkcs8(algorithm, &self.private(key)?).map_err(Unavailable::new)?;
        Ok(Arc::new(pair.signer().map_err(Unavailable::new)?))
    }

    fn decryption(&self, stored: &[SigningKey], previous: Option<&Keys>) -> Result<DecryptionKeys, Unavailable> {
        let mut pairs = Vec::new();
        for key in stored.iter().filter(|key| key.is_in_use()) {
            let KeyAlgorithm::Encryption(family) = key.algorithm else { continue };
            let held = previous.and_then(|keys| keys.decryption.pairs().iter().find(|pair| pair.kid() == key.kid));
            pairs.push(match held {
                Some(pair) => Arc::clone(pair),
                None => Arc::new(DecryptionKey::from_pkcs8(family, &self.private(key)?).map_err(Unavailable::new)?),
            });
        }
        Ok(DecryptionKeys::new(pairs))
    }

    fn private(&self, key: &SigningKey) -> Result<Secret<Vec<u8>>, Unavailable> {
        self.masters.open(&aad(&key.kid, key.algorithm), &key.sealed_private).map_err(Unavailable::new)
    }
}

/// One key an algorithm: the newest that is active and whose time has come.
fn signing<'a>(published: &[&'a SigningKey], now: Time) -> Vec<(&'a SigningKey, Algorithm)> {
    let mut newest: Vec<(&SigningKey, Algorithm)> = Vec::new();
    for key in published.iter().filter(|key| key.state == KeyState::Active && key.activate_at <= now) {
        let Some(algorithm) = key.algorithm.signature() else { continue };
        match newest.iter_mut().find(|(_, known)| *known == algorithm) {
            Some((known, _)) if known.created_at < key.created_at => *known = key,
            Some(_) => {}
            None => newest.push((key, algorithm)),
        }
    }
    newest
}
