//! `latchkey recover`: after a backup was restored, or a replica promoted that lagged.

use super::{Answer, Failure, Site, count, stamp, table, without_password};
use crate::admin::{Delete, Store, recovery};
use crate::platform::db::Db;
use crate::tokens::recovery::witness::{TakenOver, Testimony};
use crate::tokens::recovery::{Ended, Keep};
use serde_json::json;

pub(super) const EXAMPLES: &str = "\
Examples:
  latchkey recover --dry-run              what would end
  latchkey recover                        end it, before the servers start
  latchkey recover --keep consents,recovery-codes
  latchkey recover --from sqlite:///mnt/broken/latchkey.db

Everything issued before becomes invalid: a database that went back in time does not know what was revoked or used since.";

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Show what would end, and change nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    /// What stays valid, because you know that none of it was withdrawn since
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    pub(super) keep: Vec<StaysInForce>,
    /// The lost database, if it can still be read: what it refused is refused here too
    #[arg(long, value_name = "URL")]
    pub(super) from: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum StaysInForce {
    /// Keep consents; without this people are asked again
    Consents,
    /// Keep recovery codes of second factors; without this people need new ones
    RecoveryCodes,
    /// Keep initial access tokens and registration access tokens; without this self-registered clients cannot update themselves
    Registrations,
}

/// What no database can tell of itself.
const FORGOTTEN: &str = "before the servers start, repeat what was done after that: people disabled or \
    deleted, passwords, passkeys and second factors changed, applications disabled, client secrets and keys rotated or revoked";
/// What is not taken over from another one.
const NOT_TAKEN_OVER: &str = "repeat what else was done after that: passkeys and second factors changed, client secrets \
    rotated, people and applications created";

pub(super) async fn run(site: &Site, arguments: &Arguments) -> Result<Answer, Failure> {
    let testimony = match &arguments.from {
        Some(url) => Some(hear(site, url).await?),
        None => None,
    };
    end_all(site, &arguments.keep, arguments.dry_run, testimony).await
}

/// Ends what may have been revoked since, and takes over what another database knows.
pub(super) async fn end_all(
    site: &Site,
    kept: &[StaysInForce],
    dry_run: bool,
    testimony: Option<Testimony>,
) -> Result<Answer, Failure> {
    let keep = Keep {
        consents: kept.contains(&StaysInForce::Consents),
        recovery_codes: kept.contains(&StaysInForce::RecoveryCodes),
        registrations: kept.contains(&StaysInForce::Registrations),
    };
    let (permit, is_heard) = (site.permit::<Delete, Store>()?, testimony.is_some());
    let newest = recovery::newest_event(site, &permit).await?;
    let forgotten = if is_heard { NOT_TAKEN_OVER } else { FORGOTTEN };
    let (ended, news) = if dry_run {
        (recovery::count(site, &permit, keep).await?, TakenOver::default())
    } else {
        recovery::end_all(site, &permit, keep, testimony).await?
    };
    let newest = newest.map_or_else(|| "never".to_owned(), stamp);
    let warning = format!("the newest event in this database: {newest}; {forgotten}");
    let json = json!({"dry_run": dry_run, "ended": ended, "taken_over": news, "newest_event": newest});
    let mut text = said(&ended, dry_run);
    if is_heard && !dry_run {
        let TakenOver { people, applications, keys, passwords } = news;
        text.push_str(&format!(
            "\nTaken over: {people} refused, {applications} disabled, {keys} revoked, {passwords} changed.",
            people = count(people, "person", "people"),
            applications = count(applications, "application", "applications"),
            keys = count(keys, "key", "keys"),
            passwords = count(passwords, "password", "passwords"),
        ));
    }
    Ok(Answer::new(text, json).warn([warning]))
}

/// What the lost database knows of the time after the newest event of this one.
pub(super) async fn hear(site: &Site, url: &str) -> Result<Testimony, Failure> {
    let permit = site.permit::<Delete, Store>()?;
    let since = recovery::newest_event(site, &permit).await?;
    let name = without_password(url);
    let refused = |cause: &dyn std::fmt::Display| {
        let fix = "give the lost database, or run without --from and repeat the changes by hand; nothing was changed";
        Failure::new(format!("{name} cannot be used for --from: {cause}")).fix(fix)
    };
    if url.strip_prefix("sqlite://").is_some_and(|path| !std::path::Path::new(path).exists()) {
        return Err(refused(&"the file does not exist"));
    }
    let lost = Db::new(url, 1).map_err(|error| refused(&error.cause))?.patient();
    let testimony = recovery::hear(&permit, &lost, since).await.map_err(|error| refused(&error.cause))?;
    recovery::judge(site, &permit, &testimony).await?.map_err(|why| refused(&why))?;
    Ok(testimony)
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
            "{}\nEverything issued to {people} would become invalid. Nothing was changed.",
            table(&["WOULD END", "NUMBER"], &rows)
        );
    }
    format!(
        "{}\nEverything issued to {people} before now is invalid. They have to sign in again.",
        table(&["ENDED", "NUMBER"], &rows)
    )
}
