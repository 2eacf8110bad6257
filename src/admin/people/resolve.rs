//! Two people whose addresses were two texts, and are one today.

use super::Person;
use crate::admin::{Installation, Permit, Users, Write};
use crate::model::address;
use crate::model::event::{self, Actor, Event, EventKind};
use crate::model::user::identifier::Identifier;
use crate::model::user::names::{self, Collision};
use crate::model::user::save::patched;
use crate::model::user::store::{self, HeldIdentifier};
use crate::platform::clock::Time;
use crate::platform::db::{self, Connection};
use crate::platform::error::Unavailable;
use crate::protocol::claims::Claims;
use diesel::QueryResult;
use serde_json::Value;

/// What becomes of one address.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// In its one form.
    pub address: String,
    /// Who keeps it; none where an operator has to say.
    pub keeper: Option<HeldIdentifier>,
    /// Who holds it besides.
    pub others: Vec<HeldIdentifier>,
}

impl Verdict {
    fn everybody(&self) -> impl Iterator<Item = &HeldIdentifier> {
        self.keeper.iter().chain(&self.others)
    }
}

/// What was done, or would be.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// So many addresses were brought into one form.
    pub rewritten: usize,
    /// Addresses that two people hold.
    pub verdicts: Vec<Verdict>,
    pub people: Vec<Person>,
}

/// Brings addresses into their one form. Where two people hold one, whoever proved it keeps it, or is in `keep` (by id).
/// With `dry_run` nothing is changed.
///
/// # Errors
/// When the store does not confirm.
pub async fn resolve_addresses(
    at: &Installation,
    permit: &Permit<Write, Users>,
    keep: Vec<String>,
    dry_run: bool,
) -> Result<Resolved, Unavailable> {
    let (now, actor) = (at.now(), permit.actor().clone());
    let work = move |tx: &mut Connection| {
        let rewritten = if dry_run { names::look(tx)?.to_rewrite } else { names::rewrite_addresses(tx, now)? };
        let verdicts: Vec<Verdict> = names::look(tx)?.addresses.into_iter().map(|one| judge(one, &keep)).collect();
        for verdict in verdicts.iter().filter(|_| !dry_run) {
            carry_out(tx, &actor, verdict, now)?;
        }
        let ids: Vec<String> =
            verdicts.iter().flat_map(Verdict::everybody).map(|held| held.person_id.clone()).collect();
        let users = store::find_all(tx, &ids)?;
        Ok(Resolved { rewritten, verdicts, people: Person::of(tx, users)? })
    };
    if dry_run { at.db.write(work).await } else { at.change(work).await }
}

fn judge(collision: Collision, keep: &[String]) -> Verdict {
    let Collision { name, holders } = collision;
    let is_named = |held: &&HeldIdentifier| keep.contains(&held.person_id);
    // A user name that is an address is nobody's to give up.
    let by_name = holders.iter().any(|held| held.kind != "email");
    let named: Vec<&HeldIdentifier> = holders.iter().filter(is_named).collect();
    let proved: Vec<&HeldIdentifier> = holders.iter().filter(|held| held.verified_at.is_some()).collect();
    let keeper = match (named.as_slice(), proved.as_slice()) {
        _ if by_name => None,
        ([one], _) | ([], [one]) => Some((*one).clone()),
        _ => None,
    };
    let others = holders.into_iter().filter(|held| Some(held) != keeper.as_ref()).collect();
    Verdict { address: name, keeper, others }
}

fn carry_out(tx: &mut Connection, actor: &Actor, verdict: &Verdict, now: Time) -> QueryResult<()> {
    let Some(keeper) = &verdict.keeper else { return Ok(()) };
    for held in &verdict.others {
        address::store::give_up(tx, held, now)?;
        let Some(user) = store::find(tx, &held.person_id)? else { continue };
        let is_claim = user.text("email").is_some_and(|email| Identifier::is_same(email, &verdict.address));
        if is_claim && user.claims.contains_key("email_verified") {
            let patch = Claims::from_iter([("email_verified".to_owned(), Value::Null)]);
            let claims = patched(&user.claims, &patch, now);
            if !store::update_claims(tx, &user, &claims, now)? {
                return db::missing();
            }
        }
        let event = Event::by(actor.clone(), EventKind::UserUpdated).person(&held.person_id);
        event::store::record(tx, &event, now)?;
    }
    match Identifier::email(&keeper.value) {
        Ok(form) if form.folded != keeper.folded => address::store::rewrite(tx, keeper, &form),
        _ => Ok(()),
    }
}
