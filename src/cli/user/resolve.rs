//! `latchkey user resolve-addresses`: people whose addresses became equal when addresses got a normal form.

use super::{Answer, Failure, Person, Site, count, find_person, table};
use crate::admin::people::{self, Resolved, Verdict};
use crate::admin::{Users, Write};
use crate::model::user::store::HeldIdentifier;
use serde_json::{Value, json};

pub(in crate::cli) const EXAMPLES: &str = "\
Examples:
  latchkey user resolve-addresses --dry-run
  latchkey user resolve-addresses --keep ada

Addresses such as ada@bücher.example and ada@xn--bcher-kva.example. are one mailbox. Where two people have one address in two
spellings, the one who proved it keeps it; where nobody or both did, --keep says who. The other keeps their account and the
address as an unverified one, and signs in with their user name or another address.";

#[derive(clap::Args)]
pub(in crate::cli) struct Resolve {
    /// Who keeps a shared address: user name, email, sub or id; may be repeated
    #[arg(long, value_name = "USER")]
    keep: Vec<String>,
    /// Show what would be done, and change nothing
    #[arg(long)]
    dry_run: bool,
}

pub(in crate::cli) async fn resolve(site: &Site, arguments: &Resolve) -> Result<Answer, Failure> {
    let mut keep = Vec::new();
    for named in &arguments.keep {
        keep.push(find_person(site, named).await?.user.id);
    }
    let (permit, dry_run) = (site.permit::<Write, Users>()?, arguments.dry_run);
    let Resolved { rewritten, verdicts, people } = people::resolve_addresses(site, &permit, keep, dry_run).await?;
    Ok(told(rewritten, &verdicts, &people, dry_run))
}

fn told(rewritten: usize, verdicts: &[Verdict], people: &[Person], dry_run: bool) -> Answer {
    let name = |held: &HeldIdentifier| {
        let person = people.iter().find(|person| person.user.id == held.person_id);
        person.map_or(held.person_id.as_str(), Person::name).to_owned()
    };
    let names = |held: &[HeldIdentifier]| held.iter().map(name).collect::<Vec<_>>().join(", ");
    let (decided, open): (Vec<_>, Vec<_>) = verdicts.iter().partition(|verdict| verdict.keeper.is_some());
    let mut text = String::from(if dry_run { "Dry run, nothing was changed. The result would be:\n" } else { "" });
    text.push_str(&format!("{} rewritten in normal form.\n", count(rewritten, "address", "addresses")));
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
        text.push_str("To decide who keeps it: latchkey user resolve-addresses --keep USER\n");
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
