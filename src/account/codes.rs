//! Recovery codes, which replace a lost second factor.

use super::owner::{NotMade, Owner, Who};
use crate::model::event::{self, EventKind};
use crate::model::factor::{self, recovery_code};
use crate::op::Op;
use crate::pages::letter::Change;
use crate::platform::clock::Time;
use crate::platform::crypto::TokenHash;
use crate::platform::db::Connection;
use crate::platform::error::Unavailable;
use crate::platform::http::api::{Seen, tag};
use crate::platform::secret::Secret;
use diesel::QueryResult;

/// Codes and their hashes.
pub fn fresh(op: &Op, person_id: &str) -> (Vec<Secret<String>>, Vec<TokenHash>) {
    let codes = recovery_code::generate(op.random.as_ref());
    let hash = |code: &Secret<String>| recovery_code::hash(&op.pepper, person_id, code.expose());
    let hashes = codes.iter().filter_map(hash).collect();
    (codes, hashes)
}

/// Keeps codes in the place of those before.
///
/// # Errors
/// Any failure of the database; so for the two below.
pub fn keep(tx: &mut Connection, person: &str, hashes: &[TokenHash], now: Time) -> QueryResult<()> {
    factor::store::set_recovery_codes(tx, person, hashes, now)
}

/// Deletes the codes of a person who has no second factor left that they could replace.
pub fn tidy(tx: &mut Connection, person: &str) -> QueryResult<()> {
    factor::store::tidy_recovery_codes(tx, person)
}

/// How many are unused.
pub fn left(connection: &mut Connection, person: &str) -> QueryResult<i64> {
    factor::store::recovery_codes_left(connection, person)
}

/// The state of a person's codes.
#[derive(Clone, Debug)]
pub struct Held {
    /// How many are unused.
    pub left: u64,
    /// When they were created; `None` where there are none.
    pub created_at: Option<Time>,
    /// Changes when codes are used or created.
    pub tag: String,
}

/// The codes of a person.
///
/// # Errors
/// When the store does not answer; the same for every function here.
pub async fn held(op: &Op, person: &str) -> Result<Held, Unavailable> {
    let person = person.to_owned();
    op.db.read(move |connection| read(connection, &person)).await
}

fn read(connection: &mut Connection, person: &str) -> QueryResult<Held> {
    let codes = factor::store::list_recovery_codes(connection, person)?;
    let left = codes.iter().filter(|code| code.used_at.is_none()).count();
    Ok(Held {
        left: u64::try_from(left).unwrap_or_default(),
        created_at: codes.first().map(|code| Time::from_millis(code.created_at)),
        tag: tag(&codes.iter().map(|code| (&code.hash, code.used_at)).collect::<Vec<_>>()),
    })
}

/// The result of a request for new codes.
#[derive(Debug)]
pub enum Replaced {
    /// The new codes; the old ones are invalid.
    By(Vec<Secret<String>>),
    /// There is no second factor that they could replace.
    NoFactor,
    /// One was used, or others were created meanwhile.
    Stale,
}

/// Replaces the codes by new ones.
pub async fn replace(op: &Op, owner: Owner, seen: Seen) -> Result<Replaced, NotMade> {
    let (now, (codes, hashes)) = (op.now(), fresh(op, &owner.user.id));
    let notice = op.notice(Change::RecoveryCodesReplaced, owner.place.clone());
    let author = owner.clone();
    let replaced = author.change(op, Who::SignedInLately, move |tx, _| {
        if !factor::store::means(tx, &owner.user.id)?.any() {
            return Ok(Some(Replaced::NoFactor));
        }
        if !seen.is(&read(tx, &owner.user.id)?.tag) {
            return Ok(Some(Replaced::Stale));
        }
        factor::store::set_recovery_codes(tx, &owner.user.id, &hashes, now)?;
        event::store::record(tx, &owner.event(EventKind::RecoveryCodesReplaced), now)?;
        notice.post(tx, &owner.user.id)?;
        Ok(None)
    });
    let refused = replaced.await?;
    Ok(refused.unwrap_or(Replaced::By(codes)))
}
