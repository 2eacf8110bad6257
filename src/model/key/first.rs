//! What a provider needs to start: the pepper and a key for each algorithm. Created once, by the first server.

use super::{KeyAlgorithm, KeyState, Rotation, SigningKey, create, store};
use crate::platform::clock::{Clock, Time};
use crate::platform::config::{self, Config, MasterKeyError};
use crate::platform::crypto::{MasterKeys, OpenError, Pepper, Sealed};
use crate::platform::db::{Db, touch};
use crate::platform::ephemeral::KeyHasher;
use crate::platform::error::Unavailable;
use crate::platform::jose::Algorithm;
use crate::platform::jose::jwe::{KeyFamily, KeyManagement};
use crate::platform::random::Random;
use crate::platform::secret::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::sync::Arc;
use std::time::Duration;

/// The row of the pepper.
pub const PEPPER: &str = "pepper";

const DAY: Duration = Duration::from_secs(86_400);
/// Tolerance of whoever verifies, and the time that a server may sign with a key from its cache.
const MARGIN: Duration = Duration::from_secs(60);

/// What the seal of a server's secret is bound to.
pub fn secret_aad(name: &str) -> String {
    format!("latchkey|server_secrets|{name}")
}

impl Rotation {
    /// The life of keys that the configuration asks for.
    pub fn of(config: &Config) -> Self {
        let every = config.keys.rotation;
        let of_resources = config.resources.values().filter_map(|resource| resource.access_token_lifetime);
        let signing = config.keys.algorithms.iter().filter_map(|name| Algorithm::parse(name));
        let accepted = || config.keys.encryption.iter().filter_map(|name| KeyManagement::parse(name)?.family());
        let encryption = KeyFamily::ALL.into_iter().filter(|family| accepted().any(|one| one == *family));
        let longest = of_resources.fold(config.tokens.access.max(config.tokens.id), Duration::max);
        Self {
            every,
            // Relying parties may keep the JWKS for a day; a faster rotation leaves half of its time.
            publish_ahead: every.map_or(DAY, |every| DAY.min(every / 2)),
            longest_token: longest + MARGIN,
            algorithms: signing.map(KeyAlgorithm::Signature).chain(encryption.map(KeyAlgorithm::Encryption)).collect(),
        }
    }
}

/// The master keys that the configuration names.
///
/// # Errors
/// When there are none, or one is no key.
pub fn master_keys(keys: &config::Keys) -> Result<MasterKeys, MasterKeyError> {
    let keys = keys.master_keys()?;
    let text = Secret::new(keys.iter().map(|key| STANDARD.encode(key.expose())).collect::<Vec<_>>().join(","));
    MasterKeys::parse(text.expose()).map_err(|_| MasterKeyError::Missing)
}

/// The hasher of the short-lived store's keys: the same on every server with the same pepper.
pub fn key_hasher(pepper: &Pepper) -> KeyHasher {
    KeyHasher::new(&pepper.mac("ephemeral", &[]))
}

/// The pepper, and a key for every algorithm of signatures that has none; both are made where they are missing. Keys
/// to encrypt to are left to [`keep`]: nobody waits for them.
///
/// # Errors
/// When the store does not answer, or these master keys do not open what is there: then nothing is made.
pub async fn ensure(
    db: &Db,
    masters: &Arc<MasterKeys>,
    clock: &dyn Clock,
    random: &Arc<dyn Random>,
    rotation: &Rotation,
) -> Result<Pepper, Unavailable> {
    let pepper = ensure_pepper(db, masters, clock, random.as_ref()).await?;
    ensure_keys(db, masters, clock, random, rotation).await?;
    Ok(pepper)
}

/// The pepper, if there is one.
///
/// # Errors
/// When the store does not answer, or these master keys do not open it.
pub async fn find_pepper(db: &Db, masters: &MasterKeys) -> Result<Option<Pepper>, Unavailable> {
    let Some(sealed) = db.read(|connection| store::find_secret(connection, PEPPER)).await? else { return Ok(None) };
    open_pepper(masters, &sealed).map(Some).map_err(|error| {
        Unavailable::new(format!(
            "the master keys do not open the secrets in this database ({error}): configure the key that it was created with"
        ))
    })
}

/// Opens the stored pepper.
///
/// # Errors
/// When these master keys do not open it.
pub fn open_pepper(masters: &MasterKeys, sealed: &Sealed) -> Result<Pepper, OpenError> {
    let bytes = masters.open(&secret_aad(PEPPER), sealed)?;
    Pepper::from_slice(bytes.expose()).ok_or(OpenError::Corrupted)
}

/// The pepper; made when there is none.
///
/// # Errors
/// As [`ensure`].
pub async fn ensure_pepper(
    db: &Db,
    masters: &MasterKeys,
    clock: &dyn Clock,
    random: &dyn Random,
) -> Result<Pepper, Unavailable> {
    if let Some(pepper) = find_pepper(db, masters).await? {
        return Ok(pepper);
    }
    let sealed = masters.seal(&secret_aad(PEPPER), Pepper::generate(random).expose(), random);
    let now = clock.now();
    db.write(move |tx| store::insert_secret(tx, PEPPER, &sealed, now)).await?;
    // Another server may have been first: what the store holds counts.
    find_pepper(db, masters).await?.ok_or_else(|| Unavailable::new("the pepper was not stored"))
}

/// Makes a key that signs at once for every algorithm of signatures that has none; gives those that were made.
///
/// # Errors
/// As [`ensure`].
pub async fn ensure_keys(
    db: &Db,
    masters: &Arc<MasterKeys>,
    clock: &dyn Clock,
    random: &Arc<dyn Random>,
    rotation: &Rotation,
) -> Result<Vec<SigningKey>, Unavailable> {
    let signing = rotation.algorithms.iter().copied().filter(|algorithm| algorithm.signature().is_some()).collect();
    ensure_all(db, masters, clock, random, &Rotation { algorithms: signing, ..rotation.clone() }).await
}

async fn ensure_all(
    db: &Db,
    masters: &Arc<MasterKeys>,
    clock: &dyn Clock,
    random: &Arc<dyn Random>,
    rotation: &Rotation,
) -> Result<Vec<SigningKey>, Unavailable> {
    let mut made = Vec::new();
    for algorithm in missing(rotation, &db.read(store::list).await?) {
        let now = clock.now();
        let key = make(algorithm, (KeyState::Active, now), now, masters, random).await?;
        made.extend(insert_first(db, key, rotation.clone()).await?);
    }
    Ok(made)
}

/// Takes the steps that the plan of the keys asks for now; returns how many. Run now and then by every server.
///
/// # Errors
/// As [`ensure`].
pub async fn keep(
    db: &Db,
    masters: &Arc<MasterKeys>,
    clock: &dyn Clock,
    random: &Arc<dyn Random>,
    rotation: &Rotation,
) -> Result<usize, Unavailable> {
    let plan = rotation.plan(&db.read(store::list).await?, clock.now());
    let steps = plan.create.len() + plan.activate.len() + plan.retire.len();
    if steps == 0 {
        return Ok(0);
    }
    ensure_all(db, masters, clock, random, rotation).await?;
    for algorithm in plan.create.iter().filter(|(_, at_once)| !at_once).map(|(algorithm, _)| *algorithm) {
        let now = clock.now();
        let key = make(algorithm, (KeyState::Pending, now + rotation.publish_ahead), now, masters, random).await?;
        insert_planned(db, key, rotation.clone(), now).await?;
    }
    let (rotation, now) = (rotation.clone(), clock.now());
    db.write(move |tx| {
        plan.activate.iter().try_for_each(|kid| rotation.activate(tx, kid, now))?;
        for kid in &plan.retire {
            store::advance(tx, kid, KeyState::Retiring, KeyState::Retired, Some(now))?;
        }
        Ok(())
    })
    .await?;
    Ok(steps)
}

/// Makes a key on a thread of its own, outside of any transaction: RSA takes a quarter of a second.
async fn make(
    algorithm: KeyAlgorithm,
    life: (KeyState, Time),
    now: Time,
    masters: &Arc<MasterKeys>,
    random: &Arc<dyn Random>,
) -> Result<SigningKey, Unavailable> {
    let (masters, random) = (Arc::clone(masters), Arc::clone(random));
    let made = tokio::task::spawn_blocking(move || create(algorithm, life, &masters, now, random.as_ref())).await;
    made.map_err(Unavailable::new)?.map_err(Unavailable::new)
}

/// Adds the next key, unless another server did so meanwhile.
async fn insert_planned(db: &Db, key: SigningKey, rotation: Rotation, now: Time) -> Result<(), Unavailable> {
    db.write(move |tx| {
        touch(tx, store::TOPIC)?;
        let plan = rotation.plan(&store::list(tx)?, now);
        if plan.create.contains(&(key.algorithm, false)) { store::insert(tx, &key) } else { Ok(()) }
    })
    .await
}

async fn insert_first(db: &Db, key: SigningKey, rotation: Rotation) -> Result<Option<SigningKey>, Unavailable> {
    db.write(move |tx| {
        // The row of the counter is the lock: whoever comes second looks after the first has committed.
        touch(tx, store::TOPIC)?;
        let is_first = missing(&rotation, &store::list(tx)?).contains(&key.algorithm);
        if is_first {
            store::insert(tx, &key)?;
        }
        Ok(is_first.then_some(key))
    })
    .await
}

fn missing(rotation: &Rotation, keys: &[SigningKey]) -> Vec<KeyAlgorithm> {
    let live = |algorithm| {
        keys.iter().any(|key| key.algorithm == algorithm && matches!(key.state, KeyState::Active | KeyState::Pending))
    };
    rotation.algorithms.iter().copied().filter(|algorithm| !live(*algorithm)).collect()
}
