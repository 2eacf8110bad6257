//! `latchkey client lint`

use super::{Answer, Failure, Site, count, find, table};
use crate::admin::clients::lint::{Level, Lint, lint};
use crate::admin::{Clients, Read, clients};
use crate::model::client::Client;
use serde_json::{Value, json};

#[derive(clap::Args)]
pub(in crate::cli) struct Arguments {
    /// A client_id [default: all]
    client: Option<String>,
}

const PAGE: i64 = 500;

pub(in crate::cli) async fn run(site: &Site, arguments: &Arguments) -> Result<Answer, Failure> {
    let clients = match &arguments.client {
        Some(id) => vec![find(site, id).await?],
        None => all(site).await?,
    };
    let now = site.now();
    let found: Vec<_> = clients
        .iter()
        .flat_map(|client| lint(client, &site.config, now).into_iter().map(move |lint| (client.id.as_str(), lint)))
        .collect();
    Ok(report(clients.len(), &found))
}

async fn all(site: &Site) -> Result<Vec<Client>, Failure> {
    let permit = site.permit::<Read, Clients>()?;
    let mut all: Vec<Client> = Vec::new();
    loop {
        let after = all.last().map(|client| client.id.clone()).unwrap_or_default();
        let page = clients::list(site, &permit, (&after, PAGE)).await?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}

fn report(looked_at: usize, found: &[(&str, Lint)]) -> Answer {
    let word = |level| if level == Level::Fail { "FAIL" } else { "warn" };
    let rows: Vec<_> = found
        .iter()
        .map(|(id, lint)| vec![word(lint.level).to_owned(), (*id).to_owned(), lint.what.clone(), lint.fix.to_owned()])
        .collect();
    let text = match rows.as_slice() {
        [] => format!("Checked {}: nothing found.", count(looked_at, "client", "clients")),
        rows => table(&["", "CLIENT", "WHAT", "TO DO"], rows),
    };
    let json: Value = found.iter().map(|(id, lint)| json!({"client_id": id, "level": word(lint.level).to_lowercase(), "what": lint.what, "fix": lint.fix})).collect();
    let failed = found.iter().any(|(_, lint)| lint.level == Level::Fail);
    Answer { failed, ..Answer::new(text, json) }
}
