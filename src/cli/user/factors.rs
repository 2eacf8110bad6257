//! Removing lost second factors.

use super::{Answer, Failure, Site, count, find_person};
use crate::admin::{Credentials, Delete, people};
use crate::pages::letter::Change;
use serde_json::json;

pub(in crate::cli) async fn reset(site: &Site, named: &str) -> Result<Answer, Failure> {
    let person = find_person(site, named).await?;
    let (permit, notice) = (site.permit::<Delete, Credentials>()?, site.notice(Change::FactorsReset)?);
    let done = people::reset_factors(site, &permit, &person.user.id, notice).await?;
    let text = match done {
        Some(done) => format!(
            "{} has no second factor any more; {} ended. {}",
            person.name(),
            count(done.sessions, "session", "sessions"),
            if done.has_password {
                "The password alone is enough to sign in until the person adds a new one."
            } else {
                "There is no password either: set one with `latchkey user set-password`."
            }
        ),
        None => format!("{} had no second factor; nothing was changed.", person.name()),
    };
    let ended = done.map(|done| done.sessions).unwrap_or_default();
    Ok(Answer::new(text, json!({"id": person.user.id, "sub": person.user.sub, "sessions_ended": ended})))
}
