//! `latchkey recover`: after a backup was restored, or a replica promoted that lagged.

use super::{Answer, Failure, Site, count, stamp, table};
use crate::platform::db;
use crate::tokens::recovery::{Ended, Keep, begins_anew, store};
use serde_json::json;
use std::time::Duration;

pub(super) const EXAMPLES: &str = "\
Examples:
  latchkey recover --dry-run              what would end
  latchkey recover                        end it, before the servers start
  latchkey recover --keep consents,recovery-codes

Whatever was issued before counts no more: a database that went back in time does not know what of it was revoked or used.";

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Say what would end, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// What stays in force, because you know that nobody took any of it back since
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    keep: Vec<What>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum What {
    /// What people allowed applications; without it they are asked again
    Consents,
    /// The recovery codes of people with a second factor; without it they need new ones
    RecoveryCodes,
    /// Initial access tokens, and the registration access tokens of clients; without it those cannot change themselves
    Registrations,
}

/// What no database can tell of itself.
const FORGOTTEN: &str = "decide again what was decided after that, before the servers start: people disabled or \
    deleted, passwords and second factors changed, applications disabled, client secrets and keys rotated or revoked";

pub(super) async fn run(site: &Site, arguments: &Arguments) -> Result<Answer, Failure> {
    let kept = |what| arguments.keep.contains(&what);
    let keep = Keep {
        consents: kept(What::Consents),
        recovery_codes: kept(What::RecoveryCodes),
        registrations: kept(What::Registrations),
    };
    let (dry_run, now) = (arguments.dry_run, site.now());
    let (newest, ended) = site
        .write(move |tx| {
            db::unbounded(tx)?;
            let newest = store::newest_event(tx)?;
            Ok((newest, if dry_run { store::count(tx, keep, now)? } else { store::end_all(tx, keep, now)? }))
        })
        .await?;
    if !dry_run {
        site.settle().await;
        // Tokens made in this very second would still be taken for old ones.
        while site.now().seconds() < begins_anew(now) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    let newest = newest.map_or_else(|| "never".to_owned(), stamp);
    let warning = format!("the newest event that this database knows of: {newest}; {FORGOTTEN}");
    let json = json!({"dry_run": dry_run, "ended": ended, "newest_event": newest});
    Ok(Answer::new(said(&ended, dry_run), json).warn([warning]))
}

fn said(ended: &Ended, dry_run: bool) -> String {
    let rows = [
        ("sessions", ended.sessions),
        ("token families", ended.token_families),
        ("codes and links by mail", ended.one_time_codes),
        ("recovery codes", ended.recovery_codes),
        ("consents", ended.consents),
        ("initial access tokens", ended.initial_access_tokens),
        ("registration access tokens", ended.registration_access_tokens),
    ];
    let rows: Vec<_> = rows.iter().map(|(what, number)| vec![(*what).to_owned(), number.to_string()]).collect();
    let people = count(usize::try_from(ended.people).unwrap_or_default(), "person", "people");
    if dry_run {
        return format!(
            "{}\nNothing issued to {people} would count any more. Nothing was changed.",
            table(&["WOULD END", "NUMBER"], &rows)
        );
    }
    format!(
        "{}\nNothing issued to {people} before now counts any more. They sign in again.",
        table(&["ENDED", "NUMBER"], &rows)
    )
}
