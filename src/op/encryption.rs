//! Encryption to clients: ID tokens, userinfo and logout tokens (OpenID Connect Core §10.2, §16.14).

use super::Op;
use super::client_auth::ClientAuthentication;
use crate::model::client::Client;
use crate::platform::error::Unavailable;
use crate::platform::jose::jwe::{ContentEncryption, Envelope, KeyManagement, RecipientKey, encrypt};
use crate::platform::random::Random;
use crate::platform::secret::Secret;
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::protocol::provider_metadata::ProviderMetadata;
use std::sync::Arc;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content<'a> {
    /// A JWT that we signed: signed first, then encrypted.
    Jwt(&'a str),
    /// Claims as JSON that nobody signed.
    Json(&'a [u8]),
}

/// Encrypts to clients by what they registered.
#[derive(Clone)]
pub struct Encryption {
    client_auth: Arc<ClientAuthentication>,
    random: Arc<dyn Random>,
}

impl Encryption {
    /// Uses the keys and secrets of client authentication.
    pub fn new(op: &Op, client_auth: &Arc<ClientAuthentication>) -> Self {
        Self { client_auth: Arc::clone(client_auth), random: Arc::clone(&op.random) }
    }

    /// An ID token or logout token as its client registered it: plain or encrypted.
    ///
    /// # Errors
    /// `temporarily_unavailable` when the client's key is not available.
    pub async fn encrypted_id_token(&self, client: &Client, token: String) -> Result<String, OAuthError> {
        let metadata = &client.metadata;
        let Some(alg) = metadata.id_token_encrypted_response_alg.as_deref() else { return Ok(token) };
        self.encrypt(client, alg, metadata.id_token_encrypted_response_enc.as_deref(), Content::Jwt(&token)).await
    }

    /// Encrypts to a client by what it registered; `enc` is `A128CBC-HS256` where it is absent (OpenID Connect
    /// Registration §2).
    ///
    /// # Errors
    /// `temporarily_unavailable` when the client's key is not available.
    pub async fn encrypt(
        &self,
        client: &Client,
        alg: &str,
        enc: Option<&str>,
        content: Content<'_>,
    ) -> Result<String, OAuthError> {
        let refuse = |cause: &dyn std::fmt::Display| {
            ErrorCode::TemporarilyUnavailable
                .because(format!("the client has no key for {alg}, so nothing can be encrypted to it"))
                .clause("OpenID Connect Core §10.2")
                .cause(cause)
                .client(&client.id)
        };
        let alg = KeyManagement::parse(alg).ok_or_else(|| refuse(&"this algorithm is not supported"))?;
        let enc = enc.map_or(Some(ContentEncryption::A128cbcHs256), ContentEncryption::parse);
        let enc = enc.ok_or_else(|| refuse(&"this content encryption is not supported"))?;
        let key = self.recipient(client, alg).await.map_err(|cause| refuse(&cause))?;
        let (bytes, cty) = match content {
            Content::Jwt(token) => (token.as_bytes(), Some("JWT")),
            Content::Json(json) => (json, None),
        };
        let envelope = Envelope { alg, enc, typ: Some("JWT"), cty };
        encrypt(bytes, &key, &envelope, self.random.as_ref()).map_err(|error| refuse(&error))
    }

    async fn recipient(&self, client: &Client, alg: KeyManagement) -> Result<RecipientKey, String> {
        if alg.family().is_some() {
            return self.client_auth.client_encryption_key(client, alg).await;
        }
        let texts = self.client_auth.shared_secrets_of(client).map_err(|error: Unavailable| error.cause)?;
        let newest = texts.last().ok_or("the client's secret itself is not stored")?;
        let text = String::from_utf8(newest.expose().clone()).map_err(|error| error.to_string())?;
        Ok(RecipientKey::from_client_secret(&Secret::new(text)))
    }
}

/// Announces what can be encrypted with, for one kind of answer (OpenID Connect Discovery §3).
pub fn metadata(kind: &str, metadata: &mut ProviderMetadata) {
    metadata.add(&format!("{kind}_encryption_alg_values_supported"), KeyManagement::ALL.map(KeyManagement::as_str));
    metadata
        .add(&format!("{kind}_encryption_enc_values_supported"), ContentEncryption::ALL.map(ContentEncryption::as_str));
}
