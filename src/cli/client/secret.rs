//! `latchkey client rotate-secret`

use super::{Answer, Failure, Site, find, parse_duration, rfc3339, stamp, word};
use crate::admin::clients::{self, Rotated};
use crate::admin::{ClientSecrets, Write};
use serde_json::json;
use std::time::Duration;

#[derive(clap::Args)]
pub(in crate::cli) struct RotateSecret {
    /// The client_id
    client: String,
    /// How long the old secret stays valid; without this it stops working now
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    overlap: Option<Duration>,
}

pub(in crate::cli) async fn rotate(site: &Site, arguments: &RotateSecret) -> Result<Answer, Failure> {
    let client = find(site, &arguments.client).await?;
    let (permit, sealing) = (site.permit::<Write, ClientSecrets>()?, site.secret_sealing().await?);
    let (secret, until) = match clients::rotate_secret(site, &permit, &sealing, &client, arguments.overlap).await? {
        Rotated::Made(secret, until) => (secret, until),
        Rotated::NeedsNone => {
            let failure = Failure::new(format!("{} authenticates without a secret", client.id));
            let fix =
                format!("`latchkey client update {} --auth-method client_secret_basic` gives it one", word(&client.id));
            return Err(failure.fix(fix));
        }
    };
    let former = until.map_or("The old secret no longer works.".to_owned(), |end| {
        format!("The old secret is valid until {}.", stamp(end))
    });
    let text = format!("client_secret  {}\nSave it now: it is not shown again. {former}", secret.expose());
    let json = json!({"client_id": client.id, "client_secret": secret.expose(), "former_until": until.map(rfc3339)});
    Ok(Answer::new(text, json))
}
