//! The provider's metadata.

use super::{Demo, Failure, wire::Wire};
use openidconnect::{
    AdditionalProviderMetadata, ClientId, ClientSecret, EndSessionUrl, EndpointMaybeSet, EndpointNotSet, EndpointSet,
    IntrospectionUrl, IssuerUrl, ProviderMetadata, RedirectUrl,
    core::{
        CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClient, CoreClientAuthMethod, CoreGrantType, CoreJsonWebKey,
        CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreResponseMode, CoreResponseType,
        CoreSubjectIdentifierType,
    },
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The crate's client, as discovery sets it up.
pub(super) type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

type Metadata = ProviderMetadata<
    Announced,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// Members that the crate leaves to others.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Announced {
    /// RFC 8414 §2.
    pub(super) introspection_endpoint: Option<IntrospectionUrl>,
    /// OpenID Connect RP-Initiated Logout 1.0 §2.1.
    pub(super) end_session_endpoint: Option<EndSessionUrl>,
    /// RFC 9207 §3.
    #[serde(default)]
    pub(super) authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for Announced {}

/// The provider, as it describes itself.
pub(super) struct Provider {
    pub(super) client: Client,
    pub(super) announced: Announced,
}

impl Demo {
    /// The provider; discovered at first use.
    pub(super) async fn provider(&self) -> Result<Arc<Provider>, Failure> {
        let mut known = self.provider.lock().await;
        if let Some(provider) = &*known {
            return Ok(Arc::clone(provider));
        }
        let provider = Arc::new(self.discover().await?);
        *known = Some(Arc::clone(&provider));
        Ok(provider)
    }

    /// The provider, discovered again: it may have changed its keys.
    pub(super) async fn provider_anew(&self) -> Result<Arc<Provider>, Failure> {
        self.provider.lock().await.take();
        self.provider().await
    }

    async fn discover(&self) -> Result<Provider, Failure> {
        let unusable = |error| Failure::provider("unusable_url", error);
        let issuer = IssuerUrl::new(self.config.issuer.clone()).map_err(unusable)?;
        let callback = RedirectUrl::new(self.url("/callback")).map_err(unusable)?;
        let metadata = Metadata::discover_async(issuer, &Wire::new(&self.http)).await?;
        let announced = metadata.additional_metadata().clone();
        let id = ClientId::new(self.config.client_id.clone());
        let secret = ClientSecret::new(self.config.client_secret.clone());
        let client = CoreClient::from_provider_metadata(metadata, id, Some(secret)).set_redirect_uri(callback);
        Ok(Provider { client, announced })
    }
}
