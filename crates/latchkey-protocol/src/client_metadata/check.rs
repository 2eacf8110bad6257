//! What holds for every registration, an operator's and a client's own.

use super::{ClientAuthMethod, ClientMetadata, Invalid, uris};
use crate::acr::Acr;
use crate::redirect_uri::{self, Unfit};
use std::collections::BTreeSet;

/// At most so many URIs in one member.
pub(super) const MOST_URIS: usize = 20;

impl ClientMetadata {
    /// Judges every member.
    ///
    /// # Errors
    /// All that is wrong, member by member.
    pub fn check(&self) -> Result<(), Vec<Invalid>> {
        let invalid = self.broken(uris::Schemes::HttpToo, &[]);
        if invalid.is_empty() { Ok(()) } else { Err(invalid) }
    }

    pub(super) fn broken(&self, schemes: uris::Schemes, opened: &[&str]) -> Vec<Invalid> {
        let mut invalid = Vec::new();
        self.check_redirects("redirect_uris", &self.redirect_uris, &mut invalid);
        self.check_redirects("post_logout_redirect_uris", &self.post_logout_redirect_uris, &mut invalid);
        invalid.extend(uris::check(self, schemes, opened));
        self.check_keys(&mut invalid);
        self.check_sector(&mut invalid);
        if (self.allows_grant("authorization_code") || self.allows_grant("implicit")) && self.redirect_uris.is_empty() {
            let grant = if self.allows_grant("authorization_code") { "authorization_code" } else { "implicit" };
            invalid.push(Invalid::new("redirect_uris", format!("must name at least one URI for the grant {grant}")));
        }
        if self.require_acr.as_deref().is_some_and(|word| Acr::parse(word).is_none()) {
            invalid.push(Invalid::new("require_acr", "must be 1fa, 2fa, phr or phrh"));
        }
        if self.is_public() && self.allows_grant("client_credentials") {
            let rule = "client_credentials needs a client that authenticates (RFC 6749 section 4.4)";
            invalid.push(Invalid::new("grant_types", rule));
        }
        invalid
    }

    fn check_redirects(&self, member: &'static str, uris: &[String], invalid: &mut Vec<Invalid>) {
        if uris.len() > MOST_URIS {
            invalid.push(Invalid::new(member, format!("has more than {MOST_URIS} URIs")));
        }
        let overridden = |unfit: Unfit, uri: &str| self.insecure_redirect_uris && unfit.can_be_overridden(uri);
        for uri in uris {
            match redirect_uri::check(uri) {
                Err(unfit) if !overridden(unfit, uri) => {
                    invalid.push(Invalid::new(member, format!("{uri:.200} {unfit}")));
                }
                Ok(()) | Err(_) => {}
            }
        }
    }

    fn check_keys(&self, invalid: &mut Vec<Invalid>) {
        if self.jwks.is_some() && self.jwks_uri.is_some() {
            invalid.push(Invalid::new("jwks", "cannot be used together with jwks_uri (RFC 7591 section 2)"));
        }
        if self.auth_method() == Some(ClientAuthMethod::PrivateKeyJwt) && !self.has_keys() {
            invalid.push(Invalid::new("jwks", "or jwks_uri is needed for private_key_jwt"));
        }
    }

    pub(super) fn has_keys(&self) -> bool {
        self.jwks.is_some() || self.jwks_uri.is_some()
    }

    /// The sector of a pairwise subject must be one host (OpenID Connect Core §8.1).
    fn check_sector(&self, invalid: &mut Vec<Invalid>) {
        if self.subject_type.as_deref() != Some("pairwise") || self.sector_identifier_uri.is_some() {
            return;
        }
        let hosts: BTreeSet<_> = self.redirect_uris.iter().map(|uri| uris::host(uri)).collect();
        if hosts.len() > 1 {
            let rule = "is required for pairwise subjects with redirect_uris on several hosts (OpenID Connect Core section 8.1)";
            invalid.push(Invalid::new("sector_identifier_uri", rule));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refused(uri: &str, insecure: bool) -> bool {
        let metadata = json!({"redirect_uris": [uri], "insecure_redirect_uris": insecure});
        serde_json::from_value::<ClientMetadata>(metadata).unwrap().check().is_err()
    }

    #[test]
    fn an_operator_may_let_one_client_have_a_short_scheme_or_plain_http_in_a_private_network() {
        for uri in [
            "myapp:/callback",
            "http://192.168.1.20:1880/auth",
            "http://[fd00::1]/cb",
            "http://nas/cb",
            "http://printer.local/cb",
            "http://wiki.home.arpa/cb",
        ] {
            assert!(refused(uri, false) && !refused(uri, true), "{uri}");
        }
        for uri in
            ["http://rp.example/cb", "http://8.8.8.8/cb", "javascript:alert(1)", "https://rp.example/*", "myapp:/cb#x"]
        {
            assert!(refused(uri, true), "{uri}");
        }
    }
}
