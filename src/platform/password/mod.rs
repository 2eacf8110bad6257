//! Passwords: normalised (RFC 8265 §4.2), hashed with Argon2id (RFC 9106) by a few workers of low priority.
//!
//! Nobody waits longer than some seconds: where it would take longer, [`Passwords`] says [`PasswordError::Busy`] at
//! once, so that a wave of sign-ins costs its own callers a retry and nobody else an answer.

pub mod breached;
mod cost;
#[cfg(any(feature = "fast-argon2", test))]
mod fast;
mod foreign;
mod memory;
mod normalise;
mod pool;

pub use cost::{Cost, UnusableHash};
pub use foreign::{FirebaseProject, import};
pub use normalise::LONGEST;

use crate::platform::random::{self, Random};
use crate::platform::secret::Secret;
use cost::Stored;
use foreign::Foreign;
use memory::Memory;
use normalise::normalise;
use pool::{Bound, Pool, Refused};
use std::sync::Arc;
use std::time::Duration;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

const SALT: usize = 16;
/// How long a password waits for its turn at most. Who waits longer at a form sends it again.
const LONGEST_WAIT: Duration = Duration::from_secs(3);
/// A bound on the memory that those who wait hold, on machines that hash very fast.
const MOST_WAITING: usize = 4096;
/// By then most of a full queue is done.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// Why a password was neither hashed nor judged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Too many wait already: 503 or 429 with Retry-After.
    #[error("too many passwords are being hashed")]
    Busy {
        /// When to try again.
        retry_after: Duration,
    },
    /// A new password is empty, longer than [`LONGEST`] bytes, or holds control characters.
    #[error("the password is empty, too long, or contains characters that cannot be typed")]
    Unacceptable,
    /// The stored hash can't be used.
    #[error(transparent)]
    UnusableHash(#[from] UnusableHash),
    /// The workers have ended.
    #[error("password hashing has stopped")]
    Stopped,
}

impl From<Refused> for PasswordError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Full => Self::Busy { retry_after: RETRY_AFTER },
            Refused::Stopped => Self::Stopped,
        }
    }
}

/// The result of comparing a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// Whether it is the right one.
    pub ok: bool,
    /// Whether the stored hash is of another cost than today's, so that a right password should be hashed again.
    pub needs_rehash: bool,
}

/// The one place where passwords are hashed. Share it behind an `Arc`.
pub struct Passwords {
    cost: Cost,
    pool: Pool,
    random: Arc<dyn Random>,
}

impl Passwords {
    /// As many workers as cores, of low priority; passwords wait three seconds at most.
    pub fn start(cost: Cost, random: Arc<dyn Random>) -> std::io::Result<Self> {
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        let bound = Bound { places: MOST_WAITING, wait: LONGEST_WAIT };
        Ok(Self { cost, pool: Pool::start(workers, bound)?, random })
    }

    /// A fixed number of workers and of waiting passwords.
    pub fn with_workers(cost: Cost, random: Arc<dyn Random>, workers: usize, queue: usize) -> std::io::Result<Self> {
        Ok(Self { cost, pool: Pool::start(workers, Bound::places(queue))?, random })
    }

    /// Hashes a new password into a PHC string with a salt of its own.
    pub async fn hash(&self, password: &Secret<String>) -> Result<Secret<String>, PasswordError> {
        let password = normalise(password.expose()).ok_or(PasswordError::Unacceptable)?;
        let (cost, salt) = (self.cost, random::bytes::<SALT>(self.random.as_ref()));
        let hash = self.pool.run(move |memory| memory.hash(&cost.fresh(&salt), &password)).await?;
        Ok(cost.fresh(&salt).to_phc(&hash?)?)
    }

    /// Whether [`Passwords::hash`] would take this one.
    pub fn is_acceptable(password: &Secret<String>) -> bool {
        normalise(password.expose()).is_some()
    }

    /// Other work that a password costs, such as judging it: by the same workers, and refused as early.
    pub async fn beside<T, F>(&self, work: F) -> Result<T, PasswordError>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        Ok(self.pool.run(move |_| work()).await?)
    }

    /// Compares a password with a stored hash, at the stored hash's cost. One that came with an import
    /// ([`import`]) is always to be hashed again.
    pub async fn verify(&self, password: &Secret<String>, phc: &str) -> Result<Verified, PasswordError> {
        if let Some(foreign) = Foreign::parse(phc) {
            let ok = self.verify_foreign(password, foreign?).await?;
            return Ok(Verified { ok, needs_rehash: true });
        }
        let stored = Stored::parse(phc)?;
        let needs_rehash = stored.cost != self.cost || stored.is_outdated();
        // No stored hash can be of such a password; an unknown account answers as fast (`verify_unknown`).
        let Some(password) = normalise(password.expose()) else { return Ok(Verified { ok: false, needs_rehash }) };
        let ok = self.pool.run(move |memory| matches(&stored, &password, memory)).await??;
        Ok(Verified { ok, needs_rehash })
    }

    /// Other systems hash what was typed; where that differs from what we would hash, both count. A wrong password
    /// costs what an unknown account's does at least, as the right one does by being hashed again.
    async fn verify_foreign(&self, password: &Secret<String>, foreign: Foreign) -> Result<bool, PasswordError> {
        let Some(normal) = normalise(password.expose()) else { return Ok(false) };
        let (typed, dummy) = (password.clone(), self.cost.fresh(&[0; SALT]));
        let compared = self.pool.run(move |memory| {
            let is_normal = typed.expose() == normal.as_str();
            let ok = foreign.matches(typed.expose().as_bytes()) || (!is_normal && foreign.matches(normal.as_bytes()));
            if !ok {
                matches(&dummy, &normal, memory)?;
            }
            Ok::<_, UnusableHash>(ok)
        });
        Ok(compared.await??)
    }

    /// Costs what [`Passwords::verify`] costs, for an account that does not exist.
    pub async fn verify_unknown(&self, password: &Secret<String>) -> Result<(), PasswordError> {
        let Some(password) = normalise(password.expose()) else { return Ok(()) };
        let dummy = self.cost.fresh(&[0; SALT]);
        self.pool.run(move |memory| matches(&dummy, &password, memory)).await??;
        Ok(())
    }
}

fn matches(stored: &Stored, password: &Zeroizing<String>, memory: &mut Memory) -> Result<bool, UnusableHash> {
    let hash = memory.hash(stored, password)?;
    Ok(hash.ct_eq(&stored.output).into())
}

#[cfg(test)]
mod tests;
