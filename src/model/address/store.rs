//! Queries about addresses.

use super::undo::Taken;
use super::{Address, Proved};
use crate::model::one_time::{self, OneTime, Purpose, Turn};
use crate::model::user::identifier::{Identifier, IdentifierKind};
use crate::model::user::store::{HeldIdentifier, update_claims};
use crate::model::user::{User, save};
use crate::platform::clock::Time;
use crate::platform::db::{Connection, insert_once, schema::*};
use diesel::QueryResult;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use serde_json::json;

/// Both engines count characters and bytes.
const MAY_BE_MISFOLDED: &str = "(octet_length(folded) <> length(folded) OR folded LIKE '%.')";
const EMAIL: &str = IdentifierKind::Email.as_str();

/// Every address of a person: the primary first, then by age.
///
/// # Errors
/// Any database failure; the same for every function here.
pub fn list(tx: &mut Connection, user: &User) -> QueryResult<Vec<Address>> {
    type Row = (String, String, Option<i64>, i64);
    let named: Vec<Row> = identifiers::table
        .filter(identifiers::person_id.eq(&user.id).and(identifiers::kind.eq(EMAIL)))
        .select((identifiers::folded, identifiers::value, identifiers::verified_at, identifiers::created_at))
        .load(tx)?;
    let unproved: Vec<(String, String, i64)> = unproved_addresses::table
        .filter(unproved_addresses::person_id.eq(&user.id))
        .select((unproved_addresses::folded, unproved_addresses::value, unproved_addresses::created_at))
        .load(tx)?;
    let primary = user.text("email").map(fold);
    let unproved = unproved.into_iter().map(|(folded, value, created_at)| (folded, value, None, created_at));
    let address = |(folded, value, verified_at, created_at): Row| Address {
        // Of what is written, not of how it was folded once.
        is_primary: primary.as_deref() == Some(fold(&value).as_str()),
        folded,
        value,
        verified_at: verified_at.map(Time::from_millis),
        created_at: Time::from_millis(created_at),
    };
    let mut found: Vec<Address> = named.into_iter().chain(unproved).map(address).collect();
    found.sort_by(|a, b| (!a.is_primary, a.created_at, &a.folded).cmp(&(!b.is_primary, b.created_at, &b.folded)));
    found.dedup_by(|later, first| later.folded == first.folded);
    Ok(found)
}

/// Where an email goes for which `typed` named the person: to the proved address that was typed, else to the primary
/// one, which an operator may have given unproved, else to any that is proved.
pub fn letter_to(tx: &mut Connection, user: &User, typed: &str) -> QueryResult<Option<String>> {
    let (held, typed) = (list(tx, user)?, fold(typed));
    let find = |is: &dyn Fn(&Address) -> bool| held.iter().find(|address| is(address)).map(|found| found.value.clone());
    let typed = find(&|address| address.is_verified() && fold(&address.value) == typed);
    // An unproved one that somebody else proved is theirs, whatever the claim says.
    let named = user_names(tx, user)?;
    let primary = || find(&|address| address.is_primary && named.contains(&address.folded));
    Ok(typed.or_else(primary).or_else(|| find(&Address::is_verified)))
}

/// The proved address that a sign-in without a password goes to: the one that was typed, else the primary, else any.
pub fn proved_for(tx: &mut Connection, user: &User, typed: &str) -> QueryResult<Option<String>> {
    let (held, typed) = (list(tx, user)?, fold(typed));
    let mut proved = held.into_iter().filter(Address::is_verified);
    let first = proved.next();
    let typed = proved.chain(first.clone()).find(|address| fold(&address.value) == typed);
    Ok(typed.or(first).map(|address| address.value))
}

/// Whether an address is a person's, proved or not.
pub fn holds(tx: &mut Connection, user: &User, address: &str) -> QueryResult<bool> {
    let folded = fold(address);
    Ok(list(tx, user)?.iter().any(|held| held.folded == folded))
}

/// The one form of an address; of what is none, the text in lower case.
fn fold(text: &str) -> String {
    Identifier::email(text).map_or_else(|_| text.trim().to_lowercase(), |identifier| identifier.folded)
}

/// Proved and given addresses that may be in a form of before: with a letter that is not ASCII, or a dot at the end.
pub fn misfolded(tx: &mut Connection) -> QueryResult<Vec<HeldIdentifier>> {
    identifiers::table
        .filter(identifiers::kind.eq(EMAIL).and(sql::<Bool>(MAY_BE_MISFOLDED)))
        .order(identifiers::folded)
        .select((
            identifiers::person_id,
            identifiers::kind,
            identifiers::folded,
            identifiers::value,
            identifiers::verified_at,
        ))
        .load(tx)
}

/// Brings an address that a person holds into its form. A row of theirs in that form is the same address: proved, if one was.
pub fn rewrite(tx: &mut Connection, held: &HeldIdentifier, form: &Identifier) -> QueryResult<()> {
    let same = identifiers::table.find((EMAIL, &form.folded));
    let verified: Option<Option<i64>> = same.select(identifiers::verified_at).first(tx).optional()?;
    let old = identifiers::table.find((EMAIL, &held.folded));
    let Some(verified) = verified else {
        let set = (identifiers::folded.eq(&form.folded), identifiers::value.eq(&form.value));
        return diesel::update(old).set(set).execute(tx).map(drop);
    };
    diesel::update(same).set(identifiers::verified_at.eq(verified.or(held.verified_at))).execute(tx)?;
    diesel::delete(old).execute(tx).map(drop)
}

/// The same for addresses that nobody proved; several people may name one.
pub fn rewrite_unproved(tx: &mut Connection, now: Time) -> QueryResult<()> {
    type Row = (String, String, String);
    let rows: Vec<Row> = unproved_addresses::table
        .filter(sql::<Bool>(MAY_BE_MISFOLDED))
        .select((unproved_addresses::person_id, unproved_addresses::folded, unproved_addresses::value))
        .load(tx)?;
    for (person, folded, value) in rows {
        if let Some(form) = Identifier::email(&value).ok().filter(|form| form.folded != folded) {
            forget_unproved(tx, &person, &folded)?;
            name(tx, &person, &form, now)?;
        }
    }
    Ok(())
}

/// Takes an address from a person as a name, and leaves it with them as one that nobody proved.
pub fn give_up(tx: &mut Connection, held: &HeldIdentifier, now: Time) -> QueryResult<()> {
    diesel::delete(identifiers::table.find((EMAIL, &held.folded)).filter(identifiers::person_id.eq(&held.person_id)))
        .execute(tx)?;
    match Identifier::email(&held.value) {
        Ok(form) => name(tx, &held.person_id, &form, now),
        Err(_) => Ok(()),
    }
}

fn user_names(tx: &mut Connection, user: &User) -> QueryResult<Vec<String>> {
    identifiers::table
        .filter(identifiers::person_id.eq(&user.id).and(identifiers::kind.eq(EMAIL)))
        .select(identifiers::folded)
        .load(tx)
}

/// Adds an unproved address; does nothing where it already exists.
pub fn name(tx: &mut Connection, person: &str, address: &Identifier, now: Time) -> QueryResult<()> {
    let row = (
        unproved_addresses::person_id.eq(person),
        unproved_addresses::folded.eq(&address.folded),
        unproved_addresses::value.eq(&address.value),
        unproved_addresses::created_at.eq(now.millis()),
    );
    insert_once!(tx, diesel::insert_into(unproved_addresses::table).values(row)).map(drop)
}

/// Makes a proved address a name to sign in with. Whoever proved it first has it; what an operator gave to somebody
/// else unproved stays a claim of theirs, and is no name of theirs any more.
pub fn prove(tx: &mut Connection, user: &User, folded: &str, now: Time) -> QueryResult<Proved> {
    let Some(address) = list(tx, user)?.into_iter().find(|address| address.folded == folded) else {
        return Ok(Proved::Gone);
    };
    if address.is_verified() {
        return Ok(Proved::Theirs);
    }
    if !free(tx, &user.id, folded, now)? {
        return Ok(Proved::Taken);
    }
    forget_unproved(tx, &user.id, folded)?;
    // One that was taken away, and could still be brought back, is as old as it was: whoever took it away gains nothing
    // by it, not even that their own address was proved first.
    let undos = undos(tx, &user.id, now)?.into_iter();
    let proved_at = undos.filter(|(_, taken)| taken.folded == folded).map(|(_, taken)| taken.verified_at).min();
    let proved_at = proved_at.unwrap_or(now);
    let held = identifiers::table.find((EMAIL, folded)).filter(identifiers::person_id.eq(&user.id));
    if diesel::update(held).set(identifiers::verified_at.eq(Some(proved_at.millis()))).execute(tx)? == 0
        && !insert_proved(tx, &user.id, &address, proved_at)?
    {
        return Ok(Proved::Taken);
    }
    if address.is_primary || user.text("email").is_none() {
        set_primary(tx, user, &address.value, now)?;
    }
    Ok(Proved::Theirs)
}

/// Frees a name that nobody proved; false where somebody else did, or is called so.
fn free(tx: &mut Connection, person: &str, folded: &str, now: Time) -> QueryResult<bool> {
    type Row = (String, String, String, Option<i64>);
    let others: Vec<Row> = identifiers::table
        .filter(identifiers::folded.eq(folded).and(identifiers::person_id.ne(person)))
        .select((identifiers::kind, identifiers::person_id, identifiers::value, identifiers::verified_at))
        .load(tx)?;
    if others.iter().any(|(kind, .., verified_at)| kind != EMAIL || verified_at.is_some()) {
        return Ok(false);
    }
    for (_, other, value, _) in others {
        diesel::delete(identifiers::table.find((EMAIL, folded))).execute(tx)?;
        let theirs = Identifier { kind: IdentifierKind::Email, folded: folded.to_owned(), value };
        name(tx, &other, &theirs, now)?;
        // What waits for them may have gone to this address, which is somebody else's.
        one_time::store::void_after(tx, &other, Turn::Secured, now)?;
    }
    Ok(true)
}

fn insert_proved(tx: &mut Connection, person: &str, address: &Address, now: Time) -> QueryResult<bool> {
    insert_once!(
        tx,
        diesel::insert_into(identifiers::table).values((
            identifiers::kind.eq(EMAIL),
            identifiers::folded.eq(&address.folded),
            identifiers::value.eq(&address.value),
            identifiers::person_id.eq(person),
            identifiers::verified_at.eq(Some(now.millis())),
            identifiers::created_at.eq(address.created_at.millis()),
        ))
    )
}

fn forget_unproved(tx: &mut Connection, person: &str, folded: &str) -> QueryResult<()> {
    diesel::delete(unproved_addresses::table.find((person, folded))).execute(tx).map(drop)
}

/// Makes a proved address the primary one; false when somebody changed the person meanwhile.
pub fn set_primary(tx: &mut Connection, user: &User, value: &str, now: Time) -> QueryResult<bool> {
    let patch = json!({ "email": value, "email_verified": true });
    let patch = patch.as_object().cloned().unwrap_or_default();
    update_claims(tx, user, &save::patched(&user.claims, &patch, now), now)
}

/// Takes an address from a person.
pub fn remove(tx: &mut Connection, person: &str, folded: &str) -> QueryResult<()> {
    forget_unproved(tx, person, folded)?;
    diesel::delete(identifiers::table.find((EMAIL, folded)).filter(identifiers::person_id.eq(person)))
        .execute(tx)
        .map(drop)
}

/// Takes every unproved address from a person.
pub fn forget_all_unproved(tx: &mut Connection, person: &str) -> QueryResult<()> {
    diesel::delete(unproved_addresses::table.filter(unproved_addresses::person_id.eq(person))).execute(tx).map(drop)
}

/// Takes an address back for a person who had it proved; false where somebody else has proved it since.
pub fn restore(tx: &mut Connection, person: &str, address: &Address, now: Time) -> QueryResult<bool> {
    if !free(tx, person, &address.folded, now)? {
        return Ok(false);
    }
    remove(tx, person, &address.folded)?;
    insert_proved(tx, person, address, now)
}

/// Ends what waits for a person who had lost the account and came back: by what went to the address `by`, where it was
/// that. Undos of it and of addresses that were proved after it end too.
pub fn recovered(tx: &mut Connection, user: &User, by: Option<&str>, now: Time) -> QueryResult<()> {
    one_time::store::void_after(tx, &user.id, Turn::Recovered, now)?;
    let by = by.map(fold);
    let held = list(tx, user)?.into_iter().find(|held| by.as_deref() == Some(fold(&held.value).as_str()));
    let Some(proved) = held.and_then(|held| held.verified_at) else { return Ok(()) };
    for (one, taken) in undos(tx, &user.id, now)? {
        if taken.verified_at >= proved {
            one_time::store::spend(tx, &one.id, now)?;
        }
    }
    Ok(())
}

/// Changes that can be undone.
fn undos(tx: &mut Connection, person: &str, now: Time) -> QueryResult<Vec<(OneTime, Taken)>> {
    let waiting = one_time::store::waiting(tx, Purpose::Undo, person, now)?.into_iter();
    Ok(waiting.filter_map(|one| Some((one.clone(), serde_json::from_str(&one.payload).ok()?))).collect())
}

/// Proved addresses that came to a person since `since`, with the unproved ones.
pub fn since(tx: &mut Connection, user: &User, since: Time) -> QueryResult<Vec<Address>> {
    let held = list(tx, user)?.into_iter();
    Ok(held.filter(|address| address.verified_at.is_none_or(|at| at >= since)).collect())
}
