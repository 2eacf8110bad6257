//! `sector_identifier_uri` (OpenID Connect Core §8.1): a document that names every redirect URI of the sector, so that
//! a client can only join a sector whose host lists it (OID-07).

use super::request::refused;
use crate::op::registration::RegistrationEndpoint;
use crate::protocol::client_metadata::{ClientMetadata, Invalid};
use crate::protocol::error::OAuthError;

const MEMBER: &str = "sector_identifier_uri";

impl RegistrationEndpoint {
    /// Fetches the document, if there is one, and looks for every redirect URI in it.
    ///
    /// # Errors
    /// `invalid_client_metadata`. Why a fetch failed is only logged: a stranger must not learn about our network.
    pub(super) async fn check_sector(&self, metadata: &ClientMetadata) -> Result<(), OAuthError> {
        let Some(uri) = metadata.sector_identifier_uri.as_deref() else { return Ok(()) };
        let refuse = |rule: &str| refused(&[Invalid::new(MEMBER, rule)]).clause("OpenID Connect Core §8.1");
        let fetched = self.egress.get(uri, "application/json").await;
        let fetched = fetched.map_err(|error| refuse("could not be fetched").cause(error))?;
        if fetched.status != 200 {
            return Err(refuse("could not be fetched").cause(format!("status {}", fetched.status)));
        }
        let named: Vec<String> = serde_json::from_slice(&fetched.body)
            .map_err(|error| refuse("does not answer with a JSON array of strings").cause(error))?;
        match metadata.redirect_uris.iter().find(|uri| !named.contains(uri)) {
            Some(missing) => Err(refuse(&format!("does not list the redirect URI {missing:.200}"))),
            None => Ok(()),
        }
    }
}
