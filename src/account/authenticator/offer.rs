//! A seed that no code has confirmed yet: it is sealed in the form, or in
//! the response to a program, so that nothing is stored for abandoned set-ups.

use crate::model::factor::totp::Seed;
use crate::op::Op;
use crate::platform::clock::Time;
use crate::platform::crypto::Sealed;
use crate::platform::secret::Secret;
use std::time::Duration;

/// How long a person may take to set up the app.
pub const LIFETIME: Duration = Duration::from_secs(30 * 60);

/// A seed on offer.
pub struct Pending {
    pub seed: Seed,
    /// What the form carries.
    pub sealed: String,
}

/// The person and session of an offer.
#[derive(Clone, Copy)]
pub struct Offered<'a> {
    pub person_id: &'a str,
    /// In which session; empty where a token is bound to none.
    pub session_id: &'a str,
}

impl Offered<'_> {
    fn aad(self) -> String {
        format!("latchkey|authenticator on offer|{}|{}", self.person_id, self.session_id)
    }
}

pub fn fresh(op: &Op, to: Offered<'_>) -> Pending {
    let seed = Seed::generate(op.random.as_ref());
    let mut plain = op.now().millis().to_be_bytes().to_vec();
    plain.extend_from_slice(seed.expose());
    let plain = Secret::new(plain);
    let sealed = op.keys.masters().seal(&to.aad(), plain.expose(), op.random.as_ref());
    Pending { seed, sealed: sealed.as_str().to_owned() }
}

/// The seed in a form; `None` when it was not offered to this session or has expired.
pub fn read(op: &Op, to: Offered<'_>, sent: &str) -> Option<Pending> {
    let plain = op.keys.masters().open(&to.aad(), &Sealed::from_stored(sent.to_owned())).ok()?;
    let (at, seed) = plain.expose().split_first_chunk::<8>()?;
    let offered_at = Time::from_millis(i64::from_be_bytes(*at));
    let seed = Seed::from_opened(Secret::new(seed.to_vec()));
    (op.now().since(offered_at) < LIFETIME).then(|| Pending { seed, sealed: sent.to_owned() })
}
