//! `/pictures/NAME`: pictures of people and logos of applications, and what fetches those logos that applications name. A
//! logo is fetched once, through the guard, and served from here: who looks at a page is nobody else's affair.

pub mod endpoint;

use super::Op;
use super::feature::{Feature, Sender};
use crate::model::client::Origin;
use crate::model::picture::{CLIENT_LOGO, Named, store};
use crate::platform::config::FeatureName;
use crate::platform::error::Unavailable;
use crate::platform::outbox::{Delivery, Message};
use crate::platform::picture::{self, Picture};

const ACCEPT: &str = "image/png, image/webp, image/jpeg;q=0.9";
/// The longest logo that is fetched, in bytes: 1 MiB.
const LONGEST: usize = 1024 * 1024;

/// Serving pictures, and fetching logos. What is not served is neither uploaded nor shown.
pub fn feature() -> Feature {
    Feature {
        routes: vec![endpoint::routes],
        senders: vec![Sender {
            kind: CLIENT_LOGO,
            is_mail: false,
            send: |op, _, message| Box::pin(async move { fetch(op, &message).await }),
        }],
        ..Feature::new(FeatureName::Pictures)
    }
}

/// Fetches the logo of the message's client. What fails is tried again by the outbox, for a day at most; until it is there,
/// pages show a letter.
async fn fetch(op: &Op, message: &Message) -> Delivery {
    let id = message.client_id.as_deref().unwrap_or_default();
    let client = match op.clients.find(id).await {
        Ok(Some(client)) => client,
        Ok(None) => return Delivery::Refused("the client is deleted".to_owned()),
        Err(unavailable) => return Delivery::Failed(unavailable.to_string()),
    };
    if client.logo.is_some() {
        return Delivery::Delivered;
    }
    if client.origin == Origin::Dynamic && !op.config.branding.client_logos {
        return Delivery::Refused("`branding.client_logos` is off, and the client registered itself".to_owned());
    }
    let Some(uri) = client.metadata.logo_uri.clone() else {
        return Delivery::Refused("the client has no logo_uri any more".to_owned());
    };
    match get(op, &uri).await {
        Ok(picture) => match keep(op, id, uri, picture).await {
            Ok(()) => Delivery::Delivered,
            Err(unavailable) => Delivery::Failed(unavailable.to_string()),
        },
        Err(delivery) => delivery,
    }
}

async fn get(op: &Op, uri: &str) -> Result<Picture, Delivery> {
    let fetched = op.egress.fetch_file(uri, ACCEPT, LONGEST).await;
    let fetched = fetched.map_err(|error| Delivery::Failed(format!("logo_uri: {error}")))?;
    if fetched.status != 200 {
        return Err(Delivery::Failed(format!("logo_uri: it answers {}", fetched.status)));
    }
    picture::read_beside(fetched.body).await.map_err(|refusal| Delivery::Refused(format!("logo_uri: {refusal}")))
}

/// Keeps it, unless the client names another by now, or an operator uploaded one.
async fn keep(op: &Op, id: &str, uri: String, picture: Picture) -> Result<(), Unavailable> {
    let named = Named::new(picture, op.random.as_ref());
    let (id, now) = (id.to_owned(), op.now());
    op.db.write(move |tx| store::keep_fetched(tx, &id, &named, &uri, now)).await?;
    op.freshness.expire();
    Ok(())
}
