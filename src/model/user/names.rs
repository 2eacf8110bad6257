//! Names of a release before this one, brought into today's forms: addresses into their one form
//! ([`crate::platform::mail::address`]), user names to what they look like. What two people have at once stays as it is, and is told.

use super::identifier::Identifier;
use super::store::{self, HeldIdentifier};
use crate::model::address;
use crate::platform::clock::Time;
use crate::platform::db::Connection;
use diesel::QueryResult;

/// User names of a transaction.
pub const BATCH: i64 = 1_000;

/// Two people's names that are one today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collision {
    /// The one form, or the name that was there first.
    pub name: String,
    /// Who has it, in whatever spelling: at least two.
    pub holders: Vec<HeldIdentifier>,
}

/// What the names of a store are like.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// Addresses that are not in their form yet and can be.
    pub to_rewrite: usize,
    /// Addresses that two people have, in two forms.
    pub addresses: Vec<Collision>,
    /// User names that look like another's, of which one at least is not of plain letters.
    pub look_alikes: Vec<Collision>,
}

/// Looks at every name that a release before this one may have written.
///
/// # Errors
/// Any database failure; the same for every function here.
pub fn look(tx: &mut Connection) -> QueryResult<State> {
    let mut state = State::default();
    for held in address::store::misfolded(tx)? {
        let Some(form) = Identifier::email(&held.value).ok().filter(|form| form.folded != held.folded) else {
            continue;
        };
        match others(tx, &held, &form.folded)? {
            others if others.is_empty() => state.to_rewrite = state.to_rewrite.saturating_add(1),
            mut holders => {
                holders.insert(0, held);
                join(&mut state.addresses, Collision { name: form.folded, holders });
            }
        }
    }
    let mut after = String::new();
    loop {
        let names = store::without_skeleton(tx, &after, BATCH)?;
        let Some(last) = names.last() else { return Ok(state) };
        after.clone_from(&last.folded);
        for held in names {
            let Ok(name) = Identifier::username(&held.value) else { continue };
            if let Some(other) = store::looks_like(tx, &held.person_id, &name)?
                && !(other.folded.is_ascii() && held.folded.is_ascii())
            {
                let name = other.value.clone();
                join(&mut state.look_alikes, Collision { name, holders: vec![other, held] });
            }
        }
    }
}

/// Three people may have one.
fn join(found: &mut Vec<Collision>, collision: Collision) {
    match found.iter_mut().find(|known| known.name == collision.name) {
        None => found.push(collision),
        Some(known) => {
            let new = collision.holders.into_iter().filter(|held| !known.holders.contains(held));
            let new: Vec<_> = new.collect();
            known.holders.extend(new);
        }
    }
}

fn others(tx: &mut Connection, held: &HeldIdentifier, folded: &str) -> QueryResult<Vec<HeldIdentifier>> {
    let others = store::holders(tx, &[folded.to_owned()])?;
    Ok(others.into_iter().filter(|other| other.person_id != held.person_id).collect())
}

/// Rewrites addresses that are not in their form, where nobody else has it; how many.
pub fn rewrite_addresses(tx: &mut Connection, now: Time) -> QueryResult<usize> {
    let mut rewritten: usize = 0;
    for held in address::store::misfolded(tx)? {
        let Some(form) = Identifier::email(&held.value).ok().filter(|form| form.folded != held.folded) else {
            continue;
        };
        if others(tx, &held, &form.folded)?.is_empty() {
            address::store::rewrite(tx, &held, &form)?;
            rewritten = rewritten.saturating_add(1);
        }
    }
    address::store::rewrite_unproved(tx, now)?;
    Ok(rewritten)
}

/// Notes what up to [`BATCH`] user names after `after` look like; the last of them, or `None` after all.
pub fn note_skeletons(tx: &mut Connection, after: &str) -> QueryResult<Option<String>> {
    let names = store::without_skeleton(tx, after, BATCH)?;
    for held in &names {
        // Whoever has a name that is none by today's rules keeps it.
        if let Ok(name) = Identifier::username(&held.value) {
            store::set_skeleton(tx, &name, &held.person_id)?;
        }
    }
    Ok(names.last().map(|held| held.folded.clone()))
}
