//! `latchkey consent`: what people allowed applications.

use super::{Answer, Failure, NAMES, Site, count, find_person, table};
use crate::admin::{Delete, Grants, Read, consents};
use crate::model::consent::Consent;
use serde_json::{Value, json};

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// List a person's consents
    #[command(after_help = "Example:\n  latchkey consent list --user ada")]
    List(Whose),
    /// Withdraw consent: the application's tokens for the person are revoked
    #[command(
        after_help = "Examples:\n  latchkey consent revoke --user ada --client shop\n  latchkey consent revoke --user ada"
    )]
    Revoke(Revoke),
}

#[derive(clap::Args)]
pub(super) struct Whose {
    #[arg(long, value_name = "USER", help = NAMES)]
    user: String,
}

#[derive(clap::Args)]
pub(super) struct Revoke {
    #[command(flatten)]
    whose: Whose,
    /// A client_id [default: every client with a consent or tokens of the person]
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
    let consents = consents::list(site, &site.permit::<Read, Grants>()?, &person.user.id).await?;
    let rows: Vec<_> = consents
        .iter()
        .map(|(client, allowed)| vec![client.clone(), allowed.scope.to_string(), allowed.resources.join(" ")])
        .collect();
    let text = match rows.as_slice() {
        [] => format!("{} has given no consents.", person.name()),
        rows => table(&["CLIENT", "SCOPE", "RESOURCES"], rows),
    };
    Ok(Answer::new(text, consents.iter().map(shown).collect()))
}

fn shown((client, allowed): &(String, Consent)) -> Value {
    json!({"client_id": client, "scope": allowed.scope.to_string(), "resources": allowed.resources})
}

async fn revoke(site: &Site, arguments: Revoke) -> Result<Answer, Failure> {
    let person = find_person(site, &arguments.whose.user).await?;
    let (permit, only) = (site.permit::<Delete, Grants>()?, arguments.client.as_deref());
    let revoked = consents::revoke(site, &permit, &person.user.id, only).await?;
    if let Some(client) = only.filter(|_| revoked.clients.is_empty() && revoked.families == 0) {
        let failure = Failure::new(format!("{} has given the client {client} no consent", person.name()));
        return Err(failure.fix("`latchkey consent list --user` shows all"));
    }
    let consents = count(revoked.clients.len(), "consent", "consents");
    let tokens = count(revoked.families, "token family", "token families");
    let text = format!("{}: {consents} forgotten, {tokens} revoked.", person.name());
    let json = json!({
        "sub": person.user.sub, "clients": revoked.clients, "families_revoked": revoked.families,
    });
    Ok(Answer::new(text, json))
}
