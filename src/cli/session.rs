//! `latchkey session`: who is signed in where.

use super::{Answer, Closing, Failure, Site, count, end_sessions, find_person, rfc3339, stamp, table};
use crate::model::session::store::{self, Listed};
use crate::platform::clock::Time;
use serde_json::{Value, json};

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Where a person is signed in
    #[command(after_help = "Example:\n  latchkey session list --user ada")]
    List(Whose),
    /// Sign a person out, everywhere or in one session
    #[command(after_help = "Example:\n  latchkey session end --user ada")]
    End(End),
}

#[derive(clap::Args)]
pub(super) struct Whose {
    /// User name, email, sub or id
    #[arg(long, value_name = "USER")]
    user: String,
}

#[derive(clap::Args)]
pub(super) struct End {
    #[command(flatten)]
    whose: Whose,
    /// One session, by its id; without it, all
    #[arg(long, value_name = "ID")]
    session: Option<String>,
}

pub(super) async fn run(site: &Site, command: Command) -> Result<Answer, Failure> {
    match command {
        Command::List(whose) => list(site, &whose.user).await,
        Command::End(arguments) => end(site, arguments).await,
    }
}

async fn list(site: &Site, named: &str) -> Result<Answer, Failure> {
    let person = find_person(site, named).await?;
    let (id, now) = (person.user.id.clone(), site.now());
    let sessions = site.read(move |connection| store::list(connection, &id, now)).await?;
    let rows: Vec<_> = sessions.iter().map(row).collect();
    let text = match rows.as_slice() {
        [] => format!("{} is signed in nowhere.", person.name()),
        rows => table(&["SESSION", "SINCE", "ENDS BY ITSELF", "NETWORK", "BROWSER"], rows),
    };
    Ok(Answer::new(text, sessions.iter().map(shown).collect()))
}

fn row(session: &Listed) -> Vec<String> {
    let time = |millis| stamp(Time::from_millis(millis));
    vec![
        session.id.clone(),
        time(session.created_at),
        time(session.expires_at),
        session.network.clone(),
        session.user_agent.clone(),
    ]
}

fn shown(session: &Listed) -> Value {
    let time = |millis| rfc3339(Time::from_millis(millis));
    json!({
        "id": session.id, "created_at": time(session.created_at), "expires_at": time(session.expires_at),
        "network": session.network, "user_agent": session.user_agent,
    })
}

async fn end(site: &Site, arguments: End) -> Result<Answer, Failure> {
    let person = find_person(site, &arguments.whose.user).await?;
    let (id, only) = (person.user.id.clone(), arguments.session.clone());
    let closing = Closing::at(site, site.now());
    let ended = site.write(move |tx| end_sessions(tx, &id, only.as_deref(), "operator", &closing)).await?;
    site.settle().await;
    if let Some(session) = arguments.session.filter(|_| ended == 0) {
        return Err(Failure::new(format!("{} has no such session: {session}", person.name()))
            .fix("`latchkey session list --user` shows which there are"));
    }
    let text = format!(
        "{}: {} ended. Tokens with offline_access live on; `latchkey consent revoke` or `user disable` ends them.",
        person.name(),
        count(ended, "session", "sessions")
    );
    Ok(Answer::new(text, json!({"sub": person.user.sub, "sessions_ended": ended})))
}
