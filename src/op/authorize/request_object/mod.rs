//! Request objects (RFC 9101, OpenID Connect Core §6): the request becomes its effective parameters
//! before anything else reads them, once, at the start: an interaction stores the effective ones.

mod encrypted;
mod reference;

use crate::op::feature::Feature;
pub use reference::RequestObjects;

use super::{AuthorizationEndpoint, Refused, ReturnTo};
use crate::model::client::Client;
use crate::op::Op;
use crate::op::client_auth::signed::{Accepted, ClientJwtError};
use crate::platform::config::FeatureName;
use crate::platform::jose::{Algorithm, ClaimRules, Claims, SymmetricAlgorithm, Typ, jwe};
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::protocol::params::Params;
use crate::protocol::provider_metadata::ProviderMetadata;
use crate::protocol::request_object::{self, TYP};

/// What the authorization endpoint announces of request objects.
pub(super) fn metadata(metadata: &mut ProviderMetadata) {
    metadata.set("request_parameter_supported", true);
    metadata.set("request_uri_parameter_supported", false);
    let symmetric = SymmetricAlgorithm::ALL.into_iter().map(SymmetricAlgorithm::as_str);
    let signing = Algorithm::ALL.into_iter().map(Algorithm::as_str).chain(symmetric);
    metadata.add("request_object_signing_alg_values_supported", signing);
    encrypted::metadata(metadata);
}

/// What the switch `request_uri` adds.
fn reference_metadata(_: &Op, metadata: &mut ProviderMetadata) {
    metadata.set("request_uri_parameter_supported", true);
    metadata.set("require_request_uri_registration", true);
}

/// How a request carries its object. A pushed request (RFC 9126) will be a third way: its `request_uri` is a URN of ours.
enum Carried<'a> {
    ByValue(&'a str),
    ByReference(&'a str),
}

fn carried(outer: &Params) -> Result<Option<Carried<'_>>, OAuthError> {
    match (outer.find("request"), outer.find("request_uri")) {
        (None, None) => Ok(None),
        (Some(object), None) => Ok(Some(Carried::ByValue(object))),
        (None, Some(uri)) => Ok(Some(Carried::ByReference(uri))),
        (Some(_), Some(_)) => Err(ErrorCode::InvalidRequest
            .because("request and request_uri cannot be used together")
            .clause("RFC 9101 §5")),
    }
}

impl AuthorizationEndpoint {
    /// The effective parameters: those of the request object if there is one, else those of the request.
    ///
    /// # Errors
    /// `invalid_request_object`, `invalid_request_uri` and others: sent to the redirect URI outside the object, if that is
    /// proved, else shown on a page.
    pub async fn effective_params(&self, outer: Params) -> Result<Params, Refused> {
        match self.inner_params(&outer).await {
            Ok(None) => Ok(outer),
            Ok(Some(inner)) => Ok(inner),
            Err(error) => Err(match ReturnTo::resolve(&self.clients, &outer).await {
                Ok((return_to, client)) => Refused::Redirect(Box::new(return_to), error.client(&client.id)),
                Err(_) => Refused::Page(error),
            }),
        }
    }

    async fn inner_params(&self, outer: &Params) -> Result<Option<Params>, OAuthError> {
        let Some(carried) = carried(outer)? else { return self.without_object(outer).await };
        let client_id = outer.require("client_id")?;
        let client = self.clients.find_enabled(client_id).await?.ok_or_else(|| {
            ErrorCode::UnauthorizedClient
                .because("the client_id is unknown, or the client is disabled")
                .clause("RFC 6749 §4.1.2.1")
                .client(client_id)
        })?;
        let claims = match carried {
            Carried::ByValue(object) => self.proven(&client, object).await?,
            Carried::ByReference(uri) => {
                if !self.features.has(FeatureName::RequestUri) {
                    return Err(ErrorCode::RequestUriNotSupported
                        .because("parameter request_uri is not supported")
                        .clause("OpenID Connect Core §6.2"));
                }
                self.proven(&client, &self.fetch_request_object(&client, uri).await?).await?
            }
        };
        self.judge_object(&client, &claims)?;
        request_object::effective(outer, claims.members()).map(Some)
    }

    /// A request without an object. Some clients always send one (RFC 9101 §10.5), so that it is somebody else's.
    async fn without_object(&self, outer: &Params) -> Result<Option<Params>, OAuthError> {
        let Some(client) = self.clients.find_enabled(outer.find("client_id").unwrap_or_default()).await? else {
            return Ok(None);
        };
        if client.metadata.require_signed_request_object == Some(true) {
            return Err(ErrorCode::InvalidRequest
                .because("this client registered require_signed_request_object, but the request has no request object")
                .clause("RFC 9101 §10.5")
                .client(&client.id));
        }
        Ok(None)
    }

    /// Decrypts an encrypted object, and verifies it with the registered algorithm (RFC 9101 §6.2); never with `none`.
    async fn proven(&self, client: &Client, object: &str) -> Result<Claims, OAuthError> {
        let registered = client.metadata.request_object_signing_alg.as_deref();
        let accepted = Accepted::registered(registered);
        let inner = if jwe::is_encrypted(object) { Some(self.decrypted_object(client, object).await?) } else { None };
        let object = inner.as_deref().unwrap_or(object);
        self.client_auth.verify_of_client(client, object, &accepted, Typ::PlainOr(TYP)).await.map_err(|error| {
            match error {
                ClientJwtError::Unavailable(unavailable) => unavailable.into(),
                ClientJwtError::Refused(cause) => refuse("the request object cannot be verified").cause(cause),
            }
        })
    }

    /// Checks the object's own claims, where present.
    fn judge_object(&self, client: &Client, claims: &Claims) -> Result<(), OAuthError> {
        let audience = [self.config.issuer.as_str()];
        let mut rules = ClaimRules::at(self.clock.now()).expiry_is_optional();
        if claims.value("iss").is_some() {
            rules = rules.issuer(&client.id);
        }
        if claims.value("aud").is_some() {
            rules = rules.audience(&audience);
        }
        rules.check(claims).map_err(|error| refuse(&format!("in the request object {error}")))
    }
}

fn refuse(why: &str) -> OAuthError {
    ErrorCode::InvalidRequestObject.because(why).clause("RFC 9101 §6.2")
}

/// Request objects by reference: off by default, because each one makes the server fetch a URL.
pub fn feature() -> Feature {
    Feature {
        specs: &["OpenID Connect Core 1.0", "RFC 9101"],
        is_on_by_default: false,
        metadata: reference_metadata,
        ..Feature::new(FeatureName::RequestUri)
    }
}
