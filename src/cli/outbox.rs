//! `latchkey outbox`: queued or failed emails and messages to applications.

use super::{Answer, Failure, Site, rfc3339, stamp, table};
use crate::admin::{Messages, Read, outbox};
use crate::platform::clock::Time;
use crate::platform::outbox::store::Listed;
use serde_json::{Value, json};

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// List queued and failed messages, newest first
    #[command(after_help = "Examples:\n  latchkey outbox list\n  latchkey outbox list --all --json")]
    List(List),
}

#[derive(clap::Args)]
pub(super) struct List {
    /// Include delivered messages, which are kept for 30 days
    #[arg(long)]
    all: bool,
    /// The maximum number of rows
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(i64).range(1..=10_000))]
    limit: i64,
}

pub(super) async fn run(site: &Site, command: Command) -> Result<Answer, Failure> {
    match command {
        Command::List(arguments) => list(site, arguments).await,
    }
}

async fn list(site: &Site, List { all, limit }: List) -> Result<Answer, Failure> {
    let messages = outbox::list(site, &site.permit::<Read, Messages>()?, all, limit).await?;
    let rows: Vec<_> = messages.iter().map(row).collect();
    let text = match rows.as_slice() {
        [] if all => "There are no messages.".to_owned(),
        [] => "Nothing is queued, and nothing failed.".to_owned(),
        rows => table(&["WRITTEN", "KIND", "CLIENT", "STATE", "ATTEMPTS", "NEXT TRY", "LAST ERROR"], rows),
    };
    Ok(Answer::new(text, messages.iter().map(shown).collect()))
}

fn state(message: &Listed) -> &str {
    message.outcome.as_deref().unwrap_or("waiting")
}

fn row(message: &Listed) -> Vec<String> {
    let time = |millis| stamp(Time::from_millis(millis));
    let next = if message.done_at.is_some() { "-".to_owned() } else { time(message.next_attempt_at) };
    vec![
        time(message.created_at),
        message.kind.clone(),
        message.client_id.clone().unwrap_or_else(|| "-".to_owned()),
        state(message).to_owned(),
        message.attempts.to_string(),
        next,
        message.last_error.clone().unwrap_or_default(),
    ]
}

fn shown(message: &Listed) -> Value {
    let time = |millis| rfc3339(Time::from_millis(millis));
    let next = message.done_at.is_none().then(|| time(message.next_attempt_at));
    json!({
        "id": message.id, "kind": message.kind, "client_id": message.client_id, "state": state(message),
        "attempts": message.attempts, "created_at": time(message.created_at), "next_attempt_at": next,
        "done_at": message.done_at.map(time), "last_error": message.last_error,
    })
}
