//! The keys in use, prepared once a change: signers by algorithm, verification keys, the JWKS document as bytes.

use super::{KeyState, SigningKey, aad, store};
use crate::platform::clock::Clock;
use crate::platform::crypto::MasterKeys;
use crate::platform::db::Db;
use crate::platform::error::Unavailable;
use crate::platform::freshness::Freshness;
use crate::platform::jose::{Algorithm, KeyPair, Signer, VerificationKeys};
use std::sync::{Arc, PoisonError, RwLock};

/// A snapshot of the keys.
pub struct Keys {
    counter: i64,
    signers: Vec<Arc<dyn Signer>>,
    /// Public parts that verify what this provider signed.
    pub verification: VerificationKeys,
    /// The algorithms of published keys: what a token of ours may be signed with.
    pub algorithms: Vec<Algorithm>,
    /// The JWKS document (RFC 7517 §5).
    pub jwks: Arc<str>,
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
        let published: Vec<&SigningKey> = stored.iter().filter(|key| key.state != KeyState::Retired).collect();
        let signers: Result<Vec<_>, _> = signing(&published, self.clock.now())
            .into_iter()
            .map(|key| match previous.and_then(|keys| keys.signers.iter().find(|signer| signer.kid() == key.kid)) {
                Some(signer) => Ok(Arc::clone(signer)),
                None => self.signer(key),
            })
            .collect();
        let jwks: Vec<_> = published.iter().map(|key| &key.public_jwk).collect();
        let mut algorithms: Vec<Algorithm> = published.iter().map(|key| key.algorithm).collect();
        algorithms.dedup();
        Ok(Keys {
            counter,
            signers: signers?,
            verification: VerificationKeys::from_jwks(jwks.iter().copied()).map_err(Unavailable::new)?,
            algorithms,
            jwks: serde_json::json!({ "keys": jwks }).to_string().into(),
        })
    }

    fn signer(&self, key: &SigningKey) -> Result<Arc<dyn Signer>, Unavailable> {
        let private =
            self.masters.open(&aad(&key.kid, key.algorithm), &key.sealed_private).map_err(Unavailable::new)?;
        let pair = KeyPair::from_pkcs8(key.algorithm, &private).map_err(Unavailable::new)?;
        Ok(Arc::new(pair.signer().map_err(Unavailable::new)?))
    }
}

/// One key an algorithm: the newest that is active and whose time has come.
fn signing<'a>(published: &[&'a SigningKey], now: crate::platform::clock::Time) -> Vec<&'a SigningKey> {
    let mut newest: Vec<&SigningKey> = Vec::new();
    for key in published.iter().filter(|key| key.state == KeyState::Active && key.activate_at <= now) {
        match newest.iter_mut().find(|known| known.algorithm == key.algorithm) {
            Some(known) if known.created_at < key.created_at => *known = key,
            Some(_) => {}
            None => newest.push(key),
        }
    }
    newest
}
