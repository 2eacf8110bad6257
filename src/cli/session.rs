//! `latchkey session`: who is signed in where.

use super::{Answer, Failure, NAMES, Site, count, find_person, rfc3339, stamp, table};
use crate::admin::{Delete, Read, Sessions, sessions};
use crate::model::session::store::Listed;
use crate::platform::clock::Time;
use serde_json::{Value, json};

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// List a person's sessions
    #[command(after_help = "Example:\n  latchkey session list --user ada")]
    List(Whose),
    /// Sign a person out everywhere, or end one session
    #[command(
        after_help = "Examples:\n  latchkey session end --user ada\n  latchkey session end --user sub:248289761001 --session 01a200f4-0ece-753b-b6ed-3c1933e2f898"
    )]
    End(End),
}

#[derive(clap::Args)]
pub(super) struct Whose {
    #[arg(long, value_name = "USER", help = NAMES)]
    user: String,
}

#[derive(clap::Args)]
pub(super) struct End {
    #[command(flatten)]
    whose: Whose,
    /// The id of a session [default: all]
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
    let sessions = sessions::list(site, &site.permit::<Read, Sessions>()?, &person.user.id).await?;
    let rows: Vec<_> = sessions.iter().map(row).collect();
    let text = match rows.as_slice() {
        [] => format!("{} has no sessions.", person.name()),
        rows => table(&["SESSION", "SIGNED IN", "ENDS AT THE LATEST", "NETWORK", "BROWSER"], rows),
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
    let (permit, only) = (site.permit::<Delete, Sessions>()?, arguments.session.as_deref());
    let ended = sessions::end(site, &permit, &person.user.id, only).await?;
    if let Some(session) = only.filter(|_| ended == 0) {
        let failure = Failure::new(format!("{} has no open session {session}", person.name()));
        return Err(failure.fix("`latchkey session list --user` shows which are open"));
    }
    let text = format!(
        "{}: {} ended. Applications that have access while the person is away (offline_access) keep it: \
         `latchkey consent revoke` or `latchkey user disable` ends that too.",
        person.name(),
        count(ended, "session", "sessions")
    );
    Ok(Answer::new(text, json!({"sub": person.user.sub, "sessions_ended": ended})))
}
