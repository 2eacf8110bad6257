//! Disabling, enabling, deleting.

use super::{Answer, Failure, NAMES, Person, Site, confirm, count, find_person};
use crate::admin::Read;
use crate::admin::{Delete, Sessions, Users, Write, people, sessions};
use crate::model::user::UserStatus;
use serde_json::json;

#[derive(clap::Args)]
pub(in crate::cli) struct DeleteUser {
    #[arg(value_name = "USER", help = NAMES)]
    user: String,
    /// Skip the question
    #[arg(long)]
    yes: bool,
}

pub(in crate::cli) async fn disable(site: &Site, named: &str) -> Result<Answer, Failure> {
    let person = find_person(site, named).await?;
    // One who is leaving could call that off at the next sign-in: they are disabled, and the deletion waits with them.
    if matches!(person.user.status, UserStatus::Disabled | UserStatus::Deleted) {
        let text = format!("{} is already {}; nothing was changed.", person.name(), person.user.status.as_str());
        return Ok(Answer::new(text, outcome(&person, person.user.status.as_str(), 0)));
    }
    let ended = people::disable(site, &site.permit::<Write, Users>()?, &person.user.id).await?;
    let sessions = count(ended, "session", "sessions");
    let text = format!("{} is disabled: {sessions} ended, all tokens revoked.", person.name());
    Ok(Answer::new(text, outcome(&person, "disabled", ended)))
}

pub(in crate::cli) async fn enable(site: &Site, named: &str) -> Result<Answer, Failure> {
    let person = find_person(site, named).await?;
    if person.user.is_active() {
        let text = format!("{} is already active; nothing was changed.", person.name());
        return Ok(Answer::new(text, outcome(&person, "active", 0)));
    }
    people::enable(site, &site.permit::<Write, Users>()?, &person.user.id).await?;
    let text = format!("{} may sign in again. Earlier sessions and tokens stay ended.", person.name());
    Ok(Answer::new(text, outcome(&person, "active", 0)))
}

pub(in crate::cli) async fn delete(site: &Site, arguments: &DeleteUser) -> Result<Answer, Failure> {
    let person = find_person(site, &arguments.user).await?;
    if !arguments.yes {
        let open = sessions::list(site, &site.permit::<Read, Sessions>()?, &person.user.id).await?.len();
        let question = format!(
            "Delete {} (sub {}, {}) permanently? This cannot be undone.",
            person.name(),
            person.user.sub,
            count(open, "open session", "open sessions")
        );
        confirm(&question)?;
    }
    let ended = people::delete(site, &site.permit::<Delete, Users>()?, &person.user.id).await?;
    let sessions = count(ended, "session", "sessions");
    let text =
        format!("{} is deleted; {sessions} ended. The sub {} is never used again.", person.name(), person.user.sub);
    Ok(Answer::new(text, outcome(&person, "deleted", ended)))
}

fn outcome(person: &Person, status: &str, ended: usize) -> serde_json::Value {
    json!({"id": person.user.id, "sub": person.user.sub, "status": status, "sessions_ended": ended})
}
