//! `latchkey consent`: what people allowed applications.

use super::{Answer, Failure, Site, count, find_person, table};
use crate::model::consent::{Consent, store};
use crate::model::event::{self, Event};
use crate::platform::clock::Time;
use crate::platform::db::Connection;
use crate::tokens::family;
use diesel::QueryResult;
use serde_json::{Value, json};

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// What a person allowed
    #[command(after_help = "Example:\n  latchkey consent list --user ada")]
    List(Whose),
    /// Take it back: the application's tokens for the person are revoked
    #[command(
        after_help = "Examples:\n  latchkey consent revoke --user ada --client shop\n  latchkey consent revoke --user ada"
    )]
    Revoke(Revoke),
}

#[derive(clap::Args)]
pub(super) struct Whose {
    /// User name, email, sub or id
    #[arg(long, value_name = "USER")]
    user: String,
}

#[derive(clap::Args)]
pub(super) struct Revoke {
    #[command(flatten)]
    whose: Whose,
    /// One client_id; without it, every one that the person allowed
    #[arg(long, value_name = "CLIENT")]
    client: Option<String>,
}

pub(super) async fn run(site: &Site, command: Command) -> Result<Answer, Failure> {
    match command {
        Command::List(whose) => list(site, &whose.user).await,
        Command::Revoke(arguments) => revoke(site, arguments).await,
    }
}

async fn list(site: &Site, named: &str) -> Result<Answer, Failure> {
    let person = find_person(site, named).await?;
    let id = person.user.id.clone();
    let consents = site.read(move |connection| store::list(connection, &id)).await?;
    let rows: Vec<_> = consents
        .iter()
        .map(|(client, allowed)| vec![client.clone(), allowed.scope.to_string(), allowed.resources.join(" ")])
        .collect();
    let text = match rows.as_slice() {
        [] => format!("{} allowed nothing that is remembered.", person.name()),
        rows => table(&["CLIENT", "SCOPE", "RESOURCES"], rows),
    };
    Ok(Answer::new(text, consents.iter().map(shown).collect()))
}

fn shown((client, allowed): &(String, Consent)) -> Value {
    json!({"client_id": client, "scope": allowed.scope.to_string(), "resources": allowed.resources})
}

async fn revoke(site: &Site, arguments: Revoke) -> Result<Answer, Failure> {
    let person = find_person(site, &arguments.whose.user).await?;
    let (id, now, only) = (person.user.id.clone(), site.now(), arguments.client.clone());
    let (forgotten, families) = site.write(move |tx| take_back(tx, &id, only, now)).await?;
    site.settle().await;
    if let Some(client) = arguments.client.filter(|_| forgotten.is_empty() && families == 0) {
        return Err(Failure::new(format!("{} allowed the client {client} nothing", person.name()))
            .fix("`latchkey consent list --user` shows what there is"));
    }
    let (consents, tokens) =
        (count(forgotten.len(), "consent", "consents"), count(families, "token family", "token families"));
    let text = format!("{}: {consents} forgotten, {tokens} revoked.", person.name());
    Ok(Answer::new(text, json!({"sub": person.user.sub, "clients": forgotten, "families_revoked": families})))
}

/// Forgets consents and ends what was issued on them, of one application or all.
fn take_back(tx: &mut Connection, person: &str, only: Option<String>, now: Time) -> QueryResult<(Vec<String>, usize)> {
    let clients = match only {
        Some(client) => vec![client],
        None => store::list(tx, person)?.into_iter().map(|(client, _)| client).collect(),
    };
    let (mut forgotten, mut families) = (Vec::new(), 0_usize);
    for client in clients {
        // A trusted application has tokens without a remembered consent.
        let ended = family::store::revoke_of_consent(tx, person, &client, now)?;
        families = families.saturating_add(ended);
        let known = store::revoke(tx, person, &client)?;
        if known || ended > 0 {
            event::store::record(tx, &Event::by_operator("consent.revoked").person(person).client(&client), now)?;
        }
        forgotten.extend(known.then_some(client));
    }
    Ok((forgotten, families))
}
