//! Disabling, enabling, deleting.

use super::{Answer, Closing, Failure, Person, Site, count, end_sessions, find_person};
use crate::model::event::{self, Event};
use crate::model::user::{UserStatus, store};
use crate::platform::clock::Time;
use crate::platform::db::Connection;
use diesel::QueryResult;
use serde_json::json;

/// Refuses a person everywhere: raises the epoch, ends the sessions, an event each. Returns how many sessions ended.
pub(in crate::cli) fn shut_out(tx: &mut Connection, person: &str, closing: &Closing) -> QueryResult<usize> {
    let now = closing.now;
    store::set_status(tx, person, UserStatus::Disabled, now)?;
    event::store::record(tx, &Event::by_operator("user.disabled").person(person), now)?;
    end_sessions(tx, person, None, "disabled", closing)
}

/// Lets a person in again.
pub(in crate::cli) fn let_in(tx: &mut Connection, person: &str, now: Time) -> QueryResult<()> {
    store::set_status(tx, person, UserStatus::Active, now)?;
    event::store::record(tx, &Event::by_operator("user.enabled").person(person), now)
}

pub(in crate::cli) async fn disable(site: &Site, named: &str) -> Result<Answer, Failure> {
    let person = find_person(site, named).await?;
    if !person.user.is_active() {
        return Ok(Answer::new(format!("{} is disabled already.", person.name()), outcome(&person, "disabled", 0)));
    }
    let (id, closing) = (person.user.id.clone(), Closing::at(site, site.now()));
    let ended = site.write(move |tx| shut_out(tx, &id, &closing)).await?;
    site.settle().await;
    let sessions = count(ended, "session", "sessions");
    let text = format!("{} is disabled: {sessions} ended, all tokens revoked.", person.name());
    Ok(Answer::new(text, outcome(&person, "disabled", ended)))
}

pub(in crate::cli) async fn enable(site: &Site, named: &str) -> Result<Answer, Failure> {
    let person = find_person(site, named).await?;
    if person.user.is_active() {
        return Ok(Answer::new(format!("{} is active already.", person.name()), outcome(&person, "active", 0)));
    }
    let (id, now) = (person.user.id.clone(), site.now());
    site.write(move |tx| let_in(tx, &id, now)).await?;
    site.settle().await;
    Ok(Answer::new(format!("{} may sign in again.", person.name()), outcome(&person, "active", 0)))
}

pub(in crate::cli) async fn delete(site: &Site, named: &str) -> Result<Answer, Failure> {
    let person = find_person(site, named).await?;
    let (id, now) = (person.user.id.clone(), site.now());
    let closing = Closing::at(site, now);
    let ended = site
        .write(move |tx| {
            let ended = end_sessions(tx, &id, None, "deleted", &closing)?;
            store::bury(tx, &id, now)?;
            event::store::record(tx, &Event::by_operator("user.deleted").person(&id), now)?;
            Ok(ended)
        })
        .await?;
    site.settle().await;
    let text = format!("{} is deleted. The sub {} is never given again.", person.name(), person.user.sub);
    Ok(Answer::new(text, outcome(&person, "deleted", ended)))
}

fn outcome(person: &Person, status: &str, ended: usize) -> serde_json::Value {
    json!({"id": person.user.id, "sub": person.user.sub, "status": status, "sessions_ended": ended})
}
