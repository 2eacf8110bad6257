//! The judge of single use: a code's hash under a unique index, in the transaction that starts its family.

use super::AuthorizationCode;
use super::at_once::{self, store::Spent as AtOnce};
use crate::model::end_reason::EndReason;
use crate::model::subject::Naming;
use crate::platform::clock::Time;
use crate::platform::crypto::TokenHash;
use crate::platform::db::{Connection, delete_batch, insert_once, schema::spent_codes};
use crate::protocol::pkce::CodeChallenge;
use crate::tokens::family::{self, NewFamily, store::Begun};
use diesel::QueryResult;
use diesel::prelude::*;
use std::time::Duration;

/// How long a replay is told and ends what came of the code. A code itself lives for minutes (`tokens.code`), so that none
/// can be redeemed a second time after its row is gone; a day is for whoever finds one in a log of the same day.
pub const REPLAY_TOLD: Duration = Duration::from_secs(24 * 60 * 60);

/// The result of redeeming a code.
#[derive(Debug)]
pub enum Redemption {
    /// This use was the first: a family began.
    Redeemed(Box<Redeemed>),
    /// It was already used: its tokens were revoked in this transaction (RFC 6749 §4.1.2).
    Replayed,
    /// The person or the session may no longer be used.
    Refused(&'static str),
}

/// Proof that a code was spent, once. Only [`redeem`] makes one.
#[derive(Debug)]
pub struct Redeemed {
    pub(in crate::tokens) code: AuthorizationCode,
    pub(in crate::tokens) begun: Begun,
}

/// Spends a code and starts its family, in one transaction.
///
/// # Errors
/// Any database failure; the same for every function here.
pub fn redeem(
    tx: &mut Connection,
    hash: &TokenHash,
    code: AuthorizationCode,
    family: NewFamily,
    naming: &Naming,
    now: Time,
) -> QueryResult<Redemption> {
    let Some(begun) = spend_and_begin(tx, hash, &code, family, naming, now)? else {
        revoke_spent(tx, hash, now)?;
        return Ok(Redemption::Replayed);
    };
    Ok(match begun {
        Some(begun) => Redemption::Redeemed(Box::new(Redeemed { code, begun })),
        None => Redemption::Refused("the person, the session or the client is no longer active"),
    })
}

/// The family that began; `None` inside where nobody may authorize it, and outside where the code was spent before.
fn spend_and_begin(
    tx: &mut Connection,
    hash: &TokenHash,
    code: &AuthorizationCode,
    family: NewFamily,
    naming: &Naming,
    now: Time,
) -> QueryResult<Option<Option<Begun>>> {
    if let Connection::Postgres(server) = tx {
        return match at_once::store::spend(server, hash, code, &family)? {
            AtOnce::Began(user) => {
                let family = family.start(user.epoch);
                Begun::of(tx, family, user, naming, now).map(|begun| Some(Some(begun)))
            }
            AtOnce::Alone => Ok(Some(None)),
            AtOnce::Before => Ok(None),
        };
    }
    if spend(tx, hash, code, &family)? {
        family::store::begin(tx, family, naming, (code.issued_at, now)).map(Some)
    } else {
        Ok(None)
    }
}

/// Until when a replay of the code that began a family is told.
pub(super) fn told_until(family: &NewFamily) -> Time {
    (family.starts_at + REPLAY_TOLD).min(family.expires_at)
}

fn spend(tx: &mut Connection, hash: &TokenHash, code: &AuthorizationCode, family: &NewFamily) -> QueryResult<bool> {
    insert_once!(
        tx,
        diesel::insert_into(spent_codes::table).values((
            spent_codes::hash.eq(hash.as_str()),
            spent_codes::client_id.eq(&code.client_id),
            spent_codes::family_id.eq(&family.id),
            spent_codes::redirect_uri.eq(&code.redirect_uri),
            spent_codes::code_challenge.eq(code.code_challenge.as_ref().map(CodeChallenge::as_str)),
            spent_codes::spent_at.eq(family.starts_at.millis()),
            spent_codes::expires_at.eq(told_until(family).millis()),
        ))
    )
}

/// What is remembered of a spent code after the short-lived store forgot it.
#[derive(Debug)]
pub struct Spent {
    /// The client that it was issued to.
    pub client_id: String,
    /// Where it was sent.
    pub redirect_uri: String,
    /// Who must present the verifier.
    pub code_challenge: Option<CodeChallenge>,
}

/// Looks a spent code up.
pub fn find_spent(connection: &mut Connection, hash: &TokenHash) -> QueryResult<Option<Spent>> {
    let row: Option<(String, String, Option<String>)> = spent_codes::table
        .find(hash.as_str())
        .select((spent_codes::client_id, spent_codes::redirect_uri, spent_codes::code_challenge))
        .first(connection)
        .optional()?;
    Ok(row.map(|(client_id, redirect_uri, challenge)| Spent {
        client_id,
        redirect_uri,
        code_challenge: challenge.map(CodeChallenge::from_stored),
    }))
}

/// Ends the family that a spent code began; false when it had ended before.
pub fn revoke_spent(tx: &mut Connection, hash: &TokenHash, now: Time) -> QueryResult<bool> {
    let family_id: Option<String> =
        spent_codes::table.find(hash.as_str()).select(spent_codes::family_id).first(tx).optional()?;
    family_id.map_or(Ok(false), |id| family::store::revoke(tx, &id, EndReason::CodeReplay, now))
}

/// Deletes spent codes of which no replay is told any more, at most `limit`; returns how many.
pub fn sweep(tx: &mut Connection, now: Time, limit: i64) -> QueryResult<usize> {
    delete_batch!(tx, spent_codes by hash: String, spent_codes::expires_at.lt(now.millis()), limit)
}
