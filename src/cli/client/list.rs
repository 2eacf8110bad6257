//! Listing and showing applications.

use super::{Answer, Failure, Site, fields, find, rfc3339, stamp, table, word};
use crate::admin::{Clients, Read, clients};
use crate::model::client::Client;
use serde_json::{Value, json};

#[derive(clap::Args)]
pub(in crate::cli) struct List {
    /// The maximum number of rows
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(i64).range(1..=100_000))]
    limit: i64,
    /// Continue after this client_id
    #[arg(long, value_name = "CLIENT", default_value = "", hide_default_value = true)]
    after: String,
}

pub(in crate::cli) async fn list(site: &Site, arguments: &List) -> Result<Answer, Failure> {
    let (after, limit) = (arguments.after.as_str(), arguments.limit);
    let clients = clients::list(site, &site.permit::<Read, Clients>()?, (after, limit)).await?;
    let rows: Vec<_> = clients.iter().map(row).collect();
    let more = clients.last().filter(|_| i64::try_from(clients.len()).is_ok_and(|found| found == limit));
    let more = more.map(|last| format!("there may be more rows: add --after {}", word(&last.id)));
    let text = match rows.as_slice() {
        [] => "There are no clients. `latchkey client create` registers one.".to_owned(),
        rows => table(&["CLIENT", "NAME", "SIGNS IN WITH", "STATUS", "REGISTERED BY"], rows),
    };
    Ok(Answer::new(text, clients.iter().map(shown).collect()).warn(more))
}

/// With who registered it.
fn shown(client: &Client) -> Value {
    let mut json = clients::described(client);
    if let Some(members) = json.as_object_mut() {
        members.insert("origin".to_owned(), client.origin.as_str().into());
    }
    json
}

fn row(client: &Client) -> Vec<String> {
    let name = client.metadata.client_name.as_deref().unwrap_or("-");
    [&client.id, name, method(client), status(client), client.origin.as_str()].map(str::to_owned).to_vec()
}

fn method(client: &Client) -> &str {
    client.metadata.token_endpoint_auth_method.as_deref().unwrap_or("client_secret_basic")
}

fn status(client: &Client) -> &'static str {
    if client.enabled { "enabled" } else { "disabled" }
}

pub(in crate::cli) async fn show(site: &Site, id: &str) -> Result<Answer, Failure> {
    let client = find(site, id).await?;
    let mut json = shown(&client);
    if let Some(members) = json.as_object_mut() {
        let secrets = client.secrets.iter().map(|secret| json!({"expires_at": secret.expires_at.map(rfc3339)}));
        members.insert("secrets".to_owned(), secrets.collect());
        members.insert("logo".to_owned(), logo(&client).into());
    }
    Ok(Answer::new(described(&client), json))
}

/// Where the logo that pages show came from.
fn logo(client: &Client) -> Option<&'static str> {
    client.logo.as_ref().map(|logo| if logo.is_fetched { "fetched" } else { "uploaded" })
}

fn described(client: &Client) -> String {
    let secrets = client.secrets.iter().map(|secret| match secret.expires_at {
        None => "one that does not expire".to_owned(),
        Some(end) => format!("one valid until {}", stamp(end)),
    });
    let secrets = if client.secrets.is_empty() { "none".to_owned() } else { secrets.collect::<Vec<_>>().join(", ") };
    let members = serde_json::json!(client.metadata);
    let mut pairs = vec![
        ("client_id".to_owned(), client.id.clone()),
        ("status".to_owned(), status(client).to_owned()),
        ("registered by".to_owned(), client.origin.as_str().to_owned()),
        ("secrets".to_owned(), secrets),
        ("logo".to_owned(), logo(client).unwrap_or("none").to_owned()),
    ];
    pairs.extend(members.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), plain(value))));
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    fields(&pairs)
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}
