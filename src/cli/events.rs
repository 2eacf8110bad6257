//! `latchkey events`: the event log.

use super::{Answer, Failure, NAMES, Site, clean, find_person, rfc3339, stamp, table};
use crate::admin::{Events, Read, events};
use crate::model::event::store::Recorded;
use crate::platform::clock::Time;
use serde_json::{Value, json};
use std::io::Write as _;
use std::time::Duration;

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Show the newest events, those after a position (--after), or new ones as they happen (--follow)
    #[command(
        after_help = "Examples:\n  latchkey events tail --user ada --limit 50\n  latchkey events tail --after 4711 --json\n  latchkey events tail --follow --json | my-log-shipper\n\nEvents never appear late in this order: reading on from the last position misses none."
    )]
    Tail(Tail),
}

#[derive(clap::Args)]
pub(super) struct Tail {
    /// Show events after this position, the oldest first [default: the newest]
    #[arg(long, value_name = "POSITION", value_parser = clap::value_parser!(i64).range(0..))]
    after: Option<i64>,
    /// The maximum number of rows
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(i64).range(1..=1_000))]
    limit: i64,
    #[arg(long, value_name = "USER", help = format!("Only events about this person. {NAMES}"))]
    user: Option<String>,
    /// Wait for new events and print each at once; with --json one object per line. Ctrl-C stops
    #[arg(long)]
    follow: bool,
}

/// How often `--follow` polls.
const EACH: Duration = Duration::from_millis(500);

pub(super) async fn run(site: &Site, Command::Tail(arguments): Command, as_json: bool) -> Result<Answer, Failure> {
    let permit = site.permit::<Read, Events>()?;
    let person = match &arguments.user {
        Some(named) => Some(find_person(site, named).await?.user.id),
        None => None,
    };
    let (person, limit) = (person.as_deref(), arguments.limit);
    let mut after = match arguments.after {
        Some(after) => after,
        None => events::place_before(site, &permit, person, limit).await?,
    };
    if arguments.follow {
        loop {
            for event in events::read_on(site, &permit, (after, limit), person).await? {
                after = event.position;
                if print(&event, as_json).is_err() {
                    return Ok(Answer::silent());
                }
            }
            tokio::time::sleep(EACH).await;
        }
    }
    let found = events::read_on(site, &permit, (after, limit), person).await?;
    let rows: Vec<_> = found.iter().map(row).collect();
    let text = match rows.as_slice() {
        [] => "Nothing happened.".to_owned(),
        rows => table(&["POSITION", "WHEN", "WHAT", "BY", "PERSON", "CLIENT", "REQUEST", "DETAIL"], rows),
    };
    Ok(Answer::new(text, found.iter().map(shown).collect()))
}

fn row(event: &Recorded) -> Vec<String> {
    let optional = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    let detail = if event.detail == "null" { "-" } else { event.detail.as_str() };
    vec![
        event.position.to_string(),
        stamp(Time::from_millis(event.at)),
        event.kind.to_string(),
        event.actor.to_string(),
        optional(&event.person_id),
        optional(&event.client_id),
        optional(&event.reference),
        detail.to_owned(),
    ]
}

fn shown(event: &Recorded) -> Value {
    json!({
        "position": event.position, "at": rfc3339(Time::from_millis(event.at)), "kind": event.kind.to_string(),
        "actor": event.actor.to_string(), "person_id": event.person_id, "client_id": event.client_id,
        "session_id": event.session_id, "request_id": event.reference,
        "detail": serde_json::from_str::<Value>(&event.detail).unwrap_or_default(),
    })
}

/// One line, flushed at once.
fn print(event: &Recorded, as_json: bool) -> std::io::Result<()> {
    let line = if as_json { shown(event).to_string() } else { clean(&row(event).join("  ")) };
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}
