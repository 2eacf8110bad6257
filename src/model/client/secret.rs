//! Client secrets: hashed always, and sealed under the master key too where a symmetric algorithm needs the text.

use super::SECRET_KIND;
use crate::platform::crypto::{MasterKeys, OpaqueToken, Pepper, Sealed, TokenHash, TokenKind};
use crate::platform::jose::SymmetricAlgorithm;
use crate::platform::random::{self, Random};
use crate::protocol::client_metadata::{ClientAuthMethod, ClientMetadata};
use std::sync::Arc;

/// Enough for HS512, whose key is as long as its hash (RFC 7518 §3.2): 64 characters of base64url.
const KEY_BYTES: usize = 48;
/// JWE algorithms whose key is the client secret (OpenID Connect Core §10.2).
const SYMMETRIC_ENCRYPTION: [&str; 7] = ["dir", "A128KW", "A192KW", "A256KW", "A128GCMKW", "A192GCMKW", "A256GCMKW"];

/// Whether something that the client registered is computed with the text of its secret.
pub fn needs_text(metadata: &ClientMetadata) -> bool {
    let is = |alg: &Option<String>, known: fn(&str) -> bool| alg.as_deref().is_some_and(known);
    let encrypts = |alg: &str| SYMMETRIC_ENCRYPTION.contains(&alg);
    metadata.auth_method() == Some(ClientAuthMethod::ClientSecretJwt)
        || is(&metadata.request_object_signing_alg, |alg| SymmetricAlgorithm::parse(alg).is_some())
        || is(&metadata.request_object_encryption_alg, encrypts)
        || is(&metadata.id_token_encrypted_response_alg, encrypts)
        || is(&metadata.userinfo_encrypted_response_alg, encrypts)
}

/// Whether the client has a secret at all. A public one keeps none, whatever else it registered.
pub fn is_used(metadata: &ClientMetadata) -> bool {
    match metadata.auth_method() {
        Some(
            ClientAuthMethod::ClientSecretBasic
            | ClientAuthMethod::ClientSecretPost
            | ClientAuthMethod::ClientSecretJwt,
        ) => true,
        Some(ClientAuthMethod::None) => false,
        Some(ClientAuthMethod::PrivateKeyJwt) | None => needs_text(metadata),
    }
}

/// Whether a text is too short for the HMAC that the client registered (OpenID Connect Core §16.19).
pub fn is_too_short(metadata: &ClientMetadata, text: &str) -> bool {
    let registered = match metadata.auth_method() {
        Some(ClientAuthMethod::ClientSecretJwt) => metadata.token_endpoint_auth_signing_alg.as_deref(),
        _ => None,
    };
    let algorithms = [registered, metadata.request_object_signing_alg.as_deref()];
    let algorithms = algorithms.into_iter().flatten().filter_map(SymmetricAlgorithm::parse);
    let longest = algorithms.fold(SymmetricAlgorithm::HS256, |longest, algorithm| {
        if algorithm.shortest_key() > longest.shortest_key() { algorithm } else { longest }
    });
    needs_text(metadata) && text.len() < longest.shortest_key()
}

/// What the seal of a client's secret is bound to, so that rows cannot be swapped.
pub fn aad(id: &str, client_id: &str) -> String {
    format!("latchkey|client_secrets|{id}|{client_id}")
}

/// A secret as it is kept. Made by [`SecretSealing`].
#[derive(Clone, Debug)]
pub struct NewSecret {
    pub id: String,
    /// HMAC under the pepper.
    pub hash: TokenHash,
    /// The text under the master key, where the client's registration needs it.
    pub sealed: Option<Sealed>,
}

#[derive(Clone)]
pub struct SecretSealing {
    pub pepper: Pepper,
    pub masters: Arc<MasterKeys>,
    pub random: Arc<dyn Random>,
}

impl SecretSealing {
    /// A fresh secret for a client with this registration, and what is kept of it; `id` is of the row.
    pub fn fresh(&self, (id, client_id): (&str, &str), metadata: &ClientMetadata) -> (OpaqueToken, NewSecret) {
        let random = self.random.as_ref();
        let text = if needs_text(metadata) {
            OpaqueToken::from_bytes(TokenKind::ClientSecret, &random::bytes::<KEY_BYTES>(random))
        } else {
            OpaqueToken::new(TokenKind::ClientSecret, random)
        };
        let kept = self.given((id, client_id), text.expose(), metadata);
        (text, kept)
    }

    /// What is kept of a secret that somebody else made.
    pub fn given(&self, (id, client_id): (&str, &str), text: &str, metadata: &ClientMetadata) -> NewSecret {
        let seal = || self.masters.seal(&aad(id, client_id), text.as_bytes(), self.random.as_ref());
        NewSecret {
            id: id.to_owned(),
            hash: self.pepper.hash(SECRET_KIND, text.as_bytes()),
            sealed: needs_text(metadata).then(seal),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::random::OsRandom;
    use serde_json::{Value, json};

    fn metadata(json: Value) -> ClientMetadata {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn only_what_computes_with_the_text_keeps_it() {
        for needs in [
            json!({"token_endpoint_auth_method": "client_secret_jwt"}),
            json!({"request_object_signing_alg": "HS512"}),
            json!({"request_object_encryption_alg": "dir"}),
        ] {
            assert!(needs_text(&metadata(needs.clone())), "{needs}");
        }
        for needs_none in [
            json!({}),
            json!({"token_endpoint_auth_method": "client_secret_post"}),
            json!({"request_object_signing_alg": "RS256", "request_object_encryption_alg": "RSA-OAEP"}),
            json!({"request_object_signing_alg": "none", "token_endpoint_auth_signing_alg": "HS256"}),
        ] {
            assert!(!needs_text(&metadata(needs_none.clone())), "{needs_none}");
        }
    }

    #[test]
    fn a_sealed_secret_opens_for_its_own_row_and_client_alone() {
        let masters = Arc::new(MasterKeys::parse(MasterKeys::generate(&OsRandom).expose()).unwrap());
        let sealing =
            SecretSealing { pepper: Pepper::new([7; 32]), masters: Arc::clone(&masters), random: Arc::new(OsRandom) };
        let (text, kept) =
            sealing.fresh(("1", "shop"), &metadata(json!({"token_endpoint_auth_method": "client_secret_jwt"})));
        assert!(text.expose().len() >= SymmetricAlgorithm::HS512.shortest_key());
        let sealed = kept.sealed.unwrap();
        assert_eq!(masters.open(&aad("1", "shop"), &sealed).unwrap().expose(), text.expose().as_bytes());
        assert!(masters.open(&aad("2", "shop"), &sealed).is_err() && masters.open(&aad("1", "bank"), &sealed).is_err());
        assert!(sealing.fresh(("1", "shop"), &metadata(json!({}))).1.sealed.is_none());
    }

    #[test]
    fn cli_19_a_given_secret_may_be_too_short_for_its_algorithm() {
        let client = |alg: &str| {
            metadata(json!({"token_endpoint_auth_method": "client_secret_jwt", "token_endpoint_auth_signing_alg": alg}))
        };
        assert!(is_too_short(&client("HS256"), &"x".repeat(31)) && !is_too_short(&client("HS256"), &"x".repeat(32)));
        assert!(is_too_short(&client("HS512"), &"x".repeat(63)));
        assert!(!is_too_short(&metadata(json!({})), "short"));
    }
}
