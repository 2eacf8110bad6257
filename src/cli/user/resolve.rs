//! `latchkey user resolve-addresses`: two people whose addresses were two texts, and are one today.

use super::{Answer, Failure, Person, Site, count, find_person, table};
use crate::model::address;
use crate::model::event::{self, Event};
use crate::model::user::identifier::Identifier;
use crate::model::user::names::{self, Collision};
use crate::model::user::save::patched;
use crate::model::user::store::{self, HeldIdentifier};
use crate::platform::clock::Time;
use crate::platform::db::{self, Connection};
use crate::protocol::claims::Claims;
use diesel::QueryResult;
use serde_json::{Value, json};

pub(in crate::cli) const EXAMPLES: &str = "\
Examples:
  latchkey user resolve-addresses --dry-run
  latchkey user resolve-addresses --keep ada

Addresses such as ada@bücher.example and ada@xn--bcher-kva.example. are one mailbox. Where two people have one address in two
spellings, the one who proved it keeps it; where nobody or both did, --keep says who. The other keeps their account and the
address as an unproved one, and signs in by their user name or another address.";

#[derive(clap::Args)]
pub(in crate::cli) struct Resolve {
    /// Who keeps an address that they share: user name, email, sub or id; can be given several times
    #[arg(long, value_name = "USER")]
    keep: Vec<String>,
    /// Say what would be done, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// What becomes of one address.
struct Verdict {
    address: String,
    /// Who keeps it; none where an operator has to say.
    keeper: Option<HeldIdentifier>,
    others: Vec<HeldIdentifier>,
}

pub(in crate::cli) async fn resolve(site: &Site, arguments: &Resolve) -> Result<Answer, Failure> {
    let mut keep = Vec::new();
    for named in &arguments.keep {
        keep.push(find_person(site, named).await?.user.id);
    }
    let (now, dry_run) = (site.now(), arguments.dry_run);
    let done = site.write(move |tx| {
        let rewritten = if dry_run { names::look(tx)?.to_rewrite } else { names::rewrite_addresses(tx, now)? };
        let verdicts: Vec<Verdict> = names::look(tx)?.addresses.into_iter().map(|one| judge(one, &keep)).collect();
        for verdict in verdicts.iter().filter(|_| !dry_run) {
            carry_out(tx, verdict, now)?;
        }
        let ids: Vec<String> =
            verdicts.iter().flat_map(Verdict::everybody).map(|held| held.person_id.clone()).collect();
        let users = store::find_all(tx, &ids)?;
        Ok((rewritten, verdicts, Person::of(tx, users)?))
    });
    let (rewritten, verdicts, people) = done.await?;
    if !dry_run {
        site.settle().await;
    }
    Ok(told(rewritten, &verdicts, &people, dry_run))
}

impl Verdict {
    fn everybody(&self) -> impl Iterator<Item = &HeldIdentifier> {
        self.keeper.iter().chain(&self.others)
    }
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

fn carry_out(tx: &mut Connection, verdict: &Verdict, now: Time) -> QueryResult<()> {
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
        event::store::record(tx, &Event::by_operator("user.updated").person(&held.person_id), now)?;
    }
    match Identifier::email(&keeper.value) {
        Ok(form) if form.folded != keeper.folded => address::store::rewrite(tx, keeper, &form),
        _ => Ok(()),
    }
}

fn told(rewritten: usize, verdicts: &[Verdict], people: &[Person], dry_run: bool) -> Answer {
    let name = |held: &HeldIdentifier| {
        let person = people.iter().find(|person| person.user.id == held.person_id);
        person.map_or(held.person_id.as_str(), Person::name).to_owned()
    };
    let names = |held: &[HeldIdentifier]| held.iter().map(name).collect::<Vec<_>>().join(", ");
    let (decided, open): (Vec<_>, Vec<_>) = verdicts.iter().partition(|verdict| verdict.keeper.is_some());
    let mut text = String::from(if dry_run { "Nothing was changed. It would be:\n" } else { "" });
    text.push_str(&format!("{} brought into one form.\n", count(rewritten, "address", "addresses")));
    if !decided.is_empty() {
        let row = |verdict: &&Verdict| {
            let keeper = verdict.keeper.as_ref().map(name).unwrap_or_default();
            vec![verdict.address.clone(), keeper, names(&verdict.others)]
        };
        text.push_str(&table(&["ADDRESS", "KEPT BY", "GIVEN UP BY"], &decided.iter().map(row).collect::<Vec<_>>()));
    }
    if !open.is_empty() {
        let row = |verdict: &&Verdict| vec![verdict.address.clone(), names(&verdict.others)];
        text.push_str(&table(&["UNDECIDED", "HELD BY"], &open.iter().map(row).collect::<Vec<_>>()));
        text.push_str("Say who keeps it: latchkey user resolve-addresses --keep USER\n");
    }
    let rows: Vec<Value> = verdicts
        .iter()
        .map(|verdict| {
            let ids = verdict.others.iter().map(|held| held.person_id.as_str()).collect::<Vec<_>>();
            let keeper = verdict.keeper.as_ref().map(|held| held.person_id.as_str());
            let (given_up, held) = if keeper.is_some() { (ids, Vec::new()) } else { (Vec::new(), ids) };
            json!({"address": verdict.address, "kept_by": keeper, "given_up_by": given_up, "held_by": held})
        })
        .collect();
    let json = json!({"dry_run": dry_run, "rewritten": rewritten, "undecided": open.len(), "addresses": rows});
    Answer { failed: !open.is_empty(), ..Answer::new(text, json) }
}
