//! Recovery codes, which stand for whatever second factor is lost.

use crate::model::event::{self, Event};
use crate::model::factor::{self, recovery_code};
use crate::model::letter::Change;
use crate::model::session::store::Device;
use crate::op::Op;
use crate::platform::crypto::TokenHash;
use crate::platform::error::Unavailable;
use crate::platform::secret::Secret;
use crate::tokens::ending::Which;

/// Who changes something, in which session.
#[derive(Clone)]
pub struct Owner {
    /// Who.
    pub person_id: String,
    /// The session that goes on.
    pub session_id: Option<String>,
    /// Where it is done.
    pub place: Device,
}

impl Owner {
    /// Something that they did.
    pub fn event(&self, kind: &'static str) -> Event {
        let event = Event::by_person(kind, &self.person_id);
        match &self.session_id {
            Some(session) => event.session(session),
            None => event,
        }
    }

    /// Every session but this.
    pub fn others(&self) -> Which {
        self.session_id.clone().map_or(Which::All, Which::AllBut)
    }
}

/// Codes, and what is kept of them.
pub fn fresh(op: &Op, person_id: &str) -> (Vec<Secret<String>>, Vec<TokenHash>) {
    let codes = recovery_code::generate(op.random.as_ref());
    let hash = |code: &Secret<String>| recovery_code::hash(&op.pepper, person_id, code.expose());
    let hashes = codes.iter().filter_map(hash).collect();
    (codes, hashes)
}

/// Gives new codes in place of those before; `None` where there is no second factor that they could stand for.
///
/// # Errors
/// When the store does not answer.
pub async fn replace(op: &Op, owner: Owner) -> Result<Option<Vec<Secret<String>>>, Unavailable> {
    let (now, (codes, hashes)) = (op.now(), fresh(op, &owner.person_id));
    let notice = op.notice(Change::RecoveryCodesReplaced, owner.place.clone());
    let replaced = op.db.write(move |tx| {
        if !factor::store::means(tx, &owner.person_id)?.any() {
            return Ok(false);
        }
        factor::store::set_recovery_codes(tx, &owner.person_id, &hashes, now)?;
        event::store::record(tx, &owner.event("recovery_codes.replaced"), now)?;
        notice.post(tx, &owner.person_id)?;
        Ok(true)
    });
    let replaced = replaced.await?;
    op.outbox.wake();
    Ok(replaced.then_some(codes))
}
