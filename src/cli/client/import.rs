//! `latchkey client import`: each registration is imported completely or not at all.

use super::edit::unusable_secret;
use super::{Answer, Failure, Site, table};
use crate::admin::clients::{self, Entry, Saved};
use crate::admin::{Clients, Permit, Write};
use crate::model::client::secret::SecretSealing;
use serde_json::{Value, json};

pub(in crate::cli) const EXAMPLE: &str = "\
Example:
  latchkey client import clients.json

clients.json:
  [{\"client_id\": \"shop\", \"client_name\": \"Shop\", \"redirect_uris\": [\"https://shop.example/callback\"]},
   {\"client_id\": \"phone\", \"token_endpoint_auth_method\": \"none\", \"redirect_uris\": [\"com.example.phone:/callback\"]}]

Members are those of RFC 7591 and OpenID Connect Registration, and require_pkce, profile, trusted, resources, enabled.
client_id and client_secret are kept when given and made when not. Clients that exist are updated: what the file leaves
out of one is removed from it, its secret excepted. What is not offered is kept with a warning and refused when used.
A registration with an error is skipped; the others are kept, and the exit code is 1.";

/// What became of a registration.
struct Row {
    id: String,
    outcome: Result<Saved, Vec<String>>,
    warnings: Vec<String>,
}

pub(in crate::cli) async fn run(site: &Site, file: &Value) -> Result<Answer, Failure> {
    let entries = file.as_array().ok_or_else(|| {
        Failure::new("the file must contain a JSON array of clients").fix("put the objects between [ and ]")
    })?;
    let (permit, sealing) = (site.permit::<Write, Clients>()?, site.secret_sealing().await?);
    let mut rows = Vec::with_capacity(entries.len());
    for entry in entries {
        rows.push(import(site, &permit, &sealing, entry).await?);
    }
    site.settle().await;
    Ok(report(&rows))
}

async fn import(
    site: &Site,
    permit: &Permit<Write, Clients>,
    sealing: &SecretSealing,
    value: &Value,
) -> Result<Row, Failure> {
    let id = value.get("client_id").and_then(Value::as_str).unwrap_or_default().to_owned();
    let entry = match Entry::read(value, &site.config) {
        Ok(entry) => entry,
        Err(broken) => return Ok(Row { id, outcome: Err(broken), warnings: Vec::new() }),
    };
    let mut warnings = entry.warnings.clone();
    let saved = clients::save(site, permit, sealing, entry).await?;
    warnings.extend(unusable_secret(&saved));
    Ok(Row { id: saved.id.clone(), outcome: Ok(saved), warnings })
}

fn report(rows: &[Row]) -> Answer {
    let saved: Vec<&Saved> = rows.iter().filter_map(|row| row.outcome.as_ref().ok()).collect();
    let created = saved.iter().filter(|saved| saved.is_new).count();
    let updated = saved.len().saturating_sub(created);
    let failed = rows.len().saturating_sub(saved.len());
    let mut text = format!("{created} registered, {updated} updated, {failed} refused.\n");
    let secrets: Vec<_> = saved
        .iter()
        .filter_map(|saved| Some(vec![saved.id.clone(), saved.secret.as_ref()?.expose().to_owned()]))
        .collect();
    if !secrets.is_empty() {
        text.push_str(&format!(
            "\nGenerated secrets; save them now, they are not shown again:\n{}",
            table(&["CLIENT", "SECRET"], &secrets)
        ));
    }
    if failed > 0 {
        let reasons = rows.iter().enumerate().flat_map(|(index, row)| {
            row.outcome
                .as_ref()
                .err()
                .into_iter()
                .flatten()
                .map(move |reason| vec![index.saturating_add(1).to_string(), row.id.clone(), reason.clone()])
        });
        text.push_str(&format!("\n{}", table(&["ROW", "CLIENT", "WHY NOT"], &reasons.collect::<Vec<_>>())));
        text.push_str(&format!(
            "Correct {} (counted from 1) and import the file again.",
            if failed == 1 { "this row" } else { "these rows" }
        ));
    }
    let warnings = rows.iter().enumerate().flat_map(|(index, row)| {
        row.warnings.iter().map(move |warning| format!("row {} ({}): {warning}", index.saturating_add(1), row.id))
    });
    let json = json!({"created": created, "updated": updated, "failed": failed, "rows": rows.iter().enumerate().map(row_json).collect::<Vec<_>>()});
    Answer { failed: failed > 0, ..Answer::new(text, json).warn(warnings.collect::<Vec<_>>()) }
}

fn row_json((index, row): (usize, &Row)) -> Value {
    match &row.outcome {
        Ok(saved) => json!({
            "row": index.saturating_add(1), "index": index, "client_id": row.id, "outcome": if saved.is_new { "created" } else { "updated" },
            "client_secret": saved.secret.as_ref().map(|secret| secret.expose()), "warnings": row.warnings,
        }),
        Err(broken) => {
            json!({"row": index.saturating_add(1), "index": index, "client_id": row.id, "outcome": "failed", "errors": broken})
        }
    }
}
