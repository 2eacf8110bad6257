//! Second factors that a person lost.

use super::{Answer, Closing, Failure, Site, count, end_sessions, find_person};
use crate::model::event::{self, Event};
use crate::model::letter::Change;
use crate::model::{factor, known_device};
use serde_json::json;

/// Takes the authenticator app, the recovery codes and the remembered browsers away; the password stays.
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
        end_sessions(tx, &id, None, "factors", &closing).map(Some)
    });
    let ended = done.await?;
    site.settle().await;
    let text = match ended {
        Some(ended) => format!(
            "{} has no second factor any more; {} ended. The password alone signs in until a new one is enrolled.",
            person.name(),
            count(ended, "session", "sessions")
        ),
        None => format!("{} had no second factor.", person.name()),
    };
    let (sub, ended) = (&person.user.sub, ended.unwrap_or_default());
    Ok(Answer::new(text, json!({"id": person.user.id, "sub": sub, "sessions_ended": ended})))
}
