//! A person's email addresses: the rules behind pages and API.

use crate::account::owner::{Confirmed, NotMade, Owner, Who};
use crate::model::address::undo::Taken;
use crate::model::address::{self, Address, MOST, Proved};
use crate::model::end_reason::EndReason;
use crate::model::event::{self, Event, EventKind};
use crate::model::one_time::{self, Asked, LINK_LIFETIME, OneTime, Purpose, Tried, Turn, UNDO_LIFETIME};
use crate::model::user::identifier::Identifier;
use crate::model::user::{self, User, UserStatus};
use crate::op::Op;
use crate::op::letters::Asker;
use crate::op::notice::Notice;
use crate::pages::letter::{About, Change, Letter};
use crate::platform::clock::Time;
use crate::platform::config::FeatureName;
use crate::platform::db::Connection;
use crate::platform::error::Unavailable;
use crate::platform::http::api::{Seen, tag};
use crate::platform::paths::Location;
use crate::platform::throttle::Throttled;
use crate::tokens::ending::{Which, store::end_of_person};
use crate::tokens::family;
use diesel::QueryResult;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Why nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    NotAnAddress,
    /// The person has [`MOST`] of them.
    TooMany,
    /// Too many emails were requested.
    TooManyLetters,
    NoMail,
    /// The person has no such address.
    Unknown,
    /// Wrong or expired code.
    WrongCode,
    /// Another account has verified it.
    Taken,
    /// Only a proved one can be the primary.
    Unproved,
    /// Another one has to be made the primary first.
    Primary,
    /// The account could not be recovered without it.
    OnlyWayBack,
    /// It was changed concurrently.
    Stale,
}

type Outcome<T> = Result<Result<T, Refusal>, NotMade>;

/// What is remembered beside a proof of an address.
#[derive(Serialize, Deserialize)]
struct Claimed {
    person_id: String,
    folded: String,
}

/// The addresses of a person.
///
/// # Errors
/// When a store does not answer; the same for every function here.
pub async fn list(op: &Op, user: &User) -> Result<Vec<Address>, Unavailable> {
    let user = user.clone();
    op.db.read(move |connection| address::store::list(connection, &user)).await
}

/// Adds an unverified address and sends a proof to it, even if somebody else has it.
pub async fn add(op: &Op, owner: &Owner, typed: &str) -> Outcome<Address> {
    // What emails can be sent to, too.
    let identifier = Identifier::email(typed).ok().filter(|found| crate::platform::mail::is_address(&found.value));
    let Some(identifier) = identifier else { return Ok(Err(Refusal::NotAnAddress)) };
    let held = list(op, &owner.user).await?;
    let known = held.iter().find(|address| address.folded == identifier.folded);
    if let Some(known) = known.filter(|known| known.is_verified()) {
        return Ok(Ok(known.clone()));
    }
    if known.is_none() && held.len() >= MOST {
        return Ok(Err(Refusal::TooMany));
    }
    let proof = match proof(op, owner, &identifier.folded, &identifier.value).await? {
        Ok(proof) => proof,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let (owner, now, is_new) = (owner.clone(), op.now(), known.is_none());
    let (author, folded) = (owner.clone(), identifier.folded.clone());
    let noted = author.change(op, Who::SignedInLately, move |tx, confirmed| {
        if is_new {
            address::store::name(tx, confirmed.id(), &identifier, now)?;
            record(tx, EventKind::AddressAdded, &owner, &identifier.value, now)?;
        }
        proof.keep(tx, confirmed, now)?;
        let held = address::store::list(tx, confirmed.user())?;
        Ok(held.into_iter().find(|address| address.folded == folded))
    });
    let noted = noted.await?;
    Ok(noted.ok_or(Refusal::Unknown))
}

/// Sends another proof to an unverified address.
pub async fn send_again(op: &Op, owner: &Owner, id: &str) -> Outcome<Address> {
    let Some(found) = find(op, &owner.user, id).await? else { return Ok(Err(Refusal::Unknown)) };
    if found.is_verified() {
        return Ok(Ok(found));
    }
    let proof = match proof(op, owner, &found.folded, &found.value).await? {
        Ok(proof) => proof,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let now = op.now();
    owner.change(op, Who::SignedInLately, move |tx, owner| proof.keep(tx, owner, now)).await?;
    Ok(Ok(found))
}

/// An address as it can change.
pub fn tag_of(address: &Address) -> String {
    let proved = address.verified_at.map(Time::millis);
    tag(&(&address.folded, &address.value, proved, address.created_at.millis(), address.is_primary))
}

/// One address of a person.
pub async fn find(op: &Op, user: &User, id: &str) -> Result<Option<Address>, Unavailable> {
    Ok(list(op, user).await?.into_iter().find(|address| address.id() == id))
}

/// A code and a link with their email.
#[derive(Clone)]
struct Proof {
    one: one_time::NewOneTime,
    /// None where the address got its share of emails.
    letter: Option<crate::op::letters::Envelope>,
}

impl Proof {
    fn keep(&self, tx: &mut Connection, _: &Confirmed, now: Time) -> QueryResult<()> {
        let Some(letter) = &self.letter else { return Ok(()) };
        one_time::store::insert(tx, &self.one)?;
        letter.post(tx, now)
    }
}

async fn proof(op: &Op, owner: &Owner, folded: &str, value: &str) -> Outcome<Proof> {
    if !op.mailer.is_on() {
        return Ok(Err(Refusal::NoMail));
    }
    match op.admit_letter_from(owner.address).await {
        Ok(()) => {}
        Err(Throttled::RetryAfter(_)) => return Ok(Err(Refusal::TooManyLetters)),
        Err(Throttled::Unavailable(unavailable)) => return Err(unavailable.into()),
    }
    // The limit counts all requests for this address, so it is not reported.
    let reached = op.pepper.hash("address", folded.as_bytes()).as_str().to_owned();
    let is_admitted = op.admits_letter_to(&reached, Asker::Person(&owner.user.id)).await?;
    let place = place(op, &owner.user.id, folded);
    let claimed = Claimed { person_id: owner.user.id.clone(), folded: folded.to_owned() };
    let (one, secrets) = op.one_time(&Asked {
        purpose: Purpose::Address,
        subject: &place,
        binding: Some(&place),
        payload: json!(claimed).to_string(),
        lifetime: LINK_LIFETIME,
    });
    let link = op.config.issuer.endpoint(Location::AddressLink(&secrets.link));
    let letter = is_admitted.then(|| {
        op.letter(&Letter {
            to: value.to_owned(),
            // The recipient may not know the person, whose name could contain anything.
            name: None,
            locales: Some(owner.language.clone()),
            about: About::Address { code: secrets.code, link },
        })
    });
    Ok(Ok(Proof { one, letter }))
}

/// Where a code for an address may be typed: in the account that asked for it.
fn place(op: &Op, person: &str, folded: &str) -> String {
    op.pepper.hash("address_of", format!("{person}\u{1}{folded}").as_bytes()).as_str().to_owned()
}

/// Proves an address by the code that was sent to it.
pub async fn prove_by_code(op: &Op, owner: &Owner, id: &str, typed: &str) -> Outcome<()> {
    let Some(found) = find(op, &owner.user, id).await? else { return Ok(Err(Refusal::Unknown)) };
    if found.is_verified() {
        return Ok(Ok(()));
    }
    match op.try_code(Purpose::Address, &place(op, &owner.user.id, &found.folded), typed).await? {
        Tried::Right(one) => prove(op, owner, Who::SignedInLately, one).await,
        Tried::Wrong | Tried::Over => Ok(Err(Refusal::WrongCode)),
    }
}

/// Whose address a link proves, while it can be used.
pub async fn whose_link(op: &Op, link: &str) -> Result<Option<String>, Unavailable> {
    let one = op.find_link(Purpose::Address, link).await?;
    Ok(one.and_then(|one| serde_json::from_str::<Claimed>(&one.payload).ok()).map(|claimed| claimed.person_id))
}

/// Proves an address by the link that was sent to it, for whoever asked for it.
pub async fn prove_by_link(op: &Op, owner: &Owner, link: &str) -> Outcome<()> {
    match op.find_link(Purpose::Address, link).await? {
        Some(one) => prove(op, owner, Who::SignedIn, one).await,
        None => Ok(Err(Refusal::WrongCode)),
    }
}

async fn prove(op: &Op, owner: &Owner, who: Who, one: OneTime) -> Outcome<()> {
    let claimed = serde_json::from_str::<Claimed>(&one.payload).ok();
    let Some(claimed) = claimed.filter(|claimed| claimed.person_id == owner.user.id) else {
        return Ok(Err(Refusal::Unknown));
    };
    let (owner, now) = (owner.clone(), op.now());
    let found = list(op, &owner.user).await?.into_iter().find(|address| address.folded == claimed.folded);
    let Some(found) = found else { return Ok(Err(Refusal::Unknown)) };
    let notice = op.notice(Change::AddressAdded { address: found.value.clone() }, owner.place.clone());
    let author = owner.clone();
    let proved = author.change(op, who, move |tx, confirmed| {
        let user = confirmed.user();
        if !one_time::store::spend(tx, &one.id, now)? {
            return Ok(Err(Refusal::WrongCode));
        }
        match address::store::prove(tx, user, &claimed.folded, now)? {
            Proved::Theirs => {}
            Proved::Taken => return Ok(Err(Refusal::Taken)),
            Proved::Gone => return Ok(Err(Refusal::Unknown)),
        }
        void(tx, &user.id, now)?;
        record(tx, EventKind::AddressVerified, &owner, &found.value, now)?;
        notice.post(tx, &user.id)?;
        Ok(Ok(()))
    });
    proved.await
}

/// Proofs sent to the old addresses become invalid (ASVS 6.4.3).
fn void(tx: &mut Connection, person: &str, now: Time) -> QueryResult<()> {
    one_time::store::void_after(tx, person, Turn::Secured, now)
}

fn record(tx: &mut Connection, kind: EventKind, owner: &Owner, address: &str, now: Time) -> QueryResult<()> {
    event::store::record(tx, &owner.event(kind).detail(json!({ "address": address })), now)
}

/// Makes a verified address the primary one, at the person's version if one is given. The old one is notified, with a
/// link to undo it.
pub async fn make_primary(op: &Op, owner: &Owner, id: &str, seen: &Seen) -> Outcome<()> {
    let held = list(op, &owner.user).await?;
    let Some(found) = held.iter().find(|address| address.id() == id).cloned() else {
        return Ok(Err(Refusal::Unknown));
    };
    if !seen.is(&tag_of(&found)) {
        return Ok(Err(Refusal::Stale));
    }
    if !found.is_verified() {
        return Ok(Err(Refusal::Unproved));
    }
    if found.is_primary {
        return Ok(Ok(()));
    }
    let before = held.into_iter().find(|address| address.is_primary);
    let from = before.as_ref().map(|before| before.value.clone()).unwrap_or_default();
    let change = Change::AddressChanged { from: from.clone(), to: found.value.clone() };
    let told = Told::new(op, owner, change, before.filter(Address::is_verified));
    let now = op.now();
    let changed = owner.change(op, Who::SignedInLately, move |tx, owner| {
        let user = owner.user();
        let held = address::store::list(tx, user)?;
        if !held.contains(&found) || !address::store::set_primary(tx, user, &found.value, now)? {
            return Ok(Err(Refusal::Stale));
        }
        void(tx, &user.id, now)?;
        let detail = json!({ "from": from, "to": found.value });
        let event = Event::by_person(EventKind::AddressMadePrimary, &user.id).detail(detail);
        event::store::record(tx, &event, now)?;
        told.post(tx, &user.id, &held)?;
        Ok(Ok(()))
    });
    changed.await
}

/// Removes an address. The primary one stays until another is; so does the last one by which a person who lost
/// everything else can recover.
pub async fn remove(op: &Op, owner: &Owner, id: &str, seen: &Seen) -> Outcome<()> {
    let held = list(op, &owner.user).await?;
    let Some(found) = held.iter().find(|address| address.id() == id).cloned() else {
        return Ok(Err(Refusal::Unknown));
    };
    if !seen.is(&tag_of(&found)) {
        return Ok(Err(Refusal::Stale));
    }
    let others = held.iter().filter(|other| other.is_verified() && other.folded != found.folded).count();
    let comes_back = op.has_feature(FeatureName::Recovery);
    if found.is_verified() && others == 0 && comes_back {
        return Ok(Err(Refusal::OnlyWayBack));
    }
    if found.is_primary {
        return Ok(Err(Refusal::Primary));
    }
    let removed = Change::AddressRemoved { address: found.value.clone() };
    let told = Told::new(op, owner, removed, Some(found.clone()).filter(Address::is_verified));
    let (owner, now, waiting) = (owner.clone(), op.now(), place(op, &owner.user.id, &found.folded));
    let author = owner.clone();
    let removed = author.change(op, Who::SignedInLately, move |tx, confirmed| {
        let user = confirmed.user();
        let held = address::store::list(tx, user)?;
        let left = held.iter().filter(|other| other.is_verified() && other.folded != found.folded).count();
        // Checked again in the transaction: two concurrent removals must not leave none.
        if !held.contains(&found) || (found.is_verified() && left == 0 && comes_back) {
            return Ok(Err(Refusal::Stale));
        }
        // Both write the person's row, so that concurrent changes wait for each other.
        if !user::store::update_claims(tx, user, &user.claims, now)? {
            return Ok(Err(Refusal::Stale));
        }
        address::store::remove(tx, &user.id, &found.folded)?;
        one_time::store::void(tx, Purpose::Address, &waiting, now)?;
        void(tx, &user.id, now)?;
        record(tx, EventKind::AddressRemoved, &owner, &found.value, now)?;
        if found.is_verified() {
            told.post(tx, &user.id, &held)?;
        }
        Ok(Ok(()))
    });
    removed.await
}

/// The recipients of the email about an address that was removed or is no longer primary: every remaining address, and
/// that one, with an undo link where it applies.
#[derive(Clone)]
struct Told {
    notice: Notice,
    gone: Option<(Taken, one_time::NewOneTime, String)>,
}

impl Told {
    fn new(op: &Op, owner: &Owner, change: Change, gone: Option<Address>) -> Self {
        let notice = op.notice(change, owner.place.clone());
        let taken = gone.and_then(|gone| Taken::of(&owner.user.id, &gone, op.now()));
        let undoable = |taken: Taken| {
            let (one, secrets) = op.one_time(&Asked {
                purpose: Purpose::Undo,
                subject: &owner.user.id,
                binding: None,
                payload: json!(taken).to_string(),
                lifetime: UNDO_LIFETIME,
            });
            let link = op.config.issuer.endpoint(Location::AddressUndo(&secrets.link));
            (taken, one, link)
        };
        Self { notice, gone: taken.map(undoable) }
    }

    /// Writes the emails, and stores the undo; `held` are the addresses before the change.
    fn post(self, tx: &mut Connection, person: &str, held: &[Address]) -> QueryResult<()> {
        let notice = match self.gone {
            Some((taken, one, link)) if taken.counts(held) => {
                one_time::store::insert(tx, &one)?;
                self.notice.and_to(taken.value, Some(link))
            }
            Some((taken, ..)) => self.notice.and_to(taken.value, None),
            None => self.notice,
        };
        notice.post(tx, person)
    }
}

/// The change that an undo link reverts, and its person, while it is valid. Whoever requested the account's deletion meanwhile may
/// not have been its owner.
fn undoable(tx: &mut Connection, one: &OneTime) -> QueryResult<Option<(Taken, User)>> {
    let Ok(taken) = serde_json::from_str::<Taken>(&one.payload) else { return Ok(None) };
    let may = |user: &User| matches!(user.status, UserStatus::Active | UserStatus::Leaving);
    let Some(user) = user::store::find(tx, &taken.person_id)?.filter(may) else { return Ok(None) };
    let counts = taken.counts(&address::store::list(tx, &user)?);
    Ok(counts.then_some((taken, user)))
}

/// The address that a link restores, while it is valid.
pub async fn find_undo(op: &Op, link: &str) -> Result<Option<String>, Unavailable> {
    let Some(one) = op.find_link(Purpose::Undo, link).await? else { return Ok(None) };
    let found = op.db.read(move |connection| undoable(connection, &one)).await?;
    Ok(found.map(|(taken, _)| taken.value))
}

/// Reverts a change, for the owner of the removed address: it is the person's again, primary where
/// it was; addresses added around the change are removed, a deletion requested since is cancelled, and every session ends.
/// False where it is no longer possible.
pub async fn undo(op: &Op, link: &str) -> Result<bool, Unavailable> {
    let Some(one) = op.find_link(Purpose::Undo, link).await? else { return Ok(false) };
    let (now, closing) = (op.now(), op.closing(EndReason::Addresses));
    let undone = op.db.write(move |tx| {
        let Some((taken, user)) = undoable(tx, &one)? else { return Ok(false) };
        if !one_time::store::spend(tx, &one.id, now)? {
            return Ok(false);
        }
        let address = taken.address();
        if !address::store::restore(tx, &user.id, &address, taken.verified_at)? {
            return Ok(false);
        }
        // The author of the change may have added more than one address, before it and since.
        let added = address::store::since(tx, &user, taken.at - UNDO_LIFETIME)?.into_iter();
        let is_newer = |added: &Address| added.verified_at.is_none_or(|at| at >= taken.verified_at);
        let added: Vec<Address> = added.filter(|added| added.folded != address.folded && is_newer(added)).collect();
        for added in &added {
            address::store::remove(tx, &user.id, &added.folded)?;
        }
        if address.is_primary || added.iter().any(|added| added.is_primary) {
            address::store::set_primary(tx, &user, &address.value, now)?;
        }
        address::store::recovered(tx, &user, Some(&address.value), now)?;
        if user.status == UserStatus::Leaving {
            user::store::set_status(tx, &user.id, UserStatus::Active, now)?;
            event::store::record(tx, &Event::by_person(EventKind::UserStayed, &user.id), now)?;
        }
        let event = Event::by_person(EventKind::AddressRestored, &user.id).detail(json!({ "address": address.value }));
        event::store::record(tx, &event, now)?;
        end_of_person(tx, &user.id, &Which::All, &closing)?;
        // The author may have been an intruder: everything ends, including offline access.
        family::store::revoke_of_person(tx, &user.id, EndReason::AddressRestored, now)?;
        Ok(true)
    });
    undone.await
}
