//! What counts where a client says nothing (RFC 7591 §2, OpenID Connect Registration §2), said back to it in the answer.

use super::{ClientMetadata, Offered, uris};
use crate::response_type::ResponseType;

const ENC: &str = "A128CBC-HS256";

impl ClientMetadata {
    /// Fills in every default, so that the registration says all that holds.
    #[must_use]
    pub fn with_defaults(mut self, offered: &Offered<'_>) -> Self {
        self.agree_on_grants();
        self.token_endpoint_auth_method.get_or_insert_with(|| "client_secret_basic".to_owned());
        if self.application_type.is_none() {
            let native =
                !self.is_implicit() && self.redirect_uris.iter().any(|uri| is_of_an_installed_application(uri));
            // RFC 7591 has no application_type, and programs that know no other specification never send one.
            self.application_type = Some(if native { "native" } else { "web" }.to_owned());
        }
        self.subject_type.get_or_insert_with(|| "public".to_owned());
        if self.id_token_signed_response_alg.is_none() {
            self.id_token_signed_response_alg = offered.preferred("id_token_signing_alg_values_supported", "RS256");
        }
        for (alg, enc) in [
            (&self.id_token_encrypted_response_alg, &mut self.id_token_encrypted_response_enc),
            (&self.userinfo_encrypted_response_alg, &mut self.userinfo_encrypted_response_enc),
            (&self.request_object_encryption_alg, &mut self.request_object_encryption_enc),
        ] {
            if alg.is_some() {
                enc.get_or_insert_with(|| ENC.to_owned());
            }
        }
        self
    }

    /// Grant types follow from response types and the other way round (RFC 7591 §2.1).
    fn agree_on_grants(&mut self) {
        let codes =
            self.grant_types.as_ref().is_none_or(|grants| grants.iter().any(|word| word == "authorization_code"));
        let responses = self.response_types.get_or_insert_with(|| if codes { vec!["code".to_owned()] } else { vec![] });
        if self.grant_types.is_none() {
            let needs = |grant: &'static str| responses.iter().any(|response| grants_of(response).contains(&grant));
            let grants = ["authorization_code", "implicit"].into_iter().filter(|grant| needs(grant));
            self.grant_types = Some(grants.map(str::to_owned).collect());
        }
    }

    /// Whether a response type hands out tokens at the authorization endpoint.
    pub(super) fn is_implicit(&self) -> bool {
        self.response_types.iter().flatten().any(|response| grants_of(response).contains(&"implicit"))
    }
}

/// The grant types that a response type takes part in (OpenID Connect Registration §2).
pub(super) fn grants_of(response_type: &str) -> Vec<&'static str> {
    let parts = ResponseType::parse(response_type).unwrap_or_default();
    let code = parts.code.then_some("authorization_code");
    code.into_iter().chain(parts.is_front_channel().then_some("implicit")).collect()
}

fn is_of_an_installed_application(uri: &str) -> bool {
    uri.starts_with("http://") || (!uri.starts_with("https://") && uris::host(uri).is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn filled(value: Value) -> Value {
        let document = json!({"id_token_signing_alg_values_supported": ["ES256", "RS256"]});
        let offered = Offered { announced: document.as_object().unwrap(), ..Offered::of_nothing() };
        let metadata: ClientMetadata = serde_json::from_value(value).unwrap();
        json!(metadata.with_defaults(&offered))
    }

    #[test]
    fn oidc_registration_2_defaults_are_filled_in() {
        let filled =
            filled(json!({"redirect_uris": ["https://rp.example/cb"], "userinfo_encrypted_response_alg": "RSA-OAEP"}));
        for (member, value) in [
            ("token_endpoint_auth_method", json!("client_secret_basic")),
            ("grant_types", json!(["authorization_code"])),
            ("response_types", json!(["code"])),
            ("application_type", json!("web")),
            ("subject_type", json!("public")),
            ("id_token_signed_response_alg", json!("RS256")),
            ("userinfo_encrypted_response_enc", json!("A128CBC-HS256")),
        ] {
            assert_eq!(filled[member], value, "{member}");
        }
        assert_eq!(filled.get("id_token_encrypted_response_enc"), None);
    }

    #[test]
    fn rfc7591_2_1_grant_types_follow_from_response_types_and_the_other_way_round() {
        let grants = |responses: Value| filled(json!({"response_types": responses}))["grant_types"].clone();
        assert_eq!(grants(json!(["code"])), json!(["authorization_code"]));
        assert_eq!(grants(json!(["id_token token"])), json!(["implicit"]));
        assert_eq!(grants(json!(["code id_token"])), json!(["authorization_code", "implicit"]));
        assert_eq!(grants(json!([])), json!([]));
        let device = json!({"grant_types": ["urn:ietf:params:oauth:grant-type:device_code"]});
        assert_eq!(filled(device)["response_types"], json!([]));
    }

    #[test]
    fn a_program_that_names_no_application_type_is_native_by_its_redirect_uri() {
        let kind = |uri: &str| filled(json!({"redirect_uris": [uri]}))["application_type"].clone();
        for uri in ["http://localhost:3118/callback", "http://127.0.0.1/cb", "com.example.app:/cb"] {
            assert_eq!(kind(uri), "native", "{uri}");
        }
        assert_eq!(kind("https://127.0.0.1:8443/cb"), "web");
        let implicit = json!({"redirect_uris": ["http://localhost/cb"], "response_types": ["id_token"]});
        assert_eq!(filled(implicit)["application_type"], "web");
    }
}
