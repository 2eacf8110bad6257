//! Second factors that a person lost.

use super::{Answer, Closing, Failure, Site, count, end_sessions, find_person};
use crate::model::event::{self, Event};
use crate::model::letter::Change;
use crate::model::{credential, factor, known_device};
use serde_json::json;

/// Takes the authenticator app, the passkeys, the recovery codes and the remembered browsers away; the password stays.
pub(in crate::cli) async fn reset(site: &Site, named: &str) -> Result<Answer, Failure> {
    let person = find_person(site, named).await?;
    let (id, closing) = (person.user.id.clone(), Closing::at(site, site.now()));
    let notice = site.notice(Change::FactorsReset)?;
    let done = site.write(move |tx| {
        if !factor::store::remove_all(tx, &id)? {
            return Ok(None);
        }
        known_device::store::stop_remembering(tx, &id)?;
        event::store::record(tx, &Event::by_operator("factors.reset").person(&id), closing.now)?;
        if let Some(notice) = &notice {
            notice.post(tx, &id)?;
        }
        let has_password = credential::store::find_password(tx, &id)?.is_some();
        Ok(Some((end_sessions(tx, &id, None, "factors", &closing)?, has_password)))
    });
    let ended = done.await?;
    site.settle().await;
    let text = match ended {
        Some((ended, has_password)) => format!(
            "{} has no second factor any more; {} ended. {}",
            person.name(),
            count(ended, "session", "sessions"),
            if has_password {
                "The password alone signs in until a new one is enrolled."
            } else {
                "There is no password either: `latchkey user set-password` lets them in again."
            }
        ),
        None => format!("{} had no second factor.", person.name()),
    };
    let (sub, ended) = (&person.user.sub, ended.map(|(ended, _)| ended).unwrap_or_default());
    Ok(Answer::new(text, json!({"id": person.user.id, "sub": sub, "sessions_ended": ended})))
}
