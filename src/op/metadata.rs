//! The metadata document (OpenID Connect Discovery §4, RFC 8414) and the JWKS (RFC 7517 §5): rendered once per
//! change. `discovery` serves it, and registrations are validated against it.

use super::Op;
use crate::model::key::Keys;
use crate::platform::error::Unavailable;
use crate::platform::i18n::languages;
use crate::platform::jose::jwe::KeyManagement;
use crate::platform::jose::{Algorithm, parse_object};
use crate::platform::paths::Location;
use crate::protocol::claims;
use crate::protocol::grant_type::GrantType;
use crate::protocol::provider_metadata::ProviderMetadata;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use std::io::Write as _;
use std::sync::{Arc, PoisonError, RwLock};

/// A document as it is answered.
pub struct Document {
    pub plain: actix_web::web::Bytes,
    pub gzip: actix_web::web::Bytes,
    /// A hash of it, quoted.
    pub etag: String,
}

/// Both documents for one state of the keys.
pub struct Rendered {
    jwks: Arc<str>,
    pub metadata: Document,
    pub keys: Document,
}

/// Holds what was rendered last.
#[derive(Default)]
pub struct Documents(RwLock<Option<Arc<Rendered>>>);

impl Op {
    /// The documents of the present keys.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn rendered(&self) -> Result<Arc<Rendered>, Unavailable> {
        let keys = self.keys.load().await?;
        let held = self.documents.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        // The JWKS is rebuilt with every change of the keys, so comparing pointers is enough.
        if let Some(rendered) = held.filter(|rendered| Arc::ptr_eq(&rendered.jwks, &keys.jwks)) {
            return Ok(rendered);
        }
        let rendered = Arc::new(Rendered {
            jwks: Arc::clone(&keys.jwks),
            metadata: document(metadata(self, &keys).into_json().to_string().into_bytes()),
            keys: document(keys.jwks.as_bytes().to_vec()),
        });
        *self.documents.0.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&rendered));
        Ok(rendered)
    }

    /// The members of the metadata document.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn announced(&self) -> Result<Map<String, Value>, Unavailable> {
        Ok(parse_object(&self.rendered().await?.metadata.plain).unwrap_or_default())
    }

    /// The JWE `alg` values with which others may encrypt to us: those of `keys.encryption` that have a key.
    pub fn decryption_algorithms(&self, keys: &Keys) -> Vec<KeyManagement> {
        let accepted = self.config.keys.encryption.iter().filter_map(|name| KeyManagement::parse(name));
        accepted.filter(|algorithm| keys.decryption.supports(*algorithm)).collect()
    }
}

/// The basics, then what each feature that is on adds.
fn metadata(op: &Op, keys: &Keys) -> ProviderMetadata {
    let mut metadata = ProviderMetadata::default();
    metadata.set("issuer", op.issuer());
    metadata.set("jwks_uri", op.config.issuer.endpoint(Location::Jwks));
    let scopes = ["openid"].into_iter().chain(claims::SCOPES.iter().map(|(name, _)| *name));
    metadata.add("scopes_supported", scopes);
    metadata.add("scopes_supported", op.config.scopes.keys().cloned());
    if op.features.grants().any(|grant| grant.grant_type == GrantType::RefreshToken) {
        metadata.add("scopes_supported", ["offline_access"]);
    }
    metadata.add(
        "claims_supported",
        ["sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "at_hash", "sid"],
    );
    metadata.add("claims_supported", claims::standard());
    let own = op.config.profile.fields.iter().filter(|field| !field.is_standard && field.scope.is_some());
    metadata.add("claims_supported", own.map(|field| field.claim.clone()));
    metadata.add("claim_types_supported", ["normal"]);
    metadata.add("ui_locales_supported", languages().into_iter().map(|language| language.tag));
    let signing = keys.signing_algorithms().into_iter().map(Algorithm::as_str);
    metadata.add("id_token_signing_alg_values_supported", signing.clone());
    metadata.add("userinfo_signing_alg_values_supported", signing);
    for feature in op.features.on() {
        (feature.metadata)(op, &mut metadata);
    }
    metadata
}

fn document(json: Vec<u8>) -> Document {
    let hash: String = Sha256::digest(&json).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let packed = encoder.write_all(&json).and_then(|()| encoder.finish()).unwrap_or_default();
    Document { plain: json.into(), gzip: packed.into(), etag: format!("\"{hash}\"") }
}
