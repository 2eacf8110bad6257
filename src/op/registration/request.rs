//! From the body of a request to valid metadata, for create and update alike (CLI-13).

use super::statement::OVERRIDES_NOTHING;
use crate::op::registration::RegistrationEndpoint;
use crate::platform::jose::jwe::KeyManagement;
use crate::platform::jose::{ClientKeySet, parse_object};
use crate::protocol::client_metadata::{ClientAuthMethod, ClientMetadata, Invalid, Offered};
use crate::protocol::error::{ErrorCode, OAuthError};
use serde_json::{Map, Value};

const STATEMENT: &str = "software_statement";

/// Parses a JSON object strictly: no repeated members, limited nesting.
///
/// # Errors
/// `invalid_client_metadata`.
pub(super) fn members(body: &[u8]) -> Result<Map<String, Value>, OAuthError> {
    parse_object(body).map_err(|error| {
        ErrorCode::InvalidClientMetadata
            .because(format!("the body is not an acceptable JSON object: {error}"))
            .clause("RFC 7591 §3.1")
    })
}

impl RegistrationEndpoint {
    /// Validates a registration against the provider's metadata; `held` is the present registration. The content of `sector_identifier_uri`
    /// is checked by [`RegistrationEndpoint::check_sector`], which fetches, and so comes after the throttle.
    ///
    /// # Errors
    /// Those of RFC 7591 §3.2.2, each with the members and the rules that they violate.
    pub(super) async fn judge_registration(
        &self,
        mut members: Map<String, Value>,
        (held, announced): (Option<&ClientMetadata>, &Map<String, Value>),
    ) -> Result<ClientMetadata, OAuthError> {
        let statement = members.remove(STATEMENT).filter(|statement| !statement.is_null());
        if let Some(statement) = &statement {
            let claims = self.statement_claims(statement).await?;
            members.extend(claims.into_iter().filter(|(name, _)| !OVERRIDES_NOTHING.contains(&name.as_str())));
        }
        let mut metadata = self.typed_metadata(members, held, announced).await?;
        // Kept and given back as it came (RFC 7591 §3.2.1).
        metadata.other.extend(statement.map(|statement| (STATEMENT.to_owned(), statement)));
        Ok(metadata)
    }

    async fn typed_metadata(
        &self,
        members: Map<String, Value>,
        held: Option<&ClientMetadata>,
        announced: &Map<String, Value>,
    ) -> Result<ClientMetadata, OAuthError> {
        let metadata = ClientMetadata::read_self_registered(members).map_err(|invalid| refused(&invalid))?;
        let http = self.members_in_opened_networks(&metadata).await;
        let config = &self.config.registration;
        let offered = Offered { announced, scopes: &config.scopes, localhost: config.localhost, http: &http, held };
        let is_known = |scope: &str| self.config.scopes.contains_key(scope);
        // The operator's overrides for this client remain valid, and may be registered again.
        let insecure_redirect_uris = held.is_some_and(|held| held.insecure_redirect_uris);
        let metadata = ClientMetadata { insecure_redirect_uris, ..metadata }
            .without_unknown_scopes(is_known)
            .with_defaults(&offered);
        let mut invalid = metadata.check_self_registered(&offered).err().unwrap_or_default();
        invalid.extend(check_jwks(&metadata));
        if invalid.is_empty() { Ok(metadata) } else { Err(refused(&invalid)) }
    }

    /// Whether judging these members looks names up: see [`Self::members_in_opened_networks`].
    pub(super) fn looks_up(&self, members: &Map<String, Value>) -> bool {
        let is_http =
            |member| members.get(member).and_then(Value::as_str).is_some_and(|uri| uri.starts_with("http://"));
        !self.config.egress.allow_addresses.is_empty()
            && ["jwks_uri", "backchannel_logout_uri"].into_iter().any(is_http)
    }

    /// The fetched members whose http address the operator allowed (`egress.allow_addresses`).
    async fn members_in_opened_networks(&self, metadata: &ClientMetadata) -> Vec<&'static str> {
        let mut opened = Vec::new();
        if self.config.egress.allow_addresses.is_empty() {
            return opened;
        }
        for (member, uri) in
            [("jwks_uri", &metadata.jwks_uri), ("backchannel_logout_uri", &metadata.backchannel_logout_uri)]
        {
            let Some(uri) = uri.as_deref().filter(|uri| uri.starts_with("http://")) else { continue };
            if self.egress.admits(uri).await {
                opened.push(member);
            }
        }
        opened
    }
}

/// CLI-15: well-formed, only public keys, and one for every registered use.
fn check_jwks(metadata: &ClientMetadata) -> Option<Invalid> {
    let jwks = metadata.jwks.as_ref()?;
    let Some(set) = jwks.as_object() else {
        return Some(Invalid::new("jwks", "must be an object with the member keys (RFC 7517 section 5)"));
    };
    let signs = metadata.auth_method() == Some(ClientAuthMethod::PrivateKeyJwt);
    let keys = match ClientKeySet::from_set(set) {
        Ok(keys) => keys,
        Err(error) => return Some(Invalid::new("jwks", format!("cannot be used: {error}"))),
    };
    if signs && keys.verification.is_empty() {
        return Some(Invalid::new("jwks", "contains no key for private_key_jwt"));
    }
    let encrypted = [&metadata.id_token_encrypted_response_alg, &metadata.userinfo_encrypted_response_alg];
    let mut wanted = encrypted.into_iter().flatten().filter_map(|alg| KeyManagement::parse(alg));
    let lacking = wanted.find(|alg| alg.family().is_some() && keys.encryption.find(*alg).is_none())?;
    Some(Invalid::new("jwks", format!("contains no key for {lacking}")))
}

/// One error for all faults, with the code `invalid_redirect_uri` if a redirect URI is among them.
pub(super) fn refused(invalid: &[Invalid]) -> OAuthError {
    const MOST: usize = 5;
    let redirect = invalid.iter().any(|one| one.member == "redirect_uris");
    let code = if redirect { ErrorCode::InvalidRedirectUri } else { ErrorCode::InvalidClientMetadata };
    let told: Vec<_> = invalid.iter().take(MOST).map(ToString::to_string).collect();
    let more = if invalid.len() > MOST { format!("; and {} more", invalid.len() - MOST) } else { String::new() };
    code.because(format!("{}{more}", told.join("; "))).clause("RFC 7591 §3.2.2")
}
