//! The rotation plan: which keys must be created, start signing, stop signing, and be removed.

use super::{KeyAlgorithm, KeyState, SigningKey, aad, store};
use crate::platform::clock::Time;
use crate::platform::crypto::MasterKeys;
use crate::platform::db::Connection;
use crate::platform::jose::jwe::DecryptionKey;
use crate::platform::jose::{KeyError, KeyPair};
use crate::platform::random::Random;
use crate::platform::secret::Secret;
use diesel::QueryResult;
use serde_json::{Map, Value};
use std::time::Duration;

#[derive(Clone, Debug)]
pub struct Rotation {
    /// A key that signed so long is followed by a new one; `None`: only on demand.
    pub every: Option<Duration>,
    /// How long a new key is published before it signs: relying parties keep the JWKS for a while.
    pub publish_ahead: Duration,
    /// How long the longest-lived token outlives its signature, clock tolerance included.
    pub longest_token: Duration,
    /// Which algorithms there must be keys for.
    pub algorithms: Vec<KeyAlgorithm>,
}

/// What has to happen now.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Algorithms that need a new key, and whether it may sign at once (there is no other).
    pub create: Vec<(KeyAlgorithm, bool)>,
    /// Keys that start signing; their predecessors retire.
    pub activate: Vec<String>,
    /// Keys whose last token has ended.
    pub retire: Vec<String>,
}

impl Rotation {
    /// Compares the keys with what they should be. Pure, so that every server comes to the same plan.
    pub fn plan(&self, keys: &[SigningKey], now: Time) -> Plan {
        let mut plan = Plan::default();
        for algorithm in &self.algorithms {
            let of = |state| keys.iter().filter(move |key| key.algorithm == *algorithm && key.state == state);
            let aged = |key: &SigningKey| self.every.is_some_and(|every| now.since(key.activate_at) >= every);
            if of(KeyState::Active).next().is_none() && of(KeyState::Pending).next().is_none() {
                plan.create.push((*algorithm, true));
            } else if of(KeyState::Pending).next().is_none() && of(KeyState::Active).all(aged) {
                plan.create.push((*algorithm, false));
            }
        }
        let due = |key: &&SigningKey| key.state == KeyState::Pending && key.activate_at <= now;
        plan.activate = keys.iter().filter(due).map(|key| key.kid.clone()).collect();
        let over = |key: &&SigningKey| key.state == KeyState::Retiring && key.retire_at.is_none_or(|end| end <= now);
        plan.retire = keys.iter().filter(over).map(|key| key.kid.clone()).collect();
        plan
    }

    /// Activates a pending key, and retires its predecessor of the same algorithm.
    ///
    /// # Errors
    /// Any failure of the database.
    pub fn activate(&self, tx: &mut Connection, kid: &str, now: Time) -> QueryResult<()> {
        let keys = store::list(tx)?;
        let Some(algorithm) = keys.iter().find(|key| key.kid == kid).map(|key| key.algorithm) else { return Ok(()) };
        if !store::advance(tx, kid, KeyState::Pending, KeyState::Active, None)? {
            return Ok(());
        }
        let before = keys.iter().filter(|key| key.algorithm == algorithm && key.state == KeyState::Active);
        // A server may sign with the key before for as long as its cache lives: a second, counted as a minute.
        let retire_at = now + self.outlives(algorithm) + Duration::from_secs(60);
        for key in before {
            store::advance(tx, &key.kid, KeyState::Active, KeyState::Retiring, Some(retire_at))?;
        }
        Ok(())
    }
}

impl Rotation {
    /// How long a key is needed after its last use: until what it signed has ended; or, of one to encrypt to, until
    /// whoever keeps an old JWKS has fetched it again and what was sent meanwhile has ended.
    fn outlives(&self, algorithm: KeyAlgorithm) -> Duration {
        match algorithm {
            KeyAlgorithm::Signature(_) => self.longest_token,
            KeyAlgorithm::Encryption(_) => self.longest_token + self.publish_ahead,
        }
    }
}

/// Makes a key. RSA takes a quarter of a second: not for a request.
///
/// # Errors
/// When the algorithm cannot be served.
pub fn create(
    algorithm: KeyAlgorithm,
    (state, activate_at): (KeyState, Time),
    masters: &MasterKeys,
    now: Time,
    random: &dyn Random,
) -> Result<SigningKey, KeyError> {
    let Fresh { kid, private, public_jwk } = generate(algorithm)?;
    let sealed_private = masters.seal(&aad(&kid, algorithm), private.expose(), random);
    Ok(SigningKey { kid, algorithm, state, public_jwk, sealed_private, created_at: now, activate_at, retire_at: None })
}

struct Fresh {
    kid: String,
    private: Secret<Vec<u8>>,
    public_jwk: Map<String, Value>,
}

fn generate(algorithm: KeyAlgorithm) -> Result<Fresh, KeyError> {
    let fresh = |kid: &str, private: &Secret<Vec<u8>>, public: &Map<String, Value>| Fresh {
        kid: kid.to_owned(),
        private: private.clone(),
        public_jwk: public.clone(),
    };
    match algorithm {
        KeyAlgorithm::Signature(algorithm) => {
            let pair = KeyPair::generate(algorithm)?;
            Ok(fresh(pair.kid(), pair.private_pkcs8(), pair.public_jwk()))
        }
        KeyAlgorithm::Encryption(family) => {
            let pair = DecryptionKey::generate(family)?;
            Ok(fresh(pair.kid(), pair.private_pkcs8(), pair.public_jwk()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::crypto::Sealed;
    use crate::platform::jose::Algorithm;

    const DAY: Duration = Duration::from_secs(86_400);

    fn key(kid: &str, state: KeyState, activate_at: i64, retire_at: Option<i64>) -> SigningKey {
        SigningKey {
            kid: kid.into(),
            algorithm: Algorithm::ES256.into(),
            state,
            public_jwk: serde_json::Map::new(),
            sealed_private: Sealed::from_stored(String::new()),
            created_at: Time::from_seconds(activate_at),
            activate_at: Time::from_seconds(activate_at),
            retire_at: retire_at.map(Time::from_seconds),
        }
    }

    fn rotation() -> Rotation {
        Rotation {
            every: Some(90 * DAY),
            publish_ahead: DAY,
            longest_token: DAY,
            algorithms: vec![Algorithm::ES256.into()],
        }
    }

    #[test]
    fn the_first_key_signs_at_once_and_the_next_is_published_ahead() {
        assert_eq!(rotation().plan(&[], Time::default()).create, [(Algorithm::ES256.into(), true)]);
        let active = [key("a", KeyState::Active, 0, None)];
        assert_eq!(rotation().plan(&active, Time::default() + 89 * DAY), Plan::default());
        assert_eq!(rotation().plan(&active, Time::default() + 90 * DAY).create, [(Algorithm::ES256.into(), false)]);
    }

    #[test]
    fn a_pending_key_waits_its_time_and_is_not_made_twice() {
        let keys = [key("a", KeyState::Active, 0, None), key("b", KeyState::Pending, 7_862_400, None)];
        assert_eq!(rotation().plan(&keys, Time::default() + 90 * DAY), Plan::default());
        assert_eq!(rotation().plan(&keys, Time::default() + 91 * DAY).activate, ["b"]);
    }

    #[test]
    fn jwt_16_a_key_verifies_until_its_last_token_ended() {
        let keys = [key("a", KeyState::Retiring, 0, Some(100)), key("b", KeyState::Active, 50, None)];
        assert!(rotation().plan(&keys, Time::from_seconds(99)).retire.is_empty());
        assert_eq!(rotation().plan(&keys, Time::from_seconds(100)).retire, ["a"]);
    }

    #[test]
    fn without_a_schedule_nothing_rotates_by_itself() {
        let rotation = Rotation { every: None, ..rotation() };
        assert_eq!(
            rotation.plan(&[key("a", KeyState::Active, 0, None)], Time::default() + 9000 * DAY),
            Plan::default()
        );
    }
}
