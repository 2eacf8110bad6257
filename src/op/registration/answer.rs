//! The response to a client about its registration (RFC 7591 §3.2.1, RFC 7592 §3).

use super::{Information, Owner};
use crate::platform::config::Issuer;
use crate::platform::paths::Location;
use serde_json::{Map, Value};

impl Information {
    /// The registration as it stands. A secret is known only at the moment it is made: the answer to a read has none.
    pub(super) fn of(owner: Owner) -> Self {
        let Owner { client, issued_at, token, .. } = owner;
        Self { client_id: client.id, issued_at, metadata: client.metadata, secret: None, token }
    }

    /// The client information response.
    pub(super) fn into_json(self, issuer: &Issuer) -> Map<String, Value> {
        let mut members = self.metadata.members();
        let uri = issuer.endpoint(Location::RegisteredClient(&self.client_id));
        members.insert("client_id".to_owned(), self.client_id.into());
        members.insert("client_id_issued_at".to_owned(), self.issued_at.seconds().into());
        members.insert("registration_client_uri".to_owned(), uri.into());
        members.insert("registration_access_token".to_owned(), self.token.into());
        if let Some(secret) = self.secret {
            members.insert("client_secret".to_owned(), secret.expose().into());
            // It never expires by itself.
            members.insert("client_secret_expires_at".to_owned(), 0.into());
        }
        members
    }
}
