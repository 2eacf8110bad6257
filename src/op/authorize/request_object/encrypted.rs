//! Encrypted request objects (RFC 9101 §6.1, OpenID Connect Core §6.1): a JWE around the signed one. Anyone with the
//! public key could have made it; the signature inside proves who did.

use super::refuse;
use crate::model::client::Client;
use crate::op::authorize::AuthorizationEndpoint;
use crate::platform::error::Unavailable;
use crate::platform::jose::jwe::{ContentEncryption, DecryptionKeys, DecryptionRules, KeyManagement, decrypt};
use crate::platform::secret::Secret;
use crate::protocol::client_metadata::ClientMetadata;
use crate::protocol::error::OAuthError;
use crate::protocol::provider_metadata::ProviderMetadata;

/// The algorithms for encrypted objects.
pub(super) fn metadata(metadata: &mut ProviderMetadata) {
    let algorithms = KeyManagement::ALL.map(KeyManagement::as_str);
    metadata.add("request_object_encryption_alg_values_supported", algorithms);
    let contents = ContentEncryption::ALL.into_iter().map(ContentEncryption::as_str);
    metadata.add("request_object_encryption_enc_values_supported", contents);
}

/// The registered `alg` with its `enc`, which is `A128CBC-HS256` where none is named (OpenID Connect Registration §2).
fn registered(metadata: &ClientMetadata) -> Option<(KeyManagement, ContentEncryption)> {
    let alg = KeyManagement::parse(metadata.request_object_encryption_alg.as_deref()?)?;
    match metadata.request_object_encryption_enc.as_deref() {
        None => Some((alg, ContentEncryption::A128cbcHs256)),
        Some(enc) => ContentEncryption::parse(enc).map(|enc| (alg, enc)),
    }
}

impl AuthorizationEndpoint {
    /// The content of an encrypted object, to be verified like any other.
    ///
    /// # Errors
    /// `invalid_request_object`; the cause is only logged (RFC 7516 §11.5).
    pub(super) async fn decrypted_object(&self, client: &Client, object: &str) -> Result<String, OAuthError> {
        let unread = |cause: &dyn std::fmt::Display| refuse("the request object cannot be decrypted").cause(cause);
        let (algorithm, content) = registered(&client.metadata)
            .ok_or_else(|| unread(&"request_object_encryption_alg is not registered or not supported"))?;
        let mut why = "the secret itself is not stored: rotate the secret".to_owned();
        for keys in self.keys_for(client, algorithm).await? {
            match decrypt(object, &DecryptionRules { algorithms: &[algorithm], contents: &[content], keys: &keys }) {
                Ok(decrypted) => {
                    return String::from_utf8(decrypted.content).map_err(|_| unread(&"its content is not text"));
                }
                Err(error) => why = error.to_string(),
            }
        }
        Err(unread(&why))
    }

    /// The keys that may decrypt the object: our key pairs, or the client's secrets, of which two are valid while one
    /// replaces the other.
    async fn keys_for(&self, client: &Client, algorithm: KeyManagement) -> Result<Vec<DecryptionKeys>, Unavailable> {
        if !algorithm.is_symmetric() {
            return Ok(vec![self.keys.load().await?.decryption.clone()]);
        }
        let texts = self.client_auth.shared_secrets_of(client)?;
        let texts = texts.iter().filter_map(|text| String::from_utf8(text.expose().clone()).ok());
        Ok(texts.map(|text| DecryptionKeys::default().with_client_secret(&Secret::new(text))).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn registration_2_only_what_is_registered_is_accepted() {
        let of = |value| registered(&serde_json::from_value(value).unwrap());
        assert_eq!(of(json!({})), None);
        let alone = json!({"request_object_encryption_alg": "dir"});
        assert_eq!(of(alone), Some((KeyManagement::Dir, ContentEncryption::A128cbcHs256)));
        let both = json!({"request_object_encryption_alg": "A256KW", "request_object_encryption_enc": "A256GCM"});
        assert_eq!(of(both), Some((KeyManagement::A256kw, ContentEncryption::A256gcm)));
        for alg in ["RSA1_5", "PBES2-HS256+A128KW", "DIR", ""] {
            assert_eq!(of(json!({"request_object_encryption_alg": alg})), None, "{alg}");
        }
        let odd = json!({"request_object_encryption_alg": "dir", "request_object_encryption_enc": "none"});
        assert_eq!(of(odd), None);
    }
}
