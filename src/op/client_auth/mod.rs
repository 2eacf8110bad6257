//! Client authentication (RFC 6749 §2.3, OpenID Connect Core §9): a file per method. Only this hub makes an
//! [`AuthenticatedClient`].

mod assertion;
mod basic;
pub mod keys;
mod secret;
pub mod shared_secrets;
pub mod signed;
mod store;

use super::Op;
use crate::model::client::{Client, Clients};
use crate::platform::clock::{Clock, Time};
use crate::platform::config::Config;
use crate::platform::crypto::{MasterKeys, Pepper};
use crate::platform::db::{Connection, Db};
use crate::platform::egress::Egress;
use crate::platform::freshness::Freshness;
use crate::platform::secret::Secret;
use crate::protocol::client_metadata::ClientAuthMethod;
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::protocol::params::Params;
use crate::protocol::provider_metadata::ProviderMetadata;
use keys::ClientKeys;
use shared_secrets::SharedSecrets;
use std::sync::Arc;

/// A client that authenticated, or a public client.
#[derive(Clone, Debug)]
pub struct AuthenticatedClient {
    client: Arc<Client>,
}

impl AuthenticatedClient {
    pub fn client(&self) -> &Arc<Client> {
        &self.client
    }

    /// Refuses a client whose registration requires an unsupported feature.
    ///
    /// # Errors
    /// `unauthorized_client`, which names the member.
    pub fn usable(self) -> Result<Self, OAuthError> {
        match self.client.metadata.usable() {
            Ok(()) => Ok(self),
            Err(error) => Err(error.client(&self.client.id)),
        }
    }

    /// Refuses a grant type that is not registered.
    ///
    /// # Errors
    /// `unauthorized_client` (RFC 6749 §5.2).
    pub fn allowed(self, grant_type: &str) -> Result<Self, OAuthError> {
        if self.client.metadata.allows_grant(grant_type) {
            return Ok(self);
        }
        let registered =
            self.client.metadata.grant_types.clone().unwrap_or_else(|| vec!["authorization_code".to_owned()]);
        Err(ErrorCode::UnauthorizedClient
            .because("the grant type is not registered for this client")
            .clause("RFC 6749 §5.2")
            .sent(grant_type, registered.join(" "))
            .client(&self.client.id))
    }

    /// Refuses a public client.
    ///
    /// # Errors
    /// `invalid_client`.
    pub fn confidential(self) -> Result<Self, OAuthError> {
        if self.client.metadata.is_public() {
            return Err(failed("a public client may not use this endpoint").client(&self.client.id));
        }
        Ok(self)
    }
}

/// The client credentials in a request.
enum Credentials {
    /// `client_id` alone.
    None {
        client_id: String,
    },
    Basic {
        client_id: String,
        secret: Secret<String>,
    },
    Post {
        client_id: String,
        secret: Secret<String>,
    },
    /// A JWT that the client signed.
    Assertion {
        client_id: String,
        assertion: String,
    },
}

/// Why authentication failed, and whether the Authorization header was used (RFC 6749 §5.2 wants a challenge then).
#[derive(Debug)]
pub struct Refused {
    /// The error.
    pub error: OAuthError,
    /// Whether to answer with `WWW-Authenticate`.
    pub challenge: bool,
}

impl From<OAuthError> for Refused {
    fn from(error: OAuthError) -> Self {
        Self { error, challenge: false }
    }
}

/// Proves clients by what they registered, and holds their keys and opened secrets.
pub struct ClientAuthentication {
    config: Arc<Config>,
    clock: Arc<dyn Clock>,
    db: Db,
    pepper: Pepper,
    freshness: Freshness,
    masters: Arc<MasterKeys>,
    egress: Arc<Egress>,
    clients: Clients,
    client_keys: ClientKeys,
    shared_secrets: SharedSecrets,
}

impl ClientAuthentication {
    pub fn new(op: &Op) -> Self {
        Self {
            config: Arc::clone(&op.config),
            clock: Arc::clone(&op.clock),
            db: op.db.clone(),
            pepper: op.pepper.clone(),
            freshness: op.freshness.clone(),
            masters: Arc::clone(op.keys.masters()),
            egress: Arc::clone(&op.egress),
            clients: op.clients.clone(),
            client_keys: ClientKeys::default(),
            shared_secrets: SharedSecrets::default(),
        }
    }

    /// Authenticates the client of a request: its Authorization header, if any, and its form.
    ///
    /// # Errors
    /// `invalid_client`; an unknown client and a wrong secret look the same.
    pub async fn authenticate_client(
        &self,
        authorization: Option<&str>,
        form: &Params,
    ) -> Result<AuthenticatedClient, Refused> {
        let challenge = authorization.is_some();
        let credentials = read(authorization, form).map_err(|error| Refused { error, challenge })?;
        self.check(credentials).await.map_err(|error| Refused { error, challenge })
    }

    async fn check(&self, credentials: Credentials) -> Result<AuthenticatedClient, OAuthError> {
        match credentials {
            Credentials::None { client_id } => self.public(&client_id).await,
            Credentials::Basic { client_id, secret } => {
                self.secret(&client_id, &secret, ClientAuthMethod::ClientSecretBasic).await
            }
            Credentials::Post { client_id, secret } => {
                self.secret(&client_id, &secret, ClientAuthMethod::ClientSecretPost).await
            }
            Credentials::Assertion { client_id, assertion } => self.assertion(&client_id, &assertion).await,
        }
    }

    async fn public(&self, client_id: &str) -> Result<AuthenticatedClient, OAuthError> {
        match self.clients.find_enabled(client_id).await? {
            Some(client) if client.metadata.is_public() => Ok(AuthenticatedClient { client }),
            Some(client) => {
                let registered = client
                    .metadata
                    .token_endpoint_auth_method
                    .clone()
                    .unwrap_or_else(|| "client_secret_basic".to_owned());
                Err(failed("client authentication failed").sent("no credentials", registered).client(client_id))
            }
            None => Err(failed("client authentication failed")
                .sent("an unknown client_id", "a registered one")
                .client(client_id)),
        }
    }
}

/// The one authentication method of a request.
fn read(authorization: Option<&str>, form: &Params) -> Result<Credentials, OAuthError> {
    let (id, secret, assertion) = (form.find("client_id"), form.find("client_secret"), form.find("client_assertion"));
    let methods =
        usize::from(authorization.is_some()) + usize::from(secret.is_some()) + usize::from(assertion.is_some());
    if methods > 1 {
        return Err(ErrorCode::InvalidRequest
            .because("more than one client authentication method was used")
            .clause("RFC 6749 §2.3"));
    }
    if let Some(header) = authorization {
        let (client_id, secret) = basic::decode(header)?;
        if id.is_some_and(|id| id != client_id) {
            return Err(ErrorCode::InvalidRequest
                .because("client_id differs from the Authorization header")
                .clause("RFC 6749 §2.3"));
        }
        return Ok(Credentials::Basic { client_id, secret });
    }
    if let Some(assertion) = assertion {
        let client_id = assertion::client_id(form, assertion)?;
        return Ok(Credentials::Assertion { client_id, assertion: assertion.to_owned() });
    }
    let client_id = id.ok_or_else(|| failed("the request names no client"))?.to_owned();
    Ok(match secret {
        Some(secret) => Credentials::Post { client_id, secret: Secret::new(secret.to_owned()) },
        None => Credentials::None { client_id },
    })
}

/// The metadata of an endpoint that authenticates clients (RFC 8414 §2).
pub fn metadata(endpoint: &str, metadata: &mut ProviderMetadata) {
    metadata.add(&format!("{endpoint}_auth_methods_supported"), ClientAuthMethod::ALL.map(ClientAuthMethod::as_str));
    metadata.add(&format!("{endpoint}_auth_signing_alg_values_supported"), assertion::algorithms());
}

/// The same for an endpoint that public clients may not use.
pub fn confidential_metadata(endpoint: &str, metadata: &mut ProviderMetadata) {
    let methods = ClientAuthMethod::ALL.into_iter().filter(|method| *method != ClientAuthMethod::None);
    metadata.add(&format!("{endpoint}_auth_methods_supported"), methods.map(ClientAuthMethod::as_str));
    metadata.add(&format!("{endpoint}_auth_signing_alg_values_supported"), assertion::algorithms());
}

/// Deletes used assertions that have expired; returns how many.
///
/// # Errors
/// Any failure of the database.
pub fn sweep(tx: &mut Connection, before: Time, limit: i64) -> diesel::QueryResult<usize> {
    store::sweep(tx, before, limit)
}

/// The same text for every failure, so that nobody learns which part was wrong.
fn failed(why: &str) -> OAuthError {
    ErrorCode::InvalidClient.because(why).clause("RFC 6749 §5.2")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(pairs: &[(&str, &str)]) -> Params {
        pairs.iter().copied().collect()
    }

    #[test]
    fn rfc6749_2_3_more_than_one_method_is_refused() {
        let both = form(&[("client_id", "rp"), ("client_secret", "s")]);
        assert!(matches!(read(Some("Basic cnA6cw=="), &both), Err(error) if error.code == ErrorCode::InvalidRequest));
        let assertion = form(&[("client_assertion", "x"), ("client_secret", "s")]);
        assert!(matches!(read(None, &assertion), Err(error) if error.code == ErrorCode::InvalidRequest));
    }

    #[test]
    fn rfc6749_2_3_client_id_in_the_body_beside_basic_must_be_equal() {
        assert!(matches!(read(Some("Basic cnA6cw=="), &form(&[("client_id", "rp")])), Ok(Credentials::Basic { .. })));
        assert!(read(Some("Basic cnA6cw=="), &form(&[("client_id", "other")])).is_err());
    }

    #[test]
    fn a_request_that_names_no_client_is_invalid_client() {
        assert!(matches!(read(None, &form(&[])), Err(error) if error.code == ErrorCode::InvalidClient));
    }
}
