//! The check of a passkey's signature.

use crate::model::credential::passkey::store::{self, Spent};
use crate::model::credential::passkey::{Answer, Passkey, Refusal, Used};
use crate::model::event::{self, Event, EventKind};
use crate::model::known_device;
use crate::model::session::{AuthenticationMethod, Grounds, ProvenFactor};
use crate::model::user::{self, User, UserStatus};
use crate::op::Op;
use crate::platform::crypto::TokenHash;
use crate::platform::device::Sender;
use crate::platform::error::Unavailable;
use crate::platform::throttle::{Attempt, Throttled};
use serde_json::json;

/// The result of checking a signature.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It is right, and spent now.
    Proven(Box<User>, ProvenFactor),
    Refused(Refusal),
    Wait,
}

/// A browser's response and its origin.
pub(super) struct Sent<'a> {
    pub(super) interaction: &'a str,
    pub(super) credential: &'a str,
    pub(super) sender: Sender,
    /// The only person who may sign in, if the request names one.
    pub(super) person_id: Option<&'a str>,
}

/// A key that is known, its person's handle, and the browser where they are known.
type Known = (Passkey, String, User, Option<String>);

/// Checks a signature and spends its challenge. Failures are counted apart from those of passwords (AUT-09).
pub(super) async fn check(op: &Op, sent: &Sent<'_>) -> Result<Outcome, Unavailable> {
    let Some(passkeys) = &op.passkeys else { return Ok(Outcome::Refused(Refusal::Invalid)) };
    let answer = match Answer::read(sent.credential) {
        Ok(answer) => answer,
        Err(refusal) => return Ok(Outcome::Refused(refusal)),
    };
    let known = find(op, &answer, sent.sender.cookie.clone()).await?;
    let account = known.as_ref().map_or_else(|| answer.credential_id(), |(passkey, ..)| passkey.person_id.clone());
    let account = format!("passkey\0{account}");
    let device = known.as_ref().and_then(|(.., device)| device.clone());
    let attempt = Attempt { account: &account, address: sent.sender.address, known_device: device.as_deref() };
    match op.throttle.admit(&attempt).await {
        Ok(()) => {}
        Err(Throttled::RetryAfter(_)) => return Ok(Outcome::Wait),
        Err(Throttled::Unavailable(unavailable)) => return Err(unavailable),
    }
    // Whatever comes of it, the challenge was answered.
    let Some(request) = passkeys.take(sent.interaction).await? else { return Ok(Outcome::Refused(Refusal::Expired)) };
    let is_meant = |passkey: &Passkey| sent.person_id.is_none_or(|person| person == passkey.person_id);
    let Some((passkey, handle, user, _)) = known.filter(|(passkey, ..)| is_meant(passkey)) else {
        return Ok(Outcome::Refused(Refusal::Invalid));
    };
    let spent = match passkeys.judge(request, &answer, (&passkey, &handle)) {
        Ok(used) => spend(op, used).await?,
        Err(refusal) => Err(refusal),
    };
    match spent {
        Ok(method) => {
            op.throttle.succeeded(&attempt).await?;
            let grounds = Grounds::Factor(passkey.id);
            Ok(Outcome::Proven(Box::new(user), ProvenFactor { method, grounds }))
        }
        Err(refusal) => {
            if refusal == Refusal::Copied {
                suspect(op, &passkey).await?;
            }
            Ok(Outcome::Refused(refusal))
        }
    }
}

async fn find(op: &Op, answer: &Answer, cookie: Option<TokenHash>) -> Result<Option<Known>, Unavailable> {
    let (credential_id, now) = (answer.credential_id(), op.now());
    op.db
        .read(move |connection| {
            let Some((passkey, handle)) = store::find_by_credential(connection, &credential_id)? else {
                return Ok(None);
            };
            let user = user::store::find(connection, &passkey.person_id)?;
            // An account marked for deletion can be kept: the page offers it, and no session starts before.
            let may_come = |user: &User| user.is_active() || user.status == UserStatus::Leaving;
            let Some(user) = user.filter(may_come) else { return Ok(None) };
            let device = match cookie {
                Some(cookie) => known_device::store::find(connection, &cookie, &user.id, now)?,
                None => None,
            };
            Ok(Some((passkey, handle, user, device.map(|device| device.id))))
        })
        .await
}

async fn spend(op: &Op, used: Used) -> Result<Result<AuthenticationMethod, Refusal>, Unavailable> {
    let (challenge, now) = (op.pepper.hash("passkey_challenge", &used.challenge), op.now());
    let hardware_bound = !used.passkey.backup_eligible;
    let spent = op.db.write(move |tx| {
        let spent = store::spend(tx, &used, &challenge, now)?;
        if spent == Spent::Now {
            let Passkey { id, person_id, .. } = &used.passkey;
            let event = Event::by_person(EventKind::PasskeyUsed, person_id).detail(json!({ "passkey": id }));
            event::store::record(tx, &event, now)?;
        }
        Ok(spent)
    });
    Ok(match spent.await? {
        // Every ceremony asks for user verification, and refuses what lacks it.
        Spent::Now => Ok(AuthenticationMethod::Passkey { user_verified: true, hardware_bound }),
        Spent::Before => Err(Refusal::Expired),
        Spent::CounterWentBack => Err(Refusal::Copied),
    })
}

/// Records that a counter went back: two devices may have the same key.
async fn suspect(op: &Op, passkey: &Passkey) -> Result<(), Unavailable> {
    let now = op.now();
    let event = Event::by_system(EventKind::PasskeyCopySuspected).person(&passkey.person_id);
    let event = event.detail(json!({ "passkey": passkey.id, "name": passkey.name, "counter": passkey.counter }));
    op.db.write(move |tx| event::store::record(tx, &event, now)).await
}
