//! Writes a few hundred rows in one transaction: new people with one statement per table, all others one by one.

use super::report::{Done, Outcome, counted};
use super::row::{Draft, Row};
use super::{Failure, Person, Site, Stamp, Users, Write, add, alter, name_after};
use crate::model::credential::store::NewPassword;
use crate::model::credential::{self, ImportedPassword};
use crate::model::event::{self, EventKind};
use crate::model::import::{self, Progress};
use crate::model::user::identifier::Identifier;
use crate::model::user::save::{self, Newcomer, patched};
use crate::model::user::store::{self, NewUser};
use crate::model::user::{User, UserStatus, schema};
use crate::platform::clock::Time;
use crate::platform::db::{self, Connection};
use crate::protocol::claims::Claims;
use diesel::QueryResult;
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

/// The present password hashes of people whose rows have a plain password, by folded user name.
pub(super) async fn present(site: &Site, rows: &[Row]) -> Result<HashMap<String, String>, Failure> {
    let drafts = rows.iter().filter_map(|row| row.outcome.as_ref().ok()).filter(|draft| draft.password.is_some());
    let names: Vec<String> = drafts.map(|draft| draft.username.folded.clone()).collect();
    if names.is_empty() {
        return Ok(HashMap::new());
    }
    site.read(move |connection| {
        let held: Vec<_> =
            store::holders(connection, &names)?.into_iter().filter(|held| held.kind == "username").collect();
        let ids: Vec<String> = held.iter().map(|held| held.person_id.clone()).collect();
        let passwords = credential::store::passwords_of(connection, &ids)?;
        let mut hashes: HashMap<_, _> = passwords.into_iter().map(|found| (found.person_id, found.phc)).collect();
        Ok(held.into_iter().filter_map(|held| Some((held.folded, hashes.remove(&held.person_id)?))).collect())
    })
    .await
}

/// Writes rows and the progress in the file; with `dry_run` it does the same and rolls back.
pub(super) async fn write(
    site: &Site,
    rows: Vec<Row>,
    digest: &Option<String>,
    before: Progress,
    dry_run: bool,
) -> Result<Vec<Outcome>, Failure> {
    let permit = site.permit::<Write, Users>()?;
    let stamps: Vec<Stamp> = rows.iter().map(|_| Stamp::new(site, &permit)).collect();
    let (now, digest, rows, stamps) = (site.now(), digest.clone(), Arc::new(rows), Arc::new(stamps));
    let checked: Arc<Mutex<Option<Vec<Done>>>> = Arc::default();
    let (seen, read) = (Arc::clone(&checked), Arc::clone(&rows));
    let written = site.write(move |tx| {
        let done = Batch::look(tx, &read, &stamps, now)?.write(tx)?;
        if dry_run {
            *seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(done);
            return db::undone();
        }
        if let Some(digest) = &digest {
            import::store::keep(tx, digest, &done.iter().fold(before, counted), now)?;
        }
        Ok(done)
    });
    let written = written.await;
    let checked = checked.lock().unwrap_or_else(PoisonError::into_inner).take();
    let done = checked.map_or(written, Ok)?;
    Ok(rows.iter().zip(done).map(|(row, result)| Outcome::of(row, result)).collect())
}

/// Rows and what the store knows about them.
struct Batch<'a> {
    rows: &'a [Row],
    stamps: &'a [Stamp],
    now: Time,
    /// Names of either kind that are taken.
    taken: HashSet<String>,
    subs: HashSet<String>,
    /// Skeletons (UTS 39) of user names that are taken.
    skeletons: HashSet<String>,
    people: HashMap<String, (Person, Option<ImportedPassword>)>,
}

impl<'a> Batch<'a> {
    fn look(tx: &mut Connection, rows: &'a [Row], stamps: &'a [Stamp], now: Time) -> QueryResult<Self> {
        let drafts = || rows.iter().filter_map(|row| row.outcome.as_ref().ok());
        let names: Vec<String> = drafts().flat_map(names).collect();
        let subs: Vec<String> = drafts().filter_map(|draft| draft.change.sub.clone()).collect();
        let skeletons: Vec<String> = drafts().map(|draft| draft.username.skeleton()).collect();
        let skeletons = store::known_skeletons(tx, &skeletons)?.into_iter().collect();
        let held = store::holders(tx, &names)?;
        let ids = held.iter().filter(|held| held.kind == "username").map(|held| held.person_id.clone());
        let ids: Vec<String> = ids.collect();
        let subs = if subs.is_empty() { Vec::new() } else { store::known_subs(tx, &subs)? };
        let people = if ids.is_empty() { HashMap::new() } else { known(tx, &ids)? };
        let taken = held.into_iter().map(|held| held.folded).collect();
        Ok(Self { rows, stamps, now, taken, subs: subs.into_iter().collect(), skeletons, people })
    }

    fn write(mut self, tx: &mut Connection) -> QueryResult<Vec<Done>> {
        let mut done = self.create(tx)?;
        let mut all = Vec::with_capacity(self.rows.len());
        for (at, (row, stamp)) in self.rows.iter().zip(self.stamps).enumerate() {
            all.push(match (done.remove(&at), &row.outcome) {
                (Some(done), _) => done,
                (None, Err(reason)) => Err(reason.clone()),
                (None, Ok(draft)) => self.save(tx, draft, stamp)?,
            });
        }
        Ok(all)
    }

    /// Adds people whose names and `sub` are all unknown; returns the results by position.
    fn create(&mut self, tx: &mut Connection) -> QueryResult<HashMap<usize, Done>> {
        let fresh = self.fresh();
        let mut done = HashMap::new();
        let mut newcomers = Vec::new();
        let mut passwords = Vec::new();
        let mut events = Vec::new();
        for Fresh { at, draft, stamp, patch, claims } in &fresh {
            if let Err(problem) = schema::check(&stamp.profile, patch) {
                done.insert(*at, Err(problem.to_string()));
                continue;
            }
            let sub = draft.change.sub.as_deref().unwrap_or(&stamp.sub);
            let new = NewUser { id: &stamp.id, sub, claims, status: status(draft) };
            match Newcomer::check(new, Some(&draft.username)) {
                Err(problem) => drop(done.insert(*at, Err(problem.to_string()))),
                Ok(newcomer) => {
                    newcomers.push(newcomer);
                    passwords.extend(draft.change.phc.as_ref().map(|phc| NewPassword {
                        id: &stamp.credential,
                        person: &stamp.id,
                        phc: phc.expose(),
                        imported: draft.imported.as_deref(),
                    }));
                    events.push(stamp.event(EventKind::UserCreated, &stamp.id));
                    done.insert(*at, Ok(("created", sub.to_owned())));
                }
            }
        }
        if newcomers.is_empty() {
            return Ok(done);
        }
        if !save::store::create_all(tx, &newcomers, self.now)? {
            // Another process took one of the names meanwhile: continue one by one.
            return Ok(HashMap::new());
        }
        if !passwords.is_empty() {
            credential::store::insert_all(tx, &passwords, self.now)?;
        }
        event::store::record_all(tx, &events, self.now)?;
        Ok(done)
    }

    fn fresh(&mut self) -> Vec<Fresh<'a>> {
        let mut fresh = Vec::new();
        for (at, (row, stamp)) in self.rows.iter().zip(self.stamps).enumerate() {
            let Ok(draft) = &row.outcome else { continue };
            let (names, sub) = (names(draft), draft.change.sub.clone());
            let is_known = names.iter().any(|name| self.taken.contains(name));
            // A name that looks like another person's is judged on its own.
            let is_like = self.skeletons.contains(&draft.username.skeleton());
            if is_known || is_like || sub.as_ref().is_some_and(|sub| self.subs.contains(sub)) {
                continue;
            }
            self.taken.extend(names);
            self.subs.extend(sub);
            self.skeletons.insert(draft.username.skeleton());
            let mut patch = draft.change.claims.clone();
            name_after(&mut patch, Some(&draft.username), None);
            let claims = patched(&Claims::new(), &patch, self.now);
            fresh.push(Fresh { at, draft, stamp, patch, claims });
        }
        fresh
    }

    /// A person of whom the store or an earlier row knows something.
    fn save(&self, tx: &mut Connection, draft: &Draft, stamp: &Stamp) -> QueryResult<Done> {
        if let Some((person, password)) = self.people.get(&draft.username.folded)
            && is_settled(person, password.as_ref(), draft, self.now)
        {
            return Ok(Ok(("unchanged", person.user.sub.clone())));
        }
        let Some(user) = store::find_by_identifiers(tx, std::slice::from_ref(&draft.username))? else {
            let added = add(tx, &draft.change, stamp)?;
            return match added {
                Ok(user) => self.remember(tx, &user, draft).map(|()| Ok(("created", user.sub))),
                Err(problem) => Ok(Err(problem.to_string())),
            };
        };
        let mut change = draft.change.clone();
        let password = credential::store::passwords_of(tx, std::slice::from_ref(&user.id))?.into_iter().next();
        if is_same(password.as_ref(), draft) {
            change.phc = None;
        }
        let Some(person) = Person::of(tx, vec![user])?.into_iter().next() else { return db::missing() };
        match alter(tx, &person, &change, stamp)? {
            Ok(changed) => {
                if change.phc.is_some() {
                    self.remember(tx, &person.user, draft)?;
                }
                Ok(Ok((if changed { "updated" } else { "unchanged" }, person.user.sub)))
            }
            Err(problem) => Ok(Err(problem.to_string())),
        }
    }

    fn remember(&self, tx: &mut Connection, user: &User, draft: &Draft) -> QueryResult<()> {
        match &draft.imported {
            Some(digest) => credential::store::set_imported(tx, &user.id, digest),
            None => Ok(()),
        }
    }
}

/// A row of a new person, with the initial claims.
struct Fresh<'a> {
    at: usize,
    draft: &'a Draft,
    stamp: &'a Stamp,
    patch: Claims,
    claims: Claims,
}

fn known(tx: &mut Connection, ids: &[String]) -> QueryResult<HashMap<String, (Person, Option<ImportedPassword>)>> {
    let users = store::find_all(tx, ids)?;
    let passwords = credential::store::passwords_of(tx, ids)?;
    let mut passwords: HashMap<_, _> = passwords.into_iter().map(|found| (found.person_id.clone(), found)).collect();
    let by_name = |person: Person| {
        let name = person.identifier("username")?.folded.clone();
        let password = passwords.remove(&person.user.id);
        Some((name, (person, password)))
    };
    Ok(Person::of(tx, users)?.into_iter().filter_map(by_name).collect())
}

/// The identifiers of a person.
fn names(draft: &Draft) -> Vec<String> {
    let email = draft.change.claims.get("email").and_then(Value::as_str);
    let email = email.and_then(|email| Identifier::email(email).ok()).map(|email| email.folded);
    std::iter::once(draft.username.folded.clone()).chain(email).collect()
}

fn status(draft: &Draft) -> UserStatus {
    if draft.change.disabled == Some(true) { UserStatus::Disabled } else { UserStatus::Active }
}

/// Whether the row has the same hash as at its last import, whatever became of it since.
fn is_same(password: Option<&ImportedPassword>, draft: &Draft) -> bool {
    let Some(phc) = &draft.change.phc else { return true };
    password
        .is_some_and(|held| held.phc == *phc.expose() || (draft.imported.is_some() && held.imported == draft.imported))
}

/// Whether the row changes nothing.
fn is_settled(person: &Person, password: Option<&ImportedPassword>, draft: &Draft, now: Time) -> bool {
    let (user, change) = (&person.user, &draft.change);
    let mut patch = change.claims.clone();
    name_after(&mut patch, Some(&draft.username), Some(person));
    is_same(password, draft)
        && change.sub.as_ref().is_none_or(|sub| *sub == user.sub)
        && change.disabled.is_none_or(|disabled| disabled == (user.status == UserStatus::Disabled))
        && person.identifier("username").is_some_and(|held| held.value == draft.username.value)
        && patched(&user.claims, &patch, now) == user.claims
}
