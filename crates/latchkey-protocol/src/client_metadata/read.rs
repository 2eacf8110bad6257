//! From JSON to typed members.

use super::{ClientMetadata, Invalid, demands};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// Fields of our own, and an operator's alone: a client that names them is not heard (CLI-12).
const OWN: [&str; 10] = [
    "trusted",
    "require_pkce",
    "require_acr",
    "resources",
    "profile",
    "enabled",
    "id_token_claims",
    "insecure_redirect_uris",
    "assertion_audience",
    "groups",
];
/// Members that may carry a language tag (OpenID Connect Registration §2.1).
const HUMAN: [&str; 5] = ["client_name", "client_uri", "logo_uri", "policy_uri", "tos_uri"];

impl ClientMetadata {
    /// Reads members; what is unknown is kept in `other`.
    ///
    /// # Errors
    /// Each member whose type is wrong.
    pub fn read(members: &Map<String, Value>) -> Result<Self, Vec<Invalid>> {
        let read = |members: Map<String, Value>| serde_json::from_value::<Self>(Value::Object(members));
        read(members.clone()).map_err(|whole| {
            // Each is tried alone, to name those that are wrong.
            let alone = |(name, value): (&String, &Value)| {
                let error = read(Map::from_iter([(name.clone(), value.clone())])).err()?;
                Some(Invalid::new(Cow::Owned(name.clone()), format!("has the wrong type: {error}")))
            };
            let wrong: Vec<_> = members.iter().filter_map(alone).collect();
            if wrong.is_empty() {
                vec![Invalid::new("the metadata", format!("cannot be read: {whole}"))]
            } else {
                wrong
            }
        })
    }

    /// Reads what a client registers by itself: `null` is absence (RFC 7592 §2.2); what is unknown, or not a client's
    /// to set, is passed over (RFC 7591 §2), and so left out of the answer.
    ///
    /// # Errors
    /// Each member whose type is wrong, or that demands what is not built: the client must not believe that it has that.
    pub fn read_self_registered(mut members: Map<String, Value>) -> Result<Self, Vec<Invalid>> {
        members.retain(|name, value| !value.is_null() && !OWN.contains(&name.as_str()));
        let mut metadata = Self::read(&members)?;
        let refused = demands::refused(&metadata.other);
        if !refused.is_empty() {
            return Err(refused);
        }
        metadata.other.retain(|name, _| is_tagged(name));
        Ok(metadata)
    }

    /// Keeps what an operator set, whatever the client now registers.
    #[must_use]
    pub fn with_own_fields_of(mut self, before: &Self) -> Self {
        self.trusted = before.trusted;
        self.require_pkce = before.require_pkce;
        self.require_acr.clone_from(&before.require_acr);
        self.resources.clone_from(&before.resources);
        self.id_token_claims = before.id_token_claims;
        self.insecure_redirect_uris = before.insecure_redirect_uris;
        let own = before.other.iter().filter(|(name, _)| OWN.contains(&name.as_str()));
        self.other.extend(own.map(|(name, value)| (name.clone(), value.clone())));
        self
    }

    /// The members as the client sees them: without fields of our own.
    pub fn members(&self) -> Map<String, Value> {
        let mut members = match serde_json::json!(self) {
            Value::Object(members) => members,
            _ => Map::new(),
        };
        members.retain(|name, _| !OWN.contains(&name.as_str()));
        members
    }
}

/// `client_name#ja-Jpan-JP`: a member for people, and a language tag as far as its characters go (RFC 5646 §2.1).
fn is_tagged(name: &str) -> bool {
    let Some((member, tag)) = name.split_once('#') else { return false };
    let is_subtag = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    HUMAN.contains(&member) && tag.len() <= 35 && tag.split('-').all(is_subtag)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(value: Value) -> Result<ClientMetadata, Vec<Invalid>> {
        ClientMetadata::read_self_registered(value.as_object().cloned().unwrap())
    }

    #[test]
    fn rfc7591_2_every_member_of_a_wrong_type_is_named() {
        let invalid = read(json!({"redirect_uris": "x", "client_name": 7, "default_max_age": "1", "jwks_uri": []}));
        let mut members: Vec<_> = invalid.unwrap_err().into_iter().map(|invalid| invalid.member).collect();
        members.sort();
        assert_eq!(members, ["client_name", "default_max_age", "jwks_uri", "redirect_uris"]);
    }

    #[test]
    fn cli_12_fields_of_our_own_are_not_a_clients_to_set_and_stay_as_the_operator_set_them() {
        let own = json!({"trusted": true, "require_pkce": false, "require_acr": "2fa", "resources": ["https://a"], "profile": "x", "enabled": true});
        assert_eq!(read(own.clone()).unwrap(), ClientMetadata::default());
        let operators: ClientMetadata = serde_json::from_value(own).unwrap();
        let kept = read(json!({"trusted": false, "client_name": "x"})).unwrap().with_own_fields_of(&operators);
        assert!(
            kept.trusted && kept.require_pkce == Some(false) && kept.require_acr.is_some() && kept.resources.is_some()
        );
        assert_eq!(kept.other["profile"], "x");
        assert_eq!(kept.members().keys().collect::<Vec<_>>(), ["client_name"]);
    }

    #[test]
    fn a_client_that_demands_what_is_not_built_is_told_so_when_it_registers() {
        for member in [
            "require_pushed_authorization_requests",
            "dpop_bound_access_tokens",
            "tls_client_certificate_bound_access_tokens",
        ] {
            let refused = read(json!({member: true})).unwrap_err();
            assert!(refused.len() == 1 && refused[0].member == member, "{refused:?}");
            assert!(read(json!({member: false})).is_ok(), "{member}");
        }
        assert!(read(json!({"profile": "x", "groups": ["a"], "assertion_audience": "issuer"})).is_ok());
    }

    #[test]
    fn oidc_registration_2_1_language_tags_are_kept_and_unknown_members_are_not() {
        let metadata = read(json!({
            "client_name#ja-Jpan-JP": "クライアント", "tos_uri#fr": "https://rp.example/cgu", "scope#fr": "x", "client_name#": "x",
            "client_name#not a tag": "x", "surprise": {"deep": []}, "client_id": "mine", "client_name": null
        }));
        let metadata = metadata.unwrap();
        assert_eq!(metadata.other.keys().collect::<Vec<_>>(), ["client_name#ja-Jpan-JP", "tos_uri#fr"]);
        assert_eq!(metadata.client_name, None);
    }
}
