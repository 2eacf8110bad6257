//! `latchkey client rotate-secret`

use super::{Answer, Failure, Site, find, parse_duration, rfc3339, stamp};
use crate::model::client::{secret, store};
use crate::model::event::{self, Event};
use crate::protocol::client_metadata::ClientAuthMethod;
use serde_json::json;
use std::time::Duration;

#[derive(clap::Args)]
pub(in crate::cli) struct RotateSecret {
    /// The client_id
    client: String,
    /// So long the former secret is good too; without it, it ends now
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    overlap: Option<Duration>,
}

pub(in crate::cli) async fn rotate(site: &Site, arguments: &RotateSecret) -> Result<Answer, Failure> {
    let client = find(site, &arguments.client).await?;
    let method = client.metadata.auth_method();
    if matches!(method, Some(ClientAuthMethod::None | ClientAuthMethod::PrivateKeyJwt))
        && !secret::is_used(&client.metadata)
    {
        let failure = Failure::new(format!("{} signs in without a secret", client.id));
        return Err(failure.fix("`latchkey client update --auth-method client_secret_basic` lets it have one"));
    }
    let (id, now) = (client.id.clone(), site.now());
    let (secret, kept) = site.secret_sealing().await?.fresh((&site.new_id(), &id), &client.metadata);
    let until = arguments.overlap.map(|overlap| now + overlap);
    site.write(move |tx| {
        store::add_secret(tx, &id, &kept, until, now)?;
        event::store::record(tx, &Event::by_operator("client.secret_rotated").client(&id), now)
    })
    .await?;
    site.settle().await;
    let former = until.map_or("The former secret ended.".to_owned(), |end| {
        format!("The former secret is good until {}.", stamp(end))
    });
    let text = format!("client_secret  {}\nKeep it now: it is not shown again. {former}", secret.expose());
    let json = json!({"client_id": client.id, "client_secret": secret.expose(), "former_until": until.map(rfc3339)});
    Ok(Answer::new(text, json))
}
