//! OpenID Connect Back-Channel Logout 1.0: applications that took part in a session get a logout token when it
//! ends. The transaction that ends the session writes the message to the outbox; this file sends it.

use crate::model::client::{Client, Clients};
use crate::model::{subject, user};
use crate::op::Op;
use crate::op::encryption::Encryption;
use crate::op::feature::{Feature, Sender};
use crate::op::hubs::Hubs;
use crate::platform::config::FeatureName;
use crate::platform::db::{Connection, Db};
use crate::platform::egress::{Egress, EgressError, Fetched};
use crate::platform::error::Unavailable;
use crate::platform::outbox::{Delivery, Message};
use crate::protocol::provider_metadata::ProviderMetadata;
use crate::protocol::visible;
use crate::tokens::Mint;
use crate::tokens::ending::{BACKCHANNEL_LOGOUT, LogoutNotice};
use std::sync::Arc;

/// What the feature adds to the metadata document (Back-Channel Logout §2.1).
fn metadata(_: &Op, metadata: &mut ProviderMetadata) {
    metadata.set("backchannel_logout_supported", true);
    metadata.set("backchannel_logout_session_supported", true);
}

struct LogoutTokens {
    db: Db,
    clients: Clients,
    mint: Arc<Mint>,
    egress: Arc<Egress>,
    encryption: Encryption,
}

impl LogoutTokens {
    fn new(op: &Op, hubs: &Hubs) -> Self {
        Self {
            db: op.db.clone(),
            clients: op.clients.clone(),
            mint: Arc::clone(&op.mint),
            egress: Arc::clone(&op.egress),
            encryption: Encryption::new(op, &hubs.client_auth),
        }
    }

    /// Sends a logout token (Back-Channel Logout §2.5): created for this attempt, posted to the present registered URI.
    async fn send(&self, message: Message) -> Delivery {
        match self.try_to_send(&message).await {
            Ok(delivery) => delivery,
            Err(cause) => Delivery::Failed(cause),
        }
    }

    async fn try_to_send(&self, message: &Message) -> Result<Delivery, String> {
        let notice: LogoutNotice = match serde_json::from_str(&message.payload) {
            Ok(notice) => notice,
            Err(error) => return Ok(Delivery::Refused(format!("the message cannot be read: {error}"))),
        };
        let id = message.client_id.as_deref().unwrap_or_default();
        let client = self.clients.find_enabled(id).await.map_err(|error| error.to_string())?;
        let Some(client) = client else {
            return Ok(Delivery::Refused("the client is disabled or deleted".to_owned()));
        };
        let Some(uri) = client.metadata.backchannel_logout_uri.as_deref() else {
            return Ok(Delivery::Refused("the client no longer wants logout tokens".to_owned()));
        };
        let sub = self.sub_at(&client, notice.person_id).await.map_err(|error| error.to_string())?;
        let token = self.mint.logout_token(&client, &sub, &notice.session_id, &message.id).await;
        let token = token.map_err(|error| error.to_string())?;
        let token = self.encryption.encrypted_id_token(&client, token).await.map_err(|error| error.description)?;
        let body = url::form_urlencoded::Serializer::new(String::new()).append_pair("logout_token", &token).finish();
        let answer = self.egress.post(uri, "application/x-www-form-urlencoded", body.into_bytes()).await;
        Ok(judge(answer))
    }

    /// The person as a client knows them. A deleted person's row stays, and so does the name of one that was granted
    /// something, so that there is always one.
    async fn sub_at(&self, client: &Client, person_id: String) -> Result<String, Unavailable> {
        let sector = client.sector();
        let find = move |connection: &mut Connection| match user::store::find(connection, &person_id)? {
            Some(user) => subject::store::known(connection, &user, sector.as_deref()),
            None => Ok(None),
        };
        self.db
            .read(find)
            .await?
            .ok_or_else(|| Unavailable::new("the client has no subject for the person of the session"))
    }
}

/// Back-Channel Logout §2.8: 200, or 204, which frameworks answer by default; 400 means that the token was refused.
fn judge(answer: Result<Fetched, EgressError>) -> Delivery {
    match answer {
        Ok(Fetched { status: 200..=299, .. }) => Delivery::Delivered,
        Ok(Fetched { status: 400, body, .. }) => Delivery::Refused(format!("the client answered 400{}", error(&body))),
        Ok(Fetched { status, .. }) => Delivery::Failed(format!("the client answered {status}")),
        Err(error) => Delivery::Failed(error.to_string()),
    }
}

/// The `error` of a JSON answer.
fn error(body: &[u8]) -> String {
    let json: Option<serde_json::Value> = serde_json::from_slice(body).ok();
    let error = json.as_ref().and_then(|json| json.get("error")?.as_str());
    error.map(|error| format!(": {}", visible::seen(error))).unwrap_or_default()
}

/// Logout tokens to applications.
pub fn feature() -> Feature {
    Feature {
        specs: &["OpenID Connect Back-Channel Logout 1.0"],
        metadata,
        senders: vec![Sender {
            kind: BACKCHANNEL_LOGOUT,
            is_mail: false,
            send: |op, hubs, message| Box::pin(async move { LogoutTokens::new(op, hubs).send(message).await }),
        }],
        ..Feature::new(FeatureName::BackchannelLogout)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: u16, body: &str) -> Delivery {
        judge(Ok(Fetched { status, content_type: None, body: body.into(), max_age: None }))
    }

    #[test]
    fn backchannel_2_8_an_answer_is_taken_refused_or_tried_again() {
        assert_eq!([answered(200, ""), answered(204, "")], [Delivery::Delivered, Delivery::Delivered]);
        let refused = answered(400, r#"{"error":"invalid_request"}"#);
        assert_eq!(refused, Delivery::Refused("the client answered 400: invalid_request".into()));
        assert_eq!(answered(400, "<html>"), Delivery::Refused("the client answered 400".into()));
        for status in [401, 404, 429, 500, 503] {
            assert!(matches!(answered(status, ""), Delivery::Failed(_)), "{status}");
        }
        assert!(matches!(judge(Err(EgressError::Timeout)), Delivery::Failed(_)));
    }
}
